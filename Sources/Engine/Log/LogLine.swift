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
    /// - Parameter encoder: one made by `makeEncoder`.
    static func encode(_ event: ValidationEvent, after previous: String, with encoder: JSONEncoder) throws -> (
        bytes: [UInt8], hash: String
    ) {
        var bytes = [UInt8](try encoder.encode(Chained(event: event, previous: previous)))
        bytes.removeLast()
        bytes.append(UInt8(ascii: ","))
        let hash = "sha256:" + HexDigest.sha256(bytes)
        bytes += Array(#""hash":""#.utf8) + Array(hash.utf8) + Array("\"}\n".utf8)
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
        let tailLength = #""hash":"sha256:"}"#.utf8.count + 64
        guard bytes.count <= Self.maximumLength else { throw .tooLong }
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
        let parsed: Parsed
        do { parsed = try decoder.decode(Parsed.self, from: Data(bytes)) } catch {
            throw .malformed("the line is not an event: \(error)")
        }
        event = parsed.event
        previous = parsed.previous
        hash = stated
    }

    private enum ChainKeys: String, CodingKey { case previous = "prev" }

    private struct Chained: Encodable {
        var event: ValidationEvent
        var previous: String

        func encode(to encoder: any Encoder) throws {
            try event.encode(to: encoder)
            var container = encoder.container(keyedBy: ChainKeys.self)
            try container.encode(previous, forKey: .previous)
        }
    }

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
