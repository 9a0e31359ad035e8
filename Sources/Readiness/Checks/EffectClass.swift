/// What a check may do to the target. Ordered: each class includes those before it.
package enum EffectClass: String, Sendable, Codable, CaseIterable, Comparable {
    /// Looks at nothing outside this process.
    case none
    /// Asks questions and reads files; leaves nothing behind.
    case read
    /// Places paper orders and takes them back.
    case writePaper = "write_paper"
    /// Puts the target under load.
    case load
    /// Cuts feeds, engages the kill switch, restarts.
    case disruptive

    /// `none` is the least, `disruptive` the greatest.
    package static func < (lhs: EffectClass, rhs: EffectClass) -> Bool {
        allCases.firstIndex(of: lhs)! < allCases.firstIndex(of: rhs)!
    }
}
