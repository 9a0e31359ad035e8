import FoundationEssentials
import Profile
import Readiness

/// Damaged criteria, policy and limits files: each loads or is refused with a reason and a place, in its time.
struct ConfigurationFuzzer: Fuzzer {
    static let name = "config"

    private let criteria: [UInt8]
    private let policy: [UInt8]
    private let limits: [UInt8]
    private let shipped: CriteriaFile

    /// Longer than any input of this size may take; 1 MiB of the worst takes a tenth.
    private static let limit = Duration.seconds(5)
    private static let names = ["smoke", "risk", "database", "health", "basic_flow", "critical_path"]
    private static let pieces: [[UInt8]] = [
        "[", "]", "{", "}", ":", "-", "? ", "&a ", "*a", "!!int ", "'", "\"", "#", "\n", "\t", "  ", "|\n", ">-\n", "%",
        "---\n", "...\n", "\u{0}", "\u{85}", "\u{2028}", "\u{FEFF}", "💥", "-0", "1e9", "00", "~", "null", "all",
        "<<: ", "thresholds:\n", "required: [\"*\"]\n", String(repeating: "9", count: 40), "\\", "\r", "0.1",
        String(repeating: "[", count: 2000), String(repeating: "a: {", count: 200),
    ].map { Array($0.utf8) }

    /// Reads the shipped files of a checkout.
    init(checkout: String) throws {
        func bytes(_ path: String) throws -> [UInt8] {
            [UInt8](try Data(contentsOf: URL(filePath: "\(checkout)/config/\(path)")))
        }
        criteria = try bytes("validation_criteria.yaml")
        policy = try bytes("policies/default.yaml")
        limits = try bytes("limits/genesis-tiers.yaml")
        shipped = try CriteriaFile.load(
            ConfigurationText(name: "shipped", bytes: criteria), isOurs: true, knownNames: Self.names,
            digest: Self.digest)
    }

    func round(_ dice: inout Dice) async throws {
        let clock = ContinuousClock()
        let began = clock.now
        do {
            switch Int.random(in: 0..<4, using: &dice) {
            case 0, 1: try loadCriteria(&dice)
            case 2:
                let text = try ConfigurationText(name: "fuzz", bytes: damaged(policy, &dice))
                let loaded = try PolicyFile.load(text, digest: Self.digest)
                if loaded.required.isEmpty { throw FuzzFailure("a policy that requires nothing was accepted") }
            default:
                let text = try ConfigurationText(name: "fuzz", bytes: damaged(limits, &dice))
                let loaded = try LimitsFile.load(text, digest: Self.digest)
                let wanted = LimitsFile.tiers.count * LimitsFile.names.count
                if loaded.limits.count != wanted {
                    throw FuzzFailure("\(loaded.limits.count) limits were accepted, not \(wanted)")
                }
            }
        } catch let error as ConfigurationError {
            for problem in error.problems where problem.message.isEmpty {
                throw FuzzFailure("a problem without words: \(problem)")
            }
        }
        let took = clock.now - began
        if took > Self.limit { throw FuzzFailure("an input took \(took)") }
    }

    private func loadCriteria(_ dice: inout Dice) throws {
        let isOurs = Bool.random(using: &dice)
        let text = try ConfigurationText(name: "fuzz", bytes: damaged(criteria, &dice))
        let file = try CriteriaFile.load(
            text, isOurs: isOurs, over: shipped, knownNames: Self.names, digest: Self.digest)
        guard file.criteria.keys == shipped.criteria.keys else {
            throw FuzzFailure("accepted criteria lack \(Set(shipped.criteria.keys).subtracting(file.criteria.keys))")
        }
        for key in file.criteria.keys {
            guard let number = file.criteria[key]?.value.decimal else { continue }
            if !number.isFinite { throw FuzzFailure("\(key) is no number") }
        }
    }

    private func damaged(_ bytes: [UInt8], _ dice: inout Dice) -> [UInt8] {
        Damage.done(to: bytes, with: Self.pieces, using: &dice)
    }

    private static func digest(_ bytes: [UInt8]) -> String { "\(bytes.count)" }
}
