import FoundationEssentials
import Probes
import Readiness
import Testing
import Validators

struct RedactorTests {
    private static func redactor(_ secrets: String...) -> Redactor { redactor(secrets) }

    private static func redactor(_ secrets: [String]) -> Redactor {
        let secrets = secrets.map { Secret($0) }
        return Redactor { secrets }
    }

    // MARK: - Several secrets

    @Test(arguments: [
        (["abc", "abcdef"], "x abcdef y abc z", "x <secret> y <secret> z"),
        (["abcdef", "abc"], "x abcdef y abc z", "x <secret> y <secret> z"),
        (["abcdef", "abcxyz", "abc"], "abcxyz abcdxyz", "<secret> <secret>dxyz"),
        // They overlap in the text, or one with itself, or lie side by side.
        (["abcd", "cdef"], "1abcdef2", "1<secret>2"), (["cdef", "abcd", "efgh"], "abcdefgh", "<secret>"),
        (["aba"], "ababa", "<secret>"), (["abc"], "abcabc", "<secret><secret>"),
        // One is a part of what stands in place of another.
        (["secret", "e", "<"], "a secret", "a <secret>"),
    ])
    func `nothing is left of secrets that begin alike or overlap`(secrets: [String], text: String, clean: String) {
        let redactor = Self.redactor(secrets)
        #expect(redactor.redacted(text) == clean)
        #expect(redactor.redacted(redactor.redacted(text)) == clean)
        #expect(redactor.redacted(Data(text.utf8)) == Data(clean.utf8))
    }

