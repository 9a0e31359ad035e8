import FoundationEssentials
import Glibc
import TestSupport

/// The random numbers of a round: the same for the same seed.
typealias Dice = TestSupport.Dice

/// Feeds parts of the program with nonsense for a while.
///
/// `holdpoint-fuzz config|surface|keys [--seconds 20] [--seed N]`, run from the top of a checkout. Each round has a seed
/// of its own, printed with what went wrong: `--seed N --seconds 0` does that round alone. A crash is told by the
/// round's seed, which is written before it.
@main
enum Fuzz {
    static func main() async throws {
        var arguments = Array(CommandLine.arguments.dropFirst())[...]
        let name = arguments.popFirst() ?? ""
        var seconds = 20
        var seed = UInt64(Date().timeIntervalSince1970 * 1000)
        while let option = arguments.popFirst() {
            guard let text = arguments.popFirst(), let value = UInt64(text) else { usage() }
            switch option {
            case "--seconds": seconds = Int(value)
            case "--seed": seed = value
            default: usage()
            }
        }
        let checkout = FileManager.default.currentDirectoryPath
        switch name {
        case ConfigurationFuzzer.name: try await feed(ConfigurationFuzzer(checkout: checkout), seconds, from: seed)
        case KeyFuzzer.name: try await feed(KeyFuzzer(), seconds, from: seed)
        case SurfaceFuzzer.name:
            try await SurfaceFuzzer.with { fuzzer in try await feed(fuzzer, seconds, from: seed) }
        default: usage()
        }
    }

    private static func feed<Subject: Fuzzer>(_ fuzzer: Subject, _ seconds: Int, from seed: UInt64) async throws {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        var rounds: UInt64 = 0
        repeat {
            note(Subject.name, seed &+ rounds)
            var dice = Dice(seed: seed &+ rounds)
            do { try await fuzzer.round(&dice) } catch {
                print("\(Subject.name): round with --seed \(seed &+ rounds) failed: \(error)")
                exit(1)
            }
            rounds += 1
        } while clock.now < end
        unlink(notePath(Subject.name))
        print("\(Subject.name): \(rounds) rounds from seed \(seed), nothing found")
    }

    /// What is being done, for whoever finds the process dead: in a file, because a crash says nothing itself.
    private static func note(_ name: String, _ seed: UInt64) {
        let file = open(notePath(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        let text = Array("\(seed)\n".utf8)
        _ = write(file, text, text.count)
        close(file)
    }

    private static func notePath(_ name: String) -> String {
        "\(FileManager.default.temporaryDirectory.path)/holdpoint-fuzz-\(name)-\(getpid()).seed"
    }

    private static func usage() -> Never {
        print("usage: holdpoint-fuzz config|surface|keys [--seconds N] [--seed N]")
        exit(64)
    }
}
