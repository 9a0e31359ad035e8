import Readiness

/// Writes the payloads that come with every check by hand: byte for byte what the encoder gives (tests say so), in a small
/// part of its time. Everything else, and any text that JSON would escape, is the encoder's.
struct PayloadWriter {
    private var bytes: [UInt8] = []
    /// Set by a text that is not for writing as it is.
    private var isBeyond = false

    /// The payload's bytes; nil for one that the encoder has to write.
    static func bytes(of body: EventBody) -> [UInt8]? {
        var writer = PayloadWriter()
        switch body {
        case .checkQueued: return Array("{}".utf8)
        case .checkStarted(let started): writer.write(started)
        case .checkEvidence(let evidence): writer.write(evidence)
        case .checkFinished(let finished) where finished.remediation == nil: writer.write(finished)
        default: return nil
        }
        return writer.isBeyond ? nil : writer.bytes
    }

    private mutating func write(_ started: CheckStarted) {
        member("attempt", started.attempt)
        end()
    }

    private mutating func write(_ evidence: Evidence) {
        bytes.reserveCapacity(360)
        member("collected_at", evidence.collectedAt.description)
        member("evidence_id", evidence.id)
        member("grade", evidence.grade.rawValue)
        member("kind", evidence.kind.rawValue)
        member("media_type", evidence.mediaType)
        member("path", evidence.path)
        member("provenance", evidence.provenance.rawValue)
        member("sha256", evidence.sha256)
        member("size", evidence.size)
        end()
    }

    private mutating func write(_ finished: CheckFinished) {
        bytes.reserveCapacity(240)
        member("attempts", finished.attempts)
        member("blocked_by", finished.blockedBy?.description)
        member("duration_ms", finished.durationMs)
        member("grade", finished.grade.rawValue)
        member("message", finished.message)
        member("observation", finished.observation)
        member("outcome", finished.outcome.rawValue)
        member("reason", finished.reason)
        member("root_cause", finished.rootCause?.description)
        end()
    }

    // MARK: - Members

    private mutating func name(_ name: StaticString) {
        bytes.append(bytes.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func member(_ name: StaticString, _ number: some BinaryInteger) {
        self.name(name)
        bytes.append(contentsOf: String(number).utf8)
    }

    private mutating func member(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        self.name(name)
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            // Control characters, quotes and backslashes are escaped; beyond ASCII the encoder knows best.
            let isPlain = (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            if !isPlain { isBeyond = true }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func end() { bytes.append(UInt8(ascii: "}")) }
}
