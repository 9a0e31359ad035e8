internal import NIOSSL
package import Readiness

/// Whom we trust and who we are over TLS, read from files.
///
/// Chain and name are always checked; there is no switch that turns it off. TLS 1.2 is the least.
package struct TLSMaterial: Sendable {
    let configuration: TLSConfiguration
    let context: NIOSSLContext

    /// Reads the files. Blocks for as long as the disk takes: not for the cooperative pool.
    ///
    /// - Parameters:
    ///   - authority: a file of PEM certificates to trust instead of the system's; nil for the system's.
    ///   - chain: our own certificate, with those between it and its authority behind it, as a PEM file.
    ///   - key: its key, as a PEM file.
    /// - Throws: `ProbeError` of our side, naming the file: the profile has to be mended.
    package init(authority: String?, chain: String? = nil, key: String? = nil) throws(ProbeError) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        if let authority {
            configuration.trustRoots = .certificates(
                try Self.read("authority", authority) { try NIOSSLCertificate.fromPEMBytes($0) })
        }
        if let chain, let key {
            configuration.certificateChain = try Self.read("certificate", chain) {
                try NIOSSLCertificate.fromPEMBytes($0).map { .certificate($0) }
            }
            configuration.privateKey = .privateKey(
                try Self.read("key", key) { try NIOSSLPrivateKey(bytes: $0, format: .pem) })
        }
        self.configuration = configuration
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw ProbeError(ourSide: "TLS cannot be made ready: \(error)")
        }
    }

    private static func read<Value>(
        _ what: String, _ path: String, _ body: ([UInt8]) throws -> Value
    ) throws(ProbeError) -> Value {
        do { return try body(PEMFile.bytes(path)) } catch {
            // The library's words name the kind of trouble and never what the file holds.
            let why = (error as? ProbeError)?.detail ?? "\(error)"
            throw ProbeError(ourSide: "the \(what) file \(SafeText.line(path)) cannot be used: \(why)")
        }
    }
}
