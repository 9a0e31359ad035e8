import FoundationEssentials
import Readiness

/// Bounds for what a target says: text that is shown and lists that are walked through.
enum WireText {
    /// The most entries that a list of an answer may have.
    static let listCap = 4096

    /// Whether it can stand for a thing in a sentence: 1 to 128 bytes without a control character.
    static func isName(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && !text.unicodeScalars.contains(where: isControl)
    }

    /// Whether it is a word of the contract: 1 to `cap` characters of `A-Z a-z 0-9 . _ : -`.
    static func isWord(_ text: String, cap: Int) -> Bool {
        (1...cap).contains(text.utf8.count) && text.utf8.allSatisfy(isWordByte)
    }

    /// Whether it is a SHA-256 as lower-case hex.
    static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    /// Whether it can be the path of a file, and can stand in a sentence.
    static func isPath(_ text: String) -> Bool {
        text.hasPrefix("/") && text.utf8.count < 4096 && !text.unicodeScalars.contains(where: isControl)
    }

    /// A whole number of nanoseconds from decimal digits; nil for anything else, a sign and 0 included.
    static func nanoseconds(_ text: String) -> Int64? {
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let value = Int64(text), value > 0 else { return nil }
        return value
    }

    static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }
}
