import FoundationEssentials
import Readiness
import TestSupport
import Testing
import Validators

struct FlowBooksTests {
    private let target = FakeTarget()

    private func trial(_ criteria: Criteria? = nil) async -> CheckTrial {
        await target.run(FlowBooks(target.probes), criteria: criteria)
    }

    /// What is shown of the account once fills are in it.
    private func show(_ change: @escaping @Sendable (inout AccountState) -> Void) {
        target.books.change {
            $0.shows = { state, fills in
                var shown = state
                if fills > 0 { change(&shown) }
                return shown
            }
        }
    }

    /// What the ledger keeps in one column of each fill.
    private func keep(_ column: Int, _ value: LedgerValue) {
        target.books.change {
            $0.keeps = { row in
                var kept = row
                kept[column] = value
                return [kept]
            }
        }
    }

    // MARK: - Sound books

    @Test func `books that follow pass on exercised evidence, for both orders`() async {
        let trial = await trial()
        #expect(trial.outcome.word == .pass, "\(trial.sentence)")
        #expect(trial.judgement.grade == .exercised)
        #expect(
            trial.judgement.measurements.map(\.name) == [
                "position_before", "cash_before", "ledger_cash_before", "fill_time.buy", "account_time.buy",
                "ledger_time.buy", "position.buy", "cash_moved.buy", "ledger_cash_moved.buy", "fill_time.sell",
                "account_time.sell", "ledger_time.sell", "position.sell", "cash_moved.sell", "ledger_cash_moved.sell",
            ])
        #expect(target.evidence.all.count == 2)
        #expect(target.ledger.open == 0)
    }

    @Test func `a few lots of the cheapest symbol go through the market on the sniper's account, and back`() async {
        _ = await trial()
        let orders = target.venue.submitted
        #expect(orders.map(\.account) == ["READY-SNIPER", "READY-SNIPER"])
        #expect(orders.map(\.symbol) == ["ADA-USD", "ADA-USD"])
        #expect(orders.map(\.side) == [.buy, .sell])
        #expect(orders.map(\.quantity) == ["0.05", "0.05"])
        #expect(orders[0].price >= "0.4001" && orders[0].price <= "0.4160")
        #expect(orders[1].price <= "0.3999" && orders[1].price >= "0.3840")
        #expect(target.venue.left.isEmpty)
    }

    @Test func `position and orders are registered before the first order, in the order of their undo`() async throws {
        let before = AccountState.Position(symbol: "ADA-USD", quantity: "7.00", averagePrice: "0.3500")
        target.books.open(.sample([before]))
        let mark = DropCopyMark(sequence: 40, bootID: "boot-1")
        _ = await trial()
        #expect(
            target.effects.all.map(\.compensation) == [
                .restorePosition(account: "READY-SNIPER", symbol: "ADA-USD", quantity: "7.00", since: mark),
                .cancelOrders(account: "READY-SNIPER", prefix: "hp-test-"),
            ])
        #expect(target.journal.all.prefix(2).allSatisfy { $0.hasPrefix("register") })
    }

    @Test(arguments: ["7.00", "-7.00", "-0.05", "-0.02"] as [DecimalValue])
    func `what the account held before is neither needed nor in the way`(quantity: DecimalValue) async {
        target.books.open(.sample([.init(symbol: "ADA-USD", quantity: quantity, averagePrice: "0.3500")]))
        let trial = await trial()
        #expect(trial.outcome.word == .pass, "\(trial.sentence)")
    }

    // The average that is told of what was held before may be rounded: a tick for each of the ten lots that were traded.
    @Test(arguments: [("0.000010", Outcome.Word.pass), ("0.000011", .fail)])
    func `a result that rests on an average from before is held to a tick`(off: String, word: Outcome.Word) async throws
    {
        let off = try #require(Decimal(string: off))
        target.books.open(.sample([.init(symbol: "ADA-USD", quantity: "7.00", averagePrice: "0.3500")]))
        target.books.change {
            $0.shows = { state, fills in
                var shown = state
                if fills == 2 { shown.realizedResult = DecimalValue(state.realizedResult.decimal + off) }
                return shown
            }
        }
        let trial = await trial()
        #expect(trial.outcome.word == word)
        #expect(trial.kinds == (word == .pass ? [] : ["result-differs"]))
    }

    @Test(arguments: [("0.4002", Outcome.Word.pass), ("0.4004", .pass), ("0.40041", .fail), ("0.40019", .fail)])
    func `an average of several prices is held to a tick`(average: String, word: Outcome.Word) async throws {
        // 0.4001 … 0.4005, whose average is 0.4003.
        let average = try #require(DecimalValue(parsing: average))
        target.venue.change { $0.parts = 5 }
        show {
            $0.positions = $0.positions.map {
                .init(symbol: $0.symbol, quantity: $0.quantity, averagePrice: average)
            }
        }
        #expect(await trial().outcome.word == word)
    }

    @Test func `a fill in parts at several prices is summed`() async {
        target.venue.change { $0.parts = 5 }
        let trial = await trial()
        #expect(trial.outcome.word == .pass, "\(trial.sentence)")
    }

    @Test func `a ledger may keep a fill in more rows, and text for whole steps`() async {
        target.venue.change { $0.parts = 1 }
        target.books.change {
            $0.keeps = { row in
                var (one, four) = (row, row)
                (one[3], one[5]) = (.text("0.01"), .integer(100))
                (four[3], four[5]) = (.text("0.04"), .integer(400))
                return [one, four]
            }
        }
        let trial = await trial()
        #expect(trial.outcome.word == .pass, "\(trial.sentence)")
    }

    // MARK: - In time

    // Looks are 20 ms apart, the limit is 2 s.
    @Test(arguments: [(100, Outcome.Word.pass), (101, .fail)])
    func `books that follow just at the limit are in time, one look later they are not`(looks: Int, word: Outcome.Word)
        async
    {
        target.books.change { $0.lag = looks }
        let account = await trial()
        #expect(account.outcome.word == word)
        #expect(account.measurement("account_time.buy")?.value == DecimalValue(looks * 20))
        #expect(account.kinds.isEmpty)
    }

    @Test(arguments: [(100, Outcome.Word.pass), (101, .fail)])
    func `a ledger that follows just at the limit is in time, one look later it is not`(looks: Int, word: Outcome.Word)
        async
    {
        target.books.change { $0.ledgerLag = looks }
        let trial = await trial()
        #expect(trial.outcome.word == word)
        #expect(trial.measurement("ledger_time.buy")?.value == DecimalValue(looks * 20))
        #expect(trial.kinds.isEmpty)
    }

    @Test(arguments: [(125, FailReason.criterion), (126, .finding("fill-missing-in-ledger"))])
    func `a ledger is watched past the limit by half a second, and no longer`(looks: Int, reason: FailReason) async {
        target.books.change { $0.ledgerLag = looks }
        #expect(await trial().outcome == .fail(reason))
    }

    @Test(arguments: [(5, Outcome.Word.pass), (100, .pass), (101, .fail)])
    func `a drop copy that lags is waited for, and its fill must be in time too`(looks: Int, word: Outcome.Word) async {
        target.venue.change { $0.lag = looks }
        let trial = await trial()
        #expect(trial.outcome.word == word)
        #expect(trial.measurement("fill_time.buy")?.value == DecimalValue(looks * 20))
        // The books had it long before the drop copy: counted from the last look without it.
        #expect(trial.measurement("account_time.buy")?.value == "20")
    }

    // MARK: - Books that are wrong

    @Test func `a fill that never reaches the ledger fails, and the position is flattened all the same`() async {
        target.books.change { $0.keeps = { _ in [] } }
        let trial = await trial()
        #expect(trial.outcome == .fail(.finding("fill-missing-in-ledger")))
        #expect(trial.kinds == ["fill-missing-in-ledger", "fill-missing-in-ledger"])
        #expect(trial.measurement("account_time.buy")?.result == .pass)
        #expect(target.venue.submitted.map(\.side) == [.buy, .sell])
        #expect(
            trial.remediation?.steps.contains {
                $0.command?.contains("sqlite3 -readonly") == true && $0.command?.contains("hp-test-1.1") == true
            } == true)
    }

    @Test func `half of a fill in the ledger is a fill missing in it`() async {
        target.venue.change { $0.parts = 5 }
        target.books.change { $0.keeps = { row in row[4] == .integer(4003) ? [] : [row] } }
        let trial = await trial()
        #expect(trial.outcome == .fail(.finding("fill-missing-in-ledger")))
        #expect(trial.sentence.contains("0.04 of the 0.05"))
    }

    @Test(arguments: [
        (0, LedgerValue.text("READY-HUNTER")), (1, .text("BTC-USD")), (2, .text("sell")), (3, .integer(6)),
        (4, .integer(4002)), (5, .integer(499)), (6, .text("hp-test-1.10")),
    ])
    func `each column of the ledger counts, to the last digit`(column: Int, value: LedgerValue) async {
        keep(column, value)
        #expect(await trial().outcome == .fail(.finding("ledger-differs")))
    }

    @Test func `a fill that stands twice in the ledger differs`() async {
        target.books.change { $0.keeps = { [$0, $0] } }
        #expect(await trial().outcome == .fail(.finding("ledger-differs")))
    }

    private static let wrongs: [(String, @Sendable (inout AccountState) -> Void)] = [
        ("cash-differs", { $0.cash = DecimalValue($0.cash.decimal + Decimal(string: "0.000001")!) }),
        ("fees-differ", { $0.feesPaid = DecimalValue($0.feesPaid.decimal - Decimal(string: "0.000001")!) }),
        (
            "result-differs",
            { $0.realizedResult = DecimalValue($0.realizedResult.decimal + Decimal(string: "0.000001")!) }
        ),
        (
            "average-differs",
            {
                $0.positions = $0.positions.map {
                    .init(symbol: $0.symbol, quantity: $0.quantity, averagePrice: "0.40010001")
                }
            }
        ),
        (
            "position-differs",
            {
                $0.positions = $0.positions.map {
                    .init(symbol: $0.symbol, quantity: "0.06", averagePrice: $0.averagePrice)
                }
            }
        ),
    ]

    @Test(arguments: wrongs.indices)
    func `each number of the account counts, to the last digit`(index: Int) async {
        let (kind, change) = Self.wrongs[index]
        show(change)
        let trial = await trial()
        // Position and cash are measured as well, so that the number itself is red.
        let isMeasured = ["position-differs", "cash-differs"].contains(kind)
        #expect(trial.outcome == .fail(isMeasured ? .criterion : .finding(kind)))
        #expect(Set(trial.kinds) == [kind])
    }

    @Test func `a result that forgets the sale fails after it`() async {
        show { $0.realizedResult = "0" }
        let trial = await trial()
        #expect(trial.outcome == .fail(.finding("result-differs")))
        #expect(trial.judgement.findings.map(\.fingerprint) == ["result-differs/sell"])
        // Five lots, bought at 0.4001 and sold at 0.3999.
        #expect(trial.sentence.contains("is 0, and the venue's fills make it -0.00001"))
    }

    @Test func `a position that does not move fails, and says both numbers`() async {
        show { $0.positions = [] }
        let trial = await trial()
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.measurement("position.buy")?.value == "0")
        #expect(trial.measurement("position.buy")?.criterion?.fail == "0.05")
        #expect(trial.measurement("position.buy")?.result == .fail)
        #expect(trial.judgement.findings.map(\.fingerprint) == ["position-differs/buy"])
        #expect(trial.sentence.contains("is 0, and the venue's fills make it 0.05"))
    }

    // MARK: - Orders that do not fill

    @Test func `a denial and a rejection fail, and nothing is sold`() async {
        target.venue.change { $0.deniesAll = "stale_market_data" }
        let denied = await trial()
        #expect(denied.outcome == .fail(.finding("order-denied")))
        #expect(denied.sentence.contains("stale_market_data"))
        target.venue.change {
            $0.deniesAll = nil
            $0.rejects = true
        }
        let rejected = await target.run(FlowBooks(target.probes), token: "hp-again")
        #expect(rejected.outcome == .fail(.finding("order-rejected")))
        #expect(target.venue.submitted.map(\.side) == [.buy, .buy])
    }

    @Test func `an order that is never filled fails, and is cancelled`() async {
        target.venue.change { $0.neverFills = true }
        let trial = await trial()
        #expect(trial.outcome == .fail(.finding("fill-missing")))
        #expect(trial.sentence.contains("accepted"))
        #expect(target.venue.left.isEmpty)
        #expect(target.venue.submitted.count == 1)
    }

    @Test func `a part that was filled is sold again, and its books are looked at`() async {
        let venue = target.venue
        venue.change {
            $0.parts = 5
            $0.filledParts = 2
        }
        target.books.change {
            $0.shows = { state, fills in
                if fills > 0 { venue.change { $0.parts = 1 } }
                return state
            }
        }
        let trial = await trial()
        #expect(trial.outcome == .fail(.finding("fill-missing")))
        #expect(trial.kinds == ["fill-missing"])
        #expect(trial.sentence.contains("0.02"))
        #expect(trial.measurement("account_time.buy")?.result == .pass)
        #expect(target.venue.submitted.map(\.quantity) == ["0.05", "0.02"])
        #expect(target.venue.left.isEmpty)
    }

    @Test func `a sale that is not filled leaves a position, which is told`() async {
        let venue = target.venue
        target.books.change {
            $0.shows = { state, fills in
                if fills > 0 { venue.change { $0.neverFills = true } }
                return state
            }
        }
        let trial = await trial()
        #expect(trial.outcome == .fail(.finding("fill-missing")))
        #expect(trial.judgement.findings.map(\.fingerprint) == ["fill-missing/sell", "position-left/ADA-USD"])
        #expect(target.venue.left.isEmpty)
    }

    @Test func `an order that is answered as filled, and not by the venue, fails`() async {
        target.venue.change { $0.omitted = [.fill] }
        let trial = await trial()
        #expect(trial.outcome == .fail(.finding("fill-missing")))
        #expect(trial.sentence.contains("filled"))
    }

    // MARK: - What cannot be judged

    @Test func `a drop copy with gaps leaves the books unverified, and everything registered`() async {
        target.venue.change { $0.hasGaps = true }
        let trial = await trial()
        #expect(trial.outcome == .unverified(.badAnswer))
        #expect(trial.sentence.contains("gap"))
        #expect(target.effects.all.count == 2)
    }

    @Test func `somebody else's fill on the account leaves the books unverified`() async {
        let venue = target.venue
        target.books.change {
            $0.shows = { state, fills in
                if fills == 1 { venue.fill("somebody", account: "READY-SNIPER", symbol: "SOL-USD", quantity: "1") }
                return state
            }
        }
        let trial = await trial()
        #expect(trial.outcome == .unverified(.badAnswer))
        #expect(trial.sentence.contains("somebody else"))
    }

    @Test func `a ledger that does not say how it is read is not guessed at, and nothing is ordered`() async {
        target.ledger.change { $0.description.books = nil }
        #expect(await trial().outcome == .unverified(.hookMissing))
        #expect(target.venue.submitted.isEmpty)
    }

    @Test func `a statement that finds fills for any order is not believed`() async {
        target.ledger.change {
            $0.rows[LedgerBooks.sample.fillsOfOrder] = { _ in
                [[.text("a"), .text("b"), .text("buy"), .integer(1), .integer(1), .integer(1), .text("c")]]
            }
        }
        #expect(await trial().outcome == .unverified(.badAnswer))
        #expect(target.venue.submitted.isEmpty)
    }

    @Test func `a collar that the market has left leaves nothing to order`() async {
        var builder = CriteriaBuilder()
        builder.set("sniper", "price_collar_percent", to: "0.00001")
        #expect(await trial(builder.criteria).outcome == .unverified(.badAnswer))
        #expect(target.venue.submitted.isEmpty)
    }

    @Test(arguments: [
        (ProbeError.Meeting.unreachable, Outcome.unverified(.targetUnreachable)),
        (.notOffered, .unverified(.hookMissing)), (.nonsense, .unverified(.badAnswer)), (.ourSide, .error(.tool)),
    ])
    func `an account that cannot be asked leaves the books unverified, before and after the fill`(
        met: ProbeError.Meeting, outcome: Outcome
    ) async {
        let error = met == .ourSide ? ProbeError(ourSide: "bug") : ProbeError(met, at: .surface, "no")
        target.books.change { $0.failure = (2, error) }
        #expect(await trial().outcome == outcome)
        #expect(target.venue.submitted.count == 1)
        target.books.change { $0.failure = (1, error) }
        #expect(await target.run(FlowBooks(target.probes), token: "hp-again").outcome == outcome)
        #expect(target.venue.submitted.count == 1)
    }

    @Test func `a ledger that cannot be opened lets no order go out`() async {
        target.ledger.change { $0.connectFailure = ProbeError(.unreachable, at: .ledger, "no such file") }
        #expect(await trial().outcome == .unverified(.targetUnreachable))
        #expect(target.venue.submitted.isEmpty)
    }

    @Test func `without a registered undo no order goes out`() async {
        var target = target
        target.effects = FakeEffects(failing: ProbeError(ourSide: "disk full"))
        #expect(await target.run(FlowBooks(target.probes)).outcome == .error(.tool))
        #expect(target.venue.submitted.isEmpty)
    }

    @Test func `a cancelled body submits nothing`() async {
        let check = FlowBooks(target.probes)
        let task = Task { [target] in
            withUnsafeCurrentTask { $0?.cancel() }
            return await target.run(check)
        }
        #expect(await task.value.outcome == .cancelled)
        #expect(target.venue.submitted.isEmpty)
        #expect(target.ledger.open == 0)
    }

    // MARK: - Judged from what was kept

    @Test func `an observation is judged again from its JSON, under another limit`() async throws {
        target.books.change { $0.ledgerLag = 50 }
        let check = FlowBooks(target.probes)
        let seen = try await check.collect(in: target.context())
        let kept = try JSONDecoder().decode(FlowBooks.Observation.self, from: JSONEncoder().encode(seen))
        #expect(check.judge(kept, by: target.criteria.criteria) == check.judge(seen, by: target.criteria.criteria))
        var stricter = CriteriaBuilder()
        stricter.thresholds["smoke.max_books_ms"] = "999"
        #expect(check.judge(kept, by: stricter.criteria).outcome(requiring: .exercised) == .fail(.criterion))
    }

    @Test func `no order at all is no pass, and a purchase alone leaves a position`() async throws {
        let check = FlowBooks(target.probes)
        var seen = try await check.collect(in: target.context())
        seen.legs.removeLast()
        #expect(
            check.judge(seen, by: target.criteria.criteria).outcome(requiring: .exercised)
                == .fail(.finding("position-left")))
        seen.legs = []
        #expect(
            check.judge(seen, by: target.criteria.criteria).outcome(requiring: .exercised) == .unverified(.noSamples))
    }

    @Test func `a fill just at the order's limit is allowed, either way`() async throws {
        let check = FlowBooks(target.probes)
        var seen = try await check.collect(in: target.context())
        for leg in seen.legs.indices { seen.legs[leg].fills[0].price = seen.legs[leg].order.price }
        #expect(!check.judge(seen, by: target.criteria.criteria).findings.contains { $0.kind == "fill-differs" })
        seen.legs[1].fills[0].price = "0.0001"
        #expect(check.judge(seen, by: target.criteria.criteria).findings.contains { $0.kind == "fill-differs" })
    }

    @Test(arguments: [
        ("0.4300", "0.05", "worse than its limit"), ("0.4001", "0.06", "more than was ordered"),
        ("0.4001", "-0.05", "-0.05 at"), ("0", "0.05", "0.05 at 0"),
    ])
    func `a fill that the order did not allow is found`(price: String, quantity: String, words: String) async throws {
        let check = FlowBooks(target.probes)
        var seen = try await check.collect(in: target.context())
        seen.legs[0].fills[0].price = try #require(DecimalValue(parsing: price))
        seen.legs[0].fills[0].quantity = try #require(DecimalValue(parsing: quantity))
        let findings = check.judge(seen, by: target.criteria.criteria).findings
        #expect(findings.first?.kind == "fill-differs")
        #expect(findings.contains { $0.message.contains(words) })
    }
}

extension AccountState {
    /// The sniper's readiness account with something in it.
    fileprivate static func sample(_ positions: [Position]) -> AccountState {
        AccountState(
            account: "READY-SNIPER", positions: positions, cash: "95000.123456", realizedResult: "-12.5",
            feesPaid: "3.25", openOrders: 0)
    }
}
