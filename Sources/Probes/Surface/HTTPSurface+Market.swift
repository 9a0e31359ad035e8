import FoundationEssentials
package import Readiness

extension HTTPSurface: MarketDataProbe {
    private struct SnapshotWire: Decodable {
        struct Symbol: Decodable {
            var symbol: String
            var reference_price: DecimalValue
            var last: DecimalValue
            var bid: DecimalValue
            var ask: DecimalValue
            var tick_size: DecimalValue
            var lot_size: DecimalValue
            var sequence: Int64
            var age_ms: Int64
        }

        var symbols: [Symbol]
    }

    /// `GET /readyz/marketdata`. A symbol named twice, a price, tick or lot that is not above zero, and an age below
    /// zero are nonsense.
    package func snapshot() async throws(ProbeError) -> Answer<[SymbolState]> {
        let request = named(HTTPExchange.Request("GET", "/readyz/marketdata"))
        let reply = try await ask(request)
        let wire = try Self.decode(SnapshotWire.self, from: reply, to: request)
        try Self.check(wire.symbols.count <= WireText.listCap, request, "\(wire.symbols.count) symbols")
        guard Set(wire.symbols.map(\.symbol)).count == wire.symbols.count else {
            throw Self.nonsense(request, "a symbol is named twice")
        }
        for symbol in wire.symbols {
            let positive = [
                symbol.reference_price, symbol.last, symbol.bid, symbol.ask, symbol.tick_size, symbol.lot_size,
            ]
            guard positive.allSatisfy({ $0.decimal > 0 }) else {
                throw Self.nonsense(request, "a price, tick or lot that is not above zero")
            }
            guard symbol.age_ms >= 0, symbol.sequence >= 0 else {
                throw Self.nonsense(request, "an age or a sequence below zero")
            }
        }
        let symbols = wire.symbols.map {
            SymbolState(
                symbol: $0.symbol, reference: $0.reference_price, last: $0.last, bid: $0.bid, ask: $0.ask,
                tick: $0.tick_size, lot: $0.lot_size, sequence: $0.sequence, age: .milliseconds($0.age_ms))
        }
        return Answer(symbols, transcript: reply.transcript, elapsed: reply.elapsed)
    }
}
