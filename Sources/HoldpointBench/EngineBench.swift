import Engine
import FoundationEssentials
import Readiness

/// The engine's share: many checks with a full log on disk, and what a reader costs an element.
enum EngineBench {
    /// Runs 10,000 checks that do nothing but keep a piece of evidence, through the whole engine, log on disk.
    static func tenThousandChecks() async throws -> (elapsed: Duration, events: Int) {
        try await run((0..<10_000).compactMap { CheckID(parsing: "bench.c\($0).holds").map(NoOpCheck.init) })
    }

    /// Runs 10,000 checks through the whole engine, log on disk. Each must pass.
    static func run(_ checks: [any Check]) async throws -> (elapsed: Duration, events: Int) {
        let folder = try Scratch()
        let clock = SystemClock()
        let log = try RunLog(path: folder.file("log.ndjson"), run: "BENCH", clock: clock)
        let policy = GatePolicy(version: "bench", digest: "")
        let plan = try RunPlan(
            from: Catalogue(
                validators: [Validator(name: "bench", title: "bench", checks: checks)], sets: [], quick: []),
            selecting: Selection(), policy: policy)
        let engine = RunEngine(
            plan: plan,
            setup: EngineSetup(
                log: log, evidence: EvidenceStore(folder: folder.path, clock: clock), criteria: Criteria(),
                policy: policy,
                interlock: NoInterlock(), compensator: NoCompensator(),
                journal: UndoJournal(
                    folder: folder.path,
                    header: .init(run: "BENCH", target: [:], log: log.path, createdAt: clock.wall)),
                reachability: AlwaysThere(), noise: ProcNoiseMeter(), clock: clock,
                closesWhenSettled: true, operatorName: "bench"))
        let start = ContinuousClock.now
        let summary = try await engine.run(
            opening: RunCreated(
                engine: "bench", arguments: [], mode: .standard, seed: 0, operatorName: "bench",
                host: Host(fingerprint: "", cores: 0, kernel: "")),
            policy: PolicyLoaded(
                policyVersion: "", policySHA256: "", criteriaSHA256: "", limitsSHA256: "", thresholds: 0, warnings: []))
        try await log.close()
        let elapsed = ContinuousClock.now - start
        guard summary.counts[.pass] == checks.count, summary.missing == 0 else {
            throw BenchError("the run is not whole")
        }
        return (elapsed, summary.lastSequence)
    }

    /// What one element costs a reader that is up to date with the window.
    static func pump(elements: Int = 60_000) async throws -> Duration {
        let folder = try Scratch()
        let log = try RunLog(path: folder.file("log.ndjson"), run: "BENCH", clock: SystemClock())
        for _ in 1..<elements {
            log.append(.operatorAction(OperatorAction(action: "bench", object: "", operatorName: "")))
        }
        log.append(
            .runFinished(
                RunFinished(
                    decision: GateDecision(verdict: .go, reasons: [], coverage: Coverage(required: 0, verified: 0)),
                    announced: 0, missing: 0, rounds: 1, durationMs: 0)))
        let start = ContinuousClock.now
        let count = await read(log)
        let elapsed = ContinuousClock.now - start
        try await log.close()
        guard count == elements else { throw BenchError("the reader got \(count) of \(elements)") }
        return elapsed / elements
    }

    @concurrent
    private static func read(_ log: RunLog) async -> Int {
        var count = 0
        for await _ in log.events() { count += 1 }
        return count
    }
}

/// A check without a subject.
private struct NoOpCheck: Check {
    struct Observation: Codable, Sendable { var evidence: Evidence }

    let definition: CheckDefinition

    init(_ id: CheckID) {
        definition = CheckDefinition(
            id: id, title: "it holds", question: "does it?", severity: .low, grade: .observed, effects: .none)
    }

    func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        Observation(evidence: try await context.evidence.record("nothing", as: .observation, grade: .observed))
    }

    func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        Judgement(measurements: [
            Measurement("holds", unit: "1", "1", Criterion(definition: .equal, "1"), from: observation.evidence)
        ])
    }

    func remediation(for trouble: Trouble<Observation>) -> Remediation? { nil }
}

private struct NoInterlock: Interlock {
    func permits(_ effect: EffectClass) async -> Permission { .refused("a bench changes nothing") }
}

private struct NoCompensator: Compensator {
    func perform(_ compensation: Compensation) async throws(ProbeError) {
        throw ProbeError(ourSide: "a bench changes nothing")
    }
}

private struct AlwaysThere: ReachabilityProbe {
    func isReachable(_ endpoint: Endpoint) async -> Bool { true }
}
