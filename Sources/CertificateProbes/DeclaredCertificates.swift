import Crypto
import FoundationEssentials
import Glibc
import NIOCore
import NIOPosix
import NIOSSL
package import Readiness
import SwiftASN1
import Synchronization
@_spi(FixedExpiryValidationTime) import X509

/// Looks at certificates: takes what a server presents without trusting it, or a PEM file, and asks whether a chain leads
/// from it to a trusted root.
///
/// In a module of its own: X509 brings all of Foundation with it, and with that another owner of `stat`'s members.
package struct DeclaredCertificates: CertificateProbe {
    /// Where the system keeps its roots, as one PEM file: Debian, Fedora, Alpine.
    private static let systemRoots = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
    ]

    /// There is nothing to set.
    package init() {}

    /// What the certificate is.
    ///
    /// - Throws: `ProbeError`: unreachable where no TLS comes about or no file is; nonsense for a file that holds none.
    package func look(_ requirement: CertificateRequirement) async throws(ProbeError) -> Answer<CertificateFacts> {
        let started = ContinuousClock.now
        let chain: [Certificate]
        switch requirement.place {
        case .server(let host, let port):
            chain = try await Self.presented(host, port, name: requirement.expectedName, limit: requirement.limit)
        case .file(let path):
            guard let bytes = try await Self.read(path, cap: 1 << 20) else {
                throw ProbeError(.unreachable, elsewhere: "\(SafeText.line(path)) cannot be read")
            }
            chain = try Self.certificates(bytes, path)
        }
        guard let leaf = chain.first else { throw ProbeError(.nonsense, elsewhere: "there is no certificate") }
        let roots = try await Self.roots(requirement)
        let now = Date()
        let trouble = await Self.trouble(leaf, chain, roots, at: now)
        let names = Self.names(of: leaf)
        var der = DER.Serializer()
        do { try der.serialize(leaf) } catch {
            throw ProbeError(.nonsense, elsewhere: "the certificate cannot be written again: \(error)")
        }
        let facts = CertificateFacts(
            subject: "\(leaf.subject)", notBefore: Self.instant(leaf.notValidBefore),
            notAfter: Self.instant(leaf.notValidAfter), lookedAt: Self.instant(now), chainTrouble: trouble,
            coversName: requirement.expectedName.map { wanted in names.contains { Self.covers($0, wanted) } },
            names: Array(names.prefix(100)),
            sha256: SHA256.hash(data: der.serializedBytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        )
        return Answer(facts, transcript: facts.words(chain.count), elapsed: ContinuousClock.now - started)
    }

    /// A small file, on a thread that may wait for it; nil for one that cannot be read or is larger. A pipe is not
    /// waited for.
    private static func read(_ path: String, cap: Int) async throws(ProbeError) -> [UInt8]? {
        do {
            return try await threads.runIfActive {
                let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
                guard file >= 0 else { return nil }
                defer { close(file) }
                var bytes: [UInt8] = []
                var chunk = [UInt8](repeating: 0, count: 1 << 16)
                while true {
                    let count = Glibc.read(file, &chunk, chunk.count)
                    if count < 0, errno == EINTR { continue }
                    guard count >= 0, bytes.count + count <= cap else { return nil }
                    if count == 0 { return bytes }
                    bytes.append(contentsOf: chunk[..<count])
                }
            }
        } catch { throw .cancelled }
    }

    private static let threads: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        return pool
    }()

    private static func instant(_ date: Date) -> UTCInstant {
        UTCInstant(microseconds: Int64((date.timeIntervalSince1970 * 1_000_000).rounded()))
    }

    /// Exactly, or by a `*` as the whole first label (RFC 6125, 6.4.3).
    static func covers(_ pattern: String, _ name: String) -> Bool {
        let (pattern, name) = (pattern.lowercased(), name.lowercased())
        if pattern == name { return true }
        guard pattern.hasPrefix("*."), let dot = name.firstIndex(of: ".") else { return false }
        // No star stands for an address, nor for a whole top level.
        return pattern.dropFirst() == name[dot...] && pattern.split(separator: ".").count > 2
            && !name.allSatisfy { $0.isNumber || $0 == "." || $0 == ":" }
    }

    private static func names(of certificate: Certificate) -> [String] {
        // Names that cannot be read are none.
        guard let names = try? certificate.extensions.subjectAlternativeNames else { return [] }
        return names.compactMap { name in
            switch name {
            case .dnsName(let name): name
            case .ipAddress(let address): Self.address(Array(address.bytes))
            default: nil
            }
        }
    }

    private static func address(_ bytes: [UInt8]) -> String? {
        switch bytes.count {
        case 4: return bytes.map(String.init).joined(separator: ".")
        case 16:
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            guard inet_ntop(AF_INET6, bytes, &text, socklen_t(text.count)) != nil else { return nil }
            return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        default: return nil
        }
    }

    private static func certificates(_ bytes: [UInt8], _ path: String) throws(ProbeError) -> [Certificate] {
        do {
            let documents = try PEMDocument.parseMultiple(pemString: String(decoding: bytes, as: UTF8.self))
            return try documents.filter { $0.discriminator == "CERTIFICATE" }.map {
                try Certificate(derEncoded: $0.derBytes)
            }
        } catch {
            throw ProbeError(.nonsense, elsewhere: "\(SafeText.line(path)) holds no certificate in PEM")
        }
    }

    private static func roots(_ requirement: CertificateRequirement) async throws(ProbeError) -> [Certificate] {
        guard let path = requirement.roots ?? systemRoots.first(where: { access($0, R_OK) == 0 }) else {
            throw ProbeError(ourSide: "the system's roots are not at \(systemRoots.joined(separator: ", "))")
        }
        guard let bytes = try await read(path, cap: 8 << 20) else {
            throw ProbeError(ourSide: "the roots in \(path) cannot be read")
        }
        guard let documents = try? PEMDocument.parseMultiple(pemString: String(decoding: bytes, as: UTF8.self))
        else { throw ProbeError(ourSide: "\(path) holds no roots in PEM") }
        // A root of a form that is not understood is one that nothing leads to.
        let roots = documents.compactMap { try? Certificate(derEncoded: $0.derBytes) }
        // A chain that leads to none of no roots is not to blame for it.
        guard !roots.isEmpty else { throw ProbeError(ourSide: "\(path) holds no roots in PEM") }
        return roots
    }

    /// Why no chain leads to a root, all but the leaf's own expiry, which is a number of its own.
    private static func trouble(
        _ leaf: Certificate, _ chain: [Certificate], _ roots: [Certificate], at now: Date
    ) async -> String? {
        // A leaf that has expired is asked about at its last moment, so that its chain is told apart from its age.
        let moment = min(max(now, leaf.notValidBefore), leaf.notValidAfter)
        var verifier = Verifier(rootCertificates: CertificateStore(roots)) {
            RFC5280Policy(fixedExpiryValidationTime: moment)
        }
        let result = await verifier.validate(leaf: leaf, intermediates: CertificateStore(chain.dropFirst()))
        switch result {
        case .validCertificate: return nil
        case .couldNotValidate(let failures):
            return failures.first.map { String("\($0.policyFailureReason)".prefix(300)) } ?? "its issuer is not known"
        }
    }

    /// The chain that a server presents, trusted or not.
    private static func presented(
        _ host: String, _ port: Int, name: String?, limit: Duration
    ) async throws(ProbeError) -> [Certificate] {
        let place = "\(SafeText.line(host)):\(port)"
        let seen = Mutex<[[UInt8]]>([])
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let done = loop.makePromise(of: [[UInt8]].self)
        do {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.certificateVerification = .noHostnameVerification
            let context = try NIOSSLContext(configuration: configuration)
            let isAddress = host.allSatisfy { $0.isNumber || $0 == "." } || host.contains(":")
            let serverName = isAddress ? nil : host
            let channel = try await ClientBootstrap(group: loop)
                .connectTimeout(.nanoseconds(limit.nanoseconds))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = try NIOSSLClientHandler(
                            context: context, serverHostname: serverName,
                            customVerificationCallback: { chain, verdict in
                                // Looked at, not trusted: nothing is ever sent over this connection.
                                let bytes = chain.compactMap { try? $0.toDERBytes() }
                                done.succeed(bytes)
                                verdict.succeed(.failed)
                            })
                        try channel.pipeline.syncOperations.addHandlers([handler, HandshakeEnd(done)])
                    }
                }
                .connect(host: host, port: port).get()
            let timer = loop.scheduleTask(in: .nanoseconds(limit.nanoseconds)) {
                done.fail(ChannelError.connectTimeout(.zero))
            }
            defer {
                timer.cancel()
                channel.close(promise: nil)
            }
            let bytes = try await done.futureResult.get()
            seen.withLock { $0 = bytes }
        } catch {
            // A promise must be answered, and takes no second answer.
            done.fail(error)
            if Task.isCancelled { throw .cancelled }
            throw ProbeError(.unreachable, elsewhere: "no TLS with \(place): \(words(error))")
        }
        do { return try seen.withLock { $0 }.map { try Certificate(derEncoded: $0) } } catch {
            throw ProbeError(.nonsense, elsewhere: "what \(place) presents is no certificate")
        }
    }
}

