/// Quoting for commands that a person will paste into a POSIX shell.
package enum ShellWord {
    /// The word as it is when it holds only harmless characters, else in single quotes.
    ///
    /// Control characters cannot be pasted safely into a terminal and are replaced by `?`: a file whose name holds one
    /// has to be dealt with by hand.
    package static func quoted(_ word: String) -> String {
        let visible = String(String.UnicodeScalarView(word.unicodeScalars.map { isControl($0) ? "?" : $0 }))
        if !visible.isEmpty, visible.utf8.allSatisfy(isHarmless) { return visible }
        var quoted = "'"
        for character in visible {
            if character == "'" { quoted += "'\\''" } else { quoted.append(character) }
        }
        return quoted + "'"
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0x202A...0x202E).contains(scalar.value)
            || (0x2066...0x2069).contains(scalar.value)
    }

    private static func isHarmless(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_./:=@%+,".utf8.contains(byte)
        }
    }
}
