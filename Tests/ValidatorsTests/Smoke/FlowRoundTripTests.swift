import Readiness
import TestSupport
import Testing
import Validators

struct FlowRoundTripTests {
    private let target = FakeTarget()

    private func trial() async -> CheckTrial { await target.run(FlowRoundTrip(target.probes)) }

    @Test func `an order that comes back passes on exercised evidence`() async {
        let trial = await trial()
        #expect(trial.outcome.word == .pass)
        #expect(trial.judgement.grade == .exercised)
        #expect(target.evidence.all.allSatisfy { $0.evidence.kind == .orderTrace && !$0.text.isEmpty })
        #expect(target.venue.left.isEmpty)
    }

    @Test func `the order is a single smallest buy, three percent below the reference, on the sniper's account`() async
    {
        _ = await trial()
        let order = target.venue.submitted.first
        #expect(target.venue.submitted.count == 1)
        #expect(order?.account == "READY-SNIPER")
        #expect(order?.symbol == "ADA-USD")
        #expect(order?.quantity == "0.01")
        #expect(order?.price == "0.3880")
        #expect(order?.clientOrderID.hasPrefix("hp-test-") == true)
    }

    @Test func `a market that has fallen pushes the price below the bid`() async {
        let fallen = SymbolState(
            symbol: "ADA-USD", reference: "0.4000", last: "0.3800", bid: "0.3800", ask: "0.3801", tick: "0.0001",
            lot: "0.01", sequence: 1, age: .zero)
        target.market.show { _ in [fallen] }
        _ = await trial()
        #expect(target.venue.submitted.first?.price == "0.3781")
    }

    @Test func `the effect is registered before the order goes out, with what takes leftovers back`() async {
        target.venue.change { $0.cancelFailure = ProbeError(.unreachable, at: .surface, "gone") }
        #expect(await trial().outcome == .unverified(.targetUnreachable))
        #expect(target.journal.all.first?.hasPrefix("register") == true)
        #expect(target.venue.left.count == 1)
        // With the hyphen: another attempt's token may begin like this one's.
        #expect(
            target.effects.all.map(\.compensation) == [.cancelOrders(account: "READY-SNIPER", prefix: "hp-test-")])
        #expect(target.venue.left.allSatisfy { $0.hasPrefix("hp-test-") })
    }

    @Test func `without a registered undo no order goes out`() async {
        var target = target
        target.effects = FakeEffects(failing: ProbeError(ourSide: "disk full"))
        #expect(await target.run(FlowRoundTrip(target.probes)).outcome == .error(.tool))
        #expect(target.venue.submitted.isEmpty)
    }

    @Test func `a venue that rejects fails`() async {
        target.venue.change { $0.rejects = true }
        let trial = await trial()
        #expect(trial.outcome == .fail(.finding("order-rejected")))
        #expect(trial.sentence.contains("venue_closed"))
    }

    @Test func `a denial, and a fill far from the market, fail`() async {
        target.venue.change { $0.deniesAll = "stale_market_data" }
        #expect(await trial().outcome == .fail(.finding("order-denied")))
        target.venue.change {
            $0.deniesAll = nil
            $0.fills = true
        }
        #expect(await self.another().outcome == .fail(.finding("order-filled")))
    }

    /// The same check in an attempt of its own: a client id is only good once.
    private func another() async -> CheckTrial {
        await target.run(FlowRoundTrip(target.probes), token: "hp-again")
    }

    @Test func `an accepted order that does not work, and a cancel that does nothing, fail`() async {
        target.venue.change { $0.hidesWorking = true }
        #expect(await trial().outcome == .fail(.finding("order-not-working")))
        target.venue.change {
            $0.hidesWorking = false
            $0.ignoresCancels = true
        }
        let trial = await another()
        #expect(trial.outcome == .fail(.finding("cancel-failed")))
        #expect(trial.kinds.contains("drop-copy-incomplete"))
    }

    @Test(arguments: [(2000, Outcome.Word.pass), (2001, .fail)])
    func `answers at the limit are in time, a millisecond later they are not`(milliseconds: Int, word: Outcome.Word)
        async
    {
        target.venue.change { $0.latency = .milliseconds(milliseconds) }
        #expect(await trial().outcome.word == word)
    }

    @Test func `a drop copy that lags is waited for, one that lacks the cancel is not believed`() async {
        target.venue.change { $0.lag = 5 }
        #expect(await trial().outcome.word == .pass)
        target.venue.change {
            $0.lag = 0
            $0.omitted = [.cancelled]
        }
        let trial = await another()
        #expect(trial.outcome == .fail(.finding("drop-copy-incomplete")))
        #expect(trial.judgement.findings.first?.message.contains("cancelled") == true)
    }

    @Test func `the drop copy is read page by page`() async {
        target.venue.change { $0.page = 1 }
        #expect(await trial().outcome.word == .pass)
    }

    @Test func `a feed without a sound symbol leaves nothing to order`() async {
        target.market.show { _ in [] }
        #expect(await trial().outcome == .unverified(.badAnswer))
        #expect(target.venue.submitted.isEmpty)
    }

    @Test func `a cancelled body submits nothing`() async {
        let check = FlowRoundTrip(target.probes)
        let task = Task { [target] in
            withUnsafeCurrentTask { $0?.cancel() }
            return await target.run(check)
        }
        #expect(await task.value.outcome == .cancelled)
        #expect(target.venue.submitted.isEmpty)
    }
}
