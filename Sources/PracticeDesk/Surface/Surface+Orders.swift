import NIOCore

extension Surface {
    func submit(_ request: HTTPRequest, on loop: any EventLoop) throws(RequestError) -> Reply {
        let order = try decode(OrderRequest.self, request)
        let terms = try order.terms()
        let clientOrderID = try order.clientOrderID()
        try refuseWhenOverfull()
        // Fault `limit-race`: decided now, sent and counted when the loop comes back to it, with nobody's lock between.
        guard !faults.isSet(.limitRace) else {
            let decided = system.with { $0.evaluate(terms) }
            return .later(
                loop.scheduleTask(in: Self.raceWindow) {
                    HTTPResponse(
                        self.system.with {
                            $0.submit(
                                terms, clientOrderID: clientOrderID, received: request.received, decided: decided)
                        }.answer)
                }.futureResult)
        }
        return paced(on: loop) {
            HTTPResponse(
                self.system.with {
                    $0.submit(terms, clientOrderID: clientOrderID, received: request.received)
                }.answer)
        }
    }

    /// How long the fault `limit-race` keeps an order between decision and sending: longer than requests that were
    /// released together take to arrive, and far shorter than anybody waits for an order.
    private static let raceWindow = TimeAmount.milliseconds(30)

    func replace(_ orderID: String, _ request: HTTPRequest, on loop: any EventLoop) throws(RequestError) -> Reply {
        guard let order = system.with({ $0.blotter[orderID] }) else { throw Self.unknownOrder }
        let change = try decode(ReplaceRequest.self, request)
        let quantity = try OrderRequest.quantity(change.quantity)
        let price = try OrderRequest.price(change.price, order.terms.instrument)
        try refuseWhenOverfull()
        return paced(on: loop) {
            let receipt = self.system.with { trading -> OrderReceipt? in
                guard let order = trading.blotter[orderID], quantity > order.filled else { return nil }
                return trading.replace(orderID, quantity: quantity, price: price, received: request.received)
            }
            guard let receipt else {
                return .error(
                    409, "order_not_working", "the order does not work any more, or has filled as much already")
            }
            return HTTPResponse(receipt.answer)
        }
    }

    func cancel(_ orderID: String) throws(RequestError) -> HTTPResponse {
        guard let order = system.with({ $0.cancel(orderID) }) else { throw Self.unknownOrder }
        return HTTPResponse(["order_id": .text(order.id), "status": .text(order.status.rawValue)])
    }

    func listOrders(_ request: HTTPRequest) throws(RequestError) -> HTTPResponse {
        let account = try account(request)
        var status: Order.Status?
        if let text = request.query["status"] {
            status = Order.Status(rawValue: text)
            guard status != nil else {
                let known = Order.Status.allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalid("unknown_status", "status is one of \(known)")
            }
        }
        let orders = system.with { $0.blotter.newest(account, status: status, limit: 1000) }
        return HTTPResponse(["orders": .array(orders.map(\.answer))])
    }

    func positions(_ request: HTTPRequest) throws(RequestError) -> HTTPResponse {
        let account = try account(request)
        return HTTPResponse(
            system.with { trading -> JSONValue in
                let held = Instrument.all.compactMap { instrument -> JSONValue? in
                    let symbol = instrument.symbol
                    guard let average = trading.books.averagePrice(account, symbol) else { return nil }
                    return [
                        "symbol": .text(symbol),
                        "quantity": .text(trading.books.position(account, symbol).text),
                        "average_price": .text(DecimalText.cut(average, digits: 20, atLeast: instrument.priceDigits)),
                    ]
                }
                return [
                    "account": .text(account.name), "positions": .array(held),
                    "open_orders": .integer(Int64(trading.blotter.openOrders(account))),
                    "cash": .text(trading.books.cash(account).text),
                    "realized_result": .text(trading.books.realizedResult(account).text),
                    "fees_paid": .text(trading.books.feesPaid(account).text),
                ]
            })
    }

    func dropCopy(_ request: HTTPRequest) throws(RequestError) -> HTTPResponse {
        guard let after = Int64(request.query["after"] ?? "0"), after >= -1 else {
            throw .invalid("invalid_after", "after is a sequence number, or -1 for none")
        }
        guard let limit = Int(request.query["limit"] ?? "1000"), (1...DropCopy.pageBound).contains(limit) else {
            throw .invalid("invalid_limit", "limit is from 1 to \(DropCopy.pageBound)")
        }
        let (events, last) = system.with { trading in
            (after < 0 ? [] : trading.dropCopy.events(after: after, limit: limit), trading.dropCopy.last)
        }
        return HTTPResponse([
            "events": .array(events.map { DropCopy.answer($0.sequence, $0.value) }), "last": .integer(last),
        ])
    }

    func account(_ request: HTTPRequest) throws(RequestError) -> Account {
        let name = request.query["account"] ?? ""
        guard let account = Account.named(name) else {
            let known = Account.all.map(\.name).joined(separator: ", ")
            throw .invalid("unknown_account", "account is one of \(known)")
        }
        return account
    }

    private func refuseWhenOverfull() throws(RequestError) {
        if writer.isOverfull {
            throw .refused(
                status: 503, code: "ledger_behind", message: "the ledger cannot keep up; no orders are taken")
        }
    }

    private static let unknownOrder = RequestError.refused(
        status: 404, code: "unknown_order", message: "no order has that id")
}
