/// Asks the target for the state of its parts.
package protocol ComponentProbe: Sendable {
    /// Each part with its own word on its state.
    func components() async throws(ProbeError) -> Answer<[ComponentState]>
}

/// What a part of the target says of itself.
package struct ComponentState: Sendable, Codable, Equatable {
    /// `state_machine`, `gateway` …
    package var name: String
    /// `running` when it works; anything else is its own word for not doing so.
    package var state: String
    /// Work done since the process began; heartbeats count.
    package var events: Int64

    /// States a part's state.
    package init(name: String, state: String, events: Int64) {
        self.name = name
        self.state = state
        self.events = events
    }
}
