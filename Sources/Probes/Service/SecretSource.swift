import Glibc
package import Readiness

/// Fetches the secrets that a profile names. The one place where they come in.
package struct SecretSource: Sendable {
    /// The longest secret, in bytes. Longer ones are no header's value.
    package static let sizeCap = 8 << 10

    private let folder: String
    private let environment: @Sendable (String) -> String?
    private let processes = ProcessProbe()

    /// Fetches for a profile.
    ///
    /// - Parameters:
    ///   - folder: the profile's folder, where its commands run.
    ///   - environment: our own variables.
    package init(folder: String, environment: @escaping @Sendable (String) -> String?) {
        self.folder = folder
        self.environment = environment
    }

    /// The secret of a reference: the first line of what is found.
    ///
    /// - Throws: `ProbeError`: unauthorised at `endpoint` where there is none to be had (a variable that is not set, a
    ///   file that others can read, a command that fails), so that the checks that need it are unverified for want of
    ///   a credential and say where it was looked for. Never holds what was found.
    package func fetch(_ reference: SecretReference, for endpoint: Endpoint) async throws(ProbeError) -> Secret {
        let text: String
        switch reference {
        case .environment(let name):
            guard let value = environment(name) else {
                throw Self.missing(reference, endpoint, "the variable is not set")
            }
            text = value
        case .file(let path):
            text = try await BlockingWork.once("reading a secret") { () throws(ProbeError) in
                try Self.read(path, reference, endpoint)
            }
        case .command(let words): text = try await printed(words, reference, endpoint)
        }
        let line = text.prefix { !$0.isNewline }
        guard !line.isEmpty else { throw Self.missing(reference, endpoint, "it is empty") }
        // What ends a header field would let a secret write headers of its own.
        guard line.utf8.count <= Self.sizeCap, line.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
            throw Self.missing(reference, endpoint, "it is too long or holds control characters")
        }
        return Secret(String(line))
    }

    private static func read(
        _ path: String, _ reference: SecretReference, _ endpoint: Endpoint
    ) throws(ProbeError) -> String {
        let file: PrivateFile
        do throws(PrivateFile.Trouble) { file = try PrivateFile.read(path, cap: sizeCap) } catch {
            throw missing(reference, endpoint, "the file \(error.text)")
        }
        guard file.isOwnersAlone else {
            throw missing(reference, endpoint, "the file must be this user's alone: chmod 600")
        }
        return String(decoding: file.bytes, as: UTF8.self)
    }

    private func printed(
        _ words: [String], _ reference: SecretReference, _ endpoint: Endpoint
    ) async throws(ProbeError) -> String {
        var variables: [String: String] = [:]
        // Password managers find their stores through these; nothing else of our environment goes along.
        for name in ["HOME", "USER", "GNUPGHOME", "XDG_RUNTIME_DIR", "PASSWORD_STORE_DIR", "SSH_AUTH_SOCK"] {
            if let value = environment(name) { variables[name] = value }
        }
        let request = CommandRequest(
            words, in: folder, environment: variables, limit: .seconds(20), outputCap: Self.sizeCap * 2)
        let result = try await processes.run(request)
        guard result.ending == .exited(0), !result.isOverLimit else {
            throw Self.missing(reference, endpoint, "the command: \(result.ending(of: request))")
        }
        return result.output.text
    }

    private static func missing(
        _ reference: SecretReference, _ endpoint: Endpoint, _ why: String
    ) -> ProbeError {
        ProbeError(.unauthorised, at: endpoint, "no secret from \(SafeText.line(reference.description)): \(why)")
    }
}
