import FoundationEssentials
package import Readiness

extension HTTPSurface: SizingProbe {
    private struct EdgeWire: Encodable {
        var tier: String
        var symbol: String
        var win_probability: String
        var odds: String
        var trades: Int
        var capital: String
        var price: String
    }

    private struct SizeWire: Decodable {
        enum Reason: String, Decodable { case no_edge, too_few_trades, invalid_input }

        var fraction: DecimalValue
        var quantity: DecimalValue
        var reason_code: Reason?
    }

    /// `POST /readyz/risk/size`. The edge's texts go out as they are, numbers or not. A size below zero, a size beside
    /// a reason for none, and an unknown reason are nonsense; whether the size is right is for a check to judge.
    package func size(_ request: SizeRequest) async throws(ProbeError) -> Answer<SizeDecision> {
        let edge = EdgeWire(
            tier: request.tier, symbol: request.symbol, win_probability: request.winProbability, odds: request.odds,
            trades: request.trades, capital: request.capital, price: request.price)
        let question = try named(Self.post("/readyz/risk/size", edge, isIdempotent: true))
        let reply = try await ask(question)
        let wire = try Self.decode(SizeWire.self, from: reply, to: question)
        try Self.check(wire.fraction.decimal >= 0 && wire.quantity.decimal >= 0, question, "a size below zero")
        try Self.check(
            wire.reason_code == nil || (wire.fraction.decimal == 0 && wire.quantity.decimal == 0), question,
            "a size, and a reason why there is none")
        return Self.answer(
            SizeDecision(fraction: wire.fraction, quantity: wire.quantity, reasonCode: wire.reason_code?.rawValue),
            from: reply)
    }
}
