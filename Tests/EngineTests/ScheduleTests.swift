import Engine
import Readiness
import Testing

struct ScheduleTests {
    private func schedule(_ checks: [ScriptedCheck], width: Int = 4) throws -> Schedule {
        let definitions = checks.map(\.definition)
        return Schedule(definitions, graph: try DependencyGraph(definitions), width: width)
    }

    @Test func `a cycle is an error that names it`() {
        let checks = [
            ScriptedCheck.valued("test.a.x", requires: ["test.b.x"]),
            ScriptedCheck.valued("test.b.x", after: ["test.c.x"]),
            ScriptedCheck.valued("test.c.x", requires: ["test.a.x"]),
        ]
        #expect(throws: PlanError.cycle(["test.a.x", "test.b.x", "test.c.x", "test.a.x"])) {
            try DependencyGraph(checks.map(\.definition))
        }
    }

    @Test func `a requirement that is not registered is an error`() {
        #expect(throws: PlanError.unknownDependency(of: "test.a.x", on: "test.b.x")) {
            try DependencyGraph([ScriptedCheck.valued("test.a.x", requires: ["test.b.x"]).definition])
        }
    }

    @Test func `an exclusive lock keeps two checks apart`() throws {
        var schedule = try schedule([
            ScriptedCheck.valued("test.a.x", locks: [.paperAccount]),
            ScriptedCheck.valued("test.b.x", locks: [.paperAccount]),
        ])
        schedule.begin(["test.a.x", "test.b.x"])
        #expect(
            schedule.decide() == [
                .start("test.a.x"), .wait("test.b.x", CheckWaiting(on: "lock", names: ["venue.paper.account"])),
            ])
        #expect(schedule.decide().isEmpty)
        schedule.finish("test.a.x", .pass)
        #expect(schedule.decide() == [.start("test.b.x")])
    }

    @Test func `a check that needs a quiet machine runs alone and after the others`() throws {
        var schedule = try schedule([
            ScriptedCheck.valued("test.a.quiet", locks: [.machineQuiet]), ScriptedCheck.valued("test.b.x"),
            ScriptedCheck.valued("test.c.x"),
        ])
        schedule.begin(["test.a.quiet", "test.b.x", "test.c.x"])
        let first = schedule.decide()
        #expect(first.prefix(2) == [.start("test.b.x"), .start("test.c.x")])
        schedule.finish("test.b.x", .pass)
        #expect(!schedule.decide().contains(.start("test.a.quiet")))
        schedule.finish("test.c.x", .pass)
        #expect(schedule.decide() == [.start("test.a.quiet")])
    }

    @Test func `the longest remaining path goes first`() throws {
        var schedule = try schedule(
            [
                ScriptedCheck.valued("test.a.short"), ScriptedCheck.valued("test.z.long"),
                ScriptedCheck.valued("test.z.longer", requires: ["test.z.long"]),
            ], width: 1)
        schedule.begin(["test.a.short", "test.z.long", "test.z.longer"])
        #expect(schedule.decide().contains(.start("test.z.long")))
    }

    @Test func `after waits for the end however it comes, and pulls in nothing`() throws {
        var schedule = try schedule([
            ScriptedCheck.valued("test.a.x"),
            ScriptedCheck.valued("test.b.x", after: ["test.a.x", "test.c.elsewhere"]),
        ])
        schedule.begin(["test.a.x", "test.b.x"])
        _ = schedule.decide()
        schedule.finish("test.a.x", .fail)
        #expect(schedule.decide() == [.start("test.b.x")])
    }

    @Test func `a standing red blocks a rerun of what needs it`() throws {
        var schedule = try schedule([
            ScriptedCheck.valued("test.a.x"), ScriptedCheck.valued("test.b.x", requires: ["test.a.x"]),
        ])
        schedule.begin(["test.a.x", "test.b.x"])
        _ = schedule.decide()
        schedule.finish("test.a.x", .fail)
        _ = schedule.decide()
        schedule.begin(["test.b.x"])
        #expect(
            schedule.decide() == [.block("test.b.x", Blocking(blockedBy: "test.a.x", rootCause: "test.a.x"))])
        #expect(schedule.isIdle)
    }

    @Test(arguments: 0..<60) func `every check of a round ends once, whatever happens and in whatever order`(
        seed: UInt64
    ) throws {
        var random = SeededGenerator(seed: seed)
        let count = Int.random(in: 2...24, using: &random)
        var checks: [ScriptedCheck] = []
        for place in 0..<count {
            func some(_ limit: Int) -> [CheckID] {
                Array(
                    checks.map(\.definition.id).shuffled(using: &random).prefix(
                        Int.random(in: 0...limit, using: &random)))
            }
            let locks = Lock.allCases.filter { _ in Int.random(in: 0..<6, using: &random) == 0 }
            checks.append(
                ScriptedCheck.valued(
                    CheckID(parsing: "test.c\(place).x")!, requires: some(2), after: some(1), locks: locks,
                    hooks: Bool.random(using: &random) ? [.discovery] : []))
        }
        var schedule = try schedule(checks, width: Int.random(in: 1...5, using: &random))
        let ids = checks.map(\.definition.id)
        for _ in 0..<3 {
            schedule.begin(ids)
            var ended: [CheckID: Int] = [:]
            var running: [CheckID] = []
            var exclusive: [Lock] = []
            var steps = 0
            while true {
                steps += 1
                try #require(steps < 1000, "the schedule stands still")
                let decisions = schedule.decide()
                if schedule.isIdle && decisions.isEmpty { break }
                for decision in decisions {
                    switch decision {
                    case .start(let id):
                        running.append(id)
                        let locks = checks.first { $0.definition.id == id }!.definition.locks
                        #expect(Set(locks).isDisjoint(with: exclusive))
                        exclusive += locks
                    case .block(let id, _): ended[id, default: 0] += 1
                    case .wait: break
                    }
                }
                guard let id = running.randomElement(using: &random) else { continue }
                running.removeAll { $0 == id }
                let locks = checks.first { $0.definition.id == id }!.definition.locks
                exclusive.removeAll { locks.contains($0) }
                ended[id, default: 0] += 1
                schedule.finish(id, [.pass, .pass, .fail, .error].randomElement(using: &random)!)
            }
            #expect(ended.count == ids.count)
            #expect(ended.values.allSatisfy { $0 == 1 })
        }
    }
}
