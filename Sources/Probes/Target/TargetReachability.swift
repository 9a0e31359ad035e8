import Glibc
package import Readiness

/// Finds out quickly whether an endpoint is there at all. It does not say whether it is well.
package struct TargetReachability: Sendable {
    private let surface: @Sendable () async throws(ProbeError) -> Void
    private let ledger: @Sendable () async throws(ProbeError) -> Bool

    /// Aims at the target of a record.
    ///
    /// - Parameters:
    ///   - limit: how long the surface may take. Default 1 s.
    ///   - ledger: connects to a ledger that a server holds; a file is only looked at.
    package init(
        source: RecordSource, exchange: HTTPExchange, ledger: any LedgerProbe, limit: Duration = .seconds(1)
    ) {
        self.init { () async throws(ProbeError) in
            _ = try await exchange.perform(.init("GET", "/readyz"), at: source.address(), limit: limit)
        } ledger: { () async throws(ProbeError) in
            let described = try source.current(for: .ledger).line.ledger
            guard described.server != nil else { return Self.isFile(described.path) }
            let connection = try await ledger.connect(described)
            await connection.close()
            return true
        }
    }

    /// Aims at a target by its two parts.
    ///
    /// - Parameters:
    ///   - surface: asks the surface anything; what it answers does not matter.
    ///   - ledger: whether the ledger is there.
    package init(
        surface: @escaping @Sendable () async throws(ProbeError) -> Void,
        ledger: @escaping @Sendable () async throws(ProbeError) -> Bool
    ) {
        self.surface = surface
        self.ledger = ledger
    }

    /// Whether a file is there and may be read. It is not opened.
    static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, R_OK) == 0
    }

    /// Looks once: whether anything answers `GET /readyz` in time, whatever it says, or whether the ledger's file is
    /// there and may be read (it is not opened: see `LedgerFile`).
    ///
    /// - Throws: `ProbeError` only where the answer is not the target's to give: cancelled, or our side.
    package func isThere(_ endpoint: Endpoint) async throws(ProbeError) -> Bool {
        do throws(ProbeError) {
            switch endpoint {
            case .surface:
                try await surface()
                return true
            case .ledger: return try await ledger()
            }
        } catch {
            guard error.fault == .target else { throw error }
            return error.meeting != .unreachable
        }
    }
}
