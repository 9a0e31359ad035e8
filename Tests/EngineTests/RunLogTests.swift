import Engine
import FoundationEssentials
import Readiness
import Testing

struct RunLogTests {
    private func recorded(seed: UInt64 = 7, checks count: Int = 3) async throws -> (run: TestRun, bytes: [UInt8]) {
        let run = try TestRun(RandomRun.checks(seed: seed, count: count), clock: HastyClock())
        _ = try await run.finish()
        return (run, [UInt8](try Data(contentsOf: URL(filePath: run.log.path))))
    }

    private func line(of bytes: [UInt8], in run: TestRun) throws -> Int? {
        let path = run.folder.file("changed-\(UUID().uuidString)")
        try Data(bytes).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        do throws(LogVerifier.Finding) { _ = try LogVerifier.verify(path: path) } catch {
            switch error {
            case .broken(let line, _): return line
            case .incomplete(let lines, _): return lines
            case .unreadable: return -1
            }
        }
        return nil
    }

    @Test func `trap 27: any flipped bit is found in its line`() async throws {
        let (run, bytes) = try await recorded()
        var random = SeededGenerator(seed: 1)
        for _ in 0..<200 {
            var changed = bytes
            let place = Int.random(in: 0..<bytes.count, using: &random)
            changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            let expected = bytes[..<place].count { $0 == 10 } + 1
            #expect(try line(of: changed, in: run) == expected)
        }
    }

    @Test func `trap 27: any change to any byte of the last line is found`() async throws {
        let (run, bytes) = try await recorded()
        let start = bytes.dropLast().lastIndex(of: 10)! + 1
        let number = bytes[..<start].count { $0 == 10 } + 1
        for place in start..<bytes.count {
            var changed = bytes
            changed[place] ^= 0x04
            #expect(try line(of: changed, in: run) == number)
        }
    }

    @Test func `trap 27: a removed line, swapped neighbours and a cut tail are found`() async throws {
        let (run, bytes) = try await recorded()
        let lines = bytes.split(separator: 10).map { Array($0) + [10] }
        for place in lines.indices {
            var removed = lines
            removed.remove(at: place)
            // Without its last line a log is incomplete after the line before.
            #expect(try line(of: Array(removed.joined()), in: run) == (place == lines.count - 1 ? place : place + 1))
            let cut = Array(lines[..<place].joined())
            #expect(try line(of: cut, in: run) == place)
            guard place + 1 < lines.count else { continue }
            var swapped = lines
            swapped.swapAt(place, place + 1)
            #expect(try line(of: Array(swapped.joined()), in: run) == place + 1)
        }
        #expect(try line(of: bytes, in: run) == nil)
    }

    @Test func `late, slow and concurrent readers each get every event in order`() async throws {
        let run = try TestRun(RandomRun.checks(seed: 3, count: 60), clock: HastyClock(), windowCapacity: 16)
        async let early = Self.read(run.log)
        async let slow = Self.read(run.log, slowly: true)
        let summary = try await run.finish()
        let late = await Self.read(run.log)
        #expect(await early == late)
        #expect(await slow == late)
        #expect(late.map(\.sequence) == Array(1...late.count))
        #expect(RunSummary(folding: late) == summary)
        #expect(late.last?.body.kind == .runFinished)
    }

    private static func read(_ log: RunLog, slowly: Bool = false) async -> [ValidationEvent] {
        var events: [ValidationEvent] = []
        for await event in log.events() {
            events.append(event)
            if slowly { await Task.yield() }
        }
        return events
    }

    @Test func `a cancelled reader does not hang`() async throws {
        let run = try TestRun([], closesWhenSettled: false, orEmpty: true)
        let reader = Task { await Self.read(run.log) }
        reader.cancel()
        #expect(await reader.value.isEmpty)
    }

    @Test func `a log that exists is not overwritten`() throws {
        let folder = try TemporaryFolder()
        try Data("mine".utf8).write(to: URL(filePath: folder.file("log")))
        #expect(throws: LogTrouble.self) { try RunLog(path: folder.file("log"), run: "R", clock: SystemClock()) }
        #expect(try String(contentsOf: URL(filePath: folder.file("log")), encoding: .utf8) == "mine")
    }

