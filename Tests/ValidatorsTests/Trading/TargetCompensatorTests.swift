import FoundationEssentials
import Readiness
import TestSupport
import Testing
import Validators

struct TargetCompensatorTests {
    private let target = FakeTarget()
    private let account = "READY-SNIPER"

    private func perform(_ compensation: Compensation) async throws(ProbeError) {
        try await TargetCompensator(target.probes, clock: target.clock).perform(compensation)
    }

    private func trouble(_ compensation: Compensation) async -> String? {
        do throws(ProbeError) {
            try await perform(compensation)
            return nil
        } catch {
            return error.description
        }
    }

    private func hold(_ quantity: DecimalValue, _ symbol: String = "ADA-USD") {
        target.books.open(
            AccountState(
                account: account, positions: [.init(symbol: symbol, quantity: quantity, averagePrice: "0.4")],
                cash: "0", realizedResult: "0", feesPaid: "0", openOrders: 0))
    }

    // MARK: - Orders

    @Test func `orders that begin with the prefix are cancelled, others are left alone, twice is once`() async throws {
        for id in ["hp-a-1.1", "hp-a-2.7", "hp-ab-1.1", "somebody"] {
            target.venue.rest(id, account: account, symbol: "SOL-USD", quantity: "1")
        }
        target.venue.rest("hp-a-1.2", account: "READY-HUNTER", symbol: "SOL-USD", quantity: "1")
        for _ in 0..<2 {
            try await perform(.cancelOrders(account: account, prefix: "hp-a-"))
            #expect(target.venue.left == ["hp-ab-1.1", "somebody", "hp-a-1.2"])
        }
    }

