import Crypto
package import FoundationEssentials
package import Readiness

/// One line of a log: an event, the hash of the line before, and its own hash last.
///
/// The hash covers every byte of the line before its own member, up to and including the comma, so that any change to a
/// line, to its place or to what stands before it shows.
package struct LogLine: Sendable, Equatable {
    /// What happened.
    package var event: ValidationEvent
    /// The hash of the line before; 64 zeros in the first.
    package var previous: String
    /// The hash of this line.
    package var hash: String

    /// What `previous` is in the first line.
    package static let origin = "sha256:" + String(repeating: "0", count: 64)

    /// The longest line that is written or read, bytes.
    package static let maximumLength = 4 << 20

    /// Encodes an event as the line after another. The newline is part of the bytes.
    ///
    /// The bytes are those that the encoder would give for the whole (a test says so); the members around the payload are
    /// written by hand, which takes a third of the time; so are the commonest payloads (`PayloadWriter`).
    ///
    /// - Parameter encoder: one made by `makeEncoder`.
    static func encode(_ event: ValidationEvent, after previous: String, with encoder: JSONEncoder) throws -> (
        bytes: [UInt8], hash: String
    ) {
        let payload = try PayloadWriter.bytes(of: event.body) ?? [UInt8](encoder.encode(event.body.payload))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(payload.count + 480)
        bytes.append(UInt8(ascii: "{"))
        // A check's id, a kind, a time and a hash hold nothing that JSON would escape.
        if let check = event.check {
            bytes += #""check":""#.utf8
            bytes += check.description.utf8
            bytes += #"","#.utf8
        }
        bytes += #""kind":""#.utf8
        bytes += event.body.kind.rawValue.utf8
        bytes += #"","m":"#.utf8
        bytes += String(event.monotonic).utf8
        bytes += #","payload":"#.utf8
        bytes += payload
        bytes += #","prev":""#.utf8
        bytes += previous.utf8
        bytes += #"","#.utf8
        if let round = event.round {
            bytes += #""round":"#.utf8
            bytes += String(round).utf8
            bytes += ",".utf8
        }
        bytes += #""run":"#.utf8
        if event.run.utf8.allSatisfy(\.isPlain) {
            bytes.append(UInt8(ascii: "\""))
            bytes += event.run.utf8
            bytes.append(UInt8(ascii: "\""))
        } else {
            bytes += try encoder.encode(event.run)
        }
        bytes += #","seq":"#.utf8
        bytes += String(event.sequence).utf8
        bytes += #","t":""#.utf8
        bytes += event.time.description.utf8
        bytes += #"","v":"#.utf8
        bytes += String(ValidationEvent.formatVersion).utf8
        bytes.append(UInt8(ascii: ","))
        let hash = "sha256:" + HexDigest.sha256(bytes)
        bytes += #""hash":""#.utf8
        bytes += hash.utf8
        bytes += "\"}\n".utf8
        return (bytes, hash)
    }

    /// An encoder that writes the format's order of members.
    static func makeEncoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// Reads a line without its newline, and holds its bytes against its own hash.
    ///
    /// - Throws: `LogLineError` that says what is wrong with the line by itself; the chain is the verifier's business.
    package init(parsing bytes: some RandomAccessCollection<UInt8>, with decoder: JSONDecoder) throws(LogLineError) {
        hash = try Self.hash(of: bytes)
        let parsed: Parsed
        do { parsed = try decoder.decode(Parsed.self, from: Data(bytes)) } catch {
            throw .malformed("the line is not an event: \(error)")
        }
        event = parsed.event
        previous = parsed.previous
    }

    /// Reads the event of a line alone: for reading back what this process has written.
    static func event(
        of bytes: some RandomAccessCollection<UInt8>, with decoder: JSONDecoder
    ) throws(LogLineError) -> ValidationEvent {
        _ = try hash(of: bytes)
        do { return try decoder.decode(ValidationEvent.self, from: Data(bytes)) } catch {
            throw .malformed("the line is not an event: \(error)")
        }
    }

    /// The hash that a line states, once its bytes have been held against it.
    private static func hash(of bytes: some RandomAccessCollection<UInt8>) throws(LogLineError) -> String {
        let tailLength = #""hash":"sha256:"}"#.utf8.count + 64
        guard bytes.count <= maximumLength else { throw .tooLong }
        guard bytes.count > tailLength else { throw .malformed("the line is too short to hold a hash") }
        let body = bytes.dropLast(tailLength)
        let tail = String(decoding: bytes.suffix(tailLength), as: UTF8.self)
        guard tail.hasPrefix(#""hash":"sha256:"#), tail.hasSuffix("\"}") else {
            throw .malformed("the line does not end in its hash")
        }
        let stated = String(tail.dropFirst(8).dropLast(2))
        guard body.last == UInt8(ascii: ","), "sha256:" + HexDigest.sha256(Array(body)) == stated else {
            throw .changed
        }
        return stated
    }

    private enum ChainKeys: String, CodingKey { case previous = "prev" }

    private struct Parsed: Decodable {
        var event: ValidationEvent
        var previous: String

        init(from decoder: any Decoder) throws {
            event = try ValidationEvent(from: decoder)
            previous = try decoder.container(keyedBy: ChainKeys.self).decode(String.self, forKey: .previous)
        }
    }
}

/// Writes events as the lines of a log, for whoever prints a log as it happens. The same events give the same bytes.
package struct LogLineWriter: Sendable {
    private var previous = LogLine.origin

    /// A writer before the first line.
    package init() {}

    /// The line of the next event, newline included. Events must come in order, from the first.
    package mutating func bytes(of event: ValidationEvent) -> [UInt8] {
        do {
            let (bytes, hash) = try LogLine.encode(event, after: previous, with: LogLine.makeEncoder())
            previous = hash
            return bytes
        } catch {
            preconditionFailure("an event cannot be encoded: \(error)")
        }
    }
}

/// What is wrong with a line by itself.
package enum LogLineError: Error, Equatable, CustomStringConvertible {
    /// Its bytes are not those that its hash was made of.
    case changed
    /// Longer than `LogLine.maximumLength`.
    case tooLong
    /// It is no line of a log.
    case malformed(String)

    /// A sentence without a capital, for "line 12: …".
    package var description: String {
        switch self {
        case .changed: "its bytes are not those that its hash was made of"
        case .tooLong: "it is longer than \(LogLine.maximumLength) bytes"
        case .malformed(let why): why
        }
    }
}

extension UInt8 {
    /// A letter or digit: what every JSON encoder writes as it is.
    fileprivate var isPlain: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self)
    }
}

/// Digests as lower-case hex.
package enum HexDigest {
    /// SHA-256 of some bytes.
    package static func sha256(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: 64) { buffer in
            var place = 0
            for byte in SHA256.hash(data: bytes) {
                buffer[place] = digits[Int(byte >> 4)]
                buffer[place + 1] = digits[Int(byte & 15)]
                place += 2
            }
            return place
        }
    }
}
