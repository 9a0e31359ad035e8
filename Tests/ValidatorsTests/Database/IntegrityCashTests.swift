import Readiness
import TestSupport
import Testing
import Validators

/// The cash of `database.integrity.consistent`: what it began with, and every fill since, to the last digit.
struct IntegrityCashTests {
    private let target = FakeTarget()

    private func trial(_ change: (inout FakeLedger.Script) -> Void = { _ in }) async -> CheckTrial {
        target.ledger.change(change)
        return await target.run(IntegrityConsistent(target.probes))
    }

    /// Three lots of 0.01 at 128.7701, less two of them at the same price, each for a fee of 0.000773.
    private func trade(_ script: inout FakeLedger.Script) {
        script.book(
            [("A", "SOL-USD", "buy", 3), ("A", "SOL-USD", "sell", 2)], priceE4: 1_287_701, feeE6: 773)
        script.hold([("A", "SOL-USD", 1)])
    }

    @Test(arguments: [(0, []), (1, ["cash-differs/A"]), (-1, ["cash-differs/A"])] as [(Int64, [String])])
    func `cash that is off by a millionth fails, either way`(off: Int64, found: [String]) async {
        let trial = await trial {
            trade(&$0)
            // 1000 - 3.863103 + 2.575402 - 2 * 0.000773
            $0.bank([("A", 1_000_000_000, 998_710_753 + off)])
        }
        #expect(trial.outcome.word == (found.isEmpty ? .pass : .fail))
        #expect(trial.judgement.findings.map(\.fingerprint) == found)
        #expect(trial.measurement("differing_cash")?.value == DecimalValue(found.count))
    }

    @Test func `cash that differs is told with both numbers, and the statement that shows it`() async {
        let trial = await trial {
            trade(&$0)
            $0.bank([("A", 1_000_000_000, 998_710_754)])
        }
        #expect(trial.sentence.contains("the cash of A is 998.710754"))
        #expect(trial.sentence.contains("its opening of 1000.000000 and its fills make it 998.710753"))
        let command = trial.remediation?.steps.first?.command ?? ""
        #expect(command.contains("sum(first * quantity)") && command.contains("account = '\\''A'\\''"))
    }

    @Test(arguments: ["fee", "price", "opening"])
    func `a fee, a price and an opening that are another fail by the cash`(what: String) async {
        let trial = await trial { script in
            trade(&script)
            script.bank([("A", what == "opening" ? 1_000_000_001 : 1_000_000_000, 998_710_753)])
            var rows = script.rows[LedgerBooks.sample.fills]?([]) ?? []
            if what == "price" { rows[0][4] = .integer(1_287_702) }
            if what == "fee" { rows[1][5] = .integer(774) }
            let changed = rows
            script.rows[LedgerBooks.sample.fills] = { _ in changed }
        }
        #expect(trial.kinds == ["cash-differs"])
    }

    @Test func `an account that trades and has no cash fails, one that has cash and never traded does not`() async {
        let idle = await trial {
            trade(&$0)
            $0.bank([("A", 1_000_000_000, 998_710_753), ("B", 5, 5)])
        }
        #expect(idle.outcome.word == .pass)
        #expect(idle.measurement("accounts")?.value == "2")
        let moved = await trial { $0.bank([("A", 1_000_000_000, 998_710_753), ("B", 5, 6)]) }
        #expect(moved.judgement.findings.map(\.fingerprint) == ["cash-differs/B"])
        let without = await trial { $0.bank([("B", 5, 5)]) }
        #expect(without.judgement.findings.map(\.fingerprint) == ["cash-differs/A"])
        #expect(without.sentence.contains("is not there"))
    }

