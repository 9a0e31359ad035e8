import ConsoleUI
import Readiness
import TestSupport

/// Random bytes from a keyboard, into the console with a run on it: the same keys however the bytes are split, a frame
/// of the terminal's size after each, and nothing in a cell that could steer a terminal.
struct KeyFuzzer: Fuzzer {
    static let name = "keys"

    private static let pieces: [[UInt8]] =
        [
            "\u{1B}", "\u{1B}[", "\u{1B}O", "\u{1B}[200~", "\u{1B}[201~", "\u{1B}[A", "\u{1B}[1;5C", "\u{1B}[Z",
            "\u{1B}[?62;22c", "\u{1B}]0;x\u{7}", "\r", "\t", "\u{3}", "\u{1A}", "j", "k", "1", "2", "3", "p", "R", "x",
            "X", "cancel\r", "q", "g", "G", "f", "m", "y", "?", " ", "é", "検", "💥", String(repeating: "9", count: 30),
        ].map { Array($0.utf8) } + [[0xFF], [0xC0], [0xE2, 0x28], [0xED, 0xA0, 0x80], [0xF4, 0x90], [0x80], [0x00]]

    func round(_ dice: inout Dice) async throws {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...60, using: &dice) {
            if Int.random(in: 0..<3, using: &dice) == 0 {
                bytes.append(UInt8.random(in: .min ... .max, using: &dice))
            } else {
                bytes += Self.pieces.randomElement(using: &dice) ?? []
            }
        }
        var whole = KeyParser()
        let keys = whole.feed(bytes) + whole.flush()
        var split = KeyParser()
        var pieces: [Key] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...min(5, rest.count), using: &dice)
            pieces += split.feed(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        pieces += split.flush()
        guard keys == pieces else { throw FuzzFailure("\(bytes) gives \(keys) whole and \(pieces) in pieces") }
        try press(keys, &dice)
    }

    private func press(_ keys: [Key], _ dice: inout Dice) throws {
        var size = Size(Int.random(in: 0...200, using: &dice), Int.random(in: 0...60, using: &dice))
        let stage = SampleRun.Stage.allCases.randomElement(using: &dice) ?? .red
        var model = ConsoleModel(size: size)
        var now = Duration.seconds(1)
        let events = HostileText.poisoned(SampleRun.events(stage), seed: dice.next())
        _ = model.update(.events(events), at: now)
        _ = model.update(.faults(SampleRun.faults), at: now)
        for key in keys {
            now += .milliseconds(Int.random(in: 1...900, using: &dice))
            for effect in model.update(.key(key), at: now) {
                guard case .loadEvidence(let piece) = effect else { continue }
                _ = model.update(.evidenceLoaded(id: piece.id, .text(HostileText.make(&dice))), at: now)
            }
            if Int.random(in: 0..<10, using: &dice) == 0 {
                size = Size(Int.random(in: 0...200, using: &dice), Int.random(in: 0...60, using: &dice))
                _ = model.update(.resized(size), at: now)
            }
        }
        let frame = model.frame(GlyphSet(isASCII: Bool.random(using: &dice)))
        guard frame.grid.size == size else { throw FuzzFailure("a frame of \(frame.grid.size) on a screen of \(size)") }
        for row in 0..<size.rows {
            for scalar in frame.grid.text(row: row).unicodeScalars where !Self.isShown(scalar) {
                throw FuzzFailure("a cell of row \(row) holds U+\(String(scalar.value, radix: 16))")
            }
        }
    }

    /// Neither a control nor a mark that turns the direction of what follows.
    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: false
        default: true
        }
    }
}
