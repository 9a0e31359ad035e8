package import Readiness

extension LedgerSchema {
    /// Orders, fills and positions as a sound ledger has them.
    package static let sound = LedgerSchema(tables: [
        Table(
            name: "fills", rows: 4,
            columns: [
                Column(name: "fill_id", declaredType: "INTEGER", floatValues: 0),
                Column(name: "order_id", declaredType: "TEXT", floatValues: 0),
                Column(name: "quantity_lots", declaredType: "INTEGER", floatValues: 0),
                Column(name: "price_e4", declaredType: "INTEGER", floatValues: 0),
                Column(name: "fee", declaredType: "NUMERIC", floatValues: 0),
                Column(name: "weight", declaredType: "REAL", floatValues: 4),
            ],
            primaryKey: ["fill_id"],
            indexes: [Index(name: "fills_by_order", columns: ["order_id"], isUnique: false, isPartial: false)],
            foreignKeys: [ForeignKey(columns: ["order_id"], parent: "orders")]),
        Table(
            name: "orders", rows: 3,
            columns: [
                Column(name: "order_id", declaredType: "TEXT", floatValues: 0),
                Column(name: "account", declaredType: "TEXT", floatValues: 0),
                Column(name: "created_at_us", declaredType: "INTEGER", floatValues: 0),
            ],
            primaryKey: ["order_id"],
            indexes: [
                Index(
                    name: "orders_by_account", columns: ["account", "created_at_us"], isUnique: false, isPartial: false)
            ],
            foreignKeys: []),
    ])
}

extension SchemaShape {
    /// Two tables with an index and a reference, as three migrations made them.
    package static let sound = SchemaShape(parts: [
        Part(.table, "fills", table: "fills"),
        Part(.column, "fills.fill_id", table: "fills", definition: "INTEGER PRIMARY KEY column 1"),
        Part(.column, "fills.order_id", table: "fills", definition: "TEXT NOT NULL"),
        Part(.index, "fills_by_order", table: "fills", definition: "on fills (order_id)"),
        Part(.reference, "fills (order_id) to orders (order_id)", table: "fills"),
        Part(.table, "orders", table: "orders"),
        Part(.column, "orders.order_id", table: "orders", definition: "TEXT NOT NULL PRIMARY KEY column 1"),
    ])
}

extension FakeLedger.Script {
    /// Fills of the books, each an account, a symbol, a side and lots of 0.01, at a price of 1.0000 and without a fee
    /// unless told otherwise; each with an order of its own that it fills, and the cash that follows from all of them.
    package mutating func book(
        _ fills: [(account: String, symbol: String, side: String, lots: Int64)], priceE4: Int64 = 10_000,
        feeE6: Int64 = 0
    ) {
        let rows: [[LedgerValue]] = fills.enumerated().map { index, fill in
            [
                .text(fill.account), .text(fill.symbol), .text(fill.side), .integer(fill.lots), .integer(priceE4),
                .integer(feeE6), .text("c-1"), .text("o-\(index)"),
            ]
        }
        let orders: [[LedgerValue]] = fills.enumerated().map { index, fill in
            [
                .text("o-\(index)"), .text(fill.account), .text(fill.symbol), .text(fill.side), .text("filled"),
                .integer(fill.lots), .integer(fill.lots),
            ]
        }
        var balances: [String: Int64] = [:]
        for fill in fills {
            let value = fill.lots * priceE4
            balances[fill.account, default: Self.openingE6] += (fill.side == "buy" ? -value : value) - feeE6
        }
        self.rows[LedgerBooks.sample.fills] = { _ in rows }
        self.rows[LedgerBooks.sample.ordersText] = { _ in orders }
        bank(balances.map { ($0.key, Self.openingE6, $0.value) })
    }

    /// Positions of the books, each an account, a symbol and lots of 0.01.
    package mutating func hold(_ positions: [(account: String, symbol: String, lots: Int64)]) {
        let rows: [[LedgerValue]] = positions.map { [.text($0.account), .text($0.symbol), .integer($0.lots)] }
        self.rows[LedgerBooks.sample.positions] = { _ in rows }
    }

    /// Cash of the books, each an account, what it began with and what it has, in millionths.
    package mutating func bank(_ cash: [(account: String, openingE6: Int64, balanceE6: Int64)]) {
        let rows: [[LedgerValue]] = cash.map { [.text($0.account), .integer($0.openingE6), .integer($0.balanceE6)] }
        self.rows[LedgerBooks.sample.cashText] = { _ in rows }
    }

    /// What every account of `book` begins with: 1,000.
    package static let openingE6: Int64 = 1_000_000_000

    /// Five fills, and the positions, orders and cash that follow from them.
    mutating func keepBooks() {
        book([
            ("MM-1", "SOL-USD", "buy", 300), ("MM-1", "SOL-USD", "sell", 100), ("MM-2", "BTC-USD", "sell", 7),
            ("MM-2", "ADA-USD", "buy", 5), ("MM-2", "ADA-USD", "sell", 5),
        ])
        hold([("MM-1", "SOL-USD", 200), ("MM-2", "BTC-USD", -7)])
    }

    /// What a statement that is put together from those of the books yields: `book, account, symbol, side, order_id,
    /// status, quantity, first, second`, all of one moment; none for another statement.
    func together(_ statement: String) -> [[LedgerValue]] {
        guard let books = description.books, let orders = books.orders, let cash = books.cash,
            [books.fills, books.positions, orders, cash].allSatisfy(statement.contains)
        else { return [] }
        func rows(_ name: String) -> [[LedgerValue]] { self.rows[name]?([]) ?? [] }
        // Fills first: nothing may rest on an order standing before its fills.
        let fills: [[LedgerValue]] = rows(books.fills).map { row in
            [.text("fill"), row[0], row[1], row[2], row[7], .null, row[3], row[4], row[5]]
        }
        let ordered: [[LedgerValue]] = rows(orders).map { row in
            [.text("order"), row[1], row[2], row[3], row[0], row[4], row[5], row[6], .null]
        }
        let positions: [[LedgerValue]] = rows(books.positions).map { row in
            [.text("position"), row[0], row[1], .null, .null, .null, row[2], .null, .null]
        }
        let banked: [[LedgerValue]] = rows(cash).map { row in
            [.text("cash"), row[0], .null, .null, .null, .null, .null, row[1], row[2]]
        }
        return fills + ordered + positions + banked
    }
}
