/// Looking into a line of code or configuration without regular expressions: the cost is bounded by its length, whoever
/// wrote it.
extension Substring {
    /// Whether a text of ASCII stands in it.
    func has(_ wanted: StaticString) -> Bool { place(of: wanted) != nil }

    /// What stands behind the first occurrence of a text of ASCII; nil where it is not there.
    func after(_ wanted: StaticString) -> Substring? {
        place(of: wanted).map { self[utf8.index($0, offsetBy: wanted.utf8CodeUnitCount)...] }
    }

    /// Where a text of ASCII begins.
    func place(of wanted: StaticString) -> Index? {
        let needle = UnsafeBufferPointer(start: wanted.utf8Start, count: wanted.utf8CodeUnitCount)
        let count = utf8.count
        guard count >= needle.count, let first = needle.first else { return nil }
        let found = utf8.withContiguousStorageIfAvailable { bytes -> Int? in
            for start in 0...(count - needle.count) where bytes[start] == first {
                if (1..<needle.count).allSatisfy({ bytes[start + $0] == needle[$0] }) { return start }
            }
            return nil
        }
        return (found ?? nil).map { utf8.index(utf8.startIndex, offsetBy: $0) }
    }

    /// Without blanks at both ends.
    var trimmed: Substring {
        let start = firstIndex { $0 != " " && $0 != "\t" } ?? endIndex
        let end = lastIndex { $0 != " " && $0 != "\t" }.map(index(after:)) ?? start
        return start < end ? self[start..<end] : self[start..<start]
    }

    /// Without a pair of quotation marks around it.
    var unquoted: Substring {
        guard count >= 2, let first, first == last, first == "\"" || first == "'" else { return self }
        return dropFirst().dropLast()
    }

    /// How many blanks it begins with.
    var indent: Int { prefix { $0 == " " }.count }

    /// Whether it says nothing: empty, or a comment with one of these signs.
    func isBlank(comments: [Character] = ["#"]) -> Bool {
        guard let first = trimmed.first else { return true }
        return comments.contains(first)
    }

    /// The texts in quotation marks, in order.
    var quotedTexts: [Substring] {
        var texts: [Substring] = []
        var rest = self
        while let open = rest.firstIndex(where: { $0 == "\"" || $0 == "'" || $0 == "`" }) {
            let begin = rest.index(after: open)
            guard let close = rest[begin...].firstIndex(of: rest[open]) else { break }
            texts.append(rest[begin..<close])
            rest = rest[rest.index(after: close)...]
        }
        return texts
    }

    /// The digits that it begins with as a port; nil for none or one out of range.
    var leadingPort: Int? {
        let digits = prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, digits.count <= 5, let port = Int(digits), (1...65_535).contains(port) else {
            return nil
        }
        return port
    }

    /// Key and value around the first of a sign, without blanks; nil where there is none or the key is empty.
    func pair(around sign: Character) -> (key: Substring, value: Substring)? {
        guard let place = firstIndex(of: sign) else { return nil }
        let key = self[..<place].trimmed
        return key.isEmpty ? nil : (key, self[index(after: place)...].trimmed)
    }

    /// A YAML or shell value without its comment and quotation marks.
    var plainValue: Substring {
        let text = trimmed
        guard let first = text.first, first != "\"", first != "'" else { return text.unquotedPrefix }
        return (text.place(of: " #").map { text[..<$0] } ?? text).trimmed
    }

    private var unquotedPrefix: Substring {
        guard let first else { return self }
        let rest = dropFirst()
        return rest.firstIndex(of: first).map { rest[..<$0] } ?? rest
    }
}
