import Readiness

/// One look at a ledger's books: what each account holds by its fills and by its position, what its cash is by its fills
/// and by its row, and what each order says and what its fills add up to.
///
/// Nothing in a row ends a look: what cannot be what it has to be is told as malformed and left out of the sums.
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
    /// Opening, fills and balance, by account.
    private(set) var cash: [String: BookCash] = [:]
    /// By order id.
    private(set) var orders: [String: BookOrder] = [:]
    /// Fills that are not of their orders.
    private(set) var strays: Set<StrayFill> = []
    /// What cannot be what it has to be: where it stands, and what is wrong with it.
    private(set) var malformed: [String: String] = [:]
    /// How many fills were added up.
    private(set) var fills = 0
    /// The steps of cash.
    let scale: BookCash.Scale

    private let books: LedgerBooks
    /// Accounts whose row of cash, or one of whose fills, is malformed: told as that, and not as a difference as well.
    private var unclear: Set<String> = []
    /// Orders whose rows are malformed: their fills are not without an order.
    private var unclearOrders: Set<String> = []
    private var columns = [BookColumn](repeating: BookColumn(), count: BookColumn.Name.allCases.count)
    /// Fills that came before their orders, or have none.
    private var early: [(orderID: String, terms: FillTerms)] = []

    private struct FillTerms: Sendable {
        var account: String
        var symbol: String
        var side: String
        var quantity: BookQuantity
    }

    private static let mostEntries = 10_000_000
    private static let mostMalformed = 100_000

    private init(_ books: LedgerBooks) {
        self.books = books
        scale = BookCash.Scale(books)
    }

    /// Reads the books of a ledger, whose scales are each from 0 to 18.
    static func take(
        _ connection: any LedgerConnection, _ books: LedgerBooks
    ) async throws(ProbeError) -> Answer<BookLook> {
        var answer = try await connection.fold(
            BookStatement(of: books).text, parameters: [], columns: BookStatement.columns, into: BookLook(books)
        ) { look, row throws(ProbeError) in try look.add(row) }
        answer.value.finish()
        return answer
    }

    // MARK: - What is wrong

    /// Holdings whose fills and position are not the same, in order. No row and a row of zero are the same.
    var differing: [Holding] {
        let holdings = Set(byFills.keys).union(byPositions.keys)
        return holdings.filter { byFills[$0, default: .zero] != byPositions[$0, default: .zero] }.sorted()
    }

    /// Accounts whose cash is not what the fills make of it, in order.
    var differingCash: [String] {
        cash.filter { !unclear.contains($0.key) && !$0.value.agrees }.keys.sorted()
    }

    /// Orders that contradict themselves or their fills, in order.
    var contradictory: [String] { orders.filter { $0.value.contradiction != nil }.keys.sorted() }

    /// How many holdings there are, by fills or by position.
    var holdings: Int { Set(byFills.keys).union(byPositions.keys).count }

    // MARK: - Rows

    private mutating func add(_ row: [LedgerValue]) throws(ProbeError) {
        guard row.count == BookStatement.columns, case .text(let book) = row[0] else {
            throw ProbeError(.nonsense, at: .ledger, "a row of the books is of none of them")
        }
        switch book {
        case "order": addOrder(row)
        case "fill": addFill(row)
        case "position": addPosition(row)
        case "cash": addCash(row)
        default: throw ProbeError(.nonsense, at: .ledger, "a row of the books is of none of them")
        }
        guard
            orders.count + byFills.count + byPositions.count + cash.count + early.count + unclearOrders.count
                <= Self.mostEntries
        else {
            throw ProbeError(.nonsense, at: .ledger, "more than \(Self.mostEntries) orders, holdings and accounts")
        }
    }

    private mutating func addOrder(_ row: [LedgerValue]) {
        guard let id = name(row[4], "order id", of: "an order") else { return }
        func here() -> String { "order \(id.shortened(to: 60))" }
        guard let account = name(row[1], "account", of: here()), let symbol = name(row[2], "symbol", of: here()),
            let side = name(row[3], "side", of: here()), let status = name(row[5], "status", of: here())
        else {
            unclearOrders.insert(id)
            return
        }
        let quantity = number(row[6], .orderQuantity, books.quantityScale, of: here())
        let filled = number(row[7], .orderFilled, books.quantityScale, of: here())
        if let quantity, quantity <= .zero { note("quantity of \(here())", "is not above zero") }
        if let filled, filled < .zero { note("filled quantity of \(here())", "is below zero") }
        if side != "buy", side != "sell" { note("side of \(here())", "is neither buy nor sell") }
        let order = BookOrder(
            account: account, symbol: symbol, side: side, status: status, quantity: quantity, filled: filled)
        if orders.updateValue(order, forKey: id) != nil { note(here(), "stands there twice") }
    }

    private mutating func addFill(_ row: [LedgerValue]) {
        guard let id = name(row[4], "order id", of: "a fill") else { return }
        func here() -> String { "a fill of order \(id.shortened(to: 60))" }
        guard let account = name(row[1], "account", of: here()), let symbol = name(row[2], "symbol", of: here()),
            let side = name(row[3], "side", of: here())
        else { return }
        let quantity = number(row[6], .fillQuantity, books.quantityScale, of: here())
        let price = number(row[7], .fillPrice, books.priceScale, of: here())
        let fee = number(row[8], .fillFee, books.moneyScale, of: here())
        guard side == "buy" || side == "sell" else {
            unclear.insert(account)
            return note("side of \(here())", "is neither buy nor sell")
        }
        guard let quantity else {
            unclear.insert(account)
            return
        }
        // A fill of nothing, or of less, is none.
        guard quantity > .zero else {
            unclear.insert(account)
            return note("quantity of \(here())", "is not above zero")
        }
        fills += 1
        let holding = Holding(account: account, symbol: symbol)
        if side == "buy" {
            byFills[holding, default: .zero] += quantity
        } else {
            byFills[holding, default: .zero] -= quantity
        }
        assign(FillTerms(account: account, symbol: symbol, side: side, quantity: quantity), to: id)
        guard let price, let fee else {
            unclear.insert(account)
            return
        }
        if !cash[account, default: BookCash()].book(buys: side == "buy", quantity, at: price, fee: fee, scale) {
            unclear.insert(account)
            note(here(), "is worth more than can be added up")
        }
    }

    private mutating func addPosition(_ row: [LedgerValue]) {
        guard let account = name(row[1], "account", of: "a position"),
            let symbol = name(row[2], "symbol", of: "a position of \(account.shortened(to: 60))")
        else { return }
        func here() -> String { "the position of \(account.shortened(to: 60)) in \(symbol.shortened(to: 60))" }
        guard let quantity = number(row[6], .positionQuantity, books.quantityScale, of: here()) else { return }
        if byPositions.updateValue(quantity, forKey: Holding(account: account, symbol: symbol)) != nil {
            note(here(), "stands there twice")
        }
    }

    private mutating func addCash(_ row: [LedgerValue]) {
        guard let account = name(row[1], "account", of: "a row of cash") else { return }
        func here() -> String { "the cash of \(account.shortened(to: 60))" }
        guard let opening = number(row[7], .opening, books.moneyScale, of: here()),
            let balance = number(row[8], .balance, books.moneyScale, of: here())
        else {
            unclear.insert(account)
            return
        }
        let steps = (scale.money(opening), scale.money(balance))
        guard let openingSteps = steps.0, let balanceSteps = steps.1 else {
            unclear.insert(account)
            return note(here(), "is more than can be added up")
        }
        if cash[account]?.balance != nil { note(here(), "stands there twice") }
        cash[account, default: BookCash()].opening = openingSteps
        cash[account, default: BookCash()].balance = balanceSteps
    }

    // MARK: - Fills and their orders

    private mutating func assign(_ terms: FillTerms, to id: String) {
        guard let index = orders.index(forKey: id) else { return early.append((id, terms)) }
        orders.values[index].byFills += terms.quantity
        let order = orders.values[index]
        func stray(_ kind: StrayFill.Kind, _ ofOrder: String, _ ofFill: String) {
            guard ofOrder != ofFill, strays.count < Self.mostMalformed else { return }
            strays.insert(
                StrayFill(
                    kind: kind, orderID: id.shortened(to: 200), ofOrder: ofOrder.shortened(to: 60),
                    ofFill: ofFill.shortened(to: 60)))
        }
        stray(.account, order.account, terms.account)
        stray(.symbol, order.symbol, terms.symbol)
        stray(.side, order.side, terms.side)
    }

    /// After the last row: fills are given to the orders that came after them, and columns of two types are told.
    private mutating func finish() {
        let early = early
        self.early = []
        for fill in early {
            if orders[fill.orderID] != nil {
                assign(fill.terms, to: fill.orderID)
            } else if !unclearOrders.contains(fill.orderID), strays.count < Self.mostMalformed {
                strays.insert(StrayFill(kind: .order, orderID: fill.orderID.shortened(to: 200)))
            }
        }
        for column in columns {
            for odd in column.odd { note(odd.subject, odd.words) }
        }
    }

    // MARK: - Values

    private mutating func name(_ value: LedgerValue, _ what: String, of where: @autoclosure () -> String) -> String? {
        switch value {
        case .text(let text): return text
        // Ids may be numbers; nothing else may.
        case .integer(let id) where what == "order id": return String(id)
        default:
            note("\(what) of \(`where`())", value.isNot("text"))
            return nil
        }
    }

    private mutating func number(
        _ value: LedgerValue, _ column: BookColumn.Name, _ scale: Int, of where: @autoclosure () -> String
    ) -> BookQuantity? {
        guard let quantity = BookQuantity(value, scale: scale) else {
            note("\(column.words) of \(`where`())", value.isNot("a number of at most \(scale) digits after the point"))
            return nil
        }
        columns[column.rawValue].note(value, "\(column.words) of \(`where`())")
        return quantity
    }

    private mutating func note(_ subject: String, _ words: String) {
        guard malformed.count < Self.mostMalformed || malformed[subject] != nil else { return }
        malformed[subject] = words
    }
}

extension LedgerValue {
    /// What it is instead of what it has to be, in words.
    fileprivate func isNot(_ what: String) -> String {
        switch self {
        case .null: "holds nothing where \(what) belongs"
        case .integer(let number): "holds \(number), a whole number, where \(what) belongs"
        case .real(let number): "holds \(number), a binary floating-point number, where \(what) belongs"
        case .text(let text): "holds the text “\(text.shortened(to: 40))” where \(what) belongs"
        case .unreadable(let kind): "holds \(kind) where \(what) belongs"
        }
    }
}
