/// What declared checks look with: each is small, and knows nothing of criteria.
package struct DeclaredProbes: Sendable {
    /// Asks any URL of the profile.
    package var web: any WebProbe
    /// Runs commands of the profile.
    package var commands: any CommandProbe
    /// Looks at files.
    package var files: any FileProbe
    /// Knocks at ports.
    package var ports: any PortProbe
    /// Looks at certificates.
    package var certificates: any CertificateProbe
    /// The target's database.
    package var ledger: any LedgerProbe

    /// Gathers probes.
    package init(
        web: any WebProbe, commands: any CommandProbe, files: any FileProbe, ports: any PortProbe,
        certificates: any CertificateProbe, ledger: any LedgerProbe
    ) {
        self.web = web
        self.commands = commands
        self.files = files
        self.ports = ports
        self.certificates = certificates
        self.ledger = ledger
    }

    /// Probes of no target: for listing and for judging stored observations. Each answers with an error of ours.
    package static var offline: DeclaredProbes {
        let nobody = NobodyThere()
        return DeclaredProbes(
            web: nobody, commands: nobody, files: nobody, ports: nobody, certificates: nobody,
            ledger: TargetProbes.offline.ledger)
    }
}

/// Asks over HTTP, once, following nothing.
package protocol WebProbe: Sendable {
    /// Asks as the requirement says. Any status is an answer.
    func ask(_ requirement: HTTPRequirement) async throws(ProbeError) -> Answer<WebAnswer>

    /// The URL of the target's surface without a path, for a command that a person pastes; nil where it is not known.
    var surfaceAddress: String? { get }
}

/// What came back over HTTP.
package struct WebAnswer: Sendable, Equatable {
    /// The status.
    package var status: Int
    /// The body, without secrets, at most a MiB: more is nonsense.
    package var body: [UInt8]

    /// States an answer.
    package init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}

/// Runs a command of the profile.
package protocol CommandProbe: Sendable {
    /// Runs it to its end. Any end but that of its limit is an answer.
    func run(_ requirement: CommandRequirement) async throws(ProbeError) -> Answer<CommandAnswer>
}

/// What became of a command.
package struct CommandAnswer: Sendable, Equatable {
    /// Its exit code; nil when a signal ended it.
    package var exitCode: Int32?
    /// Standard output, then standard error; what is not UTF-8 becomes U+FFFD.
    package var text: String
    /// Standard output alone.
    package var output: String
    /// Whether more was said than is kept: what must not stand in the text is then not known.
    package var isCut: Bool
    /// How many processes it left behind.
    package var leftBehind: Int

    /// States an end.
    package init(exitCode: Int32?, output: String, errors: String = "", isCut: Bool = false, leftBehind: Int = 0) {
        self.exitCode = exitCode
        self.output = output
        text = errors.isEmpty ? output : output + "\n" + errors
        self.isCut = isCut
        self.leftBehind = leftBehind
    }
}

/// Looks at a file without ever changing or making one.
package protocol FileProbe: Sendable {
    /// What a file is, as far as the requirement asks. A file that is not there is an answer.
    func look(_ requirement: FileRequirement) async throws(ProbeError) -> Answer<FileFacts>
    /// Reads a whole file for a report, at most `cap` bytes.
    func read(_ path: String, cap: Int) async throws(ProbeError) -> Answer<FileContent>
}

/// What a file is.
package struct FileFacts: Sendable, Codable, Equatable {
    /// Whether there is a regular file.
    package var exists: Bool
    /// What is there in place of a regular file: `a folder`; nil otherwise.
    package var other: String?
    /// The permission bits.
    package var mode: Int
    /// Bytes.
    package var size: Int64
    /// Microseconds since its last change, by this machine's clock; negative for one of the future.
    package var ageMicroseconds: Int64
    /// What of the text requirement is not met; nil when none was asked.
    package var misses: [String]?
    /// SHA-256 in lower-case hex; nil when none was asked.
    package var sha256: String?

    /// States what a file is.
    package init(
        exists: Bool, other: String? = nil, mode: Int = 0, size: Int64 = 0, ageMicroseconds: Int64 = 0,
        misses: [String]? = nil, sha256: String? = nil
    ) {
        self.exists = exists
        self.other = other
        self.mode = mode
        self.size = size
        self.ageMicroseconds = ageMicroseconds
        self.misses = misses
        self.sha256 = sha256
    }
}

