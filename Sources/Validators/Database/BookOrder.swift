import Readiness

/// An order as the ledger has it, with what its fills add up to.
struct BookOrder: Sendable {
    /// Whose it is.
    var account: String
    /// Of what.
    var symbol: String
    /// `buy` or `sell`.
    var side: String
    /// `working`, `filled`, `cancelled`, `rejected` or `denied`; in a ledger whatever stands there.
    var status: String
    /// How much was ordered; nil where no number stands.
    var quantity: BookQuantity?
    /// How much it says was filled; nil where no number stands.
    var filled: BookQuantity?
    /// What its fills add up to.
    var byFills = BookQuantity.zero

    /// How it contradicts itself or its fills; nil where it does not.
    ///
    /// One kind for an order, the first that holds. An order without its numbers is told for those alone.
    var contradiction: IntegrityConsistent.Observation.Contradiction.Kind? {
        guard let quantity, let filled else { return nil }
        if filled > quantity || byFills > quantity { return .overfilled }
        switch status {
        case "filled":
            if byFills == .zero { return .filledWithoutFills }
            if filled != byFills { return .filledDiffers }
            return byFills == quantity ? nil : .filledInPart
        case "working": return filled != byFills ? .filledDiffers : byFills == quantity ? .workingThoughFilled : nil
        case "cancelled": return filled != byFills ? .filledDiffers : byFills == quantity ? .cancelledThoughFilled : nil
        case "rejected", "denied":
            return byFills > .zero ? .refusedWithFills : filled != byFills ? .filledDiffers : nil
        default: return .unknownStatus
        }
    }
}