    @Test func `every leftover is tried before an order that works on after its cancel is told`() async {
        target.venue.change { $0.ignoresCancels = true }
        for id in ["hp-a-1", "hp-a-2"] {
            target.venue.rest(id, account: account, symbol: "SOL-USD", quantity: "1")
        }
        #expect(
            await trouble(.cancelOrders(account: account, prefix: "hp-a-"))?.contains("still work after their cancel")
                == true)
        #expect(Set(target.journal.all.filter { $0.hasPrefix("cancel") }) == ["cancel f-hp-a-1", "cancel f-hp-a-2"])
    }

    @Test func `a cancel that fails is told`() async {
        target.venue.change { $0.cancelFailure = ProbeError(.unreachable, at: .surface, "reset") }
        target.venue.rest("hp-a-1", account: account, symbol: "SOL-USD", quantity: "1")
        #expect(await trouble(.cancelOrders(account: account, prefix: "hp-a-")) == "surface: reset")
    }

    // MARK: - Positions

    @Test(
        arguments: [("1.00", "0"), ("-1.00", "0"), ("0.50", "2.00"), ("1.00", "-1.00"), ("200.00", "0")]
            as [(DecimalValue, DecimalValue)])
    func `a position is traded to exactly what it was`(now: DecimalValue, before: DecimalValue) async throws {
        hold(now)
        try await perform(.restorePosition(account: account, symbol: "ADA-USD", quantity: before))
        #expect(target.held("ADA-USD") == before)
        #expect(target.venue.submitted.allSatisfy { $0.clientOrderID.hasPrefix("hp-undo-") })
        let count = target.venue.submitted.count
        try await perform(.restorePosition(account: account, symbol: "ADA-USD", quantity: before))
        #expect(target.venue.submitted.count == count)
    }

    @Test func `more than one order may hold takes several, each inside the tier's limits, each with an id of its own`()
        async throws
    {
        hold("-250.03")
        try await perform(.restorePosition(account: account, symbol: "ADA-USD", quantity: "0"))
        #expect(target.venue.submitted.map(\.quantity) == ["100", "100", "50.03"])
        #expect(target.venue.submitted.allSatisfy { $0.side == .buy && $0.price >= "0.4001" })
        #expect(Set(target.venue.submitted.map(\.clientOrderID)).count == 3)
    }

    @Test func `a hundred orders are the most, and what they left is told`() async throws {
        // Nobody holds as much within the limits.
        target.venue.change { $0.ignored = [.init("sniper", "max_position_quantity")] }
        hold("10000")
        try await perform(.restorePosition(account: account, symbol: "ADA-USD", quantity: "0"))
        #expect(target.venue.submitted.count == 100)
        // Beside the fills so far.
        hold("20000.01")
        let text = await trouble(.restorePosition(account: account, symbol: "ADA-USD", quantity: "0"))
        #expect(text?.contains("holds 0.01 ADA-USD and held 0 before, after 100 orders") == true, "\(text ?? "none")")
        #expect(target.venue.submitted.count == 200)
    }

    @Test func `two restorations never use the same client ids`() async throws {
        hold("1.00")
        try await perform(.restorePosition(account: account, symbol: "ADA-USD", quantity: "0"))
        try await perform(.restorePosition(account: account, symbol: "ADA-USD", quantity: "1.00"))
        #expect(Set(target.venue.submitted.map(\.clientOrderID)).count == 2)
    }

    @Test func `what another restoration left working is cancelled before anything is traded`() async throws {
        target.venue.rest("hp-undo-1-1", account: account, symbol: "ADA-USD", quantity: "1")
        hold("1.00")
        try await perform(.restorePosition(account: account, symbol: "ADA-USD", quantity: "0"))
        #expect(target.venue.left.isEmpty)
        let journal = target.journal.all
        let cancelled = try #require(journal.firstIndex(of: "cancel f-hp-undo-1-1"))
        let traded = try #require(journal.firstIndex { $0.hasPrefix("submit") })
        #expect(cancelled < traded)
    }

    @Test func `stale data is waited out, and a refusal that lasts is told with its reason`() async throws {
        hold("1.00")
        target.venue.change { $0.deniesAll = "stale_market_data" }
        let text = await trouble(.restorePosition(account: account, symbol: "ADA-USD", quantity: "0"))
        #expect(text?.contains("denied: stale_market_data") == true)
        #expect(text?.contains("holds 1 ADA-USD and held 0 before") == true)
        #expect(target.venue.submitted.count == 20)
    }

    @Test func `a market that does not fill is told, and leaves no order working`() async {
        hold("1.00")
        target.venue.change { $0.neverFills = true }
        #expect(
            await trouble(.restorePosition(account: account, symbol: "ADA-USD", quantity: "0"))?
                .contains("not filled at once") == true)
        #expect(target.venue.left.isEmpty)
    }

    @Test func `a position that does not show a fill is not traded on`() async {
        hold("1.00")
        target.books.change { $0.lag = 1_000 }
        #expect(
            await trouble(.restorePosition(account: account, symbol: "ADA-USD", quantity: "0"))?
                .contains("does not show the order") == true)
        #expect(target.venue.submitted.count == 1)
    }

    @Test func `a position that lags behind its fill is waited for`() async throws {
        hold("1.00")
        target.books.change { $0.lag = 4 }
        try await perform(.restorePosition(account: account, symbol: "ADA-USD", quantity: "0"))
        #expect(target.venue.submitted.count == 1)
    }

    @Test func `without the tier's limits nothing is traded`() async {
        hold("1.00")
        target.risk.report([])
        #expect(await trouble(.restorePosition(account: account, symbol: "ADA-USD", quantity: "0")) != nil)
        #expect(target.venue.submitted.isEmpty)
    }

    @Test func `a market outside the collar is not traded in`() async {
        hold("1.00")
        target.market.show { look in
            [
                SymbolState(
                    symbol: "ADA-USD", reference: "0.4000", last: "0.3800", bid: "0.3800", ask: "0.3801",
                    tick: "0.0001", lot: "0.01", sequence: Int64(look), age: .zero)
            ]
        }
        #expect(
            await trouble(.restorePosition(account: account, symbol: "ADA-USD", quantity: "0"))?
                .contains("outside sniper's price collar") == true)
    }

    // MARK: - What the drop copy has of it

    private let mark = DropCopyMark(sequence: 40, bootID: "boot-1")

    private func restore(
        to quantity: DecimalValue = "0", since mark: DropCopyMark? = nil
    ) -> Compensation {
        .restorePosition(account: account, symbol: "ADA-USD", quantity: quantity, since: mark ?? self.mark)
    }

    private func fill(_ quantity: DecimalValue, _ symbol: String = "ADA-USD", on account: String? = nil) {
        target.venue.fill("hp-a-1.1", account: account ?? self.account, symbol: symbol, quantity: quantity)
    }

    private func tellFlat() {
        target.books.change {
            $0.shows = { state, _ in
                var flat = state
                flat.positions = []
                return flat
            }
        }
    }

    @Test func `a position that fills left is traded back, and agrees with them before and after`() async throws {
        fill("3.00")
        fill("5.00", "SOL-USD")
        fill("7.00", on: "READY-HUNTER")
        for _ in 0..<2 {
            try await perform(restore())
            #expect(target.held("ADA-USD") == "0")
            #expect(target.venue.submitted.count == 1)
        }
    }

    @Test func `a position that is told flat though a fill stands is told with symbol and quantity, and not traded on`()
        async
    {
        fill("3.00")
        tellFlat()
        let text = await trouble(restore())
        #expect(text?.contains("READY-SNIPER says that it holds 0 ADA-USD") == true)
        #expect(text?.contains("leave 3: 3 ADA-USD are not accounted for") == true)
        #expect(target.venue.submitted.isEmpty)
    }

    @Test func `a position that no fill explains is not traded away`() async {
        hold("1.00")
        #expect(await trouble(restore())?.contains("-1 ADA-USD are not accounted for") == true)
        #expect(target.venue.submitted.isEmpty)
    }

    @Test func `a position that is told flat only after it was traded is told as well`() async {
        fill("3.00")
        target.venue.change { $0.omitted = [.fill] }
        #expect(await trouble(restore())?.contains("3 ADA-USD are not accounted for") == true)
        #expect(target.venue.submitted.count == 1)
    }

    @Test func `a drop copy that lags behind the position is waited for`() async throws {
        target.venue.change { $0.lag = 6 }
        fill("3.00")
        try await perform(restore())
        #expect(target.held("ADA-USD") == "0")
    }

    @Test func `a drop copy with gaps, or that hides which way, cannot tell what is left`() async {
        target.venue.change { $0.hasGaps = true }
        fill("1.00")
        fill("1.00")
        #expect(await trouble(restore())?.contains("the drop copy has gaps") == true)
        let other = FakeTarget()
        other.venue.change { $0.hidesSides = true }
        other.venue.fill("hp-a-1.1", account: account, symbol: "ADA-USD", quantity: "1.00")
        let error = await #expect(throws: ProbeError.self) {
            try await TargetCompensator(other.probes, clock: other.clock).perform(restore())
        }
        #expect(error?.description.contains("without account, symbol, side or quantity") == true)
    }

    @Test func `a drop copy that cannot be read is trouble, and nothing is traded`() async {
        fill("3.00")
        target.venue.change { $0.dropCopyFailure = ProbeError(.unreachable, at: .surface, "reset") }
        #expect(await trouble(restore()) == "surface: reset")
        #expect(target.venue.submitted.isEmpty)
    }

    @Test(arguments: [DropCopyMark(sequence: 40, bootID: "boot-0"), DropCopyMark(sequence: 41, bootID: nil)])
    func `the drop copy of another life says nothing, and what is told is believed`(mark: DropCopyMark) async throws {
        hold("1.00")
        try await perform(restore(since: mark))
        #expect(target.held("ADA-USD") == "0")
    }

    @Test func `a target that does not tell its lives apart is held to its numbers`() async throws {
        target.control.change { $0.failure = ProbeError(.notOffered, at: .surface, "404") }
        fill("3.00")
        try await perform(restore())
        tellFlat()
        fill("2.00")
        #expect(await trouble(restore())?.contains("2 ADA-USD are not accounted for") == true)
    }

    @Test func `our own trouble in asking which life answers is trouble`() async {
        target.control.change { $0.failure = ProbeError(ourSide: "no descriptors left") }
        #expect(await trouble(restore())?.contains("no descriptors left") == true)
    }

    @Test func `a journal of before there were marks is read, and keeps no mark`() throws {
        let text = #"{"restorePosition":{"account":"READY-SNIPER","symbol":"ADA-USD","quantity":"2"}}"#
        let old = try JSONDecoder().decode(Compensation.self, from: Data(text.utf8))
        #expect(old == .restorePosition(account: account, symbol: "ADA-USD", quantity: "2", since: nil))
        let new = try JSONDecoder().decode(Compensation.self, from: JSONEncoder().encode(restore(to: "2")))
        #expect(new == restore(to: "2"))
    }

    // MARK: - Stops, feed, kill switch, sessions

    @Test func `armed stops of the symbol are disarmed, twice is once`() async throws {
        hold("1.00")
        _ = try await target.stops.arm(account: account, symbol: "ADA-USD", stopPrice: "0.3")
        for _ in 0..<2 {
            try await perform(.disarmStops(account: account, symbol: "ADA-USD"))
            #expect(target.stops.armed == 0)
        }
    }

    @Test func `a stop that stays armed is told`() async throws {
        hold("1.00")
        _ = try await target.stops.arm(account: account, symbol: "ADA-USD", stopPrice: "0.3")
        target.stops.change { $0.ignoresDisarm = true }
        #expect(await trouble(.disarmStops(account: account, symbol: "ADA-USD"))?.contains("still armed") == true)
        #expect(await trouble(.disarmStops(account: account, symbol: "SOL-USD")) == nil)
    }

    @Test func `a feed is given back and ticks, or the silent symbols are told`() async throws {
        _ = try await target.feed.cut(["ADA-USD"])
        try await perform(.restoreFeed)
        try await perform(.restoreFeed)
        #expect(target.feed.isMarketsOwn)
        _ = try await target.feed.cut(["ADA-USD", "XRP-USD"])
        target.feed.change { $0.ignoresRestore = true }
        #expect(await trouble(.restoreFeed)?.contains("does not tick: XRP-USD, ADA-USD") == true)
    }

    @Test func `a kill switch that a check engaged is released, twice is once`() async throws {
        _ = try await target.killSwitch.set(engaged: true, by: "holdpoint hp-test")
        for _ in 0..<2 {
            try await perform(.releaseKillSwitch)
            #expect(try await target.killSwitch.state().value.isEngaged == false)
        }
    }

    @Test func `somebody else's kill switch is left engaged, and that is told`() async throws {
        _ = try await target.killSwitch.set(engaged: true, by: "night-desk")
        #expect(await trouble(.releaseKillSwitch)?.contains("engaged by night-desk, not by a check") == true)
        #expect(try await target.killSwitch.state().value.isEngaged)
    }

    @Test func `a kill switch that stays engaged is told`() async throws {
        _ = try await target.killSwitch.set(engaged: true, by: "holdpoint hp-test")
        target.killSwitch.ignore()
        #expect(await trouble(.releaseKillSwitch)?.contains("still engaged") == true)
    }

    @Test func `sessions are returned by the names that hold them`() async {
        var probes = target.probes
        let pool = HeldSessions(["hp-a-1", "hp-a-2", "hp-b-1"])
        probes.pool = pool
        let compensator = TargetCompensator(probes, clock: target.clock)
        for _ in 0..<2 {
            await #expect(throws: Never.self) { try await compensator.perform(.returnSessions(prefix: "hp-a-")) }
            #expect(pool.held == ["hp-b-1"])
        }
        pool.wait(as: "hp-b-2")
        await #expect(throws: Never.self) { try await compensator.perform(.returnSessions(prefix: "hp-b-")) }
        #expect(pool.held.isEmpty, "one that was still waited for comes back too")
        _ = await #expect(throws: Never.self) { try await pool.checkOut(as: "hp-b-3") }
        pool.leak()
        await #expect(throws: ProbeError.self) { try await compensator.perform(.returnSessions(prefix: "hp-b-")) }
    }
}
