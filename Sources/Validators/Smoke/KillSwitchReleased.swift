package import Readiness

/// `smoke.killswitch.released`: the kill switch answers and is released.
///
/// It says nothing about whether the switch would stop anything; `risk.killswitch.effective` tries that.
package struct KillSwitchReleased: Check {
    /// What was answered.
    package struct Observation: Codable, Sendable {
        /// The switch's state.
        package var state: KillSwitchState
        /// The exchange.
        package var evidence: Evidence
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "smoke.killswitch.released", title: "The kill switch answers and is released",
        question: "Is the kill switch released?", severity: .critical, grade: .observed, fromMode: .quick,
        requires: ["smoke.health.ready"], hooks: [.killSwitch], controls: ["A10.1", "A10.2"],
        faults: ["killswitch-engaged"])

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Asks for the switch's state.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let answer = try await probes.killSwitch.state()
        let evidence = try await context.evidence.record(
            EvidenceText(answer.transcript).text, as: .httpExchange, grade: .observed)
        return Observation(state: answer.value, evidence: evidence)
    }

    /// Released, and nobody named as having engaged it.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        let state = observation.state
        var judgement = Judgement(measurements: [
            Measurement("released", isTrue: !state.isEngaged, from: observation.evidence)
        ])
        if state.isEngaged { judgement.findings.append(.engaged(by: state.by)) }
        if !state.isEngaged, let by = state.by { judgement.findings.append(.contradiction(by)) }
        return judgement
    }

    /// Find out who stopped trading and why, before releasing it.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement):
            return Remediation(
                summary: "Release the kill switch, once its reason is settled",
                cause:
                    "The target was asked for its kill switch: \(judgement.seen). "
                    + "Until it is released every order is denied.",
                steps: [
                    .init(
                        "See who engaged it and since when, and ask them before going on.",
                        command: runbook.killSwitch),
                    .init("Read what happened around that moment.", command: runbook.log),
                    .init(
                        "Release it when its reason is settled.", command: runbook.releaseKillSwitch,
                        undo: "engage the kill switch again"),
                ],
                verify: [definition.id])
        }
    }
}

extension Finding {
    fileprivate static func engaged(by who: String?) -> Finding {
        Finding(
            kind: "killswitch-engaged", severity: .critical, subject: "killswitch",
            message: "the kill switch is engaged, by \((who ?? "nobody named").shortened())")
    }

    fileprivate static func contradiction(_ who: String) -> Finding {
        Finding(
            kind: "contradictory-answer", severity: .medium, subject: "killswitch",
            message: "the kill switch says that it is released, and that \(who.shortened()) has engaged it")
    }
}
