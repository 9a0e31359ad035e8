import Engine
import FoundationEssentials
import Readiness
import Testing

struct BudgetPlanTests {
    private func plan(
        _ checks: [ScriptedCheck], _ times: [CheckID: Int], width: Int = 1, budget: Int
    ) throws -> BudgetPlan {
        let definitions = checks.map(\.definition)
        return BudgetPlan(
            definitions, graph: try DependencyGraph(definitions), width: width,
            predictions: times.mapValues { .seconds($0) }, budget: .seconds(budget))
    }

    private let chain = [
        ScriptedCheck.valued("test.a.root"), ScriptedCheck.valued("test.b.leaf", requires: ["test.a.root"]),
        ScriptedCheck.valued("test.c.short"), ScriptedCheck.valued("test.d.long"),
    ]
    private let times: [CheckID: Int] = ["test.a.root": 2, "test.b.leaf": 4, "test.c.short": 1, "test.d.long": 5]

    @Test func `everything fits a budget that is long enough, to the second`() throws {
        let plan = try plan(chain, times, budget: 12)
        #expect(plan.leftOut.isEmpty && plan.blocked.isEmpty)
        #expect(plan.end == .seconds(12))
    }

    @Test func `the longest path gets the time there is, and what is short may still fit behind it`() throws {
        // After the root, whose path is the longest, the long one is: the leaf's time is gone.
        let plan = try plan(chain, times, budget: 8)
        #expect(plan.leftOut == ["test.b.leaf"])
        #expect(plan.ends == ["test.a.root": .seconds(2), "test.d.long": .seconds(7), "test.c.short": .seconds(8)])
    }

    @Test func `what requires a check that is left out is blocked, not left out`() throws {
        let plan = try plan(chain, times, budget: 1)
        #expect(plan.leftOut == ["test.a.root", "test.d.long"])
        #expect(plan.blocked == ["test.b.leaf"])
        #expect(plan.fits("test.c.short") && !plan.fits("test.b.leaf"))
    }

    @Test func `width and locks are reckoned with`() throws {
        #expect(try plan(chain, times, width: 2, budget: 7).leftOut.isEmpty)
        let locked = [
            ScriptedCheck.valued("test.a.x", locks: [.paperAccount]),
            ScriptedCheck.valued("test.b.x", locks: [.paperAccount]),
        ]
        let alone = try plan(locked, ["test.a.x": 4, "test.b.x": 4], width: 4, budget: 7)
        #expect(alone.leftOut == ["test.b.x"])
    }

    @Test func `a check that no run has measured takes what its definition estimates`() throws {
        var check = ScriptedCheck.valued("test.a.x")
        check.definition.estimate = .seconds(3)
        #expect(try plan([check], [:], budget: 2).leftOut == ["test.a.x"])
        #expect(try plan([check], ["test.a.x": 1], budget: 2).leftOut.isEmpty)
    }

    @Test(arguments: 0..<40) func `what fits ends in time, and nothing is promised whose requirement is not`(
        seed: UInt64
    ) throws {
        var random = SeededGenerator(seed: seed)
        let checks = RandomRun.checks(seed: seed, count: 15)
        var times: [CheckID: Int] = [:]
        for check in checks { times[check.definition.id] = Int.random(in: 1...20, using: &random) }
        let width = Int.random(in: 1...4, using: &random)
        let all = try plan(checks, times, width: width, budget: 10_000)
        #expect(all.leftOut.isEmpty && all.ends.count == 15)
        for budget in [0, 5, 17, 40, 80] {
            let some = try plan(checks, times, width: width, budget: budget)
            #expect(some.end <= .seconds(budget))
            #expect(some.leftOut.count + some.blocked.count + some.ends.count == 15)
            #expect(some.leftOut.isDisjoint(with: some.blocked))
            // Nothing runs whose requirement does not.
            for check in checks where some.fits(check.definition.id) {
                #expect(check.definition.requires.allSatisfy(some.fits))
            }
        }
        #expect(try plan(checks, times, width: width, budget: Int(all.end.components.seconds)).leftOut.isEmpty)
    }
}

