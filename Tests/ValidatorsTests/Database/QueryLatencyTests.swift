import Readiness
import TestSupport
import Testing
import Validators

struct QueryLatencyTests {
    private let target = FakeTarget()

    private func trial(
        _ milliseconds: [Double], mode: Mode = .standard, noise: HostNoise = HostNoise(pressure: "0", steal: "0")
    ) async -> CheckTrial {
        var target = target
        target.noise = FakeNoise(noise)
        target.ledger.change { $0.milliseconds["recent-fills"] = milliseconds }
        return await target.run(QueryLatency(target.probes), mode: mode)
    }

    @Test func `quick queries pass, 299 runs of each over one connection`() async {
        let trial = await trial([2])
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("query_time.recent-fills")?.n == 299)
        #expect(trial.measurement("query_time.orders")?.n == 299)
        #expect(trial.measurement("query_time.recent-fills.p50")?.value == "2")
        #expect(target.ledger.connections == 1)
        #expect(target.ledger.open == 0)
        #expect(target.reporter.all.last == "598 of 598 samples")
    }

    @Test func `two slow answers of 299 are within a p99`() async {
        #expect(await trial([100, 100, 2]).outcome.word == .pass)
    }

    @Test func `three slow answers of 299 are not`() async {
        let trial = await trial([100, 100, 100, 2])
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.measurement("query_time.recent-fills")?.n == 5)
    }

    @Test func `three slow answers at the very end are found too`() async {
        let trial = await trial(Array(repeating: 2, count: 296) + [100, 100, 100])
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.measurement("query_time.recent-fills")?.n == 299)
    }

    @Test func `a slow query stops after five runs, and the other is still timed`() async {
        let trial = await trial([400])
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.measurement("query_time.recent-fills")?.n == 5)
        #expect(trial.measurement("query_time.recent-fills")?.planned == 299)
        #expect(trial.measurement("query_time.orders")?.n == 299)
        #expect(target.ledger.runs(of: "recent-fills") == 5)
        #expect(trial.sentence.contains("recent-fills"))
    }

    @Test func `thorough takes 2995 of each`() async {
        #expect(await trial([2], mode: .thorough).measurement("query_time.orders")?.n == 2995)
    }

    @Test func `a busy host excuses a near miss and nothing else`() async {
        let busy = HostNoise(pressure: "21", steal: nil)
        #expect(await trial([11], noise: busy).outcome == .unverified(.noisyHost))
    }

    @Test func `a busy host does not excuse a median of more than twice the limit`() async {
        #expect(await trial([21], noise: HostNoise(pressure: "0", steal: "6")).outcome == .fail(.criterion))
    }

    @Test func `a busy host withholds no green`() async {
        #expect(await trial([2], noise: HostNoise(pressure: "99", steal: "99")).outcome.word == .pass)
    }

    @Test func `the remediation shows the plan of the slow query first, ready to paste`() async {
        let steps = await trial([400]).remediation?.steps ?? []
        #expect(
            steps.first?.command == "sqlite3 -readonly -cmd '.parameter set ?1 \"'\\''SOL-USD'\\''\"' "
                + "'/desk home/ledger.sqlite' 'EXPLAIN QUERY PLAN SELECT * FROM fills WHERE symbol = ?1'")
        #expect(steps.last?.command == "desk restart")
    }

    /// Milliseconds by turns, and what is seen in 299 of them.
    private static let unmeasured: [(turns: [Double], seen: String)] = [
        ([2], "is 2.00 ms in each of 299 samples: "), ([1, 2, 3], "moves in whole steps of 1.00 ms"),
        ([1.000001, 2.000001, 3.000001], "shows only 3 different times"),
    ]

    @Test(arguments: unmeasured)
    func `trap 6: constant or quantised times of one query are implausible, and the other query is judged`(
        turns: [Double], seen: String
    ) async {
        let trial = await trial((0..<300).map { turns[$0 % turns.count] })
        #expect(trial.outcome == .unverified(.implausible))
        #expect(trial.sentence.hasPrefix("query_time.recent-fills " + seen))
        #expect(trial.measurement("query_time.orders")?.result == .pass)
        #expect(trial.remediation?.verify == ["database.query.latency"])
    }

    @Test func `no critical query is nothing measured, not a pass`() async {
        target.ledger.change { $0.description.criticalQueries = [] }
        let trial = await target.run(QueryLatency(target.probes))
        #expect(trial.outcome == .unverified(.noSamples))
        #expect(trial.remediation?.cause.contains("no query critical") == true)
    }

    @Test func `a ledger that goes away midway is unverified, and the connection is closed`() async {
        target.ledger.change { $0.askFailure = ProbeError(.unreachable, at: .ledger, "disk gone") }
        #expect(await trial([2]).outcome == .unverified(.targetUnreachable))
        #expect(target.ledger.open == 0)
    }

    @Test func `a cancelled body runs no query`() async {
        let check = QueryLatency(target.probes)
        let task = Task { [target] in
            withUnsafeCurrentTask { $0?.cancel() }
            return await target.run(check)
        }
        #expect(await task.value.outcome == .cancelled)
        #expect(target.ledger.runs(of: "recent-fills") == 0)
        #expect(target.ledger.open == 0)
    }
}
