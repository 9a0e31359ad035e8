import CertificateProbes
import FoundationEssentials
import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Readiness
import Testing

struct DeclaredCertificatesTests {
    private let place = Threshold("30", source: SourceLocation(file: "acme.yaml", line: 7))

    @Test func `a chain to a private root, the name and the days`() async throws {
        let authority = try Authority()
        let file = try authority.issue("leaf", name: "desk.example", days: 90)
        let probe = DeclaredCertificates()
        let sound = try await probe.look(
            CertificateRequirement(.file(file), name: "desk.example", roots: authority.root, leastDays: place)
        ).value
        #expect(sound.chainTrouble == nil)
        #expect(sound.coversName == true)
        #expect((89...90).contains((sound.notAfter.microseconds - sound.lookedAt.microseconds) / 86_400_000_000))
        let other = try await probe.look(
            CertificateRequirement(.file(file), name: "other.example", roots: authority.root, leastDays: place)
        ).value
        #expect(other.coversName == false)
        // The system does not know our root.
        let stranger = try Authority()
        let untrusted = try await probe.look(
            CertificateRequirement(.file(file), name: nil, roots: stranger.root, leastDays: place)
        ).value
        #expect(untrusted.chainTrouble != nil)
        #expect(untrusted.coversName == nil)
    }

    @Test func `an expired certificate is told apart from its chain`() async throws {
        let authority = try Authority()
        let file = try authority.issue("old", name: "desk.example", days: 1, startingDaysAgo: 3)
        let facts = try await DeclaredCertificates().look(
            CertificateRequirement(.file(file), name: "desk.example", roots: authority.root, leastDays: place)
        ).value
        #expect(facts.notAfter < facts.lookedAt)
        #expect(facts.chainTrouble == nil)
    }

    @Test func `what a server presents is looked at, expired or not, and nothing is sent`() async throws {
        let authority = try Authority()
        let file = try authority.issue("old", name: "localhost", days: 1, startingDaysAgo: 3)
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(file).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: authority.path("old.key"), format: .pem)))
        let context = try NIOSSLContext(configuration: configuration)
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(listener.localAddress?.port)
        let facts = try await DeclaredCertificates().look(
            CertificateRequirement(
                .server(host: "127.0.0.1", port: port), name: "localhost", roots: authority.root, leastDays: place)
        ).value
        #expect(facts.coversName == true)
        #expect(facts.notAfter < facts.lookedAt)
        #expect(facts.chainTrouble == nil)
        try await listener.close()
        // A port at which nobody listens, and that nobody else gets: it is bound as long as this descriptor is open.
        let (silent, descriptor) = try Self.boundPort()
        defer { close(descriptor) }
        do throws(ProbeError) {
            _ = try await DeclaredCertificates().look(
                CertificateRequirement(
                    .server(host: "127.0.0.1", port: silent), roots: authority.root, leastDays: place))
            Issue.record("there was a certificate")
        } catch {
            #expect(error.meeting == .unreachable)
            #expect(error.endpoint == nil)
            #expect(error.detail == "no TLS with 127.0.0.1:\(silent): connection refused")
        }
    }

    private static func boundPort() throws -> (port: Int, descriptor: Int32) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        try #require(isBound, "no port: \(errno)")
        return (Int(UInt16(bigEndian: name.sin_port)), descriptor)
    }

    @Test(arguments: ["", "-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n", "no PEM"])
    func `a file without a certificate is nonsense`(_ text: String) async throws {
        let authority = try Authority()
        try Data(text.utf8).write(to: URL(filePath: authority.path("bad.pem")))
        do throws(ProbeError) {
            _ = try await DeclaredCertificates().look(
                CertificateRequirement(.file(authority.path("bad.pem")), roots: authority.root, leastDays: place))
            Issue.record("it was taken")
        } catch { #expect(error.meeting == .nonsense) }
    }

    @Test(arguments: [nil, "", "-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n", "no PEM", "KEY"])
    func `roots that are not there, or hold no certificate, are our trouble and no fault of the chain`(
        _ text: String?
    ) async throws {
        let authority = try Authority()
        let file = try authority.issue("leaf", name: "desk.example", days: 90)
        let roots = text == "KEY" ? authority.path("leaf.key") : authority.path("bad.pem")
        if let text, text != "KEY" { try Data(text.utf8).write(to: URL(filePath: roots)) }
        do throws(ProbeError) {
            _ = try await DeclaredCertificates().look(
                CertificateRequirement(.file(file), roots: roots, leastDays: place))
            Issue.record("they were taken")
        } catch { #expect(error.meeting == .ourSide) }
    }
}

/// A root of our own, made by openssl in a folder that goes with it.
final class Authority: Sendable {
    private let folder: String
    var root: String { path("root.pem") }

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/holdpoint-ca-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try run(
            "openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout root.key -out root.csr "
                + "-subj '/CN=Test Root \(UUID().uuidString.prefix(8))' && touch index.txt && "
                + "printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n' >root.ext && "
                // Older than every leaf, so that an expired one had a root in its time.
                + "openssl ca -batch -notext -md sha256 -selfsign -keyfile root.key -in root.csr -out root.pem "
                + "-extfile root.ext -startdate $(date -u -d '-30 days' +%Y%m%d%H%M%SZ) "
                + "-enddate $(date -u -d '3650 days' +%Y%m%d%H%M%SZ) -config config")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// A certificate under the root; its key is `NAME.key`.
    func issue(_ file: String, name: String, days: Int, startingDaysAgo ago: Int = 0) throws -> String {
        try run(
            "openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout \(file).key -out \(file).csr "
                + "-subj /CN=\(name) && printf 'subjectAltName=DNS:\(name)\\nbasicConstraints=critical,CA:FALSE\\n' >\(file).ext && "
                + "touch index.txt && openssl ca -batch -notext -md sha256 -rand_serial -keyfile root.key -cert root.pem "
                + "-in \(file).csr -out \(file).pem -extfile \(file).ext "
                + "-startdate $(date -u -d '-\(ago) days' +%Y%m%d%H%M%SZ) "
                + "-enddate $(date -u -d '\(days - ago) days' +%Y%m%d%H%M%SZ) "
                + "-config config")
        return path("\(file).pem")
    }

    private func run(_ script: String) throws {
        let config = """
            [ca]
            default_ca=d
            [d]
            database=index.txt
            new_certs_dir=.
            policy=p
            unique_subject=no
            rand_serial=yes
            [p]
            commonName=supplied
            """
        try Data(config.utf8).write(to: URL(filePath: path("config")))
        let status = system("cd '\(folder)' && (\(script)) >log 2>&1")
        guard status == 0 else {
            throw Trouble(text: String(decoding: try Data(contentsOf: URL(filePath: path("log"))), as: UTF8.self))
        }
    }

    struct Trouble: Error { var text: String }
}