struct BudgetedRunTests {
    @Test func `what is predicted not to fit is not started, says so in the plan, and blocks what requires it`()
        async throws
    {
        let run = try TestRun(
            [
                ScriptedCheck.valued("test.a.long"), ScriptedCheck.valued("test.b.leaf", requires: ["test.a.long"]),
                ScriptedCheck.valued("test.c.short"),
            ], budget: .seconds(60), predictions: ["test.a.long": .seconds(61), "test.c.short": .seconds(2)])
        let summary = try await run.finish()
        #expect(summary.created?.budgetMs == 60_000)
        #expect(summary["test.a.long"]?.outcome == .unverified)
        #expect(summary["test.a.long"]?.reason == "budget_exhausted")
        #expect(summary["test.a.long"]?.attempts == 0)
        #expect(summary["test.b.leaf"]?.outcome == .blocked)
        #expect(summary["test.b.leaf"]?.rootCause == "test.a.long")
        #expect(summary["test.c.short"]?.outcome == .pass)
        #expect(summary.checks.map(\.plan.fitsBudget) == [false, false, true])
        #expect(summary.checks.map(\.plan.estMs) == [61_000, 100, 2000])
        #expect(summary.decision.verdict == .hold)
        #expect(try LogVerifier.verify(path: run.log.path).summary == summary)
    }

    @Test func `what is left out at the start waits for nothing, whatever it requires`() async throws {
        let run = try TestRun(
            [
                ScriptedCheck.valued("test.a.first"),
                ScriptedCheck.valued("test.b.long", requires: ["test.a.first"], after: ["test.c.other"]),
                ScriptedCheck.valued("test.c.other"),
            ], budget: .seconds(5), predictions: ["test.b.long": .seconds(60)])
        let summary = try await run.finish()
        #expect(summary["test.b.long"]?.reason == "budget_exhausted")
        #expect(summary["test.b.long"]?.waiting == nil && summary.missing == 0)
        #expect(try LogVerifier.verify(path: run.log.path).summary == summary)
    }

    @Test func `at the end of the budget what runs is stopped and what waits is not started: unverified, no error`()
        async throws
    {
        let clock = ManualClock()
        let run = try TestRun(
            [
                ScriptedCheck.running("test.a.slow", effects: .writePaper, hardLimit: .seconds(10_000)) {
                    (context) async throws(ProbeError) in
                    try await context.effects.register(.order("x"))
                    try await context.clock.sleep(for: .seconds(5_000))
                    return .init(value: 1)
                }, ScriptedCheck.valued("test.b.after", requires: ["test.a.slow"]),
                ScriptedCheck.valued("test.c.other", locks: [.paperAccount]),
                ScriptedCheck.valued("test.d.later", after: ["test.a.slow"]),
            ], clock: clock, budget: .seconds(10))
        async let ended = run.finish()
        _ = await run.events { $0.body.kind == .effectRegistered }
        while await run.engineIsOpen(clock, step: .milliseconds(500)) {}
        let summary = try await ended
        for id in ["test.a.slow", "test.b.after", "test.d.later"] as [CheckID] {
            #expect(summary[id]?.outcome == .unverified)
            #expect(summary[id]?.reason == "budget_exhausted")
        }
        #expect(summary["test.a.slow"]?.attempts == 1)
        #expect(summary["test.c.other"]?.outcome == .pass)
        #expect(run.compensator.performed == [.order("x")])
        #expect(try LogVerifier.verify(path: run.log.path).summary == summary)
    }

    @Test func `a body that ignores the end of the budget is left behind as our error`() async throws {
        let clock = ManualClock()
        let gate = ManualClock()
        let run = try TestRun(
            [
                ScriptedCheck.running("test.a.stuck", hardLimit: .seconds(100), grace: .seconds(1)) { _ in
                    await gate.stay()
                    return .init(value: 1)
                }
            ], clock: clock, budget: .seconds(5))
        async let ended = run.finish()
        while await run.engineIsOpen(clock, step: .milliseconds(500)) {}
        #expect(try await ended["test.a.stuck"]?.reason == "checker_timeout")
        gate.advance(by: .seconds(1))
    }

