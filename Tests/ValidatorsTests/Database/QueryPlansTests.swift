import Readiness
import TestSupport
import Testing
import Validators

struct QueryPlansTests {
    private let target = FakeTarget()

    private func trial(rows: Int, step: String = "SCAN f") async -> CheckTrial {
        target.ledger.change {
            $0.plans["orders"] = QueryPlan(steps: [step], scans: [.init(table: "fills", rows: rows, step: step)])
        }
        return await target.run(QueryPlans(target.probes))
    }

    @Test func `queries that use their indexes pass on exercised evidence`() async {
        let trial = await target.run(QueryPlans(target.probes))
        #expect(trial.outcome.word == .pass)
        #expect(trial.judgement.grade == .exercised)
        #expect(trial.measurement("scanned_rows.orders")?.value == "0")
    }

    @Test(arguments: [(10_000, Outcome.Word.pass), (10_001, .fail)])
    func `a table at the limit may be read whole, one row more may not`(rows: Int, word: Outcome.Word) async {
        let trial = await trial(rows: rows)
        #expect(trial.outcome.word == word)
        #expect(trial.measurement("scanned_rows.orders")?.value == DecimalValue(rows))
        #expect(trial.kinds == (word == .fail ? ["table-scan"] : []))
    }

    @Test func `an index that is built for one run is a scan in disguise`() async {
        let trial = await trial(rows: 200_000, step: "SEARCH f USING AUTOMATIC COVERING INDEX (order_id=?)")
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["automatic-index"])
        #expect(trial.judgement.findings.first?.fingerprint == "automatic-index/orders.fills")
        #expect(trial.sentence.contains("200000 rows"))
    }

    @Test func `an automatic index over a small table is nobody's trouble`() async {
        #expect(await trial(rows: 12, step: "SEARCH f USING AUTOMATIC INDEX (a=?)").outcome.word == .pass)
    }

    @Test func `each collect opens a connection of its own, and closes it`() async {
        _ = await target.run(QueryPlans(target.probes))
        _ = await target.run(QueryPlans(target.probes))
        #expect(target.ledger.connections == 2)
        #expect(target.ledger.open == 0)
    }

    @Test func `the remediation shows the plan first, then the indexes, then the target's own procedure`() async {
        let commands = await trial(rows: 200_000).remediation?.steps.compactMap(\.command) ?? []
        #expect(commands.first?.contains("EXPLAIN QUERY PLAN SELECT * FROM orders") == true)
        // The parameter holds an apostrophe: doubled for SQL, then quoted for the shell.
        #expect(commands.first?.contains("it'\\'''\\''s") == true)
        #expect(commands.last == "desk restart")
    }

    @Test func `a plan without a step is no plan`() async {
        target.ledger.change { $0.plans["orders"] = QueryPlan(steps: [], scans: []) }
        #expect(await target.run(QueryPlans(target.probes)).outcome == .unverified(.badAnswer))
        #expect(target.ledger.open == 0)
    }

    @Test func `no critical query is nothing measured, not a pass`() async {
        target.ledger.change { $0.description.criticalQueries = [] }
        #expect(await target.run(QueryPlans(target.probes)).outcome == .unverified(.noSamples))
    }

    @Test func `a ledger that cannot be opened is unverified`() async {
        target.ledger.change { $0.connectFailure = ProbeError(.unreachable, at: .ledger, "no such file") }
        let trial = await target.run(QueryPlans(target.probes))
        #expect(trial.outcome == .unverified(.targetUnreachable))
        #expect(trial.remediation?.verify == ["database.connection.ready", "database.query.plan"])
    }
}
