package import Readiness

extension HTTPSurface: FeedProbe {
    private struct ActionWire: Encodable {
        struct Path: Encodable {
            var symbol: String
            var prices: [DecimalValue]
        }

        var action: String
        var interval_ms: Int64?
        var paths: [Path]?
        var symbols: [String]?
    }

    private struct DoneWire: Decodable {
        var action: String
        var symbols: [String]
    }

    /// The longest path: ticks.
    package static let longestPath = 10_000

    /// `POST /readyz/marketdata/inject` with `play`, with the token. Not idempotent: a second play begins anew.
    ///
    /// - Parameters:
    ///   - paths: 1 to 10000 prices each, all of one length, each symbol once.
    ///   - interval: whole milliseconds from 5 to 1000.
    /// - Throws: `ProbeError`: of our side for paths or an interval that the contract does not have; nonsense when the
    ///   target says that it plays other symbols.
    package func play(_ paths: [PricePath], every interval: Duration) async throws(ProbeError) -> Answer<Bool> {
        let milliseconds = interval.nanoseconds / 1_000_000
        guard (5...1000).contains(milliseconds), interval == .milliseconds(milliseconds) else {
            throw ProbeError(ourSide: "prices cannot be played every \(interval): 5 to 1000 whole milliseconds")
        }
        guard let length = paths.first?.prices.count, (1...Self.longestPath).contains(length),
            paths.allSatisfy({ $0.prices.count == length })
        else { throw ProbeError(ourSide: "paths to play are to have one length of 1 to \(Self.longestPath) prices") }
        let action = ActionWire(
            action: "play", interval_ms: milliseconds, paths: paths.map { .init(symbol: $0.symbol, prices: $0.prices) })
        return try await inject(action, on: paths.map(\.symbol), isIdempotent: false)
    }

    /// The same with `cut`. A second cut changes nothing.
    package func cut(_ symbols: [String]) async throws(ProbeError) -> Answer<Bool> {
        try await inject(ActionWire(action: "cut", symbols: symbols), on: symbols, isIdempotent: true)
    }

    /// The same with `restore`, for all symbols. A second restore changes nothing.
    package func restore() async throws(ProbeError) -> Answer<Bool> {
        try await inject(ActionWire(action: "restore"), on: nil, isIdempotent: true)
    }

    /// - Parameter symbols: those that the answer has to name, and no others; any where nil.
    private func inject(
        _ action: ActionWire, on symbols: [String]?, isIdempotent: Bool
    ) async throws(ProbeError) -> Answer<Bool> {
        if let symbols {
            guard !symbols.isEmpty, Set(symbols).count == symbols.count else {
                throw ProbeError(ourSide: "\(action.action) needs symbols, each once")
            }
        }
        let request = try named(Self.post("/readyz/marketdata/inject", action, isIdempotent: isIdempotent))
        let reply = try await askAuthorised(request)
        let done = try Self.decode(DoneWire.self, from: reply, to: request)
        try Self.check(done.action == action.action, request, "it is of another action")
        try Self.check(done.symbols.count <= WireText.listCap, request, "\(done.symbols.count) symbols")
        if let symbols {
            try Self.check(
                done.symbols.count == symbols.count && Set(done.symbols) == Set(symbols), request,
                "it is of other symbols")
        }
        return Self.answer(true, from: reply)
    }
}
