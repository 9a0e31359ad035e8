/// Where the ledger's server is, and who comes how: the part of it that may be shown.
struct LedgerServerPlace: Sendable, Equatable {
    /// Loopback, and nothing else.
    static let host = "127.0.0.1"
    /// The database, which the desk's role owns.
    static let database = "desk"
    /// The desk's own role: owns its tables, and nothing beside them.
    static let writer = "desk"
    /// The role for whoever looks at the ledger from outside: reads everything and watches the server.
    static let reader = "holdpoint"

    var port: Int

    /// In the words of people.
    var text: String { "\(Self.host):\(port)/\(Self.database)" }
}
