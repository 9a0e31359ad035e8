import FoundationEssentials
import Readiness

/// Secrets in every spelling in which they may come back, and where they stand in a text.
///
/// Each character may be spelled as it is, as JSON or a shell escapes it, as a URL does, or as an entity of XML and HTML,
/// each by itself and up to three times over, so that no encoder's taste has to be known. One encoder's spelling inside of
/// another's (JSON in an attribute of HTML) is found where the secret has no sign that both spell. A secret in base64 is found
/// alone and inside of something longer, such as `user:password`.
///
/// A text is looked through once for all of them. What two spellings share is hidden with both, so that of two secrets that
/// begin alike, or overlap, nothing is left.
struct SecretSpellings: Sendable {
    /// What stands in place of a secret.
    static let mark = Array(Secret("").description.utf8)
    /// Bytes of a secret's beginning that give something of it away. Fewer stand at the end of many an innocent text.
    static let tellingBeginning = 4
    /// Fewer signs of base64 stand in many an innocent text.
    private static let leastOfBase64 = 6

    /// By their first byte where they are spelled as they are.
    private var forms = [[SecretForm]](repeating: [], count: 256)
    /// Whether a form may begin with a byte, or what hides another.
    private var begins = [Bool](repeating: false, count: 256)

    private var isEmpty = true

    init(_ secrets: [Secret]) {
        var all: [SecretForm] = []
        // By their bytes: the same letters with an accent of their own are other bytes, and other spellings.
        for bytes in Set(secrets.map { Array($0.reveal().utf8) }) where !bytes.isEmpty {
            let value = String(decoding: bytes, as: UTF8.self)
            all.append(SecretForm(value))
            all += Self.base64(Array(value.utf8))
        }
        guard !all.isEmpty else { return }
        forms = (0..<256).map { byte in all.filter { Int($0.first) == byte } }
        begins = (0..<256).map { byte in
            !forms[byte].isEmpty || SpellingReader.isEscape(UInt8(byte)) || byte == Int(Self.mark[0])
        }
        isEmpty = false
    }

    /// A text without any of them; nil where it holds none.
    ///
    /// - Parameter isCut: whether the text may end in the middle of one: then its beginning goes as well.
    func cleaned(_ bytes: UnsafeRawBufferPointer, isCut: Bool = false) -> [UInt8]? {
        let places = places(in: bytes, isCut: isCut)
        guard !places.isEmpty else { return nil }
        var clean: [UInt8] = []
        var kept = 0
        for place in places {
            clean.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[kept..<place.lowerBound]))
            clean += Self.mark
            kept = place.upperBound
        }
        clean.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[kept...]))
        return clean
    }

    /// Where they stand, in order. No two overlap.
    private func places(in bytes: UnsafeRawBufferPointer, isCut: Bool) -> [Range<Int>] {
        guard !isEmpty else { return [] }
        var found: [Range<Int>] = []
        var reader = SpellingReader(bytes: bytes, isCut: isCut)
        var markEnd = 0
        for place in bytes.indices where begins[Int(bytes[place])] {
            if bytes[place] == Self.mark[0], bytes[place...].starts(with: Self.mark) {
                markEnd = place + Self.mark.count
            }
            for first in reader.firsts(at: place) {
                for form in forms[Int(first)] {
                    // A mark of ours, or what looks like one, is not cleaned again: it says the same of every secret.
                    guard let end = reader.end(of: form, from: place), end > markEnd else { continue }
                    add(whole(form, place..<end, in: bytes), to: &found)
                }
            }
        }
        return found
    }

    private func add(_ range: Range<Int>, to found: inout [Range<Int>]) {
        var range = range
        while let last = found.last, last.upperBound > range.lowerBound {
            range = min(last.lowerBound, range.lowerBound)..<max(last.upperBound, range.upperBound)
            found.removeLast()
        }
        found.append(range)
    }

    /// With what holds some of the form's bits and some of its neighbour's, and with what fills base64 up.
    private func whole(_ form: SecretForm, _ range: Range<Int>, in bytes: UnsafeRawBufferPointer) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        if form.joinsBefore, start > 0, SecretForm.isBase64(bytes[start - 1]) { start -= 1 }
        if form.joinsAfter {
            if end < bytes.count, SecretForm.isBase64(bytes[end]) { end += 1 }
            end += bytes[end...].prefix(2).prefix { $0 == UInt8(ascii: "=") }.count
        }
        return start..<end
    }

    /// What of base64 is the secret's alone, at each of the three places where it may begin.
    private static func base64(_ value: [UInt8]) -> [SecretForm] {
        var forms: [SecretForm] = []
        for shift in 0...2 {
            let text = Data([UInt8](repeating: 0, count: shift) + value).base64EncodedString()
            let bits = (shift + value.count) * 8
            let own = text.dropFirst((shift * 8 + 5) / 6).prefix(bits / 6 - (shift * 8 + 5) / 6)
            var form = SecretForm(String(own), joinsBefore: shift > 0, joinsAfter: bits % 6 != 0)
            if own.utf8.count < leastOfBase64 {
                guard shift == 0 else { continue }
                form = SecretForm(text)
            }
            forms.append(form)
            if form.letters.contains(where: { $0.value == 0x2B || $0.value == 0x2F }) { forms.append(form.forURLs) }
        }
        return forms
    }
}

/// A secret, or what base64 makes of it, letter by letter.
struct SecretForm: Sendable {
    /// A character in what an escape may spell it by.
    struct Letter: Sendable {
        var value: UInt32
        var utf8: [UInt8]
        var utf16: [UInt16]
        /// Bytes of the form before it.
        var offset: Int

        /// Whether it begins an escape, where it stands as it is.
        var isEscape: Bool { utf8.count == 1 && utf8[0] != UInt8(ascii: "+") && SpellingReader.isEscape(utf8[0]) }
    }

    let letters: [Letter]
    /// As it is.
    let utf8: [UInt8]
    /// The letter that each of its bytes is of.
    let places: [Int]
    /// Whether the sign of base64 before it holds bits of it, and the one after it.
    let joinsBefore: Bool
    let joinsAfter: Bool

    /// - Parameter text: not empty.
    init(_ text: String, joinsBefore: Bool = false, joinsAfter: Bool = false) {
        var letters: [Letter] = []
        var places: [Int] = []
        var offset = 0
        for scalar in text.unicodeScalars {
            let utf8 = Array(String(scalar).utf8)
            places += utf8.map { _ in letters.count }
            letters.append(Letter(value: scalar.value, utf8: utf8, utf16: Array(scalar.utf16), offset: offset))
            offset += utf8.count
        }
        self.letters = letters
        self.places = places
        utf8 = Array(text.utf8)
        self.joinsBefore = joinsBefore
        self.joinsAfter = joinsAfter
    }

    /// Its first byte.
    var first: UInt8 { utf8.first ?? 0 }

    /// The same in the base64 of URLs.
    var forURLs: SecretForm {
        var text = String.UnicodeScalarView()
        for letter in letters {
            switch letter.value {
            case 0x2B: text.append("-")
            case 0x2F: text.append("_")
            default: if let scalar = Unicode.Scalar(letter.value) { text.append(scalar) }
            }
        }
        return SecretForm(String(text), joinsBefore: joinsBefore, joinsAfter: joinsAfter)
    }

    /// Whether it is a sign of base64, of either kind.
    static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
