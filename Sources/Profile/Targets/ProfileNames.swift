/// Names that a profile may use.
enum ProfileNames {
    /// The entries of a runbook, as a profile spells them.
    static let runbook = [
        "status", "restart", "readiness", "limits", "market_data", "kill_switch", "release_kill_switch", "drop_copy",
        "log", "positions", "components", "pool", "stops", "restore_feed", "disk", "instances", "clock", "sizing",
        "correlation",
    ]

    /// Whether a name is an identifier: 1 to 64 lower-case letters, digits, `-` and `_`, a letter first.
    static func isIdentifier(_ text: String) -> Bool {
        guard let first = text.utf8.first, (97...122).contains(first), text.utf8.count <= 64 else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }
    }
}
