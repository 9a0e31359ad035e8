import Readiness

/// One look at a ledger's books: what each account holds by its fills, and what it holds by its position.
///
/// Fills and positions are read by **one** statement, put together from the two that the target names. A database runs a
/// statement on one state of the data, so a desk that trades meanwhile changes neither half of a look: what differs in a
/// look did differ at that moment. Two statements would have moments of their own, and a fill between them would be
/// taken for a difference, or make one invisible.
struct BookLook: Sendable {
    /// Whose holding of what.
    struct Holding: Hashable, Comparable, Sendable {
        var account: String
        var symbol: String

        static func < (lhs: Holding, rhs: Holding) -> Bool {
            (lhs.account, lhs.symbol) < (rhs.account, rhs.symbol)
        }
    }

    /// Buys less sells, by holding.
    private(set) var byFills: [Holding: BookQuantity] = [:]
    /// The rows of positions, by holding.
    private(set) var byPositions: [Holding: BookQuantity] = [:]
    /// How many fills there are.
    private(set) var fills = 0

    /// Holdings whose fills and position are not the same, in order. No row and a row of zero are the same.
    var differing: [Holding] {
        let holdings = Set(byFills.keys).union(byPositions.keys)
        return holdings.filter { byFills[$0, default: .zero] != byPositions[$0, default: .zero] }.sorted()
    }

    /// Reads the books of a ledger.
    static func take(
        _ connection: any LedgerConnection, _ books: LedgerBooks
    ) async throws(ProbeError) -> Answer<BookLook> {
        let scale = books.quantityScale
        return try await connection.fold(
            statement(of: books), parameters: [], columns: 5, into: BookLook()
        ) { look, row throws(ProbeError) in try look.add(row, scale: scale) }
    }

    /// Rows of `book, account, symbol, side, quantity`. The newline behind each part ends a comment that it may end in.
    static func statement(of books: LedgerBooks) -> String {
        """
        WITH f (account, symbol, side, quantity, price, fee, client_order_id) AS (
        \(books.fills.withoutSemicolon)
        ), p (account, symbol, quantity) AS (
        \(books.positions.withoutSemicolon)
        )
        SELECT 'fill' AS book, account, symbol, side, quantity FROM f
        UNION ALL SELECT 'position', account, symbol, NULL, quantity FROM p
        """
    }

    private static let mostHoldings = 1_000_000

    private mutating func add(_ row: [LedgerValue], scale: Int) throws(ProbeError) {
        guard row.count == 5, case .text(let book) = row[0], case .text(let account) = row[1],
            case .text(let symbol) = row[2]
        else { throw ProbeError(.nonsense, at: .ledger, "a row of the books names no account or no symbol") }
        let holding = Holding(account: account, symbol: symbol)
        let quantity = try BookQuantity(row[4], scale: scale, of: "the quantity of a \(book.shortened(to: 20))")
        switch (book, row[3]) {
        case ("fill", .text("buy")): byFills[holding, default: .zero] += quantity
        case ("fill", .text("sell")): byFills[holding, default: .zero] -= quantity
        case ("position", _):
            guard byPositions.updateValue(quantity, forKey: holding) == nil else {
                throw ProbeError(
                    .nonsense, at: .ledger,
                    "two positions of \(account.shortened(to: 60)) in \(symbol.shortened(to: 60))")
            }
        default: throw ProbeError(.nonsense, at: .ledger, "a fill is neither buy nor sell")
        }
        if book == "fill" {
            // A fill of nothing, or of less, is none.
            guard quantity > .zero else { throw ProbeError(.nonsense, at: .ledger, "a fill is not above zero") }
            fills += 1
        }
        guard byFills.count + byPositions.count <= Self.mostHoldings else {
            throw ProbeError(.nonsense, at: .ledger, "more than \(Self.mostHoldings) holdings")
        }
    }
}

extension String {
    fileprivate var withoutSemicolon: String {
        var text = self[...]
        while let last = text.last, last.isWhitespace || last == ";" { text = text.dropLast() }
        return String(text)
    }
}
