/// Where a check is in its round.
package enum CheckState: String, Sendable, Codable, CaseIterable {
    /// Announced, its round not yet at it.
    case planned
    /// Accepted by the scheduler.
    case queued
    /// Held up by a dependency, a lock or an operator.
    case waiting
    /// Its body runs.
    case running
    /// Its body has been asked to stop.
    case cancelling
    /// It has its outcome for the round.
    case finished
}

/// What people say of an outcome. A thing of its own: it never changes the outcome.
package enum Disposition: String, Sendable, Codable {
    case none, waived, attested, acknowledged, released
}
