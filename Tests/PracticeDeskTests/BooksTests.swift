import Foundation
import GRDB
import PracticeDesk
import Testing

struct BooksTests {
    private let account = Account.momentum
    private let opening = Money(e6: 1_000_000_000_000)

    private func opened() -> Books {
        var books = Books()
        books.open(account, cash: opening)
        return books
    }

    private func book(_ books: inout Books, _ side: Side, _ lots: Int64, _ e4: Int64, fee: Int64 = 0) {
        books.book(account, "SOL-USD", side, Quantity(lots: lots), at: Price(e4: e4), fee: Money(e6: fee))
    }

    /// Opening cash − cost of what is held + realized result − fees.
    private func identity(_ books: Books) throws -> Bool {
        let position = books.position(account, "SOL-USD").decimal
        let cost = position * (books.averagePrice(account, "SOL-USD") ?? 0)
        let (realized, fees) = (books.realizedResult(account), books.feesPaid(account))
        let expected = Money(e6: opening.e6 + realized.e6 - fees.e6)
        let difference = FixedPoint.decimal(expected.e6 - books.cash(account).e6, scale: 6) - cost
        // The average is a quotient: 38 digits of it.
        return abs(difference) < Decimal(sign: .plus, exponent: -20, significand: 1)
    }

    @Test func `buying more moves the average, selling a part realizes against it`() throws {
        var books = opened()
        book(&books, .buy, 100, 1_290_000, fee: 64_500)
        book(&books, .buy, 300, 1_310_000, fee: 196_500)
        #expect(books.averagePrice(account, "SOL-USD") == Decimal(string: "130.5"))
        book(&books, .sell, 200, 1_320_000, fee: 132_000)
        #expect(books.realizedResult(account).text == "3.000000")
        #expect(books.averagePrice(account, "SOL-USD") == Decimal(string: "130.5"), "a sale leaves the average")
        #expect(books.feesPaid(account).text == "0.393000")
        #expect(books.cash(account).text == "999741.607000")
        #expect(try identity(books))
        book(&books, .sell, 200, 1_300_000)
        #expect(books.averagePrice(account, "SOL-USD") == nil)
        #expect(books.realizedResult(account).text == "2.000000")
    }

    @Test func `a short position earns when it is bought back lower, and a fill through zero opens the other side`()
        throws
    {
        var books = opened()
        book(&books, .sell, 100, 1_300_000)
        #expect(books.averagePrice(account, "SOL-USD") == 130)
        book(&books, .buy, 250, 1_280_000)
        #expect(books.realizedResult(account).text == "2.000000")
        #expect(books.position(account, "SOL-USD").text == "1.50")
        #expect(books.averagePrice(account, "SOL-USD") == 128)
        #expect(try identity(books))
    }

    @Test func `thirds leave nothing behind when the position is closed`() throws {
        var books = opened()
        // 3 lots for 2 dollars and a hundredth: no third of it is whole.
        book(&books, .buy, 1, 6667)
        book(&books, .buy, 2, 6666)
        for _ in 0..<3 {
            book(&books, .sell, 1, 7000)
            #expect(try identity(books))
        }
        #expect(books.realizedResult(account).e6 == 3 * 7000 - (6667 + 2 * 6666))
        #expect(books.cash(account).e6 == opening.e6 + books.realizedResult(account).e6)
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `cash, cost, result and fees add up after any fills`(seed: UInt64) throws {
        var books = opened()
        var state = seed
        func pick(_ bound: UInt64) -> Int64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64((state >> 33) % bound)
        }
        for _ in 0..<1000 {
            book(&books, pick(2) == 0 ? .buy : .sell, 1 + pick(5000), 1_200_000 + 100 * pick(2000), fee: pick(10_000))
            #expect(try identity(books))
        }
    }

