/// One criterion about a target, with one stable id and one outcome a round.
///
/// A check never says how it ended. It states what it measured, against which criteria, and what it found; the outcome
/// is derived from that in one place, so no check can call itself green.
///
/// Collecting and judging are apart. `collect` has effects and runs once; `judge` is pure, so that a recorded
/// observation can be judged again under another policy and a unit test needs no fake to try a judgement.
package protocol Check: Sendable {
    /// What the check saw, complete enough to be judged without looking again.
    associatedtype Observation: Codable & Sendable

    /// What is known of the check before it runs.
    var definition: CheckDefinition { get }

    /// Looks at the target. Called on no particular actor; must not block a thread of the cooperative pool.
    ///
    /// - Throws: `ProbeError`, which only the engine translates (`ProbeMeeting`). A check catches one only where the
    ///   failure is itself the thing observed. A cancelled body may throw any `ProbeError`: the engine knows.
    func collect(in context: CollectContext) async throws(ProbeError) -> Observation

    /// Compares an observation with the criteria. Pure: no clock, no randomness, no effects.
    func judge(_ observation: Observation, by criteria: Criteria) -> Judgement

    /// How to mend what was found. Called for every outcome but pass, blocked and cancelled.
    ///
    /// - Returns: nil when there is nothing for a person to do that the outcome does not say. A check that can fail
    ///   returns at least one step with a command, and names itself in `verify`.
    func remediation(for trouble: Trouble<Observation>) -> Remediation?
}

/// What a remediation is for: a judged observation, or an attempt that brought none.
package enum Trouble<Observation: Sendable>: Sendable {
    case judged(Observation, Judgement)
    case notObserved(ProbeError)
}

/// A named group of checks about one aspect of the target.
package struct Validator: Sendable {
    /// The first part of its checks' ids.
    package var name: String
    /// A few words for a list.
    package var title: String
    /// In the order of the catalogue.
    package var checks: [any Check]

    /// Groups checks under a name.
    package init(name: String, title: String, checks: [any Check]) {
        self.name = name
        self.title = title
        self.checks = checks
    }
}
