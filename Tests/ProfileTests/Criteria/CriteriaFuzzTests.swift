import Profile
import Readiness
import Testing

/// Random damage to the shipped file: whatever comes of it loads or is refused with a reason, and never stops us.
struct CriteriaFuzzTests {
    /// SplitMix64: small, seeded, the same everywhere.
    private struct SeededGenerator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static let pieces = [
        "[", "]", "{", "}", ":", "-", "? ", "&a ", "*a", "!!int ", "'", "\"", "#", "\n", "\t", "  ", "|\n", ">-\n", "%",
        "---\n", "...\n", "\u{0}", "\u{85}", "\u{2028}", "\u{FEFF}", "\u{E0F1}", "💥", "é", "-0", "1e9", "00", "~",
        "null", "all", "<<: ", "max_latency_ms: 1\n", "thresholds:\n", String(repeating: "9", count: 40), "\\", "\r",
    ]

    private static func damage(_ text: String, by generator: inout SeededGenerator) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            let at = Int.random(in: 0..<bytes.count, using: &generator)
            let length = min(Int.random(in: 1...40, using: &generator), bytes.count - at)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[at] = UInt8.random(in: .min ... .max, using: &generator)
            case 1: bytes.removeSubrange(at..<at + length)
            case 2: bytes.insert(contentsOf: pieces.randomElement(using: &generator)!.utf8, at: at)
            case 3: bytes.insert(contentsOf: bytes[at..<at + length], at: at)
            case 4: bytes.swapAt(at, Int.random(in: 0..<bytes.count, using: &generator))
            default: bytes.removeLast(min(length, bytes.count - 1))
            }
        }
        return bytes
    }

    @Test(arguments: 0..<8)
    func `a damaged file loads, or is refused with a reason and, but for the file as a whole, a line`(seed: UInt64)
        throws
    {
        let shipped = try shippedCriteria()
        let texts = [try Checkout.text("config/validation_criteria.yaml").text, briefForm]
        var generator = SeededGenerator(state: seed)
        for round in 0..<400 {
            let bytes = Self.damage(texts[round % 2], by: &generator)
            let isOurs = Bool.random(using: &generator)
            do {
                let text = try ConfigurationText(name: "fuzz.yaml", bytes: bytes)
                let file = try CriteriaFile.load(
                    text, isOurs: isOurs, over: shipped, knownNames: knownNames, digest: lengthDigest)
                #expect(file.criteria.keys == shipped.criteria.keys)
                let lines = text.text.unicodeScalars.count { "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) }
                for key in file.criteria.keys where !file.inheritedKeys.contains(key) {
                    let source = file.criteria[key]?.source ?? file.criteria.names(key)?.source
                    #expect(source?.file == "fuzz.yaml" && (1...lines + 1).contains(source?.line ?? 0))
                }
            } catch {
                #expect(!error.problems.isEmpty)
                for problem in error.problems {
                    #expect(!problem.message.isEmpty)
                    let isWhole = problem.message == "is empty" || problem.message.contains("private character")
                    #expect(problem.location.line > 0 || isWhole, "\(problem)")
                }
            }
        }
    }
}