    @Test(arguments: [
        LedgerValue.text("viel"), .text("1e3"), .real(998.710753), .null, .unreadable("a blob"), .text(""),
        .text("998.7107530"),
    ])
    func `cash that is no number is found by its own kind, and is no difference as well`(balance: LedgerValue) async {
        let trial = await trial {
            trade(&$0)
            $0.rows[LedgerBooks.sample.cashText] = { _ in [[.text("A"), .integer(1_000_000_000), balance]] }
        }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.judgement.findings.map(\.fingerprint) == ["value-malformed/balance of the cash of A"])
        #expect(trial.remediation?.steps.first?.command?.contains("typeof(second)") == true)
    }

    @Test func `text of digits is money, but not beside whole numbers of its least step`() async {
        let texts = await trial {
            trade(&$0)
            $0.rows[LedgerBooks.sample.cashText] = { _ in [[.text("A"), .text("1000"), .text("998.710753")]] }
        }
        #expect(texts.outcome.word == .pass, "\(texts.sentence)")
        let both = await trial {
            $0.rows[LedgerBooks.sample.cashText] = { _ in
                [
                    [.text("A"), .integer(1_000_000_000), .integer(998_710_753)],
                    [.text("B"), .integer(5), .integer(5)],
                    [.text("C"), .integer(5), .text("0.000005")],
                ]
            }
        }
        #expect(both.kinds == ["value-malformed"])
        #expect(both.sentence.contains("balance of the cash of C is text in a column of whole numbers"))
    }

    @Test func `values that make no sense are kept up to a bound, however many there are`() async {
        let trial = await trial {
            trade(&$0)
            $0.rows[LedgerBooks.sample.cashText] = { _ in
                (0...100_000).map { [.text("A\($0)"), .integer(0), .text("viel")] }
            }
        }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.measurement("malformed_values")?.value == "100000")
    }

    @Test func `two rows of one account's cash are found`() async {
        let trial = await trial {
            trade(&$0)
            $0.bank([("A", 1_000_000_000, 998_710_753), ("A", 1_000_000_000, 998_710_753)])
        }
        #expect(trial.kinds == ["value-malformed"])
        #expect(trial.sentence.contains("the cash of A stands there twice"))
    }

    // Money of two digits cannot express 3.863103 and 2.575402: the one is 3.86 or 3.87, the other 2.57 or 2.58.
    @Test(
        arguments: [
            (99_871, []), (99_872, []), (99_870, []), (99_869, ["cash-differs"]), (99_873, ["cash-differs"]),
        ] as [(Int64, [String])])
    func `where money has fewer digits, a fill may be rounded and no more`(balance: Int64, kinds: [String]) async {
        let trial = await trial {
            $0.description.books?.moneyScale = 2
            $0.book([("A", "SOL-USD", "buy", 3), ("A", "SOL-USD", "sell", 2)], priceE4: 1_287_701)
            $0.hold([("A", "SOL-USD", 1)])
            $0.bank([("A", 100_000, balance)])
        }
        #expect(trial.kinds == kinds)
    }

    @Test func `a fill beyond all reason is found, and nothing overflows`() async {
        let trial = await trial {
            let most = Int64.max
            $0.description.books?.moneyScale = 18
            $0.book([("A", "X", "buy", 1)], priceE4: 0)
            $0.hold([("A", "X", most)])
            $0.rows[LedgerBooks.sample.fills] = { _ in
                [
                    [
                        .text("A"), .text("X"), .text("buy"), .integer(most), .integer(most), .integer(0), .text("c"),
                        .text("o-0"),
                    ]
                ]
            }
        }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds.contains("value-malformed"))
        #expect(trial.judgement.findings.contains { $0.message.contains("is worth more than can be added up") })
    }

    @Test func `cash that is on its way is waited for`() async {
        let count = Counter()
        let trial = await trial { script in
            trade(&script)
            script.rows[LedgerBooks.sample.cashText] = { _ in
                [[.text("A"), .integer(1_000_000_000), .integer(count.next() > 2 ? 998_710_753 : 1_000_000_000)]]
            }
        }
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("looks")?.value == "3")
    }
}
