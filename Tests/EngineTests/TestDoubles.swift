import Engine
import FoundationEssentials
import Readiness
import Synchronization

/// Time that moves only when a test says so. Sleepers wake in order of their deadlines.
final class ManualClock: RunClock {
    private struct State {
        var now: Duration = .zero
        var sleepers: [Int: (until: Duration, wake: CheckedContinuation<Bool, Never>)] = [:]
        var next = 0
        var watchers: [(count: Int, wake: CheckedContinuation<Void, Never>)] = []
    }
    private let state = Mutex(State())

    var now: Duration { state.withLock { $0.now } }
    var wall: UTCInstant { UTCInstant(microseconds: 1_800_000_000_000_000 + now.nanoseconds / 1000) }

    func sleep(for duration: Duration) async throws(ProbeError) {
        let ticket = state.withLock { state -> Int in
            state.next += 1
            return state.next
        }
        let finished = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
                let (done, watchers) = state.withLock { state -> (Bool?, [CheckedContinuation<Void, Never>]) in
                    if Task.isCancelled { return (false, []) }
                    if duration <= .zero { return (true, []) }
                    state.sleepers[ticket] = (state.now + duration, continuation)
                    let ready = state.watchers.filter { state.sleepers.count >= $0.count }.map(\.wake)
                    state.watchers.removeAll { state.sleepers.count >= $0.count }
                    return (nil, ready)
                }
                for watcher in watchers { watcher.resume() }
                if let done { continuation.resume(returning: done) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: ticket) }?.wake.resume(returning: false)
        }
        if !finished { throw .cancelled }
    }

    /// Waits until this many sleep.
    func sleepers(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state -> Bool in
                if state.sleepers.count >= count { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if ready { continuation.resume() }
        }
    }

    func advance(by duration: Duration) {
        let due = state.withLock { state -> [CheckedContinuation<Bool, Never>] in
            state.now += duration
            let due = state.sleepers.filter { $0.value.until <= state.now }.sorted { $0.value.until < $1.value.until }
            for sleeper in due { state.sleepers[sleeper.key] = nil }
            return due.map(\.value.wake)
        }
        for sleeper in due { sleeper.resume(returning: true) }
    }
}

/// A clock on which the time between two attempts is next to nothing, and on which a busy machine reaches no limit: it
/// goes a hundred times slower than the machine's.
struct HastyClock: RunClock {
    private let clock = SystemClock()
    var now: Duration { clock.now / 100 }
    var wall: UTCInstant { clock.wall }
    func sleep(for duration: Duration) async throws(ProbeError) {
        switch duration {
        case .milliseconds(200): try await clock.sleep(for: .milliseconds(1))
        // A tick comes as on the machine's clock.
        case ..<Duration.milliseconds(200): try await clock.sleep(for: duration)
        default: try await clock.sleep(for: duration * 100)
        }
    }
}

/// Random numbers that are the same in every run: SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// A check in five lines: what its body does is a closure.
struct ScriptedCheck: Check {
    struct Observation: Codable, Sendable {
        var value: Int
        var evidence: Evidence?
    }

    var definition: CheckDefinition
    var body: @Sendable (CollectContext) async throws(ProbeError) -> Observation

    func collect(in context: CollectContext) async throws(ProbeError) -> Observation { try await body(context) }

