import FoundationEssentials
import Readiness

/// A readiness account on which one attempt of a check trades: it names the orders and takes back what is left of them.
struct PaperAccount: Sendable {
    /// The account's name at the target.
    let name: String
    private let orders: any OrderProbe
    private let prefix: String
    private var count = 0

    /// An order and what became of it.
    struct Placed: Sendable {
        var request: OrderRequest
        var answer: Answer<OrderState>
    }

    /// Registers what is about to happen and how it is taken back; only then can an order be placed.
    ///
    /// - Parameters:
    ///   - number: tells accounts of one attempt apart in client ids, because a drop copy names no account.
    init(opening name: String, number: Int = 1, orders: any OrderProbe, in context: CollectContext)
        async throws(ProbeError)
    {
        self.name = name
        self.orders = orders
        let ours = context.token + "-"
        prefix = "\(ours)\(number)."
        let effect = EffectDescription(
            .writePaper, "paper orders \(ours)… on \(name)",
            compensation: .cancelOrders(account: name, prefix: ours))
        try await context.effects.register(effect)
    }

    /// Submits a buy order under a client id of its own.
    mutating func buy(_ symbol: String, quantity: Decimal, price: Decimal) async throws(ProbeError) -> Placed {
        try await place(.buy, symbol, quantity: quantity, price: price)
    }

    /// Submits a sell order under a client id of its own.
    mutating func sell(_ symbol: String, quantity: Decimal, price: Decimal) async throws(ProbeError) -> Placed {
        try await place(.sell, symbol, quantity: quantity, price: price)
    }

    /// Submits an order under a client id of its own.
    mutating func place(
        _ side: OrderRequest.Side, _ symbol: String, quantity: Decimal, price: Decimal
    ) async throws(ProbeError) -> Placed {
        guard !Task.isCancelled else { throw .cancelled }
        let request = order(side, symbol, quantity: quantity, price: price)
        return Placed(request: request, answer: try await orders.submit(request))
    }

    /// An order under a client id of its own, for whoever submits it otherwise.
    mutating func order(
        _ side: OrderRequest.Side, _ symbol: String, quantity: Decimal, price: Decimal
    ) -> OrderRequest {
        count += 1
        return OrderRequest(
            clientOrderID: "\(prefix)\(count)", account: name, symbol: symbol, side: side,
            quantity: DecimalValue(quantity), price: DecimalValue(price))
    }
}
