/// A fill that is not of the order that it names: at least one, many of the same kind and order are one.
package struct StrayFill: Codable, Sendable, Hashable, Comparable {
    /// What of it is not the order's; the kind of the finding about it.
    package enum Kind: String, Codable, Sendable {
        case account = "fill-account-differs"
        case symbol = "fill-symbol-differs"
        case side = "fill-side-differs"
        /// There is no such order.
        case order = "fill-without-order"
    }

    /// What of it is not the order's.
    package var kind: Kind
    /// The order, at most 200 characters of its id.
    package var orderID: String
    /// What the order says, at most 60 characters; nil where there is no such order.
    package var ofOrder: String?
    /// What the fill says, at most 60 characters; nil where there is no such order.
    package var ofFill: String?

    /// By order, then by kind and words.
    package static func < (lhs: StrayFill, rhs: StrayFill) -> Bool {
        (lhs.orderID, lhs.kind.rawValue, lhs.ofFill ?? "") < (rhs.orderID, rhs.kind.rawValue, rhs.ofFill ?? "")
    }
}
