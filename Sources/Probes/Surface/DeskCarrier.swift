package import Readiness

/// The way to a practice desk: where its record says that it is, with the token that the record holds.
package struct DeskCarrier: SurfaceCarrier {
    private let source: RecordSource
    private let exchange: HTTPExchange
    private let series: HTTPExchange

    /// Asks the desk that a source names.
    ///
    /// - Parameters:
    ///   - exchange: for all but decisions; with enough connections that no check waits behind another.
    ///   - series: for a latency series, with one connection.
    package init(source: RecordSource, exchange: HTTPExchange, series: HTTPExchange) {
        self.source = source
        self.exchange = exchange
        self.series = series
    }

    /// A desk is asked as the contract says.
    package func question(_ request: HTTPExchange.Request) -> String? { nil }

    /// Takes out every token that the home has had.
    package var redactor: Redactor { exchange.redactor }

    /// Asks at the record's address; with its token where that is needed, and then at the address beside it.
    package func perform(
        _ request: HTTPExchange.Request, on lane: SurfaceLane
    ) async throws(ProbeError) -> HTTPExchange.Reply {
        switch lane {
        case .shared: return try await exchange.perform(request, at: source.address())
        case .series: return try await series.perform(request, at: source.address())
        case .authorised:
            let (address, token) = try source.authority()
            var request = request
            request.bearer = token
            return try await exchange.perform(request, at: address)
        }
    }

    /// Asks at the record's address.
    package func performTogether(
        _ requests: [HTTPExchange.Request]
    ) async throws(ProbeError) -> HTTPExchange.Together {
        try await exchange.performTogether(requests, at: source.address())
    }

    /// Only the loopback host of the record is asked, at whatever port: a hostile target must not make us ask others.
    /// No token is sent there.
    package func perform(
        _ request: HTTPExchange.Request, at instance: TargetInstance
    ) async throws(ProbeError) -> HTTPExchange.Reply {
        let own = try source.address()
        guard let address = SurfaceAddress(parsing: instance.address), address.isLoopback, address.host == own.host
        else {
            throw ProbeError(
                .nonsense, at: .surface, "an instance is at an address that is not the target's host; it is not asked")
        }
        source.noteStandby()
        return try await exchange.perform(request, at: address)
    }

    /// Whether it is the record's address.
    package func isOwn(_ address: String) throws(ProbeError) -> Bool {
        SurfaceAddress(parsing: address) == (try source.address())
    }
}
