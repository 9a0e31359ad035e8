/// Turns the bytes of a terminal into keys.
///
/// A state machine over single bytes: however the input is split, the same keys come out. Only time can tell Esc from
/// the beginning of a sequence; whoever reads calls `flush` when nothing more has come for a while.
///
/// Esc directly followed by a character is Esc and that character: no command needs Alt, and over a slow line two quick
/// keys must not become another one. Nothing is asked of the terminal, so nothing but keys and pastes is understood;
/// other control sequences are swallowed whole.
package struct KeyParser: Sendable {
    /// What the parser is in the middle of.
    package enum Pending: Sendable, Hashable {
        /// Nothing: all that came has been told.
        case nothing
        /// A sequence or a character; flush after some 25 ms of silence.
        case sequence
        /// A paste; flush after a second of silence, so that a lost end does not swallow the keyboard.
        case paste
    }

    private enum State: Hashable {
        case ground
        case escape
        case control([UInt8])
        case single
        case known([UInt8])
        case paste
        case pasteEnd(Int)
        case utf8(need: Int, value: UInt32, least: UInt32)
    }

    private var state = State.ground
    private var pasted: [UInt8] = []
    private let sequences: [[UInt8]: Key]
    private let beginnings: Set<[UInt8]>

    /// Bytes of a paste that are kept; the rest is dropped.
    package static let pasteCapacity = 65_536
    /// Parameter bytes of a control sequence; a longer one is swallowed and means nothing.
    package static let sequenceCapacity = 64

    private static let pasteEnding: [UInt8] = Array("\u{1B}[201~".utf8)

    /// A parser that knows xterm's sequences, and others beside them.
    ///
    /// - Parameter sequences: what the terminal's description gives for its keys, each beginning with Esc. They come
    ///   first.
    package init(sequences: [[UInt8]: Key] = [:]) {
        self.sequences = sequences.filter { $0.key.count > 1 && $0.key[0] == 0x1B }
        var beginnings: Set<[UInt8]> = []
        for sequence in self.sequences.keys {
            for end in 2..<max(2, sequence.count) { beginnings.insert(Array(sequence[1..<end])) }
        }
        self.beginnings = beginnings
    }

    /// What it is in the middle of.
    package var pending: Pending {
        switch state {
        case .ground: .nothing
        case .paste, .pasteEnd: .paste
        default: .sequence
        }
    }

    /// Takes bytes and tells the keys that they complete.
    package mutating func feed(_ bytes: some Sequence<UInt8>) -> [Key] {
        var keys: [Key] = []
        for byte in bytes { take(byte, &keys) }
        return keys
    }

    /// Nothing more comes for now: whatever is pending is told as the keys that it looks like.
    package mutating func flush() -> [Key] {
        var keys: [Key] = []
        let before = state
        state = .ground
        switch before {
        case .ground: break
        case .escape: keys.append(.escape)
        case .single: keys += [.escape, .character("O")]
        case .control(let rest): keys += rest.isEmpty ? [.escape, .character("[")] : [.unknown]
        case .known(let rest):
            if let key = sequences[[0x1B] + rest] {
                keys.append(key)
            } else if let first = rest.first {
                begin(first, &keys)
                for byte in rest.dropFirst() { take(byte, &keys) }
                keys += flush()
            } else {
                keys.append(.escape)
            }
        case .utf8: keys.append(.unknown)
        case .paste, .pasteEnd: keys.append(endPaste())
        }
        return keys
    }

    // MARK: - Bytes

    private mutating func take(_ byte: UInt8, _ keys: inout [Key]) {
        switch state {
        case .ground: ground(byte, &keys)
        case .escape: afterEscape(byte, &keys)
        case .known(let rest): known(rest, byte, &keys)
        case .single: single(byte, &keys)
        case .control(let rest): control(rest, byte, &keys)
        case .utf8(let need, let value, let least): continuation(byte, need, value, least, &keys)
        case .paste: paste(byte)
        case .pasteEnd(let matched): pasteEnd(matched, byte, &keys)
        }
    }

    private mutating func ground(_ byte: UInt8, _ keys: inout [Key]) {
        switch byte {
        case 0x1B: state = .escape
        case 0x0D, 0x0A: keys.append(.enter)
        case 0x09: keys.append(.tab)
        case 0x7F, 0x08: keys.append(.backspace)
        case 0x01...0x1A:
            keys.append(.control(Character(Unicode.Scalar(byte + 0x60))))
        case 0x00...0x1F: keys.append(.unknown)
        case 0x20...0x7E: keys.append(.character(Character(Unicode.Scalar(byte))))
        case 0xC2...0xDF: state = .utf8(need: 1, value: UInt32(byte & 0x1F), least: 0x80)
        case 0xE0...0xEF: state = .utf8(need: 2, value: UInt32(byte & 0x0F), least: 0x800)
        case 0xF0...0xF4: state = .utf8(need: 3, value: UInt32(byte & 0x07), least: 0x10000)
        default: keys.append(.unknown)
        }
    }

    private mutating func afterEscape(_ byte: UInt8, _ keys: inout [Key]) {
        if beginnings.contains([byte]) || sequences[[0x1B, byte]] != nil {
            state = .known([])
            known([], byte, &keys)
            return
        }
        begin(byte, &keys)
    }

    private mutating func begin(_ byte: UInt8, _ keys: inout [Key]) {
        switch byte {
        case UInt8(ascii: "["): state = .control([])
        case UInt8(ascii: "O"): state = .single
        default:
            keys.append(.escape)
            state = .ground
            ground(byte, &keys)
        }
    }

    /// Follows the terminal's own sequences as long as one of them can still come of it, else starts over with xterm's.
    private mutating func known(_ rest: [UInt8], _ byte: UInt8, _ keys: inout [Key]) {
        let longer = rest + [byte]
        if let key = sequences[[0x1B] + longer], !beginnings.contains(longer) {
            state = .ground
            keys.append(key)
        } else if beginnings.contains(longer) {
            state = .known(longer)
        } else if let first = longer.first {
            state = .escape
            begin(first, &keys)
            for byte in longer.dropFirst() { take(byte, &keys) }
        }
    }

    private mutating func single(_ byte: UInt8, _ keys: inout [Key]) {
        state = .ground
        switch byte {
        case UInt8(ascii: "A"): keys.append(.up)
        case UInt8(ascii: "B"): keys.append(.down)
        case UInt8(ascii: "C"): keys.append(.right)
        case UInt8(ascii: "D"): keys.append(.left)
        case UInt8(ascii: "H"): keys.append(.home)
        case UInt8(ascii: "F"): keys.append(.end)
        case UInt8(ascii: "M"): keys.append(.enter)
        case UInt8(ascii: "P")...UInt8(ascii: "S"): keys.append(.function(Int(byte) - 0x4F))
        default:
            keys += [.escape, .character("O")]
            ground(byte, &keys)
        }
    }

    private mutating func control(_ rest: [UInt8], _ byte: UInt8, _ keys: inout [Key]) {
        switch byte {
        case 0x20...0x3F:
            state = .control(rest.count < Self.sequenceCapacity ? rest + [byte] : rest)
        case 0x40...0x7E:
            state = .ground
            finish(rest, byte, &keys)
        default:
            // A control character within a sequence: the sequence was none.
            state = .ground
            keys.append(.unknown)
            ground(byte, &keys)
        }
    }

    private mutating func finish(_ rest: [UInt8], _ final: UInt8, _ keys: inout [Key]) {
        let number = rest.prefix { (0x30...0x39).contains($0) }.reduce(0) { min(9999, $0 * 10 + Int($1 - 0x30)) }
        switch final {
        case UInt8(ascii: "A"): keys.append(.up)
        case UInt8(ascii: "B"): keys.append(.down)
        case UInt8(ascii: "C"): keys.append(.right)
        case UInt8(ascii: "D"): keys.append(.left)
        case UInt8(ascii: "H"): keys.append(.home)
        case UInt8(ascii: "F"): keys.append(.end)
        case UInt8(ascii: "Z"): keys.append(.backTab)
        case UInt8(ascii: "P")...UInt8(ascii: "S"): keys.append(.function(Int(final) - 0x4F))
        case UInt8(ascii: "~"):
            switch number {
            case 1, 7: keys.append(.home)
            case 2: keys.append(.insert)
            case 3: keys.append(.delete)
            case 4, 8: keys.append(.end)
            case 5: keys.append(.pageUp)
            case 6: keys.append(.pageDown)
            case 11...15: keys.append(.function(number - 10))
            case 17...21: keys.append(.function(number - 11))
            case 23, 24: keys.append(.function(number - 12))
            case 200:
                pasted = []
                state = .paste
            default: keys.append(.unknown)
            }
        default: keys.append(.unknown)
        }
    }

    private mutating func continuation(
        _ byte: UInt8, _ need: Int, _ value: UInt32, _ least: UInt32, _ keys: inout [Key]
    ) {
        guard (0x80...0xBF).contains(byte) else {
            state = .ground
            keys.append(.unknown)
            ground(byte, &keys)
            return
        }
        let grown = value << 6 | UInt32(byte & 0x3F)
        guard need == 1 else {
            state = .utf8(need: need - 1, value: grown, least: least)
            return
        }
        state = .ground
        guard grown >= least, let scalar = Unicode.Scalar(grown), scalar.value >= 0xA0 else {
            keys.append(.unknown)
            return
        }
        keys.append(.character(Character(scalar)))
    }

    // MARK: - Pastes

    private mutating func paste(_ byte: UInt8) {
        if byte == 0x1B { state = .pasteEnd(1) } else { keep(byte) }
    }

    private mutating func pasteEnd(_ matched: Int, _ byte: UInt8, _ keys: inout [Key]) {
        if byte == Self.pasteEnding[matched] {
            guard matched + 1 == Self.pasteEnding.count else {
                state = .pasteEnd(matched + 1)
                return
            }
            state = .ground
            keys.append(endPaste())
        } else {
            for byte in Self.pasteEnding[..<matched] { keep(byte) }
            state = .paste
            paste(byte)
        }
    }

    private mutating func keep(_ byte: UInt8) { if pasted.count < Self.pasteCapacity { pasted.append(byte) } }

    private mutating func endPaste() -> Key {
        defer { pasted = [] }
        return .paste(String(decoding: pasted, as: UTF8.self))
    }
}
