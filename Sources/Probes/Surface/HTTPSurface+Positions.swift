import FoundationEssentials
package import Readiness

extension HTTPSurface: PositionProbe {
    private struct PositionsWire: Decodable {
        struct Position: Decodable {
            var symbol: String
            var quantity: DecimalValue
            var average_price: DecimalValue
        }

        var account: String
        var positions: [Position]
        var open_orders: Int
        var cash: DecimalValue
        var realized_result: DecimalValue
        var fees_paid: DecimalValue
    }

    /// `GET /readyz/positions?account=A`. Another account, a symbol named twice, a holding that cost nothing, and fewer
    /// than no orders are nonsense.
    package func positions(of account: String) async throws(ProbeError) -> Answer<AccountState> {
        let request = named(HTTPExchange.Request("GET", "/readyz/positions?account=\(Self.escaped(account))"))
        let reply = try await ask(request)
        let wire = try Self.decode(PositionsWire.self, from: reply, to: request)
        try Self.check(wire.account == account, request, "it is of another account")
        try Self.check(wire.positions.count <= WireText.listCap, request, "\(wire.positions.count) positions")
        try Self.check(wire.positions.allSatisfy { WireText.isName($0.symbol) }, request, "a symbol without a name")
        try Self.check(
            Set(wire.positions.map(\.symbol)).count == wire.positions.count, request, "a symbol is named twice")
        for position in wire.positions {
            let price = position.average_price.decimal
            try Self.check(
                price > 0 || (price == 0 && position.quantity.decimal == 0), request,
                "an average price that is not above zero")
        }
        try Self.check(wire.open_orders >= 0, request, "open_orders is below zero")
        let positions = wire.positions.map {
            AccountState.Position(symbol: $0.symbol, quantity: $0.quantity, averagePrice: $0.average_price)
        }
        return Self.answer(
            AccountState(
                account: wire.account, positions: positions, cash: wire.cash, realizedResult: wire.realized_result,
                feesPaid: wire.fees_paid, openOrders: wire.open_orders), from: reply)
    }
}