    @Test(arguments: 0..<300)
    func `every byte that is part of a secret goes, and no other`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        func word(_ length: ClosedRange<Int>) -> [UInt8] {
            (0..<Int.random(in: length, using: &random)).map { _ in UInt8.random(in: 97...99, using: &random) }
        }
        var secrets = (0..<3).map { _ in word(2...6) }
        // One that begins as another, and one that ends as another begins.
        secrets.append(secrets[0] + word(1...3))
        secrets.append(word(1...2) + secrets[1].prefix(2))
        var text: [UInt8] = []
        for _ in 0..<12 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: text += word(1...3)
            case 1: text += Array("7 ".utf8)
            default:
                let secret = secrets[Int.random(in: secrets.indices, using: &random)]
                // What the text ends with already may be the secret's beginning.
                let shared = (0...secret.count).last { text.suffix($0) == secret.prefix($0) } ?? 0
                text += secret.dropFirst(shared)
            }
        }
        // The same by looking at each place for each secret.
        var found: [Range<Int>] = []
        for place in text.indices {
            for secret in secrets where text[place...].starts(with: secret) {
                var range = place..<(place + secret.count)
                while let last = found.last, last.upperBound > range.lowerBound {
                    range = min(last.lowerBound, range.lowerBound)..<max(last.upperBound, range.upperBound)
                    found.removeLast()
                }
                found.append(range)
            }
        }
        var expected = text
        for range in found.reversed() { expected.replaceSubrange(range, with: "<secret>".utf8) }
        let redactor = Self.redactor(secrets.shuffled(using: &random).map { String(decoding: $0, as: UTF8.self) })
        let clean = redactor.redacted(String(decoding: text, as: UTF8.self))
        #expect(clean == String(decoding: expected, as: UTF8.self), "of \(String(decoding: text, as: UTF8.self))")
    }

    // MARK: - Spellings

    /// With everything that a spelling changes.
    private static let marker = #"hp/marker "token"+5e1f<7>&'é\😀"#

    private static func spelled(_ text: String, _ spelling: (Unicode.Scalar) -> String) -> String {
        text.unicodeScalars.map(spelling).joined()
    }

    private static func inJSON(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }

    private static func escaped(_ scalar: Unicode.Scalar, uppercase: Bool) -> String {
        scalar.utf16.map { unit in
            let digits = String(unit, radix: 16, uppercase: uppercase)
            return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
        }.joined()
    }

    private static func percent(_ text: String, uppercase: Bool = true) -> String {
        text.utf8.map { byte in
            switch byte {
            case 48...57, 65...90, 97...122: String(Unicode.Scalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: uppercase)
            }
        }.joined()
    }

    private static func entity(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": "&quot;"
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        case "'": "&apos;"
        case "/": "&sol;"
        default: String(scalar)
        }
    }

    private static let spellings: [String] = [
        marker, inJSON(marker), inJSON(inJSON(marker)), inJSON(marker).replacing("/", with: "\\/"),
        inJSON(inJSON(marker).replacing("/", with: "\\/")),
        spelled(marker) { escaped($0, uppercase: true) }, spelled(marker) { escaped($0, uppercase: false) },
        inJSON(spelled(marker) { escaped($0, uppercase: false) }),
        // As encoders do that are afraid of HTML.
        inJSON(marker).replacing("<", with: "\\u003c").replacing("&", with: "\\u0026").replacing(
            "\\\"", with: "\\u0022"),
        percent(marker), percent(marker, uppercase: false), percent(marker).replacing("%20", with: "+"),
        percent(percent(marker)), percent(marker).replacing("%2F", with: "/"), inJSON(percent(marker)),
        spelled(marker, entity), spelled(spelled(marker, entity), entity), spelled(marker) { "&#\($0.value);" },
        spelled(marker) { "&#x\(String($0.value, radix: 16));" },
        spelled(marker) { "&#X00\(String($0.value, radix: 16, uppercase: true));" },
        inJSON(spelled(marker, entity)), Data(marker.utf8).base64EncodedString(),
        Data(marker.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_"),
        Data(marker.utf8).base64EncodedString().replacing("/", with: "\\/"),
        percent(Data(marker.utf8).base64EncodedString().replacing("=", with: "")),
    ]

    @Test(arguments: spellings)
    func `a secret goes in whichever way it is spelled`(spelling: String) {
        // Another one that begins alike takes nothing away from it.
        let redactor = Self.redactor("hp/mark", Self.marker)
        let text = "before \(spelling) after"
        #expect(redactor.redacted(text) == "before <secret> after")
        #expect(redactor.redacted(Data(text.utf8)) == Data("before <secret> after".utf8))
    }

    @Test(arguments: ["", "u", "us", "desk:", "desk: ", "desk-2:"], ["", "x", "xy", "xyz"])
    func `a secret goes out of base64 that holds more than it`(before: String, after: String) throws {
        let encoded = Data("\(before)\(Self.marker)\(after)".utf8).base64EncodedString()
        for text in [encoded, encoded.replacing("+", with: "-").replacing("/", with: "_")] {
            let clean = Self.redactor(Self.marker).redacted("Authorization: Basic \(text)\r\n")
            #expect(clean.hasPrefix("Authorization: Basic ") && clean.hasSuffix("\r\n"), "\(clean)")
            let left = clean.dropFirst("Authorization: Basic ".utf8.count).dropLast().split(separator: "<secret>")
            // The signs of what is around it, and not one that holds a bit of it.
            #expect(left.map(\.utf8.count).reduce(0, +) <= (before + after).utf8.count * 8 / 6 + 2, "\(clean)")
            #expect(clean.contains("<secret>"))
        }
    }

    @Test func `what holds no secret stays as it is, byte by byte`() {
        let redactor = Self.redactor("hp marker", "abc%41", #"a\b"#)
        let text = #"hp%2 mar &quot hp&#3;marker \u00 \\\\ %%%25 a\\\u0063 +++ hp\u0020mark"#
        #expect(redactor.redacted(text) == text)
        let binary = Data([0xFF, 0xC3]) + Data("hp marker".utf8) + Data([0xFE, 0x0A])
        #expect(redactor.redacted(binary) == Data([0xFF, 0xC3]) + Data("<secret>".utf8) + Data([0xFE, 0x0A]))
        // An accent after it is a character together with its last letter.
        #expect(!redactor.redacted("hp marker\u{301}").contains("marker"))
        #expect(Self.redactor("caf\u{E9}-au-lait").redacted("a cafe\u{301}-au-lait") == "a <secret>")
    }

    // MARK: - Pieces

    @Test(arguments: [
        marker, percent(marker), spelled(marker) { escaped($0, uppercase: false) },
        spelled(marker) { "&#\($0.value);" },
        Data(marker.utf8).base64EncodedString(),
    ])
    func `a text that ends in the middle of a secret holds no telling beginning of it`(spelling: String) {
        let redactor = Self.redactor("hp/mark", Self.marker, "zzz")
        let text = Array("before \(spelling)".utf8)
        // Four letters: the first sign of each spelling of the fifth is what no piece may reach.
        let letters = spelling.hasPrefix("\\u") ? 24 : spelling.hasPrefix("&") ? 24 : spelling.hasPrefix("hp%") ? 6 : 4
        let telling = String(decoding: Array(spelling.utf8).prefix(letters), as: UTF8.self)
        for count in text.indices {
            let clean = redactor.redacted(cut: Array(text.prefix(count)))
            #expect(!clean.contains(telling), "\(count): \(clean)")
            #expect(clean.hasPrefix(String(decoding: text.prefix(min(count, 7)), as: UTF8.self)))
        }
    }

    @Test(arguments: [
        ("hunter&2secret", "hunter&amp;2secret", "hunter"), ("abcd%efgh", "abcd%25efgh", "abcd"),
        (#"abcd\efgh"#, #"abcd\\efgh"#, "abcd"), (#"abcd\efgh"#, #"abcd\u005cefgh"#, "abcd"),
        (#"abcd"xyz"#, "abcd&amp;#34;xyz", "abcd"),
    ])
    func `a cut inside of an escape leaves no beginning either`(secret: String, spelling: String, telling: String) {
        let redactor = Self.redactor(secret)
        let text = Array(spelling.utf8)
        for count in (telling.utf8.count + 1)...text.count {
            let clean = redactor.redacted(cut: Array(text.prefix(count)))
            #expect(!clean.contains(telling), "\(count): \(clean)")
        }
    }

    @Test func `a secret goes in the spelling of a shell, as a trace shows it`() {
        #expect(Self.redactor("it's-4711").redacted(#"+ echo 'it'\''s-4711'"#) == "+ echo '<secret>'")
        #expect(Self.redactor("it's-4711").redacted("its it's-4711.") == "its <secret>.")
    }

    @Test func `two secrets that only their bytes tell apart are two`() {
        let redactor = Self.redactor("caf\u{E9}-au-lait", "cafe\u{301}-au-lait")
        for text in ["caf\u{E9}-au-lait", "cafe\u{301}-au-lait"] {
            #expect(redactor.redacted(Data("a \(text)".utf8)) == Data("a <secret>".utf8))
        }
    }

    @Test func `a secret across the cut of what a command prints leaves no half of it`() async throws {
        let commands = DeclaredCommands(
            secret: { (_) throws(ProbeError) in Secret("marker-7731") }, redacting: { [Secret("marker-7731")] })
        let answer = try await commands.run(
            CommandRequirement(
                ["sh", "-c", "printf '%04089d%s' 0 \"$T\"; printf '%08185d%s%s' 0 \"$T\" \"$T\" >&2"],
                secretEnvironment: ["T": "t"], form: .stated(exitCode: 0, text: .init())))
        #expect(answer.value.exitCode == 0)
        #expect(answer.transcript.contains("output, 4100 bytes") && answer.transcript.contains("errors, 8207 bytes"))
        #expect(!answer.transcript.contains("mark"))
    }
}
