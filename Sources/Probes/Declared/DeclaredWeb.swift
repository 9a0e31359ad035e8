import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
package import Readiness
import Synchronization

/// Asks any URL of a profile over HTTP/1.1, with TLS verified. Follows no redirect, retries nothing, reads at most a MiB.
///
/// The surface's roots and our certificate are for the surface's own server. Any other is held against the system's roots
/// and is shown no certificate of ours. A check that names roots of its own is held against those and no others; whom
/// our certificate is shown to does not change with it.
///
/// Trouble is told apart by the same table as at the surface; at a URL that is no endpoint of the target it names none.
package final class DeclaredWeb: WebProbe {
    /// How TLS is done with the surface.
    package struct TLS: Sendable, Equatable {
        /// A PEM file of roots in place of the system's; nil: the system's.
        package var roots: String?
        /// PEM files of a certificate and its key that we show; nil: none.
        package var certificate: String?
        /// The key's PEM file.
        package var key: String?

        /// The system's roots and no certificate of ours, if nothing else is said.
        package init(roots: String? = nil, certificate: String? = nil, key: String? = nil) {
            self.roots = roots
            self.certificate = certificate
            self.key = key
        }
    }

    /// The most that is read of an answer, bytes.
    package static let bodyCap = 1 << 20

    /// Who asks by one set of roots: the surface's own server, and any other.
    private struct Clients {
        let surface: HTTPClient
        let elsewhere: HTTPClient

        var all: [HTTPClient] { [surface, elsewhere] }
    }

    /// Those of the checks that name no roots.
    private let clients: Clients
    /// Those of the others, by the file.
    private let clientsByRoots: [String: Clients]
    private let loop: any EventLoop
    private let redactor: Redactor
    private let base: @Sendable () throws(ProbeError) -> String
    private let secret: @Sendable (String) throws(ProbeError) -> Secret
    private let surfaceSecrets: [String: String]
    private let isClosed = Mutex(false)

    /// Makes clients that have opened nothing yet.
    ///
    /// - Parameters:
    ///   - tls: whom to trust at the surface, and what to show there.
    ///   - base: the URL of the target's surface without a path, asked each time.
    ///   - surfaceSecrets: header fields that prove at the surface that we may ask, by the secrets' names.
    ///   - secret: opens a secret of the profile by its name.
    ///   - redacting: values that must show nowhere, even if the target says them.
    ///   - checks: those that will ask: the roots that they name are read now.
    /// - Throws: `ProbeError` of our side for PEM files that cannot be read or hold no certificate; with the check's
    ///   place, where it is a check that names the file.
    package init(
        tls: TLS = TLS(), base: @escaping @Sendable () throws(ProbeError) -> String,
        surfaceSecrets: [String: String] = [:],
        secret: @escaping @Sendable (String) throws(ProbeError) -> Secret,
        redacting: @escaping @Sendable () -> [Secret] = { [] }, checks: [DeclaredCheck] = []
    ) throws(ProbeError) {
        self.base = base
        self.secret = secret
        self.surfaceSecrets = surfaceSecrets
        redactor = Redactor(redacting)
        let trust = Trust(surface: try Self.configuration(tls), elsewhere: try Self.configuration(TLS()))
        // Every file is read before there is a client: one that is forgotten half-way takes the program down.
        var trustByRoots: [String: Trust] = [:]
        for check in checks {
            guard case .http(let requirement) = check.subject, let roots = requirement.roots,
                trustByRoots[roots] == nil
            else { continue }
            trustByRoots[roots] = try trust.by(roots, of: check)
        }
        clients = Self.clients(trust)
        clientsByRoots = trustByRoots.mapValues(Self.clients)
        loop = MultiThreadedEventLoopGroup.singleton.next()
    }

    /// How TLS is done with the surface's own server, and with any other.
    private struct Trust {
        var surface: TLSConfiguration
        var elsewhere: TLSConfiguration

        /// The same with the roots that a check names.
        func by(_ roots: String, of check: DeclaredCheck) throws(ProbeError) -> Trust {
            let certificates: [NIOSSLCertificate]
            do { certificates = try NIOSSLCertificate.fromPEMBytes(PEMFile.bytes(roots)) } catch {
                throw ProbeError(
                    ourSide:
                        "\(check.source): \(check.id): http.roots: \(SafeText.line(roots)) cannot be read, or holds "
                        + "no certificate in PEM")
            }
            var trust = self
            trust.surface.trustRoots = .certificates(certificates)
            trust.elsewhere.trustRoots = .certificates(certificates)
            return trust
        }
    }

    private static func clients(_ trust: Trust) -> Clients {
        let group = MultiThreadedEventLoopGroup.singleton
        return Clients(
            surface: HTTPClient(eventLoopGroup: group, configuration: configuration(trust.surface)),
            elsewhere: HTTPClient(eventLoopGroup: group, configuration: configuration(trust.elsewhere)))
    }

    /// The clients of a check.
    private func clients(for requirement: HTTPRequirement) throws(ProbeError) -> Clients {
        guard let roots = requirement.roots else { return clients }
        guard let found = clientsByRoots[roots] else {
            throw ProbeError(
                ourSide: "the roots \(SafeText.line(roots)) were not read: no check of the profile names them")
        }
        return found
    }

    private var allClients: [HTTPClient] { clients.all + clientsByRoots.values.flatMap(\.all) }

    private static func configuration(_ tls: TLSConfiguration) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.idleTimeout = .seconds(10)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.tlsConfiguration = tls
        configuration.http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
                try pipeline.addHandler(AnswerStatusGuard(), position: .after(decoder))
            }
        }
        return configuration
    }

    /// As it is now: a practice desk that is started anew has another.
    package var surfaceAddress: String? {
        do throws(ProbeError) { return try base() } catch {
            // Then there is no surface, or none yet: a command names it by a variable.
            return nil
        }
    }

    deinit {
        // A forgotten client must not take the program down; it gives its connections back on its own.
        guard !isClosed.withLock({ $0 }) else { return }
        for client in allClients { client.shutdown { _ in } }
    }

    /// Asks once.
    package func ask(_ requirement: HTTPRequirement) async throws(ProbeError) -> Answer<WebAnswer> {
        guard !Task.isCancelled else { throw .cancelled }
        let clients = try clients(for: requirement)
        var headers = HTTPHeaders([("user-agent", "holdpoint"), ("accept", "application/json, */*;q=0.1")])
        for (name, value) in requirement.headers { headers.replaceOrAdd(name: name, value: value) }
        var secrets = requirement.secretHeaders
        let url: String
        let isSurface: Bool
        switch requirement.place {
        case .surface(let path):
            url = try base() + path
            isSurface = true
            secrets.merge(surfaceSecrets) { own, _ in own }
        case .url(let text):
            url = text
            isSurface = false
        }
        for (header, name) in secrets { headers.replaceOrAdd(name: header, value: try secret(name).reveal()) }
        if requirement.body != nil { headers.replaceOrAdd(name: "content-type", value: "application/json") }
        // Words for trouble and transcript; nothing of it is sent.
        let shown = HTTPExchange.Request(
            requirement.method, url, body: requirement.body.map { Array($0.utf8) }, isIdempotent: false)
        let wire: HTTPClient.Request
        do {
            wire = try HTTPClient.Request(
                url: url, method: HTTPMethod(rawValue: requirement.method), headers: headers,
                body: requirement.body.map { .string($0) })
        } catch {
            throw redactor.redacted(ProbeError(ourSide: "cannot form a request of \(SafeText.line(url)): \(error)"))
        }
        let collector = HTTPAnswerCollector(bodyCap: Self.bodyCap)
        let started = ContinuousClock.now
        let task = (isSurface || isAtSurface(url) ? clients.surface : clients.elsewhere).execute(
            request: wire, delegate: collector, eventLoop: .delegate(on: loop),
            deadline: .now() + .nanoseconds(requirement.requestLimit.nanoseconds))
        do {
            let answer = try await withTaskCancellationHandler {
                try await task.get()
            } onCancel: {
                task.cancel()
            }
            let body = Array(answer.body.readableBytesView)
            let clean = redactor.redacted(.init(body))
            return Answer(
                WebAnswer(status: answer.status, body: Array(clean)),
                transcript: redactor.transcript(of: shown, answer.status, clean),
                elapsed: answer.finished - started)
        } catch {
            var trouble =
                Self.tlsTrouble(error)
                ?? HTTPTrouble.probeError(
                    error, asking: shown, at: isSurface ? SurfaceAddress(profile: url)?.authority : nil,
                    limit: requirement.requestLimit, wasSent: collector.wasSent)
            if !isSurface, trouble.endpoint != nil {
                trouble.endpoint = nil
                trouble.detail = "\(SafeText.line(url)): \(trouble.detail)"
            }
            throw redactor.redacted(trouble)
        }
    }

    /// Closes every connection. Later requests throw an error of our side.
    package func close() async {
        let first = isClosed.withLock { closed in
            defer { closed = true }
            return !closed
        }
        guard first else { return }
        // It can only fail by saying that a connection was in use or shut already, and closed they are.
        for client in allClients { _ = try? await client.shutdown() }
    }

    /// Whether a URL leads to the surface's own server. Without a surface none does.
    private func isAtSurface(_ url: String) -> Bool {
        guard let base = try? base(), let own = SurfaceAddress(ofURL: base), let place = SurfaceAddress(ofURL: url)
        else { return false }
        return own.isSameServer(as: place)
    }

    private static func configuration(_ tls: TLS) throws(ProbeError) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        do {
            if let roots = tls.roots {
                configuration.trustRoots = .certificates(
                    try NIOSSLCertificate.fromPEMBytes(PEMFile.bytes(roots)))
            }
            if let certificate = tls.certificate {
                configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(PEMFile.bytes(certificate)).map {
                    .certificate($0)
                }
            }
            if let key = tls.key {
                configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: PEMFile.bytes(key), format: .pem))
            }
        } catch {
            let why = (error as? ProbeError)?.detail ?? "\(error)"
            throw ProbeError(ourSide: "the certificates that the profile names cannot be read: \(why)")
        }
        return configuration
    }

    /// TLS that we refuse, or that refuses us, is no answer: the first row of the table.
    private static func tlsTrouble(_ error: any Error) -> ProbeError? {
        if let error = error as? NIOConnectionError {
            return error.connectionErrors.first.flatMap { tlsTrouble($0.error) }
        }
        guard
            error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError
                || (error as? HTTPClientError) == .tlsHandshakeTimeout
        else { return nil }
        return ProbeError(.unreachable, at: .surface, "TLS did not come about: \(TLSErrorText.words("\(error)"))")
    }
}
