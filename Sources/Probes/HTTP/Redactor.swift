package import FoundationEssentials
package import Readiness
import Synchronization

/// Makes the text that is kept of an exchange: capped, and without any secret, even where the target itself says one.
package struct Redactor: Sendable {
    /// Bytes kept of each body. An answer that matters to a check is kept by the check as an observation as well.
    static let bodyCap = 4096

    private let secrets: @Sendable () -> [Secret]
    private let known: KnownSpellings

    /// Hides these values, asked for each time.
    package init(_ secrets: @escaping @Sendable () -> [Secret]) { self.init(secrets, KnownSpellings()) }

    private init(_ secrets: @escaping @Sendable () -> [Secret], _ known: KnownSpellings) {
        self.secrets = secrets
        self.known = known
    }

    func transcript(of request: HTTPExchange.Request, _ status: Int, _ body: Data) -> String {
        var text = "\(request.method) \(request.path)\n"
        if let asked = request.body { text += shown(asked) + "\n" }
        text += "\(status)\n"
        text += shown(body)
        return redacted(text)
    }

    /// The bytes without any secret, so that none comes into a value either. As they are, where they hold none.
    package func redacted(_ body: Data) -> Data {
        let spellings = known.spellings(of: secrets())
        return body.withUnsafeBytes { spellings.cleaned($0) }.map { Data($0) } ?? body
    }

    func redacted(_ error: ProbeError) -> ProbeError {
        var error = error
        error.detail = redacted(error.detail)
        return error
    }

    /// The same with the secrets of this moment, for many texts at once.
    func current() -> Redactor {
        let secrets = secrets()
        return Redactor({ secrets }, known)
    }

    /// What is left of a text that may end in the middle of a secret: the beginning of that one goes as well.
    package func redacted(cut bytes: [UInt8]) -> String {
        let clean = bytes.withUnsafeBytes { known.spellings(of: secrets()).cleaned($0, isCut: true) } ?? bytes
        var text = redacted(String(decoding: clean, as: UTF8.self))
        // A character that was cut, as decoding spells it.
        while text.unicodeScalars.last == "\u{FFFD}" { text.unicodeScalars.removeLast() }
        return text
    }

    /// The text without any secret.
    package func redacted(_ text: String) -> String {
        let secrets = secrets()
        let clean = Array(text.utf8).withUnsafeBytes { known.spellings(of: secrets).cleaned($0) }
        let text = clean.map { String(decoding: $0, as: UTF8.self) } ?? text
        // An accent may be a character of its own or not; that makes no difference to Swift, and a great one to bytes.
        return secrets.lazy.map { $0.reveal() }.filter { !$0.utf8.allSatisfy { $0 < 0x80 } }.reduce(text) {
            text, value in
            text.split(separator: value, omittingEmptySubsequences: false)
                .joined(separator: String(decoding: SecretSpellings.mark, as: UTF8.self))
        }
    }

    /// The beginning of what may be long, without any secret: cleaned before it is cut, so that a secret across the cut
    /// does not leave its first half.
    ///
    /// - Parameter dropped: bytes that have been cut off already.
    func beginning(of bytes: some Collection<UInt8>, dropped: Int = 0) -> (text: String, isWhole: Bool) {
        let lead = Array(bytes.prefix(Self.bodyCap * 2))
        let isLeadWhole = lead.count == bytes.count && dropped == 0
        let clean = isLeadWhole ? redacted(String(decoding: lead, as: UTF8.self)) : redacted(cut: lead)
        guard !isLeadWhole || clean.utf8.count > Self.bodyCap else { return (text: clean, isWhole: true) }
        return (text: String(decoding: clean.utf8.prefix(Self.bodyCap), as: UTF8.self), isWhole: false)
    }

    private func shown(_ bytes: some Collection<UInt8>) -> String {
        let beginning = beginning(of: bytes)
        return beginning.isWhole ? beginning.text : "\(beginning.text)\n… (\(bytes.count) bytes in all)"
    }
}

/// The spellings of the secrets that were asked for last: they are worked out once, not for each text.
private final class KnownSpellings: Sendable {
    private let last = Mutex((secrets: [Secret](), spellings: SecretSpellings([])))

    func spellings(of secrets: [Secret]) -> SecretSpellings {
        last.withLock { last in
            if !last.secrets.elementsEqual(secrets, by: { $0.reveal().utf8.elementsEqual($1.reveal().utf8) }) {
                last = (secrets: secrets, spellings: SecretSpellings(secrets))
            }
            return last.spellings
        }
    }
}
