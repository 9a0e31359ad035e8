import Readiness
import TestSupport
import Testing
import Validators

/// The orders of `database.integrity.consistent`: none contradicts itself, its fills, or the terms of its fills.
struct IntegrityOrdersTests {
    private let target = FakeTarget()

    private func trial(_ change: (inout FakeLedger.Script) -> Void = { _ in }) async -> CheckTrial {
        target.ledger.change(change)
        return await target.run(IntegrityConsistent(target.probes))
    }

    /// One order of account A and two fills of it, by quantities, with everything else as it follows from them.
    private func one(
        status: String, ordered: Int64, filled: LedgerValue, fills: [Int64]
    ) -> (inout FakeLedger.Script) -> Void {
        { script in
            script.book(fills.map { ("A", "X", "buy", $0) } + [("B", "X", "buy", 1)])
            script.hold([("A", "X", fills.reduce(0, +)), ("B", "X", 1)])
            var rows = script.rows[LedgerBooks.sample.fills]?([]) ?? []
            for row in rows.indices.dropLast() { rows[row][7] = .text("o-A") }
            let kept = rows
            script.rows[LedgerBooks.sample.fills] = { _ in kept }
            let last = LedgerValue.text("o-\(fills.count)")
            script.rows[LedgerBooks.sample.ordersText] = { _ in
                [
                    [.text("o-A"), .text("A"), .text("X"), .text("buy"), .text(status), .integer(ordered), filled],
                    [last, .text("B"), .text("X"), .text("buy"), .text("filled"), .integer(1), .integer(1)],
                ]
            }
        }
    }

    private static let sound: [(String, Int64, Int64, [Int64])] = [
        ("filled", 100, 100, [60, 40]), ("working", 100, 60, [60]), ("working", 100, 0, []), ("cancelled", 100, 0, []),
        ("cancelled", 100, 99, [60, 39]), ("rejected", 100, 0, []), ("denied", 100, 0, []),
    ]

    @Test(arguments: sound)
    func `an order that says what its fills say passes`(
        status: String, ordered: Int64, filled: Int64, fills: [Int64]
    ) async {
        let trial = await trial(one(status: status, ordered: ordered, filled: .integer(filled), fills: fills))
        #expect(trial.outcome.word == .pass, "\(trial.sentence)")
        #expect(trial.measurement("orders")?.value == "2")
    }

    private static let contradictory: [(String, Int64, Int64, [Int64], String)] = [
        ("filled", 100, 100, [], "filled-without-fills"), ("filled", 100, 0, [], "filled-without-fills"),
        ("filled", 100, 60, [60], "filled-in-part"), ("filled", 100, 100, [60], "filled-differs"),
        ("working", 100, 100, [60, 40], "working-though-filled"), ("working", 100, 59, [60], "filled-differs"),
        ("cancelled", 100, 100, [60, 40], "cancelled-though-filled"), ("cancelled", 100, 1, [], "filled-differs"),
        ("rejected", 100, 60, [60], "refused-with-fills"), ("denied", 100, 0, [60], "refused-with-fills"),
        ("rejected", 100, 1, [], "filled-differs"), ("done", 100, 100, [60, 40], "unknown-status"),
        ("", 100, 0, [], "unknown-status"), ("FILLED", 100, 100, [100], "unknown-status"),
        ("filled", 100, 101, [100], "overfilled"), ("filled", 100, 100, [60, 41], "overfilled"),
        ("working", 100, 101, [60, 41], "overfilled"), ("cancelled", 100, 50, [60, 41], "overfilled"),
    ]

