import FoundationEssentials
import Readiness
import TestSupport
import Testing
import Validators

struct IntegrityConsistentTests {
    private let target = FakeTarget()

    private func trial(
        mode: Mode = .standard, _ change: (inout FakeLedger.Script) -> Void = { _ in }
    ) async -> CheckTrial {
        target.ledger.change(change)
        return await target.run(IntegrityConsistent(target.probes), mode: mode)
    }

    @Test func `books that agree pass on exercised evidence, in one look`() async {
        let trial = await trial()
        #expect(trial.outcome.word == .pass)
        #expect(trial.judgement.grade == .exercised)
        #expect(trial.measurement("fills")?.value == "5")
        #expect(trial.measurement("holdings")?.value == "3")
        #expect(trial.measurement("orders")?.value == "5")
        #expect(trial.measurement("accounts")?.value == "2")
        #expect(trial.measurement("looks")?.value == "1")
        #expect(target.clock.now == .seconds(100))
        #expect(target.ledger.open == 0)
    }

    @Test(arguments: [(Mode.quick, "full: false"), (.standard, "full: true"), (.thorough, "full: true")])
    func `the engine's own check is the full one from standard on`(mode: Mode, words: String) async {
        _ = await trial(mode: mode)
        #expect(target.evidence.all.first?.text.contains(words) == true)
    }

    // MARK: - Positions

    @Test(arguments: [
        (199, -7, ["MM-1.SOL-USD"]), (201, -7, ["MM-1.SOL-USD"]), (200, 7, ["MM-2.BTC-USD"]), (200, -7, []),
    ])
    func `a position that is off by one step fails, either way`(sol: Int64, bitcoin: Int64, holdings: [String]) async {
        let trial = await trial { $0.hold([("MM-1", "SOL-USD", sol), ("MM-2", "BTC-USD", bitcoin)]) }
        #expect(trial.outcome.word == (holdings.isEmpty ? .pass : .fail))
        #expect(trial.judgement.findings.map(\.fingerprint) == holdings.map { "position-differs/\($0)" })
    }

