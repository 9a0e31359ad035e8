import GRDB

extension Books {
    /// Reads the books of the accounts that the desk trades on, as the ledger has them.
    ///
    /// Cost, results and fees follow from the fills; cash and positions are the ledger's own rows, which a desk that
    /// starts believes even where they differ from the fills: whether they do is an auditor's question.
    static func read(_ database: Database) throws -> Books {
        var books = Books()
        let names = Account.all.map { "'\($0.name)'" }.joined(separator: ", ")
        let fills = try Row.fetchCursor(
            database,
            sql: """
                SELECT account, symbol, side, quantity_lots, price_e4, fee_e6 FROM fills
                WHERE account IN (\(names)) ORDER BY fill_id
                """)
        while let row = try fills.next() {
            guard let account = Account.named(row["account"]), let side = Side(rawValue: row["side"]) else { continue }
            books.book(
                account, row["symbol"], side, Quantity(lots: row["quantity_lots"]), at: Price(e4: row["price_e4"]),
                fee: Money(e6: row["fee_e6"]))
        }
        for row in try Row.fetchAll(database, sql: "SELECT account, symbol, quantity_lots FROM positions") {
            guard let account = Account.named(row["account"]), let instrument = Instrument.named(row["symbol"]) else {
                continue
            }
            let quantity = Quantity(lots: row["quantity_lots"])
            books.correct(account, instrument.symbol, to: quantity, at: instrument.reference)
        }
        for row in try Row.fetchAll(database, sql: "SELECT account, balance_e6 FROM cash") {
            if let account = Account.named(row["account"]) { books.open(account, cash: Money(e6: row["balance_e6"])) }
        }
        return books
    }
}
