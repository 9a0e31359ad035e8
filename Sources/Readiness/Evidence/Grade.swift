/// How strong a piece of evidence is. Ordered: E0 is none, E4 the strongest.
package enum Grade: String, Sendable, Codable, CaseIterable, Comparable {
    /// Nothing was seen.
    case none = "E0"
    /// A document or file says so.
    case declared = "E1"
    /// The running system reports it.
    case observed = "E2"
    /// It was tried, and the effect was seen.
    case exercised = "E3"
    /// It was tried under a fault, or confirmed by an independent source.
    case confirmed = "E4"

    /// E0 is the least, E4 the greatest.
    package static func < (lhs: Grade, rhs: Grade) -> Bool { lhs.rawValue < rhs.rawValue }
}