    @Test(arguments: contradictory)
    func `an order that contradicts its fills fails by its kind`(
        status: String, ordered: Int64, filled: Int64, fills: [Int64], kind: String
    ) async {
        let trial = await trial(one(status: status, ordered: ordered, filled: .integer(filled), fills: fills))
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.judgement.findings.map(\.fingerprint) == ["\(kind)/o-A"])
        #expect(trial.measurement("contradictory_orders")?.value == "1")
        #expect(trial.remediation?.steps.first?.command?.contains("order_id = '\\''o-A'\\''") == true)
    }

    @Test func `what the target's own statement of contradictions yields or hides changes nothing`() async {
        let hidden = await trial {
            one(status: "filled", ordered: 100, filled: .integer(100), fills: [])(&$0)
            $0.rows[LedgerBooks.sample.contradictions] = { _ in [] }
        }
        #expect(hidden.kinds == ["filled-without-fills"])
    }

    @Test(arguments: [
        LedgerValue.text("hundert"), .text("1e2"), .real(1), .null, .unreadable("a blob"), .text("0.001"),
    ])
    func `an order with no number where one belongs is found by its own kind`(filled: LedgerValue) async {
        let trial = await trial(one(status: "filled", ordered: 100, filled: filled, fills: [60, 40]))
        #expect(trial.outcome == .fail(.criterion))
        #expect(
            trial.judgement.findings.map(\.fingerprint) == ["value-malformed/filled quantity of order o-A"])
    }

    @Test(arguments: [
        (3, LedgerValue.text("viel"), "quantity"), (3, .real(0.6), "quantity"), (4, .text("teuer"), "price"),
        (4, .null, "price"), (5, .text("frei"), "fee"), (5, .unreadable("a text that is not UTF-8"), "fee"),
        (0, .null, "account"), (0, .integer(7), "account"), (1, .unreadable("a blob"), "symbol"),
        (2, .integer(1), "side"), (2, .text("BUY"), "side"),
    ])
    func `a fill with no number or no name where one belongs is found by its own kind`(
        column: Int, value: LedgerValue, word: String
    ) async {
        let trial = await trial { script in
            one(status: "filled", ordered: 100, filled: .integer(100), fills: [60, 40])(&script)
            var rows = script.rows[LedgerBooks.sample.fills]?([]) ?? []
            rows[0][column] = value
            let kept = rows
            script.rows[LedgerBooks.sample.fills] = { _ in kept }
        }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.judgement.findings.first?.fingerprint == "value-malformed/\(word) of a fill of order o-A")
    }

    @Test(arguments: [
        (0, "B", "fill-account-differs"), (1, "Y", "fill-symbol-differs"), (2, "sell", "fill-side-differs"),
    ])
    func `a fill with other terms than its order fails by its kind`(column: Int, value: String, kind: String) async {
        let trial = await trial { script in
            one(status: "filled", ordered: 100, filled: .integer(100), fills: [60, 40])(&script)
            // The order is the one that is wrong, so that positions and cash agree with the fills.
            var rows = script.rows[LedgerBooks.sample.ordersText]?([]) ?? []
            rows[0][column + 1] = .text(value)
            let kept = rows
            script.rows[LedgerBooks.sample.ordersText] = { _ in kept }
        }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.judgement.findings.map(\.fingerprint) == ["\(kind)/o-A"])
        #expect(trial.measurement("stray_fills")?.value == "1")
        #expect(trial.sentence.contains("order o-A says \(value)"))
    }

    @Test func `a fill of no order fails, though nothing refers to nothing`() async {
        let trial = await trial { script in
            let rows = script.rows[LedgerBooks.sample.ordersText]?([]) ?? []
            script.rows[LedgerBooks.sample.ordersText] = { _ in Array(rows.dropFirst()) }
        }
        #expect(trial.judgement.findings.map(\.fingerprint) == ["fill-without-order/o-0"])
    }

    @Test func `an order that stands there twice, and one whose status is no text, are found`() async {
        let twice = await trial { script in
            let rows = script.rows[LedgerBooks.sample.ordersText]?([]) ?? []
            script.rows[LedgerBooks.sample.ordersText] = { _ in rows + rows.prefix(1) }
        }
        #expect(twice.kinds == ["value-malformed"])
        let mute = await trial { script in
            script.keep(.integer(3), of: 0, in: 4)
        }
        #expect(mute.judgement.findings.map(\.fingerprint) == ["value-malformed/status of order o-0"])
    }

    @Test func `ids may be whole numbers`() async {
        let trial = await trial { script in
            var fills = script.rows[LedgerBooks.sample.fills]?([]) ?? []
            var orders = script.rows[LedgerBooks.sample.ordersText]?([]) ?? []
            for index in fills.indices {
                fills[index][7] = .integer(Int64(index))
                orders[index][0] = .integer(Int64(index))
            }
            let (keptFills, keptOrders) = (fills, orders)
            script.rows[LedgerBooks.sample.fills] = { _ in keptFills }
            script.rows[LedgerBooks.sample.ordersText] = { _ in keptOrders }
        }
        #expect(trial.outcome.word == .pass, "\(trial.sentence)")
    }

    @Test func `an order that contradicts itself in one look only is on its way`() async {
        let count = Counter()
        let trial = await trial { script in
            let rows = script.rows[LedgerBooks.sample.ordersText]?([]) ?? []
            script.rows[LedgerBooks.sample.ordersText] = { _ in
                var now = rows
                if count.next() == 1 { now[0][4] = .text("working") }
                return now
            }
        }
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("looks")?.value == "2")
    }
}

extension FakeLedger.Script {
    /// Puts a value into a column of an order.
    fileprivate mutating func keep(_ value: LedgerValue, of row: Int, in column: Int) {
        var rows = rows[LedgerBooks.sample.ordersText]?([]) ?? []
        rows[row][column] = value
        let kept = rows
        self.rows[LedgerBooks.sample.ordersText] = { _ in kept }
    }
}
