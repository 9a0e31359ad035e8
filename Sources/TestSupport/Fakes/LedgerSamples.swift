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

extension FakeLedger.Script {
    /// Fills of the books, each an account, a symbol, a side and lots of 0.01.
    package mutating func book(_ fills: [(account: String, symbol: String, side: String, lots: Int64)]) {
        let rows: [[LedgerValue]] = fills.map { fill in
            [
                .text(fill.account), .text(fill.symbol), .text(fill.side), .integer(fill.lots), .integer(10_000),
                .integer(0), .text("c-1"),
            ]
        }
        self.rows[LedgerBooks.sample.fills] = { _ in rows }
    }

    /// Positions of the books, each an account, a symbol and lots of 0.01.
    package mutating func hold(_ positions: [(account: String, symbol: String, lots: Int64)]) {
        let rows: [[LedgerValue]] = positions.map { [.text($0.account), .text($0.symbol), .integer($0.lots)] }
        self.rows[LedgerBooks.sample.positions] = { _ in rows }
    }

    /// Four fills, and the positions that follow from them.
    mutating func keepBooks() {
        book([
            ("MM-1", "SOL-USD", "buy", 300), ("MM-1", "SOL-USD", "sell", 100), ("MM-2", "BTC-USD", "sell", 7),
            ("MM-2", "ADA-USD", "buy", 5), ("MM-2", "ADA-USD", "sell", 5),
        ])
        hold([("MM-1", "SOL-USD", 200), ("MM-2", "BTC-USD", -7)])
    }

    /// What a statement that is put together from those of fills and positions yields: `book, account, symbol, side,
    /// quantity`, all of one moment; none for another statement.
    func together(_ statement: String) -> [[LedgerValue]] {
        guard let books = description.books, statement.contains(books.fills), statement.contains(books.positions) else {
            return []
        }
        let fills = rows[books.fills]?([]) ?? []
        let positions = rows[books.positions]?([]) ?? []
        return fills.map { [.text("fill")] + $0.prefix(4) }
            + positions.map { [.text("position")] + $0.prefix(2) + [.null] + $0.dropFirst(2) }
    }
}
