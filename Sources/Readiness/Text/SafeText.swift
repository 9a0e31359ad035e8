/// Text from outside made fit to be shown: the one place where it is sanitised.
///
/// Control characters, escapes, C1 and bidirectional controls become visible placeholders; scalars whose width terminals
/// disagree about are reduced to ones they agree on (console.md 6.4). Idempotent.
package enum SafeText {
    /// One line: tabs and line ends become spaces or visible marks.
    package static func line(_ raw: String) -> String {
        // Most text is plain ASCII: do not pay for rebuilding it.
        if raw.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return raw }
        var safe = String.UnicodeScalarView()
        var joined = false
        for scalar in raw.unicodeScalars {
            defer { joined = scalar.value == 0x200D }
            if joined, scalar.properties.isEmoji, scalar.value > 0x7F { continue }
            append(scalar, to: &safe)
        }
        return String(safe)
    }

    /// Several lines, each sanitised; `\n` and `\r\n` separate.
    package static func lines(_ raw: String) -> [String] {
        raw.split(separator: "\n", omittingEmptySubsequences: false).map { part in
            line(part.last == "\r" ? String(part.dropLast()) : String(part))
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to safe: inout String.UnicodeScalarView) {
        switch scalar.value {
        case 0x09: safe.append(" ")
        case 0x0A: safe.append("⏎")
        case 0x00...0x1F: safe.append(Unicode.Scalar(0x2400 + scalar.value) ?? "?")
        case 0x7F: safe.append("\u{2421}")
        case 0x80...0x9F, 0xFFF9...0xFFFB: safe.append("\u{FFFD}")
        // Bidirectional marks, embeddings, overrides and isolates, line and paragraph separators.
        case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: safe.append("\u{FFFD}")
        // Zero-width spaces and joiners, variation selectors, byte-order mark, soft hyphen, tags: drawn as nothing.
        case 0x00AD, 0x200B...0x200D, 0x2060...0x2064, 0xFE00...0xFE0F, 0xFEFF, 0xE0000...0xE0FFF: break
        // Skin tones change the width of what stands before them on some terminals.
        case 0x1F3FB...0x1F3FF: break
        // Regional indicators as two letters.
        case 0x1F1E6...0x1F1FF: safe.append(Unicode.Scalar(0x41 + scalar.value - 0x1F1E6) ?? "?")
        // Private use and unassigned planes have no agreed glyph or width.
        case 0xE000...0xF8FF, 0xF0000...0x10FFFF: safe.append("\u{FFFD}")
        default: safe.append(scalar)
        }
    }
}
