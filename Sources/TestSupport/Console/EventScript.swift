package import Readiness

/// Writes the events of a made-up run, with numbers and times as a log has them.
package struct EventScript {
    /// What has been written so far.
    package private(set) var events: [ValidationEvent] = []
    /// The run's clock at the next event.
    package var clock: Duration = .zero
    private var sequence = 0
    private var round: Int?
    private let runID = "01KCONSOLE0000000000000000"
    // 2026-11-20T23:08:11Z: recorded, and compared with no clock.
    private static let start: Int64 = 1_795_216_091_000_000

    /// An empty run.
    package init() {}

    /// Writes an event and says it.
    @discardableResult
    package mutating func write(_ body: EventBody, _ check: CheckID? = nil) -> ValidationEvent {
        sequence += 1
        if case .planAnnounced = body { round = 1 }
        if case .roundStarted = body { round = (round ?? 0) + 1 }
        let event = ValidationEvent(
            run: runID, sequence: sequence,
            time: UTCInstant(microseconds: Self.start + clock.nanoseconds / 1000), monotonic: clock.nanoseconds,
            check: check, round: round, body: body)
        events.append(event)
        return event
    }

    /// The beginning of a run of the given checks.
    package mutating func begin(_ plan: [PlannedCheck], excluded: [ExcludedCheck] = [], scope: Scope = Scope()) {
        write(
            .runCreated(
                RunCreated(
                    engine: "holdpoint 0.1.0", arguments: ["holdpoint"], mode: .standard, seed: 7,
                    operatorName: "amina",
                    host: Host(fingerprint: "f", cores: 2, kernel: "6.1.0"))))
        write(
            .targetIdentified(
                TargetIdentified(
                    target: "practice", environment: "practice", commit: "5f2c91d40b", dirty: false,
                    account: "READY-HUNTER",
                    instance: "desk-1", paper: .proven, detail: "token and loopback address agree")))
        write(.planAnnounced(PlanAnnounced(checks: plan, excluded: excluded, scope: scope)))
    }

    /// A planned check.
    package static func check(
        _ id: CheckID, _ title: String, severity: Severity = .high, requires: [CheckID] = [], locks: [Lock] = [],
        effects: EffectClass = .read, estimate: Int64 = 100, grade: Grade = .exercised
    ) -> PlannedCheck {
        PlannedCheck(
            id: id, title: title, question: "Is it so that " + title + "?", severity: severity, requires: requires,
            after: [], locks: locks, effects: effects, estMs: estimate, hardLimitMs: 30_000, requiredGrade: grade,
            required: true, controls: ["A2.1"])
    }

    /// A piece of evidence of a check.
    package static func evidence(_ id: String, kind: Evidence.Kind = .observation, size: Int = 412) -> Evidence {
        Evidence(
            id: id, kind: kind, provenance: .live, grade: .exercised,
            collectedAt: UTCInstant(microseconds: start + 1_000_000), mediaType: "text/plain",
            sha256: "9f2c41d7e05b6a8890aa13c4f7d2e6b19f2c41d7e05b6a8890aa13c4f7d2e6b1", size: size,
            path: "evidence/9f/2c41d7e05b6a.txt")
    }

    /// The end of a check, with its duration taken from the clock since `began`.
    package mutating func finish(
        _ id: CheckID, _ outcome: Outcome.Word, _ message: String, reason: String? = nil,
        took: Duration = .milliseconds(120),
        blockedBy: CheckID? = nil, rootCause: CheckID? = nil, fix: Remediation? = nil
    ) {
        let ran = outcome != .blocked
        write(
            .checkFinished(
                CheckFinished(
                    outcome: outcome, reason: reason, message: message, grade: ran ? .exercised : .none,
                    attempts: ran ? 1 : 0, durationMs: ran ? took.milliseconds : 0, blockedBy: blockedBy,
                    rootCause: rootCause, remediation: fix)), id)
    }

    /// The gate's word.
    package mutating func gate(_ verdict: Verdict, _ reasons: [VerdictReason] = [], required: Int, verified: Int) {
        write(
            .gateChanged(
                GateChanged(
                    decision: GateDecision(
                        verdict: verdict, reasons: reasons, coverage: Coverage(required: required, verified: verified)))
            ))
    }
}