    @Test func `fills without a position fail, with both numbers`() async {
        let trial = await trial { $0.hold([("MM-1", "SOL-USD", 200)]) }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.sentence.contains("is not there, and its fills add up to -0.07"))
        let command = trial.remediation?.steps.first?.command ?? ""
        #expect(command.contains("account = '\\''MM-2'\\'' AND symbol = '\\''BTC-USD'\\''"))
    }

    @Test func `a position without fills fails, one of nothing does not`() async {
        let sound: [(account: String, symbol: String, lots: Int64)] = [
            ("MM-1", "SOL-USD", 200), ("MM-2", "BTC-USD", -7),
        ]
        #expect(await trial { $0.hold(sound + [("MM-9", "SOL-USD", 0)]) }.outcome.word == .pass)
        let trial = await trial { $0.hold(sound + [("MM-9", "SOL-USD", 1)]) }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.sentence.contains("is 0.01, and its fills are not there"))
    }

    @Test func `two hundred thousand fills are added up, and one of the least that is missing is seen`() async {
        let fills = (0..<200_000).map { index -> (account: String, symbol: String, side: String, lots: Int64) in
            ("MM-\(index % 8)", "S-\(index % 6)", index % 3 == 0 ? "sell" : "buy", Int64(index % 400 + 1))
        }
        var sums: [String: Int64] = [:]
        for fill in fills {
            sums["\(fill.account) \(fill.symbol)", default: 0] += fill.side == "buy" ? fill.lots : -fill.lots
        }
        let positions = sums.map { key, lots -> (account: String, symbol: String, lots: Int64) in
            let parts = key.split(separator: " ").map(String.init)
            return (parts[0], parts[1], lots)
        }
        let whole = await trial {
            $0.book(fills)
            $0.hold(positions)
        }
        #expect(whole.outcome.word == .pass)
        #expect(whole.measurement("fills")?.value == "200000")
        let short = await trial { $0.book(Array(fills.dropFirst())) }
        #expect(short.kinds == ["position-differs"])
        #expect(short.measurement("differing_positions")?.value == "1")
    }

    @Test func `sums beyond 64 bits are exact`() async {
        let most = Int64.max
        let trial = await trial {
            $0.book(
                [("A", "X", "buy", most), ("A", "X", "buy", most), ("A", "X", "sell", most), ("A", "X", "sell", 1)],
                priceE4: 0)
            $0.hold([("A", "X", most - 1)])
        }
        #expect(trial.outcome.word == .pass)
        let over = await self.trial {
            $0.book([("A", "X", "buy", most), ("A", "X", "buy", 5)], priceE4: 0)
            $0.hold([("A", "X", Int64.min + 4)])
        }
        #expect(over.kinds == ["position-differs"])
        #expect(over.sentence.contains("92233720368547758.12"))
    }

    @Test(arguments: [
        (LedgerValue.text("2"), true), (.text("2.0"), true), (.text("2.00"), true), (.text("2.01"), false),
        (.text("-2"), false), (.integer(200), true), (.integer(201), false), (.text("02"), true),
    ])
    func `text of digits is taken at its value`(quantity: LedgerValue, agrees: Bool) async {
        let trial = await trial {
            $0.rows[LedgerBooks.sample.positions] = { _ in
                let isText = if case .text = quantity { true } else { false }
                return [
                    [.text("MM-1"), .text("SOL-USD"), quantity],
                    [.text("MM-2"), .text("BTC-USD"), isText ? .text("-0.07") : .integer(-7)],
                ]
            }
        }
        #expect(trial.outcome.word == (agrees ? .pass : .fail))
    }

    @Test(arguments: [
        LedgerValue.real(2), .null, .text(""), .text("2.001"), .text("2."), .text(".5"), .text("+2"), .text("2e0"),
        .text("0x2"), .text("99999999999999999999"), .text("two"), .text("-"), .text("1.2.3"), .text("٢"),
        .unreadable("a blob"),
    ])
    func `a quantity that is no exact number is found, and never read as one`(quantity: LedgerValue) async {
        let trial = await trial {
            $0.rows[LedgerBooks.sample.positions] = { _ in
                [[.text("MM-1"), .text("SOL-USD"), quantity], [.text("MM-2"), .text("BTC-USD"), .integer(-7)]]
            }
        }
        #expect(trial.outcome == .fail(.criterion))
        #expect(
            trial.judgement.findings.map(\.fingerprint) == [
                "value-malformed/quantity of the position of MM-1 in SOL-USD", "position-differs/MM-1.SOL-USD",
            ])
        #expect(target.ledger.open == 0)
    }

    @Test(
        arguments: [
            ("2", []), ("2.0", ["value-malformed", "position-differs"]),
            ("2.", ["value-malformed", "position-differs"]), ("3", ["position-differs"]),
        ] as [(String, [String])])
    func `where nothing stands after the point, nothing may`(quantity: String, kinds: [String]) async {
        let trial = await trial {
            $0.description.books?.quantityScale = 0
            $0.book([("A", "X", "buy", 2)], priceE4: 0)
            $0.rows[LedgerBooks.sample.positions] = { _ in [[.text("A"), .text("X"), .text(quantity)]] }
        }
        #expect(trial.outcome.word == (kinds.isEmpty ? .pass : .fail))
        #expect(trial.kinds == kinds)
    }

    @Test(arguments: [
        [LedgerValue.text("A"), .text("X"), .text("hold"), .integer(1)],
        [.text("A"), .text("X"), .null, .integer(1)], [.null, .text("X"), .text("buy"), .integer(1)],
        [.text("A"), .integer(1), .text("buy"), .integer(1)], [.text("A"), .text("X"), .text("buy"), .integer(0)],
        [.text("A"), .text("X"), .text("sell"), .integer(-1)],
    ])
    func `a fill that is none is found, and not added up`(row: [LedgerValue]) async {
        let rows = [row + [.integer(1), .integer(0), .text("c"), .text("o-9")]]
        let trial = await trial { script in
            let sound = script.rows[LedgerBooks.sample.fills]?([]) ?? []
            script.rows[LedgerBooks.sample.fills] = { _ in sound + rows }
        }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["value-malformed"])
        #expect(trial.sentence.contains("a fill of order o-9"))
        #expect(trial.measurement("fills")?.value == "5")
    }

    @Test func `two positions of one holding are found, even when they add up`() async {
        let trial = await trial {
            $0.hold([("MM-1", "SOL-USD", 100), ("MM-1", "SOL-USD", 100), ("MM-2", "BTC-USD", -7)])
        }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.sentence.contains("the position of MM-1 in SOL-USD stands there twice"))
    }

    // MARK: - Orphans, orders, structure

    @Test func `an orphan fails, with the row`() async {
        let trial = await trial { $0.orphans = [OrphanRow(table: "fills", row: 17, parent: "orders")] }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["orphan-row"])
        #expect(trial.sentence.contains("row 17 of fills"))
        #expect(trial.remediation?.steps.first?.command?.contains("PRAGMA foreign_key_check") == true)
    }

    @Test func `a file that its own engine calls damaged fails, though it gives nothing more`() async {
        for met in [ProbeError.Meeting.nonsense, .unreachable] {
            let trial = await trial {
                $0.damage = ["Tree 4 page 9: btreeInitPage() returns error code 11"]
                $0.tableFailure = ProbeError(met, at: .ledger, "database disk image is malformed")
            }
            #expect(trial.outcome == .fail(.criterion))
            #expect(trial.kinds == ["structure-damaged"])
            #expect(trial.sentence.contains("btreeInitPage"))
            #expect(trial.measurement("structural_damage")?.value == "1")
            #expect(trial.judgement.grade == .exercised)
            #expect(trial.remediation?.steps.first?.command?.contains("PRAGMA integrity_check") == true)
            #expect(target.ledger.open == 0)
        }
    }

    @Test func `tables that cannot be read, in a file of which its engine says nothing, are unverified`() async {
        let error = ProbeError(.nonsense, at: .ledger, "no such table: fills")
        #expect(await trial { $0.tableFailure = error }.outcome == .unverified(.badAnswer))
        #expect(target.ledger.open == 0)
    }

    @Test func `a damaged file is red though the target does not say how its cash is read`() async {
        let trial = await trial {
            $0.damage = ["page 3 is never used"]
            $0.description.books?.cash = nil
        }
        #expect(trial.kinds == ["structure-damaged"])
    }

    @Test func `a file that its own engine calls damaged fails`() async {
        let trial = await trial { $0.damage = ["wrong # of entries in index fills_by_order"] }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["structure-damaged"])
    }

    @Test func `a million complaints are counted, and a hundred kept`() async throws {
        target.ledger.change { $0.damage = (0..<1_000_000).map { "row \($0)" } }
        let check = IntegrityConsistent(target.probes)
        let observation = try await check.collect(in: target.context())
        #expect(observation.damage.count == 100)
        #expect(try JSONEncoder().encode(observation).count < 100_000)
        let judgement = check.judge(observation, by: target.criteria.criteria)
        #expect(judgement.measurements.first?.value == "1000000")
        #expect(judgement.findings.count == 41)
    }

    // MARK: - A desk that trades meanwhile

    /// Positions that lag behind the fills for so many looks.
    private func lagging(_ looks: Int) -> @Sendable ([String]) -> [[LedgerValue]] {
        let count = Counter()
        return { _ in
            let lots: Int64 = count.next() > looks ? 200 : 100
            return [
                [.text("MM-1"), .text("SOL-USD"), .integer(lots)], [.text("MM-2"), .text("BTC-USD"), .integer(-7)],
            ]
        }
    }

    @Test(arguments: [(1, Outcome.Word.pass, "2"), (2, .pass, "3"), (3, .fail, "3")])
    func `what is on its way is waited for, and what stays for three looks counts`(
        looks: Int, word: Outcome.Word, taken: DecimalValue
    ) async {
        let trial = await trial { $0.rows[LedgerBooks.sample.positions] = lagging(looks) }
        #expect(trial.outcome.word == word)
        #expect(trial.measurement("looks")?.value == taken)
    }

    @Test func `what is wrong in one look and something else in the next does not last`() async {
        let count = Counter()
        let trial = await trial {
            $0.rows[LedgerBooks.sample.positions] = { _ in
                let isFirst = count.next() == 1
                return [
                    [.text("MM-1"), .text("SOL-USD"), .integer(isFirst ? 1 : 200)],
                    [.text("MM-2"), .text("BTC-USD"), .integer(isFirst ? -7 : 1)],
                ]
            }
        }
        #expect(trial.outcome.word == .pass)
    }

    @Test func `a cancelled body takes no second look`() async {
        target.ledger.change { $0.hold([]) }
        let check = IntegrityConsistent(target.probes)
        let task = Task { [target] in
            withUnsafeCurrentTask { $0?.cancel() }
            return await target.run(check)
        }
        #expect(await task.value.outcome == .cancelled)
        #expect(target.ledger.open == 0)
    }

    // MARK: - Nothing to look at

    @Test func `a ledger without a fill proves nothing, and one with something wrong is red all the same`() async {
        let empty = await trial {
            $0.book([])
            $0.hold([])
        }
        #expect(empty.outcome == .unverified(.noSamples))
        #expect(empty.remediation?.cause.contains("holds no fill") == true)
        #expect(await trial { $0.hold([("A", "X", 1)]) }.outcome == .fail(.criterion))
    }

    @Test func `a target that does not say how its books are read is unverified`() async {
        #expect(await trial { $0.description.books = nil }.outcome == .unverified(.hookMissing))
    }

    @Test func `a target that does not say how its cash or its orders are read is unverified`() async {
        let cashless = await trial { $0.description.books?.cash = nil }
        #expect(cashless.outcome == .unverified(.hookMissing))
        #expect(cashless.sentence.contains("cash"))
        let orderless = await trial {
            $0.description.books?.cash = LedgerBooks.sample.cash
            $0.description.books?.orders = nil
        }
        #expect(orderless.outcome == .unverified(.hookMissing))
        #expect(orderless.sentence.contains("orders"))
    }

    @Test(arguments: [-1, 19, Int.max], ["quantities", "prices", "money"])
    func `a scale that no whole number has makes no sense`(scale: Int, what: String) async {
        let trial = await trial {
            switch what {
            case "quantities": $0.description.books?.quantityScale = scale
            case "prices": $0.description.books?.priceScale = scale
            default: $0.description.books?.moneyScale = scale
            }
        }
        #expect(trial.outcome == .unverified(.badAnswer))
        #expect(trial.sentence.contains(what))
    }

    @Test(arguments: [
        (ProbeError.Meeting.unreachable, UnverifiedReason.targetUnreachable), (.nonsense, .badAnswer),
        (.notOffered, .hookMissing), (.unauthorised, .credentialMissing),
    ])
    func `a ledger that cannot be read is unverified, and the connection is closed`(
        met: ProbeError.Meeting, reason: UnverifiedReason
    ) async {
        #expect(await trial { $0.askFailure = ProbeError(met, at: .ledger, "no") }.outcome == .unverified(reason))
        #expect(target.ledger.open == 0)
    }
}