    func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        guard let evidence = observation.evidence else { return Judgement() }
        return Judgement(measurements: [
            Measurement(
                "value", unit: "1", DecimalValue(observation.value), Criterion(definition: .equal, "1"), from: evidence)
        ])
    }

    func remediation(for trouble: Trouble<Observation>) -> Remediation? { nil }

    /// Passes for 1, fails for anything else; without evidence for nil.
    static func valued(
        _ id: CheckID, _ value: Int? = 1, requires: [CheckID] = [], after: [CheckID] = [], locks: [Lock] = [],
        hooks: [Capability] = [], effects: EffectClass = .read, severity: Severity = .high
    ) -> ScriptedCheck {
        ScriptedCheck(
            definition: CheckDefinition(
                id: id, title: "it holds", question: "does it hold?", severity: severity, grade: .observed,
                effects: effects, requires: requires, after: after, locks: locks, hooks: hooks)
        ) { (context) async throws(ProbeError) in
            guard let value else { return Observation(value: 0) }
            let evidence = try await context.evidence.record("value \(value)", as: .observation, grade: .observed)
            return Observation(value: value, evidence: evidence)
        }
    }

    /// Meets trouble on its first attempts, in order, then passes.
    static func stumbling(
        _ id: CheckID, over troubles: [ProbeError], requires: [CheckID] = [], locks: [Lock] = [],
        changing effect: EffectDescription? = nil
    ) -> ScriptedCheck {
        let attempts = Mutex(0)
        return running(id, requires: requires, locks: locks, effects: effect == nil ? .read : .writePaper) {
            (context) async throws(ProbeError) in
            let attempt = attempts.withLock { value -> Int in
                value += 1
                return value - 1
            }
            if let effect { try await context.effects.register(effect) }
            let evidence = try await context.evidence.record(
                "attempt \(attempt + 1)", as: .sqlResult, grade: .observed)
            if attempt < troubles.count { throw troubles[attempt] }
            return Observation(value: 1, evidence: evidence)
        }
    }

    static func running(
        _ id: CheckID, requires: [CheckID] = [], locks: [Lock] = [], hooks: [Capability] = [],
        effects: EffectClass = .read, hardLimit: Duration = .seconds(30), grace: Duration = .seconds(2),
        _ body: @escaping @Sendable (CollectContext) async throws(ProbeError) -> Observation
    ) -> ScriptedCheck {
        ScriptedCheck(
            definition: CheckDefinition(
                id: id, title: "it holds", question: "does it hold?", severity: .high, grade: .observed,
                effects: effects, requires: requires, locks: locks, hooks: hooks, hardLimit: hardLimit, grace: grace),
            body: body)
    }
}

struct OpenInterlock: Interlock {
    var answer = Permission.granted
    var mend: Remediation?
    func permits(_ effect: EffectClass) async -> Permission { answer }
    func remediation(of check: CheckID, refused why: String) -> Remediation? { mend }
}

/// Takes everything back, and remembers it. What to do beside that is a closure.
final class RecordingCompensator: Compensator {
    private let state = Mutex<[Compensation]>([])
    private let act: @Sendable (Compensation) async throws(ProbeError) -> Void

    init(_ act: @escaping @Sendable (Compensation) async throws(ProbeError) -> Void = { _ in }) { self.act = act }

    /// What was asked for, in order, whether it worked or not.
    var performed: [Compensation] { state.withLock { $0 } }

    func perform(_ compensation: Compensation) async throws(ProbeError) {
        state.withLock { $0.append(compensation) }
        try await act(compensation)
    }
}

extension EffectDescription {
    /// A paper order of a check, by the name of it.
    static func order(_ name: String) -> EffectDescription {
        EffectDescription(.writePaper, "order of \(name)", compensation: .order(name))
    }
}

extension Compensation {
    static func order(_ name: String) -> Compensation { .cancelOrders(account: "READY-TEST", prefix: name) }
}

struct FixedReachability: ReachabilityProbe {
    var isThere = true
    func isReachable(_ endpoint: Endpoint) async -> Bool { isThere }
}

struct QuietHost: NoiseMeter {
    func begin() -> NoiseMark { NoiseMark(steal: nil, total: nil) }
    func noise(since mark: NoiseMark) -> HostNoise { HostNoise(pressure: nil, steal: nil) }
}

/// A folder that goes with the object.
final class TemporaryFolder: Sendable {
    let path: String
    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "holdpoint-test-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
    func file(_ name: String) -> String { "\(path)/\(name)" }
}

