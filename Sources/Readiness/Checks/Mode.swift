/// How deep a run looks. Ordered from quick to thorough.
package enum Mode: String, Sendable, Codable, CaseIterable, Comparable {
    /// The sets that the criteria file names for it.
    case quick
    /// Every check whose first mode is standard or earlier. The default.
    case standard
    /// Every check, with the deeper cases.
    case thorough

    /// Quick is the least, thorough the greatest.
    package static func < (lhs: Mode, rhs: Mode) -> Bool {
        allCases.firstIndex(of: lhs)! < allCases.firstIndex(of: rhs)!
    }
}
