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
            compensation: "cancel every working order of \(name) whose client id begins with \(ours)")
        try await context.effects.register(effect) { () async throws(ProbeError) in
            try await Self.cancelAll(beginning: ours, of: name, through: orders)
        }
    }

    /// Submits a buy order under a client id of its own.
    mutating func buy(_ symbol: String, quantity: Decimal, price: Decimal) async throws(ProbeError) -> Placed {
        guard !Task.isCancelled else { throw .cancelled }
        count += 1
        let request = OrderRequest(
            clientOrderID: "\(prefix)\(count)", account: name, symbol: symbol, side: .buy,
            quantity: DecimalValue(quantity), price: DecimalValue(price))
        return Placed(request: request, answer: try await orders.submit(request))
    }

    /// Tries every leftover before it tells of the first that could not be taken back.
    private static func cancelAll(
        beginning prefix: String, of account: String, through orders: any OrderProbe
    ) async throws(ProbeError) {
        var trouble: ProbeError?
        for order in try await orders.working(account: account).value where order.clientOrderID.hasPrefix(prefix) {
            do throws(ProbeError) {
                let state = try await orders.cancel(orderID: order.orderID).value
                if state.status == .accepted {
                    trouble =
                        trouble
                        ?? ProbeError(
                            .nonsense, at: .surface, "order \(order.clientOrderID) still works after its cancel")
                }
            } catch {
                trouble = trouble ?? error
            }
        }
        if let trouble { throw trouble }
    }
}
