import FoundationEssentials
import Glibc

/// Turns comparisons and boolean operators of the code that judges, one at a time, and counts who notices.
///
/// `holdpoint-mutate [--count 40] [--seed 1] [--folder .build/mutation]`, run from the top of a checkout. What has been
/// found out is kept in the folder after each mutant: a run that was ended goes on where it was. Exit code 1 when more
/// than one in ten lives.
@main
enum Mutate {
    /// What is mutated: everything that turns what was seen into an outcome and outcomes into a verdict.
    private static let folders = [
        "Sources/Validators", "Sources/Readiness/Judgement", "Sources/Readiness/Outcomes", "Sources/Engine/Gate",
    ]

    static func main() async throws {
        let options: Options
        do { options = try Options(Array(CommandLine.arguments.dropFirst())) } catch {
            let words = "\(error)\n"
            _ = words.withCString { write(STDERR_FILENO, $0, strlen($0)) }
            exit(64)
        }
        let checkout = FileManager.default.currentDirectoryPath
        let mutants = try sample(options.count, seed: options.seed, of: checkout)
        let folder = options.folder.hasPrefix("/") ? options.folder : "\(checkout)/\(options.folder)"
        let laboratory = Laboratory(checkout: checkout, folder: folder)
        try laboratory.prepare()
        var record = try ExperimentRecord(path: "\(folder)/experiments-\(options.seed).ndjson")
        print("\(mutants.count) mutants, seed \(options.seed); \(record.count(of: mutants)) known already")

        let before = try await laboratory.buildSmall()
        guard before.succeeded else { return fail("the unmutated code does not build:\n\(before.words)") }
        let tested = try await laboratory.testSmall()
        guard tested.succeeded else { return fail("the unmutated code fails its tests:\n\(tested.words)") }

        var caught = 0
        var survivors: [Experiment] = []
        for (place, mutant) in mutants.enumerated() {
            let experiment: Experiment
            if let known = record[mutant] {
                experiment = known
            } else {
                experiment = try await laboratory.experiment(on: mutant)
                try record.keep(experiment)
            }
            if experiment.fate.isCaught { caught += 1 } else { survivors.append(experiment) }
            print(
                "\(place + 1)/\(mutants.count) \(experiment.fate.rawValue)  \(experiment.seconds) s  "
                    + mutant.description)
            // Whoever watches a pipe sees each line when it is there.
            fflush(nil)
        }
        for survivor in survivors { print("SURVIVED \(survivor.mutant.description)") }
        print("\(caught) of \(mutants.count) caught")
        exit(caught * 10 >= mutants.count * 9 ? 0 : 1)
    }

    private static func fail(_ words: String) {
        print(words)
        exit(70)
    }

    /// Mutants drawn from all there are, the same ones for the same seed and code.
    private static func sample(_ count: Int, seed: UInt64, of checkout: String) throws -> [Mutant] {
        var all: [Mutant] = []
        for folder in folders {
            for file in try swiftFiles(under: folder, in: checkout) {
                let data = try Data(contentsOf: URL(filePath: "\(checkout)/\(file)"))
                all += Mutant.all(in: [UInt8](data), of: file)
            }
        }
        var dice = SplitMix(seed: seed)
        return Array(all.shuffled(using: &dice).prefix(count))
    }

    private static func swiftFiles(under folder: String, in checkout: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: "\(checkout)/\(folder)").filter { $0.hasSuffix(".swift") }
            .map { "\(folder)/\($0)" }.sorted()
    }
}

/// What the command line says.
private struct Options {
    var count = 40
    var seed: UInt64 = 1
    var folder = ".build/mutation"

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw UsageError() }
            switch name {
            case "--count": count = try Self.number(value)
            case "--seed": seed = UInt64(try Self.number(value))
            case "--folder": folder = value
            default: throw UsageError()
            }
        }
    }

    private static func number(_ text: String) throws -> Int {
        guard let number = Int(text), number > 0 else { throw UsageError() }
        return number
    }
}

private struct UsageError: Error, CustomStringConvertible {
    let description = "usage: holdpoint-mutate [--count N] [--seed N] [--folder DIR]"
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same draws on every machine.
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
