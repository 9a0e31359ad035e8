/// How a desk is to be served.
package struct DeskOptions: Sendable {
    /// The port on 127.0.0.1; 0, the default, for any that is free.
    package var port: Int
    /// The part that it tells that it plays.
    package var role: DeskRole
    /// Faults that are set before it serves.
    package var faults: [(fault: Fault, magnitude: FaultMagnitude)]
    /// What the market's prices follow from; nil, the default, draws one.
    package var seed: UInt64?
    /// What build this is.
    package var build: DeskBuild

    /// How a desk is to be served; the faults come from `Fault.parse`.
    package init(
        port: Int = 0, role: DeskRole = .primary, faults: [(fault: Fault, magnitude: FaultMagnitude)] = [],
        seed: UInt64? = nil, build: DeskBuild = DeskBuild()
    ) {
        self.port = port
        self.role = role
        self.faults = faults
        self.seed = seed
        self.build = build
    }
}
