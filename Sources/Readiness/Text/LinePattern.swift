/// A regular expression that never goes back: its time grows with the text's length times the pattern's, whatever both
/// hold. For patterns that somebody else wrote, on texts that somebody else says.
///
/// The usual syntax but for what needs going back: no references to groups, no looking ahead or behind.
package struct LinePattern: Sendable, Equatable {
    /// What is accepted, in the words of a message.
    package static let accepted = """
        a regular expression of at most 1,000 characters: . [a-z] [^a-z] \\d \\w \\s \\b ^ $ ( ) | * + ? {2,5}, (?i) at the \
        beginning; no references back, no looking ahead or behind
        """

    /// As it was written.
    package let text: String
    private let program: LineProgram

    /// - Returns: nil for what is no pattern, for more than 1,000 characters, and for one that becomes too large.
    package init?(_ text: String) {
        guard text.count <= 1000 else { return nil }
        var parser = LinePatternParser(text)
        guard let node = parser.whole(), let program = LineProgram(node) else { return nil }
        self.text = text
        self.program = program
    }

    /// Two patterns are the same when they are spelled so.
    package static func == (lhs: LinePattern, rhs: LinePattern) -> Bool { lhs.text == rhs.text }

    /// Whether it matches anywhere in a line.
    package func matches(_ line: some Collection<UInt8>) -> Bool { program.matches(Array(line)) }
}

/// A pattern taken apart. Everything is of bytes: a character beyond ASCII is a sequence of them.
indirect enum LineNode: Equatable, Sendable {
    enum Place: Sendable { case begin, end, wordEdge, noWordEdge }

    case nothing
    case byte(ByteSet)
    case sequence([LineNode])
    case choice([LineNode])
    case repeated(LineNode, least: Int, most: Int?)
    case at(Place)
}

/// Which of the 256 bytes.
struct ByteSet: Equatable, Sendable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    init() {}

    init(_ range: ClosedRange<UInt8>) { for byte in range { insert(byte) } }

    static func == (lhs: ByteSet, rhs: ByteSet) -> Bool { lhs.words == rhs.words }

    mutating func insert(_ byte: UInt8) {
        let bit: UInt64 = 1 << UInt64(byte & 63)
        switch byte >> 6 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        default: words.3 |= bit
        }
    }

    func contains(_ byte: UInt8) -> Bool {
        let word =
            switch byte >> 6 {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        return word & (1 << UInt64(byte & 63)) != 0
    }

    mutating func formUnion(_ other: ByteSet) {
        words = (
            words.0 | other.words.0, words.1 | other.words.1, words.2 | other.words.2, words.3 | other.words.3
        )
    }

    /// The ASCII bytes that are not in it.
    var asciiOthers: ByteSet {
        var others = ByteSet()
        others.words = (~words.0, ~words.1, 0, 0)
        return others
    }

    /// Letters of ASCII in both cases.
    mutating func foldCase() {
        for byte in UInt8(ascii: "a")...UInt8(ascii: "z") where contains(byte) || contains(byte - 32) {
            insert(byte)
            insert(byte - 32)
        }
    }

    static let digits = ByteSet(UInt8(ascii: "0")...UInt8(ascii: "9"))
    static let word: ByteSet = {
        var word = digits
        word.formUnion(ByteSet(UInt8(ascii: "a")...UInt8(ascii: "z")))
        word.formUnion(ByteSet(UInt8(ascii: "A")...UInt8(ascii: "Z")))
        word.insert(UInt8(ascii: "_"))
        return word
    }()
    static let space: ByteSet = {
        var space = ByteSet(9...13)
        space.insert(32)
        return space
    }()
}

/// A pattern as steps, all of which are walked at once, byte by byte.
struct LineProgram: Sendable {
    private enum Step: Sendable {
        case byte(ByteSet, next: Int)
        case split(Int, Int)
        case at(LineNode.Place, next: Int)
        case match
    }

    /// The most steps: what a byte may cost.
    private static let mostSteps = 500

    private var steps: [Step] = [.match]
    private var start = 0
    /// Nodes gone through: what stands for nothing makes no step, however often it is repeated.
    private var visits = 0

    /// - Returns: nil where it would have too many steps.
    init?(_ node: LineNode) {
        guard let start = add(node, before: 0) else { return nil }
        self.start = start
    }

    private mutating func add(_ step: Step) -> Int? {
        guard steps.count < Self.mostSteps else { return nil }
        steps.append(step)
        return steps.count - 1
    }

    /// Where the steps of a node begin that go on at `next`.
    private mutating func add(_ node: LineNode, before next: Int) -> Int? {
        visits += 1
        guard visits <= 20_000 else { return nil }
        switch node {
        case .nothing: return next
        case .byte(let set): return add(.byte(set, next: next))
        case .at(let place): return add(.at(place, next: next))
        case .sequence(let nodes):
            var next = next
            for node in nodes.reversed() {
                guard let begin = add(node, before: next) else { return nil }
                next = begin
            }
            return next
        case .choice(let nodes):
            var begin: Int?
            for node in nodes.reversed() {
                guard let one = add(node, before: next) else { return nil }
                guard let other = begin else {
                    begin = one
                    continue
                }
                guard let both = add(.split(one, other)) else { return nil }
                begin = both
            }
            return begin ?? next
        case .repeated(let node, let least, let most):
            var next = next
            if let most {
                for _ in least..<max(least, most) {
                    guard let begin = add(node, before: next), let split = add(.split(begin, next)) else { return nil }
                    next = split
                }
            } else {
                // The loop must be there before what leads back to it.
                guard let loop = add(.split(next, next)), let begin = add(node, before: loop) else { return nil }
                steps[loop] = .split(begin, next)
                next = loop
            }
            for _ in 0..<least {
                guard let begin = add(node, before: next) else { return nil }
                next = begin
            }
            return next
        }
    }

    /// Whether it matches anywhere.
    func matches(_ bytes: [UInt8]) -> Bool {
        var waiting: [Int] = []
        var reached = [Int](repeating: -1, count: steps.count)
        var open: [Int] = []
        for place in 0...bytes.count {
            open.append(contentsOf: waiting)
            open.append(start)
            waiting.removeAll(keepingCapacity: true)
            while let index = open.popLast() {
                guard reached[index] != place else { continue }
                reached[index] = place
                switch steps[index] {
                case .match: return true
                case .split(let one, let other):
                    open.append(one)
                    open.append(other)
                case .at(let wanted, let next):
                    if Self.isAt(wanted, place, of: bytes) { open.append(next) }
                case .byte(let set, let next):
                    if place < bytes.count, set.contains(bytes[place]) { waiting.append(next) }
                }
            }
        }
        return false
    }

    private static func isAt(_ wanted: LineNode.Place, _ place: Int, of bytes: [UInt8]) -> Bool {
        func isWord(_ place: Int) -> Bool { bytes.indices.contains(place) && ByteSet.word.contains(bytes[place]) }
        switch wanted {
        case .begin: return place == 0
        case .end: return place == bytes.count
        case .wordEdge: return isWord(place - 1) != isWord(place)
        case .noWordEdge: return isWord(place - 1) == isWord(place)
        }
    }
}
