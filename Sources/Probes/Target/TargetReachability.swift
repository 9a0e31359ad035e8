import Glibc
package import Readiness

/// Finds out quickly whether an endpoint is there at all. It does not say whether it is well.
package struct TargetReachability: Sendable {
    private let source: RecordSource
    private let exchange: HTTPExchange
    private let limit: Duration

    /// Aims at the target of a record.
    ///
    /// - Parameter limit: how long the surface may take. Default 1 s.
    package init(source: RecordSource, exchange: HTTPExchange, limit: Duration = .seconds(1)) {
        self.source = source
        self.exchange = exchange
        self.limit = limit
    }

    /// Looks once: whether anything answers `GET /readyz` in time, whatever it says, or whether the ledger's file is
    /// there and may be read (it is not opened: see `LedgerFile`).
    ///
    /// - Throws: `ProbeError` only where the answer is not the target's to give: cancelled, or our side.
    package func isThere(_ endpoint: Endpoint) async throws(ProbeError) -> Bool {
        do throws(ProbeError) {
            switch endpoint {
            case .surface:
                _ = try await exchange.perform(.init("GET", "/readyz"), at: source.address(), limit: limit)
                return true
            case .ledger:
                let path = try source.current(for: .ledger).line.ledger.path
                var status = stat()
                return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, R_OK) == 0
            }
        } catch {
            guard error.fault == .target else { throw error }
            return error.meeting != .unreachable
        }
    }
}
