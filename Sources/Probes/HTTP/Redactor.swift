import FoundationEssentials
import Readiness

/// Makes the text that is kept of an exchange: capped, and without any secret, even where the target itself says one.
package struct Redactor: Sendable {
    /// Bytes kept of each body. An answer that matters to a check is kept by the check as an observation as well.
    static let bodyCap = 4096

    private let secrets: @Sendable () -> [Secret]

    init(_ secrets: @escaping @Sendable () -> [Secret]) { self.secrets = secrets }

    func transcript(of request: HTTPExchange.Request, _ status: Int, _ body: Data) -> String {
        var text = "\(request.method) \(request.path)\n"
        if let asked = request.body { text += Self.shown(asked[...], of: asked.count) + "\n" }
        text += "\(status)\n"
        // Cleaned before it is cut, so that a secret across the cut does not leave its first half.
        let lead = redacted(String(decoding: body.prefix(Self.bodyCap * 2), as: UTF8.self))
        text += Self.shown(Array(lead.utf8)[...], of: body.count)
        return redacted(text)
    }

    /// The body without any secret, so that none comes into a value either. As it is, where it holds none.
    func redacted(_ body: Data) -> Data {
        let holdsSome = secrets().contains { secret in
            body.withUnsafeBytes { ByteSearch.place(of: Array(secret.reveal().utf8), in: $0) != nil }
        }
        return holdsSome ? Data(redacted(String(decoding: body, as: UTF8.self)).utf8) : body
    }

    func redacted(_ error: ProbeError) -> ProbeError {
        var error = error
        error.detail = redacted(error.detail)
        return error
    }

    /// The same with the secrets of this moment, for many texts at once.
    func current() -> Redactor {
        let secrets = secrets()
        return Redactor { secrets }
    }

    /// What is left of a text that may end in the middle of a secret: the beginning of that one goes as well.
    func redacted(cut bytes: [UInt8]) -> String {
        var clean = Array(redacted(String(decoding: bytes, as: UTF8.self)).utf8)
        // A character that was cut, as decoding spells it.
        while clean.suffix(3) == [0xEF, 0xBF, 0xBD] { clean.removeLast(3) }
        for secret in secrets() {
            let value = Array(secret.reveal().utf8)
            let counts = stride(from: min(value.count - 1, clean.count), through: Self.tellingBeginning, by: -1)
            guard let count = counts.first(where: { clean.suffix($0) == value.prefix($0) }) else { continue }
            clean.removeLast(count)
            clean += secret.description.utf8
        }
        return String(decoding: clean, as: UTF8.self)
    }

    /// Bytes of a secret's beginning that give something of it away. Fewer stand at the end of many an innocent text.
    private static let tellingBeginning = 4

    /// The text without any secret.
    package func redacted(_ text: String) -> String {
        secrets().reduce(text) { text, secret in
            let value = secret.reveal()
            return value.isEmpty
                ? text
                : text.split(separator: value, omittingEmptySubsequences: false)
                    .joined(separator: secret.description)
        }
    }

    private static func shown(_ bytes: ArraySlice<UInt8>, of count: Int) -> String {
        guard bytes.count > bodyCap || count > bodyCap * 2 else { return String(decoding: bytes, as: UTF8.self) }
        return String(decoding: bytes.prefix(bodyCap), as: UTF8.self) + "\n… (\(count) bytes in all)"
    }
}