/// How a journal's bytes are written.
struct JournalWrite: Sendable {
    var write: @Sendable (Int32, UnsafeRawBufferPointer) -> Int
}

/// A run over scripted checks with everything that it needs.
struct TestRun {
    let folder: TemporaryFolder
    let engine: RunEngine
    let log: RunLog
    let plan: RunPlan
    let checks: [any Check]
    let compensator: RecordingCompensator
    let policy = GatePolicy(version: "test", digest: "none")

    init(
        _ checks: [any Check], clock: any RunClock = HastyClock(), selecting selection: Selection = Selection(),
        interlock: any Interlock = OpenInterlock(), reachability: any ReachabilityProbe = FixedReachability(),
        closesWhenSettled: Bool = true, width: Int = 4, windowCapacity: Int = 65_536, policy: GatePolicy? = nil,
        compensator: RecordingCompensator = RecordingCompensator(), budget: Duration? = nil,
        predictions: [CheckID: Duration] = [:], criteria: Criteria = Criteria(),
        machineLock: MachineLock? = nil, targetLocks: TargetLocks? = nil, lockPatience: Duration = .seconds(120),
        journalWrite: JournalWrite? = nil, write: (@Sendable (Int32, UnsafeRawBufferPointer) -> Int)? = nil
    ) throws {
        self.checks = checks
        self.compensator = compensator
        folder = try TemporaryFolder()
        let path = folder.file("log.ndjson")
        if let write {
            log = try RunLog(path: path, run: "TESTRUN000", clock: clock, windowCapacity: windowCapacity, write: write)
        } else {
            log = try RunLog(path: path, run: "TESTRUN000", clock: clock, windowCapacity: windowCapacity)
        }
        let catalogue = Catalogue(
            validators: [Validator(name: "test", title: "test", checks: checks)], sets: [], quick: ["test"])
        plan = try RunPlan(from: catalogue, selecting: selection, policy: policy ?? self.policy)
        let journal =
            if let journalWrite {
                UndoJournal(folder: folder.path, header: Self.header, write: journalWrite.write)
            } else {
                UndoJournal(folder: folder.path, header: Self.header)
            }
        engine = RunEngine(
            plan: plan,
            setup: EngineSetup(
                log: log, evidence: EvidenceStore(folder: folder.path, clock: clock), criteria: criteria,
                policy: policy ?? self.policy, interlock: interlock, compensator: compensator,
                journal: journal,
                reachability: reachability, noise: QuietHost(), clock: clock, machineLock: machineLock,
                targetLocks: targetLocks, lockPatience: lockPatience, width: width, budget: budget,
                predictions: predictions, closesWhenSettled: closesWhenSettled, operatorName: "tester"))
    }

    static let header = UndoJournal.Header(
        run: "TESTRUN000", target: ["home": "/nowhere"], log: "log.ndjson",
        createdAt: UTCInstant(microseconds: 1_800_000_000_000_000))

    /// Where the undo journal is, if there is one.
    var journalPath: String { folder.file(UndoJournal.fileName) }

    static let opening = RunCreated(
        engine: "test", arguments: [], mode: .standard, seed: 1, operatorName: "tester",
        host: Host(fingerprint: "f", cores: 2, kernel: "k"))
    static let loaded = PolicyLoaded(
        policyVersion: "test", policySHA256: "", criteriaSHA256: "", limitsSHA256: "", thresholds: 0, warnings: [])

    /// Runs to the end and closes the log.
    func finish() async throws -> RunSummary {
        let summary = try await engine.run(opening: Self.opening, policy: Self.loaded)
        try await log.close()
        return summary
    }

    /// Reads events until one fits; returns all read.
    func events(until isWanted: @Sendable (ValidationEvent) -> Bool) async -> [ValidationEvent] {
        var seen: [ValidationEvent] = []
        for await event in log.events() {
            seen.append(event)
            if isWanted(event) { break }
        }
        return seen
    }
}
