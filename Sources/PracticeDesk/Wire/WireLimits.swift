import NIOCore

/// What the server takes from one connection, and from all of them.
enum WireLimits {
    /// Bytes of a request's line and header fields.
    static let header = 16 * 1024
    /// Bytes of a request's body.
    static let body = 64 * 1024
    /// Bytes of a body that is a series of numbers, which may be thousands.
    static let seriesBody = 1024 * 1024

    /// What a request to that target may bring.
    static func body(of target: String) -> Int {
        let takesSeries = ["/readyz/marketdata/inject", "/readyz/risk/correlation"].contains(target)
        return takesSeries ? seriesBody : body
    }

    /// From a request's first byte to its last.
    static let requestTime = TimeAmount.seconds(5)
    /// Without a request.
    static let idleTime = TimeAmount.seconds(60)
    /// How long the rest of a refused request is read and thrown away, so that the answer is not lost to a reset.
    static let lingerTime = TimeAmount.seconds(1)
    /// Connections at once; more are closed at once.
    static let connections = 256
}