    @Test(arguments: 0..<25) func `random runs keep the grammar, and their log adds up to their summary`(seed: UInt64)
        async throws
    {
        // Every other one with a budget that some checks do not fit.
        let run = try TestRun(
            RandomRun.checks(seed: seed, count: 12), clock: HastyClock(),
            budget: seed.isMultiple(of: 2) ? nil : .milliseconds(150))
        let summary = try await run.finish()
        let verified = try LogVerifier.verify(path: run.log.path)
        #expect(verified.summary == summary)
        #expect(summary.missing == 0)
        #expect(summary.openEffects.isEmpty)
        #expect(summary.checks.allSatisfy { $0.outcome != nil })
        for check in summary.checks {
            for evidence in check.evidence {
                let bytes = [UInt8](try Data(contentsOf: URL(filePath: run.folder.file(evidence.path))))
                #expect(!bytes.isEmpty)
                #expect(HexDigest.sha256(bytes) == evidence.sha256)
            }
        }
    }
}

struct OperatedRunTests {
    @Test(arguments: 0..<40) func `whatever an operator asks for and when, the log keeps the grammar`(seed: UInt64)
        async throws
    {
        var random = SeededGenerator(seed: seed &+ 1000)
        let checks = RandomRun.checks(seed: seed, count: 10)
        let run = try TestRun(
            checks, clock: HastyClock(), closesWhenSettled: false, width: Int.random(in: 1...4, using: &random))
        let ids = checks.map(\.definition.id)
        let commands: [OperatorCommand] = (0..<Int.random(in: 1...6, using: &random)).map { _ in
            switch Int.random(in: 0..<6, using: &random) {
            case 0: .cancelAll
            case 1: .cancel(ids.randomElement(using: &random)!)
            case 2: .rerunFailed
            case 3: .rerunValidator("test")
            case 4: .note(action: "fault", object: "x")
            default: .rerun(ids.randomElement(using: &random)!)
            }
        }
        let stops = commands.map { _ in Int.random(in: 1...60, using: &random) }
        async let ended = run.finish()
        for (command, stop) in zip(commands, stops) {
            // Some moments come; those that the run is too short for are the present one.
            if run.log.lastSequence < stop { await Task.yield() }
            run.engine.send(command)
        }
        run.engine.send(.quit)
        let summary = try await ended
        let verified = try LogVerifier.verify(path: run.log.path)
        #expect(verified.summary == summary)
        #expect(summary.missing == 0 && summary.openEffects.isEmpty)
    }
}

/// Checks of which some pass, some fail, some throw each kind of trouble, some change the target.
enum RandomRun {
    static func checks(seed: UInt64, count: Int) -> [ScriptedCheck] {
        var random = SeededGenerator(seed: seed)
        var ids: [CheckID] = []
        return (0..<count).map { place in
            let id = CheckID(parsing: "test.c\(place).holds")!
            let requires = Array(ids.shuffled(using: &random).prefix(Int.random(in: 0...1, using: &random)))
            ids.append(id)
            let locks = Lock.allCases.filter { _ in Int.random(in: 0..<5, using: &random) == 0 }
            switch Int.random(in: 0..<11, using: &random) {
            case 0: return .valued(id, 0, requires: requires, locks: locks)
            case 1: return .valued(id, nil, requires: requires, locks: locks)
            case 2:
                let meeting = ProbeError.Meeting.allCases.filter { $0 != .cancelled && $0 != .ourSide }.randomElement(
                    using: &random)!
                return .running(id, requires: requires, locks: locks) { (_) async throws(ProbeError) in
                    throw ProbeError(meeting, at: .surface, "scripted")
                }
            case 3:
                return .running(id, requires: requires, locks: locks, effects: .writePaper) {
                    (context) async throws(ProbeError) in
                    try await context.effects.register(.order(id.description))
                    context.reporter.progress(1, of: 2, unit: "orders")
                    let evidence = try await context.evidence.record("order", as: .orderTrace, grade: .exercised)
                    context.reporter.log("placed \u{1b}[31m one")
                    return .init(value: 1, evidence: evidence)
                }
            case 4: return .stumbling(id, over: [ProbeError(ourSide: "no socket")], requires: requires, locks: locks)
            case 5:
                let reset = ProbeError(.unreachable, at: .surface, "reset", isTransient: true)
                return .stumbling(
                    id, over: [reset, reset].dropLast(Int.random(in: 0...1, using: &random)), requires: requires,
                    locks: locks, changing: .order(id.description))
            case 6: return .stumbling(id, over: [.cancelled, .cancelled], requires: requires, locks: locks)
            default: return .valued(id, requires: requires, locks: locks)
            }
        }
    }
}

extension TestRun {
    /// A run whose engine is never started: only its log is of interest.
    init(_ checks: [any Check], closesWhenSettled: Bool, orEmpty: Bool) throws {
        try self.init([ScriptedCheck.valued("test.a.b")], closesWhenSettled: closesWhenSettled)
    }
}
