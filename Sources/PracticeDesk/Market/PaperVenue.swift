/// The paper venue `paper-1`: marketable limit orders fill against the book, others rest until the market comes to
/// them.
///
/// It knows orders by id and nothing of accounts, limits or clients: those are the desk's.
struct PaperVenue: Sendable {
    struct Resting: Sendable {
        let orderID: String
        let symbol: String
        let side: Side
        var price: Price
        var remaining: Quantity
    }

    struct Fill: Sendable {
        let orderID: String
        let price: Price
        let quantity: Quantity
        /// The order waited in the book (true) or took from it.
        let isMaker: Bool

        /// 2 basis points for making, 5 for taking, rounded up to a millionth of a dollar.
        var fee: Money {
            let points: Int64 = isMaker ? 2 : 5
            return Money(e6: (Money.value(price, quantity).e6 * points + 9999) / 10_000)
        }
    }

    enum Answer: Sendable {
        case acknowledged([Fill])
        case rejected
    }

    /// How many orders may rest at once; more are rejected, so that no client can fill the machine's memory.
    static let restingBound = 10_000
    static let name = "paper-1"

    private var resting: [String: [Resting]] = [:]
    private var symbolOfOrder: [String: String] = [:]

    /// Takes an order: fills what the book gives, rests the remainder.
    mutating func submit(_ order: Resting, market: inout MarketSimulator) -> Answer {
        guard symbolOfOrder.count < Self.restingBound else { return .rejected }
        return .acknowledged(work(order, market: &market))
    }

    /// Takes an order out of the book. False if it does not rest there.
    mutating func cancel(_ orderID: String) -> Bool {
        guard let symbol = symbolOfOrder.removeValue(forKey: orderID) else { return false }
        resting[symbol]?.removeAll { $0.orderID == orderID }
        return true
    }

    /// Changes price and remaining quantity of a resting order, which loses its place in the queue.
    mutating func replace(_ order: Resting, market: inout MarketSimulator) -> Answer {
        guard cancel(order.orderID) else { return .rejected }
        return .acknowledged(work(order, market: &market))
    }

    /// Fills the resting orders of a symbol that its new book has reached, at their own price, best and oldest first.
    mutating func match(_ symbol: String, market: inout MarketSimulator) -> [Fill] {
        guard let orders = resting[symbol], let book = market.quotes[symbol]?.book else { return [] }
        let reached = orders.filter { $0.side == .buy ? $0.price >= book.ask : $0.price <= book.bid }
        guard !reached.isEmpty else { return [] }
        var fills: [Fill] = []
        let byPriority = reached.enumerated().sorted {
            let (left, right) = ($0.element, $1.element)
            if left.side != right.side { return left.side == .buy }
            if left.price != right.price {
                return left.side == .buy ? left.price > right.price : left.price < right.price
            }
            return $0.offset < $1.offset
        }
        for order in byPriority.map(\.element) {
            let taken = market.take(symbol, order.side, order.remaining, limit: order.price)
            let lots = taken.reduce(0) { $0 + $1.size.lots }
            guard lots > 0 else { continue }
            fills.append(
                Fill(orderID: order.orderID, price: order.price, quantity: Quantity(lots: lots), isMaker: true))
            reduce(order.orderID, symbol: symbol, by: lots)
        }
        return fills
    }

    private mutating func work(_ order: Resting, market: inout MarketSimulator) -> [Fill] {
        var rest = order
        let fills = market.take(order.symbol, order.side, order.remaining, limit: order.price).map {
            Fill(orderID: order.orderID, price: $0.price, quantity: $0.size, isMaker: false)
        }
        rest.remaining.lots -= fills.reduce(0) { $0 + $1.quantity.lots }
        if rest.remaining > .zero {
            resting[order.symbol, default: []].append(rest)
            symbolOfOrder[order.orderID] = order.symbol
        }
        return fills
    }

    private mutating func reduce(_ orderID: String, symbol: String, by lots: Int64) {
        guard let index = resting[symbol]?.firstIndex(where: { $0.orderID == orderID }) else { return }
        resting[symbol]?[index].remaining.lots -= lots
        if resting[symbol]?[index].remaining == .zero {
            resting[symbol]?.remove(at: index)
            symbolOfOrder[orderID] = nil
        }
    }
}