extension DeclaredCertificates {
    /// One plain sentence: no types of a library, and no paths of the machine that built us.
    private static func words(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            guard error.connectionErrors.isEmpty else {
                return error.connectionErrors.first.map { words($0.error) } ?? ""
            }
            let lookup = (error.dnsAError ?? error.dnsAAAAError) as? SocketAddressError.UnknownHost
            return "the name has no address" + (lookup.map { " (\($0.errorDescription))" } ?? "")
        case let error as IOError:
            switch error.errnoCode {
            case ECONNREFUSED: return "connection refused"
            case ECONNRESET, EPIPE: return "connection reset"
            case EHOSTUNREACH, ENETUNREACH: return "there is no way to it"
            case let code: return "error \(code) of the system"
            }
        case ChannelError.connectTimeout: return "it was silent to the limit"
        case is HandshakeEnd.Closed: return "\(error)"
        default: return TLSErrorText.words("\(error)")
        }
    }
}

/// Ends the waiting for a chain when the connection ends before there is one.
private final class HandshakeEnd: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    struct Closed: Error, CustomStringConvertible {
        var description: String { "the connection was closed before a certificate came" }
    }

    private let done: EventLoopPromise<[[UInt8]]>

    init(_ done: EventLoopPromise<[[UInt8]]>) { self.done = done }

    func channelInactive(context: ChannelHandlerContext) {
        // A promise that has been kept takes no second answer.
        done.fail(Closed())
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        done.fail(error)
        context.close(promise: nil)
    }
}

extension CertificateFacts {
    /// In words, for evidence.
    fileprivate func words(_ length: Int) -> String {
        var text = "subject \(subject)\nvalid \(notBefore) to \(notAfter), looked at \(lookedAt)\nsha256 \(sha256)\n"
        text += "names: \(names.isEmpty ? "none" : names.joined(separator: ", "))\n\(length) certificates presented\n"
        return text + (chainTrouble.map { "chain: \($0)" } ?? "chain: leads to a trusted root")
    }
}
