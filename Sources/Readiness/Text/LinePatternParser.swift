/// Takes the text of a pattern apart. What it does not know it refuses: a pattern that means something else than its
/// author thinks is worse than none.
struct LinePatternParser {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var depth = 0
    private var foldsCase = false

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// The whole pattern; nil where it is none.
    mutating func whole() -> LineNode? {
        if scalars.starts(with: Array("(?i)".unicodeScalars)) {
            foldsCase = true
            index = 4
        }
        guard let node = choice(), index == scalars.count else { return nil }
        return node
    }

    private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        index += 1
        return true
    }

    private mutating func choice() -> LineNode? {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 50 else { return nil }
        var choices: [LineNode] = []
        repeat {
            var nodes: [LineNode] = []
            while let scalar = next, scalar != "|", scalar != ")" {
                guard let atom = atom(), let node = repeated(atom) else { return nil }
                nodes.append(node)
            }
            choices.append(nodes.count == 1 ? nodes[0] : .sequence(nodes))
        } while take("|")
        return choices.count == 1 ? choices[0] : .choice(choices)
    }

    private mutating func atom() -> LineNode? {
        guard let scalar = next else { return nil }
        index += 1
        switch scalar {
        case "(": return group()
        case "[": return bracket()
        case ".": return Self.anything
        case "^": return .at(.begin)
        case "$": return .at(.end)
        case "\\": return escape()
        case "*", "+", "?", "{", "}", "]": return nil
        default: return literal(scalar)
        }
    }

    private mutating func group() -> LineNode? {
        if take("?") {
            guard take(":") else { return nil }
        }
        guard let inner = choice(), take(")") else { return nil }
        return inner
    }

    private mutating func escape() -> LineNode? {
        guard let scalar = next else { return nil }
        index += 1
        switch scalar {
        case "b": return .at(.wordEdge)
        case "B": return .at(.noWordEdge)
        case "D": return Self.others(than: .digits)
        case "W": return Self.others(than: .word)
        case "S": return Self.others(than: .space)
        default:
            guard let set = Self.named(scalar) else { return nil }
            return .byte(set)
        }
    }

    /// What may be escaped within brackets and without: classes, a tab, and everything that is no letter or digit.
    private static func named(_ scalar: Unicode.Scalar) -> ByteSet? {
        switch scalar {
        case "d": return .digits
        case "w": return .word
        case "s": return .space
        case "t": return ByteSet(9...9)
        default:
            guard scalar.value > 0x20, scalar.value < 0x7F, !ByteSet.word.contains(UInt8(scalar.value)) else {
                return nil
            }
            return ByteSet(UInt8(scalar.value)...UInt8(scalar.value))
        }
    }

    private mutating func bracket() -> LineNode? {
        let isNegated = take("^")
        var set = ByteSet()
        var beyond: [LineNode] = []
        var isFirst = true
        while let scalar = next, isFirst || scalar != "]" {
            isFirst = false
            index += 1
            if scalar == "\\" {
                guard let escaped = next, let named = Self.named(escaped) else { return nil }
                index += 1
                set.formUnion(named)
                continue
            }
            guard scalar.isASCII else {
                beyond.append(literal(scalar))
                continue
            }
            let low = UInt8(scalar.value)
            // A hyphen at the end stands for itself.
            guard next == "-", index + 1 < scalars.count, scalars[index + 1] != "]" else {
                set.insert(low)
                continue
            }
            let high = scalars[index + 1]
            guard high.isASCII, high != "\\", UInt8(high.value) >= low else { return nil }
            index += 2
            set.formUnion(ByteSet(low...UInt8(high.value)))
        }
        guard take("]") else { return nil }
        if foldsCase { set.foldCase() }
        guard isNegated else { return beyond.isEmpty ? .byte(set) : .choice([.byte(set)] + beyond) }
        return beyond.isEmpty ? Self.others(than: set) : nil
    }

    private mutating func repeated(_ node: LineNode) -> LineNode? {
        var node = node
        var bounds: (least: Int, most: Int?)?
        switch next {
        case "*": bounds = (0, nil)
        case "+": bounds = (1, nil)
        case "?": bounds = (0, 1)
        case "{":
            guard let counted = counts() else { return nil }
            bounds = counted
        default: return node
        }
        index += 1
        if let bounds { node = .repeated(node, least: bounds.least, most: bounds.most) }
        // As few as can be is the same question: whether there is a match.
        _ = take("?")
        if let scalar = next, ["*", "+", "?", "{"].contains(scalar) { return nil }
        return node
    }

    /// `{2}`, `{2,}`, `{2,5}`; ends before the closing brace.
    private mutating func counts() -> (Int, Int?)? {
        index += 1
        guard let least = number() else { return nil }
        guard take(",") else { return next == "}" ? (least, least) : nil }
        if next == "}" { return (least, nil) }
        guard let most = number(), most >= least, next == "}" else { return nil }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = next, ("0"..."9").contains(scalar) {
            value = (value ?? 0) * 10 + Int(scalar.value - 48)
            index += 1
            guard let value, value <= 500 else { return nil }
        }
        return value
    }

    private func literal(_ scalar: Unicode.Scalar) -> LineNode {
        let bytes = Array(String(Character(scalar)).utf8)
        return .sequence(
            bytes.map { byte in
                var set = ByteSet(byte...byte)
                if foldsCase { set.foldCase() }
                return .byte(set)
            })
    }

    /// Any character of several bytes.
    private static let beyondASCII: LineNode = {
        let tail = LineNode.byte(ByteSet(0x80...0xBF))
        return .choice([
            .sequence([.byte(ByteSet(0xC2...0xDF)), tail]), .sequence([.byte(ByteSet(0xE0...0xEF)), tail, tail]),
            .sequence([.byte(ByteSet(0xF0...0xF4)), tail, tail, tail]),
        ])
    }()

    private static let anything = LineNode.choice([.byte(ByteSet(0...0x7F)), beyondASCII])

    private static func others(than set: ByteSet) -> LineNode { .choice([.byte(set.asciiOthers), beyondASCII]) }
}