    @Test func `positions tell average, result and fees, the drop copy each fee, a restart keeps them`() async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        let target = "/readyz/positions?account=READY-HUNTER"
        var before = JSONNode.null
        try await serving(home) { desk async throws in
            let fresh = try await desk.get(target).body
            #expect(fresh["realized_result"] == .text("0.000000"))
            #expect(fresh["fees_paid"] == .text("0.000000"))
            _ = try await desk.submit(TestOrder(id: "buy", quantity: "3.00", price: "131.00"))
            _ = try await desk.submit(TestOrder(id: "sell", side: "sell", quantity: "1.00", price: "127.00"))
            let events = try await desk.get("/dropcopy?after=0&limit=2000").body["events"].items.filter {
                $0["account"].text == "READY-HUNTER"
            }
            func amount(_ event: JSONNode, _ key: String) throws -> Decimal {
                try #require(Decimal(string: event[key].text ?? ""))
            }
            let fills = events.filter { $0["kind"].text == "fill" }
            #expect(events.allSatisfy { ($0["kind"].text == "fill") == ($0["fee"].text != nil) })
            var (bought, sold, fees) = (Decimal(0), Decimal(0), Decimal(0))
            for fill in fills {
                let value = try amount(fill, "quantity") * amount(fill, "price")
                if fill["side"].text == "buy" { bought += value } else { sold += value }
                fees += try amount(fill, "fee")
            }
            before = try await desk.get(target).body
            #expect(try amount(before, "fees_paid") == fees)
            #expect(try amount(before, "cash") == 1_000_000 - bought + sold - fees)
            let position = try #require(before["positions"].items.first)
            #expect(position["quantity"] == .text("2.00"))
            #expect(abs(try amount(position, "average_price") * 3 - bought) < Decimal(string: "0.0000000001")!)
            // What a third of the cost comes to is rounded to a millionth.
            #expect(abs(try amount(before, "realized_result") - (sold - bought / 3)) <= Decimal(string: "0.000001")!)
        }
        try await serving(home) { desk async throws in #expect(try await desk.get(target).body == before) }
    }

    @Test func `lost-fill keeps the row of a readiness account's fill from the ledger, nothing else`() async throws {
        try await withDesk(faults: ["lost-fill"]) { desk async throws in
            #expect(try await desk.submit(TestOrder(quantity: "2.00", price: "131.00"))["status"] == .text("filled"))
            let memory = try await desk.get("/readyz/positions?account=READY-HUNTER").body
            #expect(memory["positions"].items.first?["quantity"] == .text("2.00"))
            #expect(try await desk.dropCopy("hp-1").contains("fill"))
            func rows() async throws -> Rows { try await desk.readLedger(Rows.init) }
            let cash = try #require(FixedPoint.parse(memory["cash"].text ?? "", scale: 6))
            #expect(try await eventually { try await rows().filled == 200 })
            #expect(try await rows() == Rows(fills: nil, filled: 200, position: 200, cash: cash))
            // The strategy's fills are not lost: only what a check does is.
            _ = try await desk.faults.clear("lost-fill")
            #expect(try await eventually { try await rows().fills == 200 })
            #expect(try await rows() == Rows(fills: 200, filled: 200, position: 200, cash: cash))
            // And from now on none is lost.
            _ = try await desk.submit(TestOrder(id: "hp-2", side: "sell", quantity: "2.00", price: "127.00"))
            let flat = try await eventually {
                try await desk.readLedger {
                    try Int.fetchOne(
                        $0, sql: "SELECT count(*) FROM fills WHERE account = 'READY-HUNTER' AND side = 'sell'")
                } ?? 0 > 0
            }
            #expect(flat)
        }
    }
}

/// What the ledger has of the fills of the order `hp-1` and of its account.
private struct Rows: Equatable, Sendable {
    var fills: Int64?
    var filled: Int64?
    var position: Int64?
    var cash: Int64?

    init(fills: Int64?, filled: Int64?, position: Int64?, cash: Int64?) {
        self.fills = fills
        self.filled = filled
        self.position = position
        self.cash = cash
    }

    init(_ database: Database) throws {
        func number(_ sql: String) throws -> Int64? { try Int64.fetchOne(database, sql: sql) }
        fills = try number("SELECT sum(quantity_lots) FROM fills WHERE account = 'READY-HUNTER'")
        filled = try number("SELECT filled_lots FROM orders WHERE client_order_id = 'hp-1'")
        position = try number("SELECT quantity_lots FROM positions WHERE account = 'READY-HUNTER'")
        cash = try number("SELECT balance_e6 FROM cash WHERE account = 'READY-HUNTER'")
    }
}
