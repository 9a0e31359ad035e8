import Readiness
import TestSupport
import Testing
import Validators

/// The cash of `smoke.flow.books` in the ledger, the amounts that it shows, and types that are none.
struct FlowBooksLedgerTests {
    private let target = FakeTarget()

    private func trial() async -> CheckTrial { await target.run(FlowBooks(target.probes)) }

    /// What the ledger keeps of cash once so many fills are in it, moved by millionths.
    private func move(by millionths: Int64, from fills: Int) {
        target.books.change {
            $0.banks = { row, booked in
                guard booked >= fills, case .integer(let balance) = row[2] else { return [row] }
                return [[row[0], row[1], .integer(balance + millionths)]]
            }
        }
    }

    @Test func `position and cash are shown as amounts, against what the fills make them`() async throws {
        let trial = await trial()
        #expect(trial.outcome.word == .pass, "\(trial.sentence)")
        #expect(trial.measurement("position_before")?.value == "0")
        #expect(trial.measurement("cash_before")?.value == "100000")
        #expect(trial.measurement("ledger_cash_before")?.criterion?.fail == "100000")
        #expect(trial.measurement("position.buy")?.value == "0.05")
        #expect(trial.measurement("position.sell")?.value == "0")
        // Five lots of 0.01, bought at 0.4001 and sold at 0.3999; what the fake venue's fee is, the ledger's rows say.
        let bought = try #require(trial.measurement("cash_moved.buy"))
        #expect(bought.unit == "USD" && bought.value < "-0.020005" && bought.value == bought.criterion?.fail)
        #expect(trial.measurement("ledger_cash_moved.buy")?.value == bought.value)
        let sold = try #require(trial.measurement("cash_moved.sell"))
        #expect(sold.value > "0" && sold.value < "0.019995" && sold.value == sold.criterion?.fail)
        #expect(trial.measurement("ledger_cash_moved.sell")?.value == sold.value)
    }

    @Test(arguments: [1, -1, 500] as [Int64])
    func `cash that the ledger moves by another amount fails, by a millionth`(off: Int64) async {
        move(by: off, from: 1)
        let trial = await trial()
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.judgement.findings.map(\.fingerprint) == ["ledger-cash-differs/buy", "ledger-cash-differs/sell"])
        #expect(trial.measurement("ledger_cash_moved.buy")?.result == .fail)
        // It is wrong since the purchase, and not more wrong since the sale.
        #expect(trial.measurement("ledger_cash_moved.sell")?.result == .pass)
        #expect(trial.measurement("cash_moved.buy")?.result == .pass)
        #expect(trial.measurement("ledger_time.buy") == nil)
        #expect(target.venue.left.isEmpty)
        let commands = trial.remediation?.steps.compactMap(\.command) ?? []
        #expect(commands.contains { $0.contains(LedgerBooks.sample.cashText) })
    }

    @Test func `cash that does not move at all fails, with both numbers`() async {
        target.books.change { $0.banks = { row, _ in [[row[0], row[1], .text("100000")]] } }
        let trial = await trial()
        #expect(trial.kinds == ["ledger-cash-differs", "ledger-cash-differs"])
        #expect(trial.sentence.contains("in the ledger moved by 0, and the venue's fills make it -0.02"))
    }

    @Test func `cash that is another than the account's from the outset fails, though it moves as it must`() async {
        move(by: 7, from: 0)
        let trial = await trial()
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.judgement.findings.map(\.fingerprint) == ["ledger-cash-differs/before"])
        #expect(trial.measurement("ledger_cash_moved.buy")?.result == .pass)
        #expect(trial.measurement("ledger_cash_before")?.result == .fail)
    }

    @Test func `cash of an earlier fill that is still on its way to the ledger is waited for`() async {
        let clock = target.clock
        let begin = clock.now
        target.books.change {
            $0.banks = { row, fills in
                guard fills == 0, clock.now - begin < .milliseconds(200), case .integer(let balance) = row[2] else {
                    return [row]
                }
                return [[row[0], row[1], .integer(balance - 20_000)]]
            }
        }
        let trial = await trial()
        #expect(trial.outcome.word == .pass, "\(trial.sentence)")
        #expect(clock.now - begin >= .milliseconds(200))
    }

    @Test func `an account that has no cash in the ledger fails`() async {
        target.books.change { $0.banks = { _, _ in [] } }
        let trial = await trial()
        #expect(trial.outcome == .fail(.finding("ledger-cash-differs")))
        #expect(trial.sentence.contains("not there"))
    }

    @Test(arguments: [
        LedgerValue.text("viel"), .real(100_000), .null, .unreadable("a blob"), .text("1e5"),
    ])
    func `cash that is no number fails by a kind of its own, before and after the fill`(value: LedgerValue) async {
        target.books.change { $0.banks = { row, _ in [[row[0], row[1], value]] } }
        let before = await trial()
        #expect(before.outcome == .fail(.finding("value-malformed")))
        #expect(Set(before.kinds) == ["value-malformed"])
        #expect(target.venue.left.isEmpty)
        target.books.change { $0.banks = { row, fills in fills < 3 ? [row] : [[row[0], row[1], value]] } }
        let after = await target.run(FlowBooks(target.probes), token: "hp-again")
        #expect(after.judgement.findings.map(\.fingerprint) == ["value-malformed/buy", "value-malformed/sell"])
        #expect(target.ledger.open == 0)
    }

    @Test func `two rows of cash are one too many`() async {
        target.books.change { $0.banks = { row, _ in [row, row] } }
        #expect(await trial().outcome == .fail(.finding("value-malformed")))
    }

    @Test(arguments: [3, 4, 5], [LedgerValue.real(0.05), .null, .text("five"), .text("1e3"), .unreadable("a blob")])
    func `an amount of our own fill that is none fails by a kind of its own`(column: Int, value: LedgerValue) async {
        target.books.change {
            $0.keeps = { row in
                var kept = row
                kept[column] = value
                return [kept]
            }
        }
        let trial = await trial()
        #expect(trial.outcome == .fail(.finding("value-malformed")))
        #expect(trial.kinds == ["value-malformed", "value-malformed"])
        #expect(target.ledger.open == 0)
        #expect(target.venue.left.isEmpty)
    }

    @Test func `a target that does not say how its cash is read is unverified, and nothing is ordered`() async {
        target.ledger.change { $0.description.books?.cash = nil }
        #expect(await trial().outcome == .unverified(.hookMissing))
        #expect(target.venue.submitted.isEmpty)
        #expect(target.ledger.open == 0)
    }

    @Test(arguments: [ProbeError.Meeting.unreachable, .nonsense])
    func `a ledger whose tables cannot be read lets no order go out`(met: ProbeError.Meeting) async {
        target.ledger.change { $0.tableFailure = ProbeError(met, at: .ledger, "no") }
        let trial = await trial()
        #expect(trial.outcome.word == .unverified)
        #expect(target.venue.submitted.isEmpty)
    }
}
