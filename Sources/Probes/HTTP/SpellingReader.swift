/// Reads a form of a secret in a text, however each of its letters is spelled there.
struct SpellingReader {
    /// How often over a letter may be escaped, the first time apart.
    private static let depth = 2
    /// The most backslashes before an escaped letter: three times over.
    private static let mostBackslashes = 7
    /// No spelling of one letter is longer.
    private static let longest = 40

    /// Entities that have names, by what they stand for.
    private static let names =
        ([
            0x22: ["quot", "QUOT"], 0x26: ["amp", "AMP"], 0x27: ["apos"], 0x3C: ["lt", "LT"], 0x3E: ["gt", "GT"],
            0x20: ["nbsp"], 0x21: ["excl"], 0x23: ["num"], 0x24: ["dollar"], 0x25: ["percnt"], 0x28: ["lpar"],
            0x29: ["rpar"], 0x2A: ["ast"], 0x2B: ["plus"], 0x2C: ["comma"], 0x2E: ["period"], 0x2F: ["sol"],
            0x3A: ["colon"], 0x3B: ["semi"], 0x3D: ["equals"], 0x3F: ["quest"], 0x40: ["commat"], 0x5B: ["lsqb"],
            0x5C: ["bsol"], 0x5D: ["rsqb"], 0x5F: ["lowbar"], 0x60: ["grave"], 0x7B: ["lcub"], 0x7C: ["verbar"],
            0x7D: ["rcub"],
        ] as [UInt32: [String]]).mapValues { names in names.map { Array("\($0);".utf8) } }

    /// The same the other way round: the first byte of what a name stands for.
    private static let named: [UInt64: UInt8] = {
        var named: [UInt64: UInt8] = [:]
        for (value, names) in names {
            for name in names { named[name.dropLast().reduce(0) { $0 << 8 | UInt64($1) }] = UInt8(value) }
        }
        return named
    }()

    let bytes: UnsafeRawBufferPointer
    let isCut: Bool
    private var places: [Int] = []
    private var next: [Int] = []
    private var leads: [UInt8] = []

    init(bytes: UnsafeRawBufferPointer, isCut: Bool) {
        self.bytes = bytes
        self.isCut = isCut
    }

