package import Readiness

/// `database.health.sound`: the database keeps up with its own wear: it cleans up, nobody holds that up, those that
/// follow do follow, and no number runs out.
///
/// It goes by the server's own counts, which begin anew after a crash. Of a SQLite file it is the log beside it that
/// shows whether somebody holds the cleaning up. What the server's role may not see makes the check unverified, unless
/// what it does see is bad enough.
package struct HealthSound: Check {
    /// What the engine counts.
    package struct Observation: Codable, Sendable {
        /// Where the target says that its ledger is.
        package var ledger: LedgerDescription
        /// The counts.
        package var health: DatabaseHealth
        /// The exchange.
        package var evidence: Evidence
        /// The same where something was hidden from our role, as weak as that makes it; nil where nothing was.
        package var partial: Evidence?
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "database.health.sound", title: "The database keeps up with its wear, and no number runs out",
        question: "Does the database keep up with its own wear?", severity: .high, grade: .observed,
        requires: ["database.connection.ready"], hooks: [.ledger], criteria: HealthLimits.keys, controls: ["A4.1"])

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Reads the engine's counts.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        try await LedgerSession.with(probes.ledger) { connection, described throws(ProbeError) in
            let answer = try await connection.health()
            let health = answer.value
            let text = EvidenceText(described.transcript, answer.transcript)
            let evidence = try await context.evidence.record(text.text, as: .sqlResult, grade: .observed)
            var partial: Evidence?
            if health.hiddenSessions + health.hiddenSequences > 0 {
                let hidden = EvidenceText(
                    "\(health.hiddenSessions) sessions and \(health.hiddenSequences) sequences are hidden from our role",
                    text.text)
                partial = try await context.evidence.record(hidden.text, as: .sqlResult, grade: .declared)
            }
            return Observation(ledger: described.value, health: health, evidence: evidence, partial: partial)
        }
    }

    /// Every count against its limit; nothing is said of what there is none of.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        let absent = HealthLimits.keys.filter { criteria[$0] == nil }
        guard let limits = HealthLimits(criteria) else { return .missing(all: absent) }
        return HealthJudgement(
            health: observation.health, limits: limits, evidence: observation.evidence,
            partial: observation.partial ?? observation.evidence
        ).judgement
    }

    /// Show what holds the cleaning up, then end that; never the server's own work.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(let observation, let judgement):
            let ledger = observation.ledger
            guard ledger.isServer else {
                return Remediation(
                    summary: "Let the log beside the ledger be taken in",
                    cause:
                        "The file was looked at: \(judgement.seen). A reader that never ends keeps the log from being "
                        + "taken into the file.",
                    steps: [
                        .init("See who has the ledger open.", command: "fuser -v \(ShellWord.quoted(ledger.path))"),
                        .init("Read the target's log for a transaction that does not end.", command: runbook.log),
                        .init(
                            "Start the target anew: the last one to leave takes the log in.", command: runbook.restart),
                    ],
                    verify: [definition.id])
            }
            return Remediation(
                summary: "Let the database clean up, and give its numbers room",
                cause: "The server was asked for its own counts: \(judgement.seen).",
                steps: HealthAdvice.steps(for: observation.health, judgement, ledger) + [
                    .init("Read the target's log for what it did at that time.", command: runbook.log)
                ],
                verify: [definition.id])
        }
    }
}
