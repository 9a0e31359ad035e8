/// How a desk is to be served.
package struct DeskOptions: Sendable {
    /// The port on 127.0.0.1; 0, the default, for any that is free.
    package var port: Int
    /// The part that it plays.
    package var role: DeskRole
    /// Faults that are set before it serves.
    package var faults: [(fault: Fault, magnitude: FaultMagnitude)]
    /// What the market's prices follow from; nil, the default, draws one.
    package var seed: UInt64?
    /// What build this is.
    package var build: DeskBuild
    /// Whether the caller of `Desk.serve` replaces the process when that ends with a restart; false, the default, has
    /// the desk offer no `control`.
    package var canRestart: Bool
    /// It was told to end with its standard input; only a restart's command needs to know.
    package var endsWithInput: Bool
    /// The process served this home a moment ago and has replaced itself: the token is the one in its record, and the
    /// faults are taken for set, their effects being there already.
    package var isRestarted: Bool
    /// What keeps the ledger; the file in the home by default.
    package var ledger = LedgerEngine.sqlite
    /// The server that an earlier life of this process has started, as `DeskRestart` told; nil for none.
    package var ledgerServer: String?
    /// How long somebody waits for a session of the ledger's pool; 250 ms, the default, is what the contract says.
    package var poolPatience: Duration = .milliseconds(250)
    /// After how long a session that somebody holds is taken back; 30 s, the default, is what the contract says.
    package var longestPoolHold: Duration = .seconds(30)

    /// How a desk is to be served; the faults come from `Fault.parse`.
    package init(
        port: Int = 0, role: DeskRole = .primary, faults: [(fault: Fault, magnitude: FaultMagnitude)] = [],
        seed: UInt64? = nil, build: DeskBuild = DeskBuild(), canRestart: Bool = false, endsWithInput: Bool = false,
        isRestarted: Bool = false
    ) {
        self.port = port
        self.role = role
        self.faults = faults
        self.seed = seed
        self.build = build
        self.canRestart = canRestart
        self.endsWithInput = endsWithInput
        self.isRestarted = isRestarted
    }
}