    /// Whether a byte may begin a letter that is not spelled as it is.
    static func isEscape(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\\"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "+"): true
        default: false
        }
    }

    /// The first bytes of what may be spelled at a place, each once: few forms have to be read there.
    mutating func firsts(at place: Int) -> [UInt8] {
        leads.removeAll(keepingCapacity: true)
        leads.append(bytes[place])
        switch bytes[place] {
        case UInt8(ascii: "\\"):
            let run = backslashes(at: place)
            guard run <= Self.mostBackslashes, let sign = byte(at: place + run) else { break }
            lead(sign)
            if sign == UInt8(ascii: "u"), let unit = hex(at: place + run + 1, digits: 4) { lead(ofUnit: unit) }
        case UInt8(ascii: "%"):
            var digits = place + 1
            for _ in 0...Self.depth {
                guard let value = hex(at: digits, digits: 2) else { break }
                lead(UInt8(value))
                guard value == 0x25 else { break }
                digits += 2
            }
        case UInt8(ascii: "&"):
            var start = place + 1
            for _ in 0...Self.depth {
                if let value = number(at: start)?.value, let scalar = Unicode.Scalar(value) {
                    lead(UTF8.encode(scalar)?.first ?? 0)
                } else if let value = name(at: start) {
                    lead(value)
                }
                guard isThere(Self.escapedAmpersand, at: start) else { break }
                start += Self.escapedAmpersand.count
            }
        case UInt8(ascii: "+"): lead(0x20)
        default: break
        }
        return leads
    }

    private mutating func lead(_ byte: UInt8) { if !leads.contains(byte) { leads.append(byte) } }

    /// The first byte in UTF-8 of what begins with a unit of UTF-16.
    private mutating func lead(ofUnit unit: UInt32) {
        switch unit {
        case 0..<0x80: lead(UInt8(unit))
        case 0x80..<0x800: lead(UInt8(0xC0 | unit >> 6))
        case 0xD800..<0xDC00: lead(UInt8(0xF0 | (unit - 0xD800 + 0x40) >> 8))
        default: lead(UInt8(truncatingIfNeeded: 0xE0 | unit >> 12))
        }
    }

    /// Where a form ends that begins at a place; nil where it does not stand there. Of several ends the last.
    mutating func end(of form: SecretForm, from start: Int) -> Int? {
        // As it is, for as long as nothing else can be meant.
        var same = 0
        while same < form.utf8.count, start + same < bytes.count {
            let byte = bytes[start + same]
            if Self.isEscape(byte), byte != UInt8(ascii: "+") || form.utf8[same] == 0x20 { break }
            if byte == Self.quote, form.utf8[same] == byte { break }
            guard byte == form.utf8[same] else { return nil }
            same += 1
        }
        guard same < form.utf8.count else { return start + same }
        let first = form.places[same]
        places.removeAll(keepingCapacity: true)
        places.append(start + form.letters[first].offset)
        for letter in form.letters[first...] {
            next.removeAll(keepingCapacity: true)
            for place in places {
                let before = next.count
                spell(letter, at: place)
                // A sign that itself begins an escape is there as it is, and may be the beginning of its longer spelling.
                if next.count == before || letter.isEscape, isUnfinished(letter, at: place) { return bytes.count }
            }
            guard !next.isEmpty else { return nil }
            swap(&places, &next)
        }
        return places.max()
    }

    /// Whether the text ends in the middle of a letter, or before it, after enough of the form to tell something.
    private func isUnfinished(_ letter: SecretForm.Letter, at place: Int) -> Bool {
        guard isCut, letter.offset >= SecretSpellings.tellingBeginning, bytes.count - place < Self.longest else {
            return false
        }
        let rest = bytes[place...]
        if letter.utf8.starts(with: rest) { return true }
        return rest.first.map(Self.isEscape) == true
            && rest.allSatisfy {
                Self.isEscape($0) || Self.isAlphanumeric($0) || $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: ";")
            }
    }

    /// Adds each place where a letter ends that begins at a place.
    private mutating func spell(_ letter: SecretForm.Letter, at place: Int) {
        guard place < bytes.count else { return }
        if isThere(letter.utf8, at: place) { add(place + letter.utf8.count) }
        switch bytes[place] {
        case UInt8(ascii: "\\"): spellEscaped(letter, at: place)
        case UInt8(ascii: "%"):
            for depth in 0...Self.depth { if let end = percentEnd(letter, at: place, depth) { add(end) } }
        case UInt8(ascii: "&"):
            var place = place + 1
            for _ in 0...Self.depth {
                if let end = entityEnd(letter, at: place) { add(end) }
                guard isThere(Self.escapedAmpersand, at: place) else { break }
                place += Self.escapedAmpersand.count
            }
        case UInt8(ascii: "+"): if letter.value == 0x20 { add(place + 1) }
        case Self.quote: if isThere(Self.quoteInQuotes, at: place) { add(place + Self.quoteInQuotes.count) }
        default: break
        }
    }

    private static let quote = UInt8(ascii: "'")
    /// How a shell's word in single quotes spells one: it ends, has one, and begins again.
    private static let quoteInQuotes = Array(#"'\''"#.utf8)

    private static let escapedAmpersand = Array("amp;".utf8)

    private mutating func add(_ end: Int) {
        // Ways of counting backslashes meet again.
        if !next.contains(end) { next.append(end) }
    }

    /// `\"`, `\/`, `\\`, `\u0022`, and the same again inside of a string.
    private mutating func spellEscaped(_ letter: SecretForm.Letter, at place: Int) {
        let run = backslashes(at: place)
        if letter.value == 0x5C { for count in [2, 4, 8] where run >= count { add(place + count) } }
        guard run <= Self.mostBackslashes, place + run < bytes.count else { return }
        let isSign = letter.value < 0x80 && !Self.isAlphanumeric(UInt8(truncatingIfNeeded: letter.value))
        if isSign, UInt32(bytes[place + run]) == letter.value { add(place + run + 1) }
        var end = place
        for unit in letter.utf16 {
            let run = backslashes(at: end)
            guard (1...Self.mostBackslashes).contains(run), byte(at: end + run) == UInt8(ascii: "u"),
                hex(at: end + run + 1, digits: 4) == UInt32(unit)
            else { return }
            end += run + 5
        }
        add(end)
    }

    private func backslashes(at place: Int) -> Int {
        var run = 0
        while place + run < bytes.count, run <= Self.mostBackslashes, bytes[place + run] == UInt8(ascii: "\\") {
            run += 1
        }
        return run
    }

    /// `%22`; `%2522` where it was escaped again.
    private func percentEnd(_ letter: SecretForm.Letter, at place: Int, _ depth: Int) -> Int? {
        var place = place
        for wanted in letter.utf8 {
            guard byte(at: place) == UInt8(ascii: "%") else { return nil }
            place += 1
            for _ in 0..<depth {
                guard byte(at: place) == UInt8(ascii: "2"), byte(at: place + 1) == UInt8(ascii: "5") else { return nil }
                place += 2
            }
            guard hex(at: place, digits: 2) == UInt32(wanted) else { return nil }
            place += 2
        }
        return place
    }

    /// `quot;`, `#34;`, `#x22;`, whose `&` lies before the place.
    private func entityEnd(_ letter: SecretForm.Letter, at place: Int) -> Int? {
        if let number = number(at: place) { return number.value == letter.value ? number.end : nil }
        return Self.names[letter.value]?.first { isThere($0, at: place) }.map { place + $0.count }
    }

    /// `#34;`, `#x22;`, and where it ends.
    private func number(at place: Int) -> (value: UInt32, end: Int)? {
        guard byte(at: place) == UInt8(ascii: "#") else { return nil }
        var digit = place + 1
        let isHex = byte(at: digit).map { $0 | 0x20 == UInt8(ascii: "x") } == true
        if isHex { digit += 1 }
        var value: UInt32 = 0
        let first = digit
        // Zeros may stand before it.
        let last = min(bytes.count, first + 10)
        while digit < last, let one = Self.hex(bytes[digit]), isHex || one < 10 {
            value = value &* (isHex ? 16 : 10) &+ one
            digit += 1
        }
        guard digit > first, byte(at: digit) == UInt8(ascii: ";") else { return nil }
        return (value: value, end: digit + 1)
    }

    /// The first byte of what an entity's name stands for.
    private func name(at place: Int) -> UInt8? {
        var key: UInt64 = 0
        for index in place..<min(place + 8, bytes.count) {
            guard Self.isAlphanumeric(bytes[index]) else {
                return bytes[index] == UInt8(ascii: ";") ? Self.named[key] : nil
            }
            key = key << 8 | UInt64(bytes[index])
        }
        return nil
    }

    private func byte(at place: Int) -> UInt8? { place < bytes.count ? bytes[place] : nil }

    private func isThere(_ wanted: [UInt8], at place: Int) -> Bool {
        guard place + wanted.count <= bytes.count else { return false }
        for index in wanted.indices where bytes[place + index] != wanted[index] { return false }
        return true
    }

    private func hex(at place: Int, digits: Int) -> UInt32? {
        guard place + digits <= bytes.count else { return nil }
        var value: UInt32 = 0
        for index in place..<(place + digits) {
            guard let digit = Self.hex(bytes[index]) else { return nil }
            value = value << 4 | digit
        }
        return value
    }

    private static func hex(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 48...57: UInt32(byte - 48)
        case 65...70: UInt32(byte - 55)
        case 97...102: UInt32(byte - 87)
        default: nil
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: false
        }
    }
}
