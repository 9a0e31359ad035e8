import Engine
import FoundationEssentials
import Glibc
import Readiness
import Synchronization
import Testing

/// Two runs on one target: what one holds, the other waits for.
struct OtherRunsTests {
    private func need(_ locks: [Lock], hooks: [Capability] = []) -> TargetLocks.Need {
        TargetLocks.Need(ScriptedCheck.valued("test.a.one", locks: locks, hooks: hooks).definition)
    }

    private func locks(_ folder: TemporaryFolder, run: String, target: String = "/desk") -> TargetLocks {
        TargetLocks(folder: folder.path, run: run, target: target)
    }

    // MARK: - The locks

    @Test func `what several runs only need shared they hold together, and nobody alone beside them`() throws {
        let folder = try TemporaryFolder()
        let (one, two) = (locks(folder, run: "ONE"), locks(folder, run: "TWO"))
        let reads = need([], hooks: [.discovery])
        let restarts = need([.targetProcess], hooks: [.control])
        #expect(try one.attempt(reads) == nil)
        #expect(try two.attempt(reads) == nil)
        two.release(reads)
        #expect(try two.attempt(restarts) == .targetProcess)
        // A second hold of the same run does not go past its first one's place, nor past its end.
        #expect(try one.attempt(reads) == nil)
        one.release(reads)
        #expect(try two.attempt(restarts) == .targetProcess)
        one.release(reads)
        // Who waits in the turnstile is not overtaken.
        #expect(try one.attempt(reads) == .targetProcess)
        #expect(try two.attempt(restarts) == nil)
        #expect(try one.attempt(reads) == .targetProcess)
        two.release(restarts)
        #expect(try one.attempt(reads) == nil)
    }

    @Test func `each lock of a target is one of its own, and so is each target`() throws {
        let folder = try TemporaryFolder()
        let one = locks(folder, run: "ONE")
        #expect(try one.attempt(need([.paperAccount])) == nil)
        #expect(try locks(folder, run: "TWO").attempt(need([.marketData])) == nil)
        #expect(try locks(folder, run: "TWO", target: "/other").attempt(need([.paperAccount])) == nil)
        #expect(try locks(folder, run: "TWO").attempt(need([.paperAccount])) == .paperAccount)
    }

    @Test func `a check gets all that it needs or holds nothing`() throws {
        let folder = try TemporaryFolder()
        let (one, two, three) = (locks(folder, run: "ONE"), locks(folder, run: "TWO"), locks(folder, run: "THREE"))
        #expect(try one.attempt(need([.paperAccount])) == nil)
        #expect(try two.attempt(need([.marketData, .paperAccount, .targetProcess])) == .paperAccount)
        #expect(try three.attempt(need([.marketData, .targetProcess])) == nil)
    }

    @Test func `whoever waits learns the run and the process that hold it`() throws {
        let folder = try TemporaryFolder()
        let (one, two) = (locks(folder, run: "01KONE"), locks(folder, run: "01KTWO"))
        #expect(try one.attempt(need([.paperAccount])) == nil)
        #expect(try two.attempt(need([.paperAccount])) == .paperAccount)
        #expect(two.holders(of: .paperAccount) == [LockHolder(pid: getpid(), run: "01KONE")])
        #expect(two.holders(of: .paperAccount).first?.description == "run 01KONE, pid \(getpid())")
        #expect(two.holders(of: .marketData).isEmpty)
    }

    @Test func `a note that names no run is not repeated`() throws {
        let folder = try TemporaryFolder()
        let (one, two) = (locks(folder, run: "01KONE"), locks(folder, run: "01KTWO"))
        #expect(try one.attempt(need([.paperAccount])) == nil)
        try Data("\u{1B}[2J".utf8).write(to: URL(filePath: folder.file("holdpoint-run.\(getpid())")))
        #expect(try two.attempt(need([.paperAccount])) == .paperAccount)
        #expect(two.holders(of: .paperAccount) == [LockHolder(pid: getpid(), run: nil)])
    }

