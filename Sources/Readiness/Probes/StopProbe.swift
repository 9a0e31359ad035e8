/// Arms and watches stops.
package protocol StopProbe: Sendable {
    /// Arms a stop on what an account holds of a symbol: a long position is sold once the last price is at or below it,
    /// a short one bought once it is at or above it.
    func arm(account: String, symbol: String, stopPrice: DecimalValue) async throws(ProbeError) -> Answer<StopState>
    /// Every stop of an account, armed or not.
    func stops(of account: String) async throws(ProbeError) -> Answer<[StopState]>
    /// Takes a stop back. One that has ended is an answer, not an error.
    func disarm(stopID: String) async throws(ProbeError) -> Answer<StopState>
}

/// A stop.
package struct StopState: Sendable, Codable, Equatable {
    /// Where it stands.
    package enum Status: String, Sendable, Codable { case armed, triggered, disarmed }

    /// The target's id of it.
    package var stopID: String
    /// The instrument.
    package var symbol: String
    /// Where it stands.
    package var status: Status
    /// At which price it triggers.
    package var stopPrice: DecimalValue
    /// The client id that the order to close the position has, or will have: how the drop copy shows it.
    package var exitClientOrderID: String

    /// States a stop.
    package init(
        stopID: String, symbol: String, status: Status, stopPrice: DecimalValue, exitClientOrderID: String
    ) {
        self.stopID = stopID
        self.symbol = symbol
        self.status = status
        self.stopPrice = stopPrice
        self.exitClientOrderID = exitClientOrderID
    }
}
