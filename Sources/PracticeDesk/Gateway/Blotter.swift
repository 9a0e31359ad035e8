/// The orders that the desk knows, and the receipts by client order id. Both are bounded; working orders are never
/// forgotten.
struct Blotter: Sendable {
    struct ClientKey: Hashable, Sendable {
        let account: String
        let clientOrderID: String
    }

    static let capacity = 100_000
    /// How many of an account's newest orders `newest` looks through.
    static let listCapacity = 10_000

    private var orders: [String: Order] = [:]
    private var receipts: [ClientKey: OrderReceipt] = [:]
    private var workingIDs: [Account: Set<String>] = [:]
    private var endings = Ring<(id: String, key: ClientKey)>(capacity: capacity)
    private var listed: [Account: Ring<String>] = [:]

    subscript(id: String) -> Order? { orders[id] }

    func receipt(for key: ClientKey) -> OrderReceipt? { receipts[key] }

    mutating func keep(_ receipt: OrderReceipt, for key: ClientKey) { receipts[key] = receipt }

    /// Adds an order or notes its new state.
    mutating func update(_ order: Order) {
        let before = orders.updateValue(order, forKey: order.id)
        if before == nil {
            listed[order.terms.account, default: Ring(capacity: Self.listCapacity)].append(order.id)
        }
        if order.status == .working {
            workingIDs[order.terms.account, default: []].insert(order.id)
        } else if before == nil || before?.status == .working {
            workingIDs[order.terms.account]?.remove(order.id)
            forgetOldest()
            let key = ClientKey(account: order.terms.account.name, clientOrderID: order.clientOrderID)
            endings.append((order.id, key))
        }
    }

    func working(_ account: Account) -> [Order] {
        (workingIDs[account] ?? []).compactMap { orders[$0] }.sorted { $0.id < $1.id }
    }

    func openOrders(_ account: Account) -> Int { workingIDs[account]?.count ?? 0 }

    /// What works on one side of a symbol, without one order.
    func workingQuantity(_ terms: OrderTerms, except orderID: String?) -> Quantity {
        var lots: Int64 = 0
        for id in workingIDs[terms.account] ?? [] where id != orderID {
            guard let order = orders[id], order.terms.instrument == terms.instrument, order.terms.side == terms.side
            else { continue }
            lots += order.remaining.lots
        }
        return Quantity(lots: lots)
    }

    /// The newest orders of an account, newest first.
    func newest(_ account: Account, status: Order.Status?, limit: Int) -> [Order] {
        if status == .working { return Array(working(account).suffix(limit)) }
        var found: [Order] = []
        for (_, id) in (listed[account]?.after(0, limit: Self.listCapacity) ?? []).reversed() where found.count < limit
        {
            guard let order = orders[id], status == nil || order.status == status else { continue }
            found.append(order)
        }
        return found
    }

    /// Makes room among the ended orders: the one that ended first goes, with its receipt.
    private mutating func forgetOldest() {
        guard endings.last - endings.first + 1 >= Int64(Self.capacity),
            let oldest = endings.after(endings.first - 1, limit: 1).first?.value
        else { return }
        orders[oldest.id] = nil
        receipts[oldest.key] = nil
    }
}