    @Test func `the lock of another process is seen, named and free when that process is killed`() throws {
        let folder = try TemporaryFolder()
        let ours = locks(folder, run: "OURS")
        #expect(try ours.attempt(need([.paperAccount])) == nil)
        ours.release(need([.paperAccount]))
        let file = try #require(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).first {
                $0.hasSuffix("-venue.paper.account.lock")
            })
        var child: pid_t = 0
        let arguments: [String] = ["flock", "--no-fork", folder.file(file), "sleep", "600"]
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        try #require(posix_spawnp(&child, "flock", nil, nil, &words, environ) == 0)
        // The child takes the lock when it comes to it: until then it is ours at each try.
        while try ours.attempt(need([.paperAccount])) == nil {
            ours.release(need([.paperAccount]))
            sched_yield()
        }
        #expect(ours.holders(of: .paperAccount) == [LockHolder(pid: child, run: nil)])
        kill(child, SIGKILL)
        var status: Int32 = 0
        waitpid(child, &status, 0)
        #expect(try ours.attempt(need([.paperAccount])) == nil)
    }

    @Test func `a folder that is not there is told, and nothing is held`() {
        let locks = TargetLocks(folder: "/nonexistent", run: "ONE", target: "/desk")
        #expect(throws: MachineLockError.self) { try locks.attempt(need([.paperAccount])) }
    }

    @Test(arguments: [false, true])
    func `at its end a run takes its note away, and the files of a target that is gone`(targetIsGone: Bool) throws {
        let folder = try TemporaryFolder()
        let locks = locks(folder, run: "01KONE")
        #expect(try locks.attempt(need([.paperAccount])) == nil)
        locks.release(need([.paperAccount]))
        let names = { try FileManager.default.contentsOfDirectory(atPath: folder.path) }
        #expect(try names().contains("holdpoint-run.\(getpid())"))
        locks.finish(targetIsGone: targetIsGone)
        #expect(try names().contains { $0.hasPrefix("holdpoint-run.") } == false)
        #expect(try names().contains { $0.hasSuffix(".lock") } == !targetIsGone)
        // Whoever comes later gets files of its own.
        #expect(try self.locks(folder, run: "TWO").attempt(need([.paperAccount])) == nil)
    }

    // MARK: - Runs

    @Test func `a run waits for another, says for whom, and goes on when it is free`() async throws {
        let folder = try TemporaryFolder()
        let other = locks(folder, run: "01KOTHER")
        #expect(try other.attempt(need([.paperAccount])) == nil)
        let run = try TestRun(
            [ScriptedCheck.valued("test.a.one", locks: [.paperAccount]), ScriptedCheck.valued("test.b.two")],
            targetLocks: locks(folder, run: "TESTRUN000"))
        async let ended = run.finish()
        let events = await run.events { $0.body.kind == .checkWaiting }
        #expect(
            events.last?.body
                == .checkWaiting(
                    CheckWaiting(
                        on: "lock", names: ["venue.paper.account, held by run 01KOTHER, pid \(getpid())"])))
        _ = await run.events { $0.check == "test.b.two" && $0.body.kind == .checkFinished }
        other.release(need([.paperAccount]))
        let summary = try await ended
        #expect(summary.decision.verdict == .go)
        #expect(try LogVerifier.verify(path: run.log.path).summary == summary)
        // Nothing is held once it is over.
        #expect(try other.attempt(need([.paperAccount, .targetProcess, .marketData])) == nil)
    }

    @Test func `what another run holds too long is unverified, and the next check does not wait as long again`()
        async throws
    {
        let folder = try TemporaryFolder()
        let other = locks(folder, run: "01KOTHER")
        #expect(try other.attempt(need([.paperAccount])) == nil)
        let clock = ManualClock()
        let run = try TestRun(
            [
                ScriptedCheck.valued("test.a.one", locks: [.paperAccount]),
                ScriptedCheck.valued("test.b.two", after: ["test.a.one"], locks: [.paperAccount]),
                ScriptedCheck.valued("test.c.three"),
            ], clock: clock, targetLocks: locks(folder, run: "TESTRUN000"), lockPatience: .seconds(20))
        async let ended = run.finish()
        while await run.engineIsOpen(clock, step: .milliseconds(500)) {}
        let summary = try await ended
        #expect(["test.a.one", "test.b.two"].allSatisfy { summary[$0]?.reason == "resource_busy" })
        #expect(summary["test.a.one"]?.result?.message.contains("held by run 01KOTHER, pid") == true)
        #expect(summary["test.a.one"]?.result?.message.hasSuffix("for longer than 20.0 s") == true)
        #expect(summary["test.b.two"]?.result?.message.hasSuffix("a check before this one waited in vain") == true)
        #expect(summary["test.a.one"]?.result?.remediation != nil)
        #expect(summary["test.c.three"]?.outcome == .pass)
        #expect(summary.decision.verdict == .hold)
        #expect(try LogVerifier.verify(path: run.log.path).summary == summary)
        // How long it has waited was told while it did.
        let told = await run.events { _ in false }.compactMap { event -> CheckProgress? in
            guard event.check == "test.a.one", case .checkProgress(let progress) = event.body else { return nil }
            return progress
        }
        #expect(told.count >= 2 && told.allSatisfy { $0.total == 20 && $0.unit == "s waited" })
        #expect(told.map(\.done) == told.map(\.done).sorted())
        // Its place in the queue is free again.
        other.release(need([.paperAccount]))
        #expect(try other.attempt(need([.paperAccount])) == nil)
    }

    @Test(arguments: [true, false]) func `a run that waits can be ended`(bySignal: Bool) async throws {
        let folder = try TemporaryFolder()
        let other = locks(folder, run: "01KOTHER")
        #expect(try other.attempt(need([.targetProcess])) == nil)
        let run = try TestRun(
            [
                ScriptedCheck.valued("test.a.one", hooks: [.discovery]),
                ScriptedCheck.valued("test.b.two", requires: ["test.a.one"]),
            ], targetLocks: locks(folder, run: "TESTRUN000"))
        async let ended = run.finish()
        _ = await run.events { $0.body.kind == .checkWaiting && $0.check == "test.a.one" }
        if bySignal { run.engine.signal(SIGINT) } else { run.engine.send(.cancelAll) }
        let summary = try await ended
        #expect(summary.checks.map(\.outcome) == [.cancelled, .cancelled])
        #expect(summary.missing == 0)
        #expect(try LogVerifier.verify(path: run.log.path).summary == summary)
        other.release(need([.targetProcess]))
        #expect(try other.attempt(need([.targetProcess])) == nil)
    }

    @Test func `a lock folder that cannot be used lets the run go on, and the checks that mind say so`() async throws {
        let run = try TestRun(
            [ScriptedCheck.valued("test.a.one", locks: [.paperAccount])],
            targetLocks: TargetLocks(folder: "/nonexistent", run: "TESTRUN000", target: "/desk"))
        let summary = try await run.finish()
        #expect(summary.decision.verdict == .go)
        #expect(summary["test.a.one"]?.log.contains { $0.contains("other runs on this target may disturb") } == true)
    }

    /// What checks of both runs hold, as they see it themselves.
    private final class Ledger: Sendable {
        private let state = Mutex<(holds: [Lock: (alone: Int, shared: Int)], clashes: Int)>(([:], 0))

        var clashes: Int { state.withLock { $0.clashes } }

        func change(_ definition: CheckDefinition, by count: Int) {
            state.withLock { state in
                let need = TargetLocks.Need(definition)
                for lock in need.alone { state.holds[lock, default: (0, 0)].alone += count }
                for lock in need.shared { state.holds[lock, default: (0, 0)].shared += count }
                let isClash = state.holds.values.contains { $0.alone > 1 || ($0.alone == 1 && $0.shared > 0) }
                if isClash { state.clashes += 1 }
            }
        }
    }

    @Test(arguments: 0..<4) func `two runs with locks in any mix both come to their end and never meet`(seed: UInt64)
        async throws
    {
        let folder = try TemporaryFolder()
        let ledger = Ledger()
        var random = SeededGenerator(seed: seed)
        func checks() -> [any Check] {
            (0..<8).map { place in
                let locks = Lock.allCases.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
                let hooks: [Capability] = [[], [.discovery], [.marketData]].randomElement(using: &random)!
                let id = CheckID(parsing: "test.c\(place).holds")!
                let definition = ScriptedCheck.valued(id, locks: locks, hooks: hooks).definition
                return ScriptedCheck(definition: definition) { (context) async throws(ProbeError) in
                    ledger.change(definition, by: 1)
                    defer { ledger.change(definition, by: -1) }
                    for _ in 0..<20 { await Task.yield() }
                    let evidence = try await context.evidence.record("x", as: .observation, grade: .observed)
                    return .init(value: 1, evidence: evidence)
                }
            }
        }
        let runs = try (0..<2).map { place in
            try TestRun(
                checks(), machineLock: MachineLock(folder: folder.path),
                targetLocks: locks(folder, run: "RUN\(place)"))
        }
        async let first = runs[0].finish()
        async let second = runs[1].finish()
        let verdicts = [try await first.decision.verdict, try await second.decision.verdict]
        #expect(verdicts == [.go, .go])
        #expect(ledger.clashes == 0)
    }
}
