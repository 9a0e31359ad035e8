import Readiness
import TestSupport
import Testing
import Validators

struct DataTickingTests {
    private let target = FakeTarget()

    private func trial(_ criteria: Criteria? = nil) async -> CheckTrial {
        await target.run(DataTicking(target.probes), criteria: criteria)
    }

    /// One symbol behaves differently from the look with a number on; before that it stands still.
    private func show(_ symbol: String, _ change: @escaping @Sendable (SymbolState, Int) -> SymbolState?) {
        target.market.show { look in
            SymbolState.desk.compactMap { $0.symbol == symbol ? change($0, look) : $0.ticked(look) }
        }
    }

    @Test func `a live feed passes, and is watched no longer than it takes`() async {
        let trial = await trial()
        #expect(trial.outcome.word == .pass)
        #expect(trial.judgement.measurements.count == 6)
        #expect(target.market.looks == 2)
    }

    @Test(arguments: [(20, Outcome.Word.pass), (21, .fail)])
    func `a tick seen just at the limit is in time, one look later it is not`(look: Int, word: Outcome.Word) async {
        // Looks are 100 ms apart, the limit is 2 s.
        show("SOL-USD") { $0.ticked($1 >= look ? 1 : 0) }
        let trial = await trial()
        #expect(trial.outcome.word == word)
        #expect(trial.measurement("tick_wait.SOL-USD")?.value == DecimalValue(look * 100))
        #expect(trial.kinds.isEmpty)
    }

    @Test func `a silent symbol fails, whatever age the target claims for it`() async {
        show("ADA-USD") { state, _ in
            var fresh = state
            fresh.age = .milliseconds(1)
            return fresh
        }
        let trial = await trial()
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["symbol-silent"])
        #expect(trial.measurement("tick_wait.ADA-USD")?.value == "2500")
        #expect(trial.sentence.contains("ADA-USD"))
    }

    @Test func `a symbol that is not in the feed fails, with the place that expects it`() async {
        show("XRP-USD") { _, _ in nil }
        let trial = await trial()
        #expect(trial.outcome == .fail(.finding("symbol-missing")))
        #expect(trial.judgement.findings.first?.location?.file == "criteria.yaml")
    }

    @Test func `a symbol that ticks at a frozen price fails`() async {
        show("LINK-USD") { state, look in
            var frozen = state
            frozen.sequence += Int64(look)
            return frozen
        }
        #expect(await trial().outcome == .fail(.finding("price-frozen")))
    }

    @Test func `a price that comes back to where it was has moved`() async {
        // Another symbol keeps the watch going until the price has long come back.
        target.market.show { look in
            SymbolState.desk.map { state in
                switch state.symbol {
                case "LINK-USD": state.ticked(look == 1 ? 1 : look * 2)
                case "SOL-USD": state.ticked(look < 5 ? 0 : 1)
                default: state.ticked(look)
                }
            }
        }
        #expect(await trial().outcome.word == .pass)
        #expect(target.market.looks == 6)
    }

    @Test func `a sequence that falls is a contradiction`() async {
        show("BTC-USD") { state, look in
            var falling = state.ticked(look)
            falling.sequence = 1000 - Int64(look)
            return falling
        }
        let trial = await trial()
        #expect(trial.outcome.word == .fail)
        #expect(trial.kinds.contains("implausible-quote"))
    }

    @Test func `a crossed book and a double entry are contradictions`() async {
        show("BTC-USD") { state, look in
            var crossed = state.ticked(look)
            crossed.bid = "60001"
            return crossed
        }
        #expect(await trial().outcome == .fail(.finding("implausible-quote")))
        target.market.show { SymbolState.ticking($0) + [SymbolState.desk[0].ticked($0)] }
        #expect(await trial().outcome == .fail(.finding("implausible-quote")))
    }

    @Test func `a feed that ends halfway is unverified`() async {
        show("SOL-USD") { state, _ in state }
        target.market.fail(ProbeError(.unreachable, at: .surface, "reset"), at: 3)
        #expect(await trial().outcome == .unverified(.targetUnreachable))
    }

    @Test func `a cancelled watch ends at once`() async {
        show("SOL-USD") { state, _ in state }
        let check = DataTicking(target.probes)
        let task = Task { [target] in
            withUnsafeCurrentTask { $0?.cancel() }
            return await target.run(check)
        }
        #expect(await task.value.outcome == .cancelled)
        #expect(target.market.looks == 1)
    }

    @Test func `nothing expected is nothing measured, not a pass`() async {
        var builder = CriteriaBuilder()
        builder.lists["smoke.expected_symbols"] = []
        #expect(await trial(builder.criteria).outcome == .unverified(.noSamples))
    }
}