/// A whole small file.
package struct FileContent: Sendable, Equatable {
    /// All of it.
    package var bytes: [UInt8]
    /// Microseconds since its last change.
    package var ageMicroseconds: Int64

    /// The age below which a file is of the future: a clock that was set back by less than this forges nothing.
    package static let futureLeeway = Duration.seconds(-60)
    /// SHA-256 in lower-case hex.
    package var sha256: String

    /// States a file's content.
    package init(bytes: [UInt8], ageMicroseconds: Int64, sha256: String) {
        self.bytes = bytes
        self.ageMicroseconds = ageMicroseconds
        self.sha256 = sha256
    }
}

/// Knocks at a TCP port.
package protocol PortProbe: Sendable {
    /// Whether a connection comes about. Nothing is sent.
    func knock(_ requirement: PortRequirement) async throws(ProbeError) -> Answer<PortState>
}

/// What knocking at a port came to.
package enum PortState: String, Sendable, Codable {
    /// Something listens.
    case open
    /// The host said that nothing does.
    case refused
    /// Nobody said anything within the limit.
    case silent
}

/// Looks at certificates.
package protocol CertificateProbe: Sendable {
    /// What the certificate is. One that is not good is an answer; only a place without any throws.
    func look(_ requirement: CertificateRequirement) async throws(ProbeError) -> Answer<CertificateFacts>
}

/// What a certificate is.
package struct CertificateFacts: Sendable, Codable, Equatable {
    /// Its subject, in words.
    package var subject: String
    /// Not valid before.
    package var notBefore: UTCInstant
    /// Not valid after.
    package var notAfter: UTCInstant
    /// When it was looked at.
    package var lookedAt: UTCInstant
    /// Why no chain leads to a trusted root at that moment; nil when one does. Expiry and the name are apart.
    package var chainTrouble: String?
    /// Whether it is good for the expected name; nil when none was asked.
    package var coversName: Bool?
    /// The names that it is good for.
    package var names: [String]
    /// SHA-256 of its DER form, lower-case hex.
    package var sha256: String

    /// States what a certificate is.
    package init(
        subject: String, notBefore: UTCInstant, notAfter: UTCInstant, lookedAt: UTCInstant, chainTrouble: String?,
        coversName: Bool?, names: [String], sha256: String
    ) {
        self.subject = subject
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.lookedAt = lookedAt
        self.chainTrouble = chainTrouble
        self.coversName = coversName
        self.names = names
        self.sha256 = sha256
    }
}

private struct NobodyThere: WebProbe, CommandProbe, FileProbe, PortProbe, CertificateProbe {
    func nobody<Value>() throws(ProbeError) -> Value { throw ProbeError(ourSide: "there is no target to ask") }
    func ask(_ requirement: HTTPRequirement) async throws(ProbeError) -> Answer<WebAnswer> { try nobody() }
    var surfaceAddress: String? { nil }
    func run(_ requirement: CommandRequirement) async throws(ProbeError) -> Answer<CommandAnswer> { try nobody() }
    func look(_ requirement: FileRequirement) async throws(ProbeError) -> Answer<FileFacts> { try nobody() }
    func read(_ path: String, cap: Int) async throws(ProbeError) -> Answer<FileContent> { try nobody() }
    func knock(_ requirement: PortRequirement) async throws(ProbeError) -> Answer<PortState> { try nobody() }
    func look(_ requirement: CertificateRequirement) async throws(ProbeError) -> Answer<CertificateFacts> {
        try nobody()
    }
}
