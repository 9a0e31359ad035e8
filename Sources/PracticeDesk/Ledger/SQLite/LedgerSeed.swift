import GRDB

/// Makes a ledger with a history: market makers' orders and fills over the 400 days before a given day.
enum LedgerSeed {
    /// Changes whenever the seeded rows would.
    static let version = "seed-1"
    static let orders = 72_000
    static let accounts = (1...8).map { "MM-\($0)" }
    static let days: Int64 = 400
    static let openingCash = Money(e6: 1_000_000_000_000)

    /// Writes schema and rows into an empty database. `midnight` is the end of the history, UTC microseconds.
    static func fill(_ database: Database, midnight: Int64, progress: (Double) -> Void) throws {
        try database.execute(sql: Migration.revisionTableSQL)
        // Rows first and the indexes after them: three times as quick as keeping indexes while filling.
        try Migration.all(.sqlite)[0].apply(database)
        var books = SeededBooks()
        let order = try database.makeStatement(sql: Self.orderSQL)
        let fill = try database.makeStatement(sql: Self.fillSQL)
        var random = SeededRandom(seed: 0x6C65_6467_6572)
        let start = midnight - days * 86_400_000_000
        let step = (midnight - start) / Int64(orders)
        for number in 0..<orders {
            let account = accounts[Int(random.pick(0...Int64(accounts.count - 1)))]
            let instrument = Instrument.all[Int(random.pick(0...Int64(Instrument.all.count - 1)))]
            let side: Side = random.next() & 1 == 0 ? .buy : .sell
            let at = start + Int64(number) * step
            let pieces = random.pick(0...6)
            let sizes = (0..<pieces).map { _ in random.pick(1...400) }
            let filled = sizes.reduce(0, +)
            // Most orders filled whole; the others were cancelled with a rest, or without any fill.
            let rest = pieces == 0 || random.pick(0...9) == 0 ? random.pick(1...500) : 0
            let away = instrument.reference.e4 * random.pick(-90...90) / 1000
            let price = max(1, (instrument.reference.e4 + away) / instrument.tick.e4) * instrument.tick.e4
            let id = "H" + String(1_000_000 + number)
            try order.execute(arguments: [
                id, "\(account)-\(number)", account, instrument.symbol, side.rawValue, filled + rest, price,
                rest > 0 ? "cancelled" : "filled", filled, at, at + step / 2,
            ])
            for (index, lots) in sizes.enumerated() {
                let value = Money.value(Price(e4: price), Quantity(lots: lots)).e6
                let fee = (value * 2 + 9999) / 10_000
                try fill.execute(arguments: [
                    id, account, instrument.symbol, side.rawValue, lots, price, fee, "maker",
                    at + step / 2 * Int64(index + 1) / (pieces + 1),
                ])
                books.book(account, instrument.symbol, side, lots: lots, value: value, fee: fee)
            }
            if number % 2000 == 0 { progress(Double(number) / Double(orders)) }
        }
        try books.write(database)
        for migration in Migration.all(.sqlite).dropFirst() { try migration.apply(database) }
        // Without statistics, as after a bulk load: plans depend on the indexes alone.
        progress(1)
    }

    private static let orderSQL = """
        INSERT INTO orders (order_id, client_order_id, account, symbol, side, quantity_lots, price_e4, status,
        filled_lots, created_at_us, updated_at_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    private static let fillSQL = """
        INSERT INTO fills (order_id, account, symbol, side, quantity_lots, price_e4, fee_e6, liquidity, filled_at_us)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
}

/// Positions and cash that follow from the seeded fills, and the opening cash of the desk's own accounts.
private struct SeededBooks {
    private var positions: [String: [String: Int64]] = [:]
    private var cash: [String: Int64] = [:]

    init() {
        for account in LedgerSeed.accounts + Account.all.map(\.name) { cash[account] = LedgerSeed.openingCash.e6 }
    }

    mutating func book(_ account: String, _ symbol: String, _ side: Side, lots: Int64, value: Int64, fee: Int64) {
        positions[account, default: [:]][symbol, default: 0] += side.sign * lots
        cash[account, default: 0] -= side.sign * value + fee
    }

    func write(_ database: Database) throws {
        for (account, held) in positions {
            for (symbol, lots) in held {
                try database.execute(
                    sql: "INSERT INTO positions (account, symbol, quantity_lots) VALUES (?, ?, ?)",
                    arguments: [account, symbol, lots])
            }
        }
        for (account, balance) in cash {
            try database.execute(
                sql: "INSERT INTO cash (account, balance_e6) VALUES (?, ?)", arguments: [account, balance])
        }
    }
}
