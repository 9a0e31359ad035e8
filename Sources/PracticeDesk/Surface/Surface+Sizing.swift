import FoundationEssentials
import NIOCore

extension Surface {
    /// The size for an edge; an edge that is none is an answer as well.
    func size(_ request: HTTPRequest) throws(RequestError) -> HTTPResponse {
        let wanted = try decode(SizeRequest.self, request)
        _ = try tier(wanted.tier)
        _ = try OrderRequest.instrument(wanted.symbol)
        let edge = KellySizing.Edge(
            winProbability: try OrderRequest.present(wanted.win_probability, "win_probability"),
            odds: try OrderRequest.present(wanted.odds, "odds"),
            trades: try OrderRequest.present(wanted.trades, "trades"),
            capital: try OrderRequest.present(wanted.capital, "capital"),
            price: try OrderRequest.present(wanted.price, "price"))
        switch trading.sizing.size(edge) {
        case .success(let size):
            return HTTPResponse([
                "fraction": .text(size.fraction), "quantity": .text(size.quantity), "reason_code": nil,
            ])
        case .failure(let refusal):
            return HTTPResponse(["fraction": "0", "quantity": "0.00", "reason_code": .text(refusal.rawValue)])
        }
    }

    /// What two series of returns lead to; thousands of decimals take too long for an event loop.
    func correlate(_ request: HTTPRequest, on loop: any EventLoop) throws(RequestError) -> Reply {
        let wanted = try decode(CorrelationRequest.self, request)
        let tier = try tier(wanted.tier)
        let held = try series(wanted.held, "held")
        let other = try series(wanted.wanted, "wanted")
        guard let limit = instance.limits.inForce(.maxCorrelation, for: tier)?.value else {
            throw .refused(status: 503, code: "no_limit", message: "no max_correlation is loaded for \(tier.rawValue)")
        }
        let rule = trading.correlation
        return .later(
            trading.numbers.future(on: loop) {
                let verdict = rule.verdict(held: Self.numbers(held), wanted: Self.numbers(other), limit: limit)
                return HTTPResponse([
                    "coefficient": .optional(verdict.coefficient.map { DecimalText.cut($0, digits: 20) }),
                    "decision": verdict.reason == nil ? "accept" : "deny",
                    "reason_code": .optional(verdict.reason?.rawValue),
                ])
            })
    }

    /// The numbers of a series. One that has something else in it has none: it is judged like one that is too short.
    private static func numbers(_ texts: [String]) -> [Decimal] {
        let numbers = texts.compactMap(DecimalText.parse)
        return numbers.count == texts.count ? numbers : []
    }

    private func series(_ texts: [String]?, _ name: String) throws(RequestError) -> [String] {
        let texts = try OrderRequest.present(texts, name)
        guard texts.count <= 10_000 else { throw .invalid("series_too_long", "\(name) has at most 10000 returns") }
        return texts
    }

    private func tier(_ name: String?) throws(RequestError) -> Tier {
        let name = try OrderRequest.present(name, "tier")
        guard let tier = Tier(rawValue: name) else {
            let known = Tier.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("unknown_tier", "'\(name.shortened)' is not a tier; known: \(known)")
        }
        return tier
    }
}

private struct SizeRequest: Decodable {
    var tier: String?
    var symbol: String?
    var win_probability: String?
    var odds: String?
    var trades: Int64?
    var capital: String?
    var price: String?
}

private struct CorrelationRequest: Decodable {
    var tier: String?
    var held: [String]?
    var wanted: [String]?
}
