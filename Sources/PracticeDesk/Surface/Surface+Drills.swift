import NIOCore

extension Surface {
    /// Scripts, cuts and restores the feed: what a drill does to the market.
    func inject(_ request: HTTPRequest) throws(RequestError) -> HTTPResponse {
        try authorize(request)
        let drill = try decode(DrillRequest.self, request)
        let action = try OrderRequest.present(drill.action, "action")
        let symbols: [String]
        switch action {
        case "play": symbols = try play(drill)
        case "cut": symbols = try cut(drill)
        case "restore": symbols = system.restoreFeed().map(\.symbol)
        default: throw .invalid("unknown_action", "action is 'play', 'cut' or 'restore'")
        }
        return HTTPResponse(["action": .text(action), "symbols": .array(symbols.map(JSONValue.text))])
    }

    private func play(_ drill: DrillRequest) throws(RequestError) -> [String] {
        let interval = try OrderRequest.present(drill.interval_ms, "interval_ms")
        guard (5...1000).contains(interval) else {
            throw .invalid("invalid_interval", "interval_ms is a whole number from 5 to 1000")
        }
        let paths = try DrillRequest.paths(drill.paths)
        let play = system.with { $0.market.play(paths) }
        // The first price at once, the others by the market's clock.
        if system.step(play: play) {
            trading.clock.run(play: play, every: .milliseconds(interval), in: system)
        }
        return paths.map(\.symbol)
    }

    private func cut(_ drill: DrillRequest) throws(RequestError) -> [String] {
        let symbols = try OrderRequest.present(drill.symbols, "symbols")
        guard (1...Instrument.all.count).contains(symbols.count), Set(symbols).count == symbols.count else {
            throw .invalid("invalid_symbols", "symbols names at least one symbol, and none twice")
        }
        for symbol in symbols { _ = try OrderRequest.instrument(symbol) }
        system.with { $0.market.cut(symbols) }
        return symbols
    }
}

/// A drill as it came over the wire.
private struct DrillRequest: Decodable {
    struct Path: Decodable {
        var symbol: String?
        var prices: [String]?
    }

    var action: String?
    var interval_ms: Int64?
    var paths: [Path]?
    var symbols: [String]?

    private static let lengths = 1...10_000

    /// The paths with everything in them believed, or the first thing that is wrong with them.
    static func paths(_ paths: [Path]?) throws(RequestError) -> [(symbol: String, prices: [Price])] {
        let paths = try OrderRequest.present(paths, "paths")
        guard (1...Instrument.all.count).contains(paths.count), Set(paths.map(\.symbol)).count == paths.count else {
            throw .invalid("invalid_paths", "paths has at least one path, and none of a symbol that has one already")
        }
        var checked: [(symbol: String, prices: [Price])] = []
        for path in paths {
            let instrument = try OrderRequest.instrument(path.symbol)
            let texts = try OrderRequest.present(path.prices, "prices")
            guard lengths.contains(texts.count), checked.allSatisfy({ $0.prices.count == texts.count }) else {
                throw .invalid("invalid_paths", "every path has as many prices as the others, from 1 to 10000")
            }
            var prices: [Price] = []
            for text in texts {
                let price = try OrderRequest.price(text, instrument)
                guard instrument.band.contains(price) else {
                    let band = instrument.band
                    throw .invalid(
                        "invalid_price",
                        "a scripted price of \(instrument.symbol) is from \(band.lowerBound.text(instrument)) to "
                            + band.upperBound.text(instrument))
                }
                prices.append(price)
            }
            checked.append((instrument.symbol, prices))
        }
        return checked
    }
}
