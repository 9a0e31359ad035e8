package import Readiness

/// A target that a profile describes, seen from outside: every probe that checks look with.
package struct ServiceTarget: Sendable {
    /// What checks get.
    package let probes: TargetProbes
    /// Whether paper is proven; ask before each round.
    package let interlock: ProfileInterlock
    /// Whether an endpoint is there at all.
    package let reachability: TargetReachability
    /// What proves at the surface that we may ask, or why there is nothing to prove it with.
    package let credentials: Result<CredentialFields, ProbeError>

    private let exchanges: [HTTPExchange]

    /// Makes the probes of a profile. Fetches its secrets, and asks the target nothing.
    ///
    /// - Parameters:
    ///   - profile: not of a practice desk, which has a record of its own (`DeskTarget`).
    ///   - runbook: commands for people.
    ///   - environment: our own variables, for secrets.
    ///   - ledgerLimit: how long one question to the ledger may take. Default 5 s.
    /// - Throws: `ProbeError` of our side where a certificate file cannot be used. A secret that is not to be had throws
    ///   nothing here: every request that needs it is refused for it, so that what does not need it is still looked at.
    package static func connect(
        _ profile: TargetProfile, runbook: TargetRunbook, environment: @escaping @Sendable (String) -> String?,
        ledgerLimit: Duration = .seconds(5)
    ) async throws(ProbeError) -> ServiceTarget {
        let folder = profile.folder
        let secrets = SecretSource(folder: folder, environment: environment)
        let access = profile.access
        var credentials = CredentialFields()
        var trouble: ProbeError?
        do throws(ProbeError) {
            credentials = try await CredentialFields.fetch(access?.authentication ?? [], from: secrets)
        } catch {
            guard error.meeting == .unauthorised else { throw error }
            trouble = error
        }
        let tls = try await tls(access)
        let limit = access?.limit ?? .seconds(2)
        let told = credentials.secrets
        let exchange = HTTPExchange(
            connections: DeskTarget.connections, limit: limit, tls: tls, secrets: { told })
        let series = HTTPExchange(connections: 1, limit: limit, tls: tls, secrets: { told })
        let others = try await others(profile, limit, told)
        let ledger = ledger(profile, secrets, ledgerLimit)
        let carrier = ServiceCarrier(
            address: try address(access), credentials: trouble.map(Result.failure) ?? .success(credentials.fields),
            bindings: profile.bindings,
            instances: profile.instances.compactMap(\.address).compactMap(SurfaceAddress.init(profile:)),
            folder: profile.repository ?? folder, exchange: exchange, series: series,
            others: others, rows: profile.ledger == nil ? nil : LedgerRows(ledger).read)
        let surface = HTTPSurface(carrier)
        let storage = profile.storage
        let migrations = profile.ledger?.migrationsFolder
        let restart = profile.restart
        let probes = TargetProbes(
            discovery: surface, risk: surface, orders: surface, market: surface, killSwitch: surface, clock: surface,
            instances: profile.instances.isEmpty
                ? surface : ProfileInstances(profile.instances, surface: surface),
            log: log(profile, surface, exchange.redactor), components: surface,
            storage: TargetVolumes(paths: { () throws(ProbeError) in
                guard !storage.isEmpty else {
                    throw ProbeError(
                        .notOffered, at: .surface, "the profile names no path that the target writes to (storage:)")
                }
                return storage
            }),
            positions: surface, sizing: surface, correlation: surface, feed: surface, stops: surface, burst: surface,
            control: CommandControl {
                restart
            } state: { () async throws(ProbeError) in
                try await surface.processState()
            }, pool: surface,
            migrations: MigrationFolder(folder: { () throws(ProbeError) in
                guard let migrations else {
                    throw ProbeError(
                        .notOffered, at: .ledger, "the profile names no folder of migrations (ledger.migrations:)")
                }
                return migrations
            }), ledger: ledger, accounts: ReadinessAccounts(prefix: profile.accountPrefix), runbook: runbook)
        return ServiceTarget(
            probes: probes,
            interlock: ProfileInterlock(
                environment: profile.environment, paper: profile.paper, binding: profile.bindings["identity"]
            ) { () async throws(ProbeError) in
                try await surface.identity().value
            },
            reachability: TargetReachability { () async throws(ProbeError) in
                _ = try await carrier.perform(.init("GET", "/readyz"), on: .shared)
            } ledger: { () async throws(ProbeError) in
                let connection = try await ledger.connect(try await ledger.describe().value)
                await connection.close()
                return true
            }, credentials: trouble.map(Result.failure) ?? .success(credentials),
            exchanges: [exchange, series] + (others.map { [$0.exchange, $0.series] } ?? []))
    }

    /// Closes the connections to the surface. A connection to the ledger is closed by the check that opened it.
    package func close() async {
        for exchange in exchanges { await exchange.close() }
    }

    private static func address(_ access: TargetAccess?) throws(ProbeError) -> SurfaceAddress? {
        guard case .address(let text)? = access?.place else { return nil }
        guard let address = SurfaceAddress(profile: text) else {
            throw ProbeError(ourSide: "surface.address is no address: \(SafeText.line(text))")
        }
        return address
    }

    private static func tls(_ access: TargetAccess?) async throws(ProbeError) -> TLSMaterial? {
        guard let access, case .address(let address) = access.place, address.hasPrefix("https://") else { return nil }
        var files: (chain: String, key: String)?
        for case .certificate(let chain, let key) in access.authentication { files = (chain, key) }
        let (authority, own) = (access.authority, files)
        return try await BlockingWork.once("reading certificates") { () throws(ProbeError) in
            try TLSMaterial(authority: authority, chain: own?.chain, key: own?.key)
        }
    }

    /// Connections to the servers of whole URLs that a profile binds; nil where it binds none. The surface's authorities
    /// and our certificate are not for them.
    private static func others(
        _ profile: TargetProfile, _ limit: Duration, _ secrets: [Secret]
    ) async throws(ProbeError) -> (exchange: HTTPExchange, series: HTTPExchange)? {
        let isNeeded = profile.bindings.values.contains { binding in
            if case .http(_, let target, _) = binding.source { !target.hasPrefix("/") } else { false }
        }
        guard isNeeded else { return nil }
        let tls = try await BlockingWork.once("reading certificates") { () throws(ProbeError) in
            try TLSMaterial(authority: nil)
        }
        let exchange = HTTPExchange(
            connections: DeskTarget.connections, limit: limit, tls: tls, secrets: { secrets })
        return (exchange, HTTPExchange(connections: 1, limit: limit, tls: tls, secrets: { secrets }))
    }

    private static func log(_ profile: TargetProfile, _ surface: HTTPSurface, _ redactor: Redactor) -> any LogProbe {
        let limit = profile.access?.limit ?? .seconds(2)
        let place: ProfileLog.Place
        if let words = profile.logCommand {
            place = .command(words, folder: profile.repository ?? profile.folder)
        } else if let path = profile.log {
            place = .file(path)
        } else {
            return surface
        }
        return ProfileLog(place, format: profile.logFormat, limit: limit, surface: surface, redactor: redactor)
    }

    private static func ledger(
        _ profile: TargetProfile, _ secrets: SecretSource, _ limit: Duration
    ) -> LedgerByEngine {
        let described = profile.ledger?.description
        let source = profile.source
        let tell: @Sendable () throws(ProbeError) -> Answer<LedgerDescription> = { () throws(ProbeError) in
            guard let described else {
                throw ProbeError(.notOffered, elsewhere: "the profile names no ledger (ledger:)")
            }
            return described.told(by: source.description, after: .zero)
        }
        return LedgerByEngine(
            sqlite: SQLiteLedger(limit: limit, description: tell),
            postgresql: PostgreSQLLedger(
                limit: limit,
                secrets: { name async throws(ProbeError) in
                    guard let reference = SecretReference(parsing: name) else {
                        throw ProbeError(ourSide: "a password's name that is none: \(SafeText.line(name))")
                    }
                    return try await secrets.fetch(reference, for: .ledger)
                },
                description: { () async throws(ProbeError) in try tell() }))
    }
}
