extension Books {
    /// No sum of the books is beyond this: far more than any desk trades, and far enough from the end of 64 bits that
    /// a day's fills on top of it cannot reach that.
    private static let most: Int64 = 1 << 60

    /// Reads the books of the accounts that the desk trades on, as the ledger has them.
    ///
    /// Cost, results and fees follow from the fills; cash and positions are the ledger's own rows, which a desk that
    /// starts believes even where they differ from the fills: whether they do is an auditor's question. Values that
    /// are no books at all it does not believe.
    ///
    /// - Throws: `HomeError.value` for a value of another type or size than the desk writes.
    static func read(_ reader: some LedgerReader) throws -> Books {
        var books = Books()
        try books.readFills(reader)
        try books.readPositions(reader)
        try books.readCash(reader)
        return books
    }

    private mutating func readFills(_ reader: some LedgerReader) throws {
        let names = Account.all.map { "'\($0.name)'" }.joined(separator: ", ")
        // Every sum that the books make of the fills is at most one of these two.
        var turnover: Int64 = 0
        var lots: Int64 = 0
        try reader.forEach(
            of: "fills", ["account", "symbol", "side", "quantity_lots", "price_e4", "fee_e6"],
            "WHERE account IN (\(names)) ORDER BY fill_id"
        ) { row in
            guard let account = Account.named(try row.text("account")) else { return }
            let symbol = try row.text("symbol")
            guard let side = Side(rawValue: try row.text("side")) else {
                throw row.refusal("side", "'buy' or 'sell'")
            }
            let quantity = Quantity(lots: try row.integer("quantity_lots", 1...Self.most))
            let price = Price(e4: try row.integer("price_e4", 1...Self.most))
            let fee = Money(e6: try row.integer("fee_e6", -Self.most...Self.most))
            let (value, overflow) = price.e4.multipliedReportingOverflow(by: quantity.lots)
            guard !overflow, value <= Self.most else {
                throw row.refusal("quantity_lots", "a quantity whose value at \(price.e4) is at most \(Self.most)")
            }
            turnover += value + Int64(fee.e6.magnitude)
            lots += quantity.lots
            guard turnover <= Self.most, lots <= Self.most else {
                throw row.refusal("quantity_lots", "what brings the sum of all fills to at most \(Self.most)")
            }
            book(account, symbol, side, quantity, at: price, fee: fee)
        }
    }

    private mutating func readPositions(_ reader: some LedgerReader) throws {
        try reader.forEach(of: "positions", ["account", "symbol", "quantity_lots"]) { row in
            guard let account = Account.named(try row.text("account")),
                let instrument = Instrument.named(try row.text("symbol"))
            else { return }
            let most = Self.most / instrument.reference.e4
            let quantity = Quantity(lots: try row.integer("quantity_lots", -most...most))
            correct(account, instrument.symbol, to: quantity, at: instrument.reference)
        }
    }

    private mutating func readCash(_ reader: some LedgerReader) throws {
        try reader.forEach(of: "cash", ["account", "balance_e6"]) { row in
            guard let account = Account.named(try row.text("account")) else { return }
            open(account, cash: Money(e6: try row.integer("balance_e6", -Self.most...Self.most)))
        }
    }
}