    @Test func `an operator's rerun is not bounded by the budget`() async throws {
        let clock = ManualClock()
        let run = try TestRun(
            [ScriptedCheck.valued("test.a.one")], clock: clock, closesWhenSettled: false, budget: .seconds(5))
        async let ended = run.finish()
        _ = await run.events { $0.gate?.verdict == .go }
        clock.advance(by: .seconds(60))
        run.engine.send(.rerun("test.a.one"))
        _ = await run.events { $0.round == 2 && $0.body.kind == .checkFinished }
        run.engine.send(.quit)
        let summary = try await ended
        #expect(summary["test.a.one"]?.outcome == .pass)
        #expect(summary.rounds == 2)
    }

    @Test func `an estimate in the plan is what earlier runs measured, budget or not`() async throws {
        let run = try TestRun([ScriptedCheck.valued("test.a.one")], predictions: ["test.a.one": .milliseconds(37)])
        let summary = try await run.finish()
        #expect(summary.checks.map(\.plan.estMs) == [37])
        #expect(summary.checks.map(\.plan.fitsBudget) == [nil])
        #expect(summary.created?.budgetMs == nil)
    }
}

extension ManualClock {
    /// Waits for the clock to be moved, and ignores being asked to stop.
    func stay() async {
        await Task.detached { do throws(ProbeError) { try await self.sleep(for: .seconds(1)) } catch {} }.value
    }
}

struct DurationHistoryTests {
    @Test func `a prediction is the median of the newest five of its mode`() {
        var history = DurationHistory()
        for milliseconds in [9000, 9000, 10, 50, 20, 40, 30] as [Int64] {
            history.add(milliseconds, of: "test.a.b", in: .standard)
        }
        history.add(7, of: "test.a.b", in: .thorough)
        history.add(3, of: "test.a.b", in: .thorough)
        #expect(history.predictions(for: .standard) == ["test.a.b": .milliseconds(30)])
        #expect(history.predictions(for: .thorough) == ["test.a.b": .milliseconds(7)])
        #expect(history.predictions(for: .quick).isEmpty)
    }

    @Test func `a run adds what passed at the first attempt`() async throws {
        let run = try TestRun(
            [
                ScriptedCheck.valued("test.a.green"), ScriptedCheck.valued("test.b.red", 0),
                ScriptedCheck.stumbling("test.c.flaky", over: [ProbeError(ourSide: "x")]),
                ScriptedCheck.valued("test.d.blocked", requires: ["test.b.red"]),
            ], clock: HastyClock())
        var history = DurationHistory()
        history.add(try await run.finish())
        #expect(Array(history.predictions(for: .standard).keys) == ["test.a.green"])
    }

    @Test func `what is written is read again, and a file that is not there is no history`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("durations.json")
        let (none, silence) = DurationHistory.read(path: path)
        #expect(none == DurationHistory() && silence == nil)
        var history = DurationHistory()
        for value in 1...7 { history.add(Int64(value), of: "test.a.b", in: .quick) }
        try history.write(to: path)
        try history.write(to: path)
        let (read, warning) = DurationHistory.read(path: path)
        #expect(read == history && warning == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["durations.json"])
    }

    @Test(arguments: [
        "", "[]", "{", #"{"v":2,"durations_ms":{}}"#, #"{"v":1,"durations_ms":{"fast":{}}}"#,
        #"{"v":1,"durations_ms":{"quick":{"nonsense":[1]}}}"#, #"{"v":1,"durations_ms":{"quick":{"a.b.c":[-1]}}}"#,
        #"{"v":1,"durations_ms":{"quick":{"a.b.c":[9000000000]}}}"#,
        #"{"v":1,"durations_ms":{"quick":{"a.b.c":["1"]}}}"#,
    ])
    func `a damaged file is a warning and no history`(text: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("durations.json")
        try Data(text.utf8).write(to: URL(filePath: path))
        let (history, warning) = DurationHistory.read(path: path)
        #expect(history == DurationHistory())
        #expect(warning?.contains(path) == true)
    }

    @Test func `a folder that is not there is told, not made`() {
        #expect(throws: FileTrouble.self) { try DurationHistory().write(to: "/nonexistent/durations.json") }
    }
}
