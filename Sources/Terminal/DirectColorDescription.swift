import FoundationEssentials

/// Makes a description of a terminal with direct colour out of the installed one of the same terminal.
///
/// Few systems have `xterm-direct` and its like installed, but ncurses takes a whole compiled description from the
/// environment as `TERMINFO=b64:…` (console.md 5.4). The user's own entry is taken, its colours are replaced and `RGB`
/// is added, so that everything else about the terminal stays as it is. Format: term(5).
package enum DirectColorDescription {
    private static let legacyMagic = 0o432
    private static let wideMagic = 0o1036
    private static let maxColors = 13
    private static let maxPairs = 14
    private static let canChange = 27
    private static let setForeground = 359
    private static let setBackground = 360

    /// The value for `TERMINFO`; nil when the entry is not found or not understood.
    package static func environmentValue(for type: String, _ environment: [String: String]) -> String? {
        guard let first = type.utf8.first, type.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") })
        else {
            return nil
        }
        var folders: [String] = []
        if let own = environment["TERMINFO"], !own.hasPrefix("b64:"), !own.hasPrefix("hex:") { folders.append(own) }
        if let home = environment["HOME"] { folders.append(home + "/.terminfo") }
        folders += (environment["TERMINFO_DIRS"] ?? "").split(separator: ":").map(String.init)
        folders += ["/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo", "/usr/lib/terminfo"]
        let hex = String(first, radix: 16)
        for folder in folders {
            for letter in [String(UnicodeScalar(first)), hex] {
                guard let data = FileManager.default.contents(atPath: "\(folder)/\(letter)/\(type)") else { continue }
                guard let patched = patched([UInt8](data)) else { return nil }
                return "b64:" + Data(patched).base64EncodedString()
            }
        }
        return nil
    }

    /// The entry with direct colour, in the format with 32-bit numbers; nil when it is not well-formed.
    package static func patched(_ entry: [UInt8]) -> [UInt8]? {
        func short(_ at: Int) -> Int? {
            guard at + 1 < entry.count else { return nil }
            return Int(Int16(bitPattern: UInt16(entry[at]) | UInt16(entry[at + 1]) << 8))
        }
        guard entry.count < 32_768, let magic = short(0), magic == legacyMagic || magic == wideMagic,
            let names = short(2), let flags = short(4), let numbers = short(6), let strings = short(8),
            let table = short(10),
            names >= 0, flags > canChange, numbers > maxPairs, strings > setBackground, table >= 0
        else { return nil }
        let width = magic == wideMagic ? 4 : 2
        var at = 12
        let nameBytes = entry[at..<min(entry.count, at + names)]
        at += names
        guard nameBytes.last == 0, at + flags <= entry.count else { return nil }
        var flagBytes = Array(entry[at..<at + flags])
        at += flags
        if at % 2 == 1 { at += 1 }
        var values: [Int32] = []
        for place in 0..<numbers {
            let from = at + place * width
            guard let low = short(from) else { return nil }
            guard width == 4 else {
                values.append(Int32(low))
                continue
            }
            guard let high = short(from + 2) else { return nil }
            values.append(Int32(truncatingIfNeeded: (low & 0xFFFF) | high << 16))
        }
        at += numbers * width
        var offsets: [Int] = []
        for place in 0..<strings {
            guard let offset = short(at + place * 2) else { return nil }
            offsets.append(offset)
        }
        at += strings * 2
        guard at + table <= entry.count else { return nil }
        var tableBytes = Array(entry[at..<at + table])

        flagBytes[canChange] = 0
        values[maxColors] = 0x100_0000
        values[maxPairs] = 0x1_0000
        for (place, layer) in [(setForeground, "3"), (setBackground, "4")] {
            offsets[place] = tableBytes.count
            tableBytes += Array(sequence(layer).utf8) + [0]
        }

        var out: [UInt8] = []
        func append(_ value: Int) { out += [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)] }
        for value in [wideMagic, names, flags, numbers, strings, tableBytes.count] { append(value) }
        out += nameBytes + flagBytes
        if out.count % 2 == 1 { out.append(0) }
        for value in values {
            append(Int(value) & 0xFFFF)
            append(Int(value) >> 16 & 0xFFFF)
        }
        for offset in offsets { append(offset) }
        out += tableBytes
        if out.count % 2 == 1 { out.append(0) }
        // The extended part: one flag, RGB, whose name is the only string.
        for value in [1, 0, 0, 1, 4] { append(value) }
        out += [1, 0]
        append(0)
        out += Array("RGB".utf8) + [0]
        return out.count <= 32_768 ? out : nil
    }

    /// The first eight numbers are the user's palette, all others red, green and blue.
    private static func sequence(_ layer: String) -> String {
        "\u{1B}[%?%p1%{8}%<%t\(layer)%p1%d%e\(layer)8;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m"
    }
}
