import PracticeDesk
import Testing

extension TestDesk {
    /// Plays prices in symbols, one every five milliseconds.
    func play(_ paths: [(symbol: String, prices: [String])]) async throws {
        let list = paths.map { path in
            let prices = path.prices.map { "\"\($0)\"" }.joined(separator: ",")
            return #"{"symbol":"\#(path.symbol)","prices":[\#(prices)]}"#
        }
        let body = #"{"action":"play","interval_ms":5,"paths":[\#(list.joined(separator: ","))]}"#
        let answer = try await post("/readyz/marketdata/inject", body, token: record.token)
        try #require(answer.status == 200)
    }

    func cut(_ symbols: [String]) async throws {
        let list = symbols.map { "\"\($0)\"" }.joined(separator: ",")
        let answer = try await post(
            "/readyz/marketdata/inject", #"{"action":"cut","symbols":[\#(list)]}"#, token: record.token)
        try #require(answer.status == 200)
    }

    /// The symbols that the restore gave back.
    func restore() async throws -> [String] {
        let answer = try await post("/readyz/marketdata/inject", #"{"action":"restore"}"#, token: record.token)
        try #require(answer.status == 200)
        return answer.body["symbols"].items.compactMap(\.text)
    }

    func quote(_ symbol: String) async throws -> JSONNode {
        let quotes = try await get("/readyz/marketdata").body["symbols"].items
        return try #require(quotes.first { $0["symbol"].text == symbol })
    }

    /// Looks until the symbol's last price is that.
    func reached(_ symbol: String, _ last: String) async throws -> Bool {
        try await eventually { try await quote(symbol)["last"].text == last }
    }

    func position(_ account: String, _ symbol: String) async throws -> String? {
        let held = try await get("/readyz/positions?account=\(account)").body["positions"].items
        return held.first { $0["symbol"].text == symbol }?["quantity"].text
    }
}
