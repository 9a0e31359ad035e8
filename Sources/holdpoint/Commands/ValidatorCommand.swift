import ArgumentParser
import Engine
import FoundationEssentials
import Glibc
import Probes
import Readiness
import Validators

struct ValidatorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validator", abstract: "Try a validator in another language.",
        subcommands: [ValidatorTestCommand.self])
}

struct ValidatorTestCommand: InvocationCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run a validator as a run would, and name each rule of holdpoint-validator/1 that it breaks.",
        discussion: """
            Each of its checks is really run, those that change something too: what they register is taken back, twice. Those \
            that only read are run once more and asked to end. Nothing is kept. Options stand before the command: \
            holdpoint validator test --format json python3 my_validator.py

            Exit code 0 when it keeps every rule, 1 when it breaks one. The rules: docs/guides/external-validators.md
            """)

    @Option(help: "The folder to run it in.")
    var folder: String?
    @Option(help: "The most that one check may take: 30s, 2m.")
    var limit = "30s"
    @Option(help: "console or json.")
    var format = "console"
    @Argument(parsing: .captureForPassthrough, help: "The command: a program and its arguments.")
    var command: [String] = []

    func invocation() throws -> any Invocation {
        guard ["console", "json"].contains(format) else {
            throw CommandFailure.unknown("format", format, among: ["console", "json"])
        }
        guard let limit = TimeBudget(limit) else {
            throw CommandFailure(.usage, "--limit takes \(TimeBudget.accepted), and not '\(SafeText.line(limit))'")
        }
        var words = command
        switch words.first {
        case "--": words.removeFirst()
        // Everything from the first word on that is none of our options goes to the command, these too.
        case "--help", "-h": throw CleanExit.helpRequest(Self.self)
        case let word? where word.hasPrefix("-"):
            throw CommandFailure.unknown("option", word, among: ["--folder", "--limit", "--format", "--help"])
        default: break
        }
        guard let program = words.first, !program.isEmpty else {
            throw CommandFailure(
                .usage, "name the validator's command: holdpoint validator test python3 my_validator.py")
        }
        let here = FileManager.default.currentDirectoryPath
        let folder = folder.map { $0.hasPrefix("/") ? $0 : "\(here)/\($0)" } ?? here
        let hint =
            words.count == 1 && program.contains(" ")
            ? " (it is one word: leave out the quotes around the command)" : ""
        guard hint.isEmpty || program.contains("/") else {
            throw CommandFailure(.usage, "cannot run \(SafeText.line(program))\(hint)")
        }
        if program.contains("/"), !program.hasPrefix("/") { words[0] = "\(folder)/\(program)" }
        guard !words[0].contains("/") || access(words[0], X_OK) == 0 else {
            let why = String(cString: strerror(errno))
            throw CommandFailure(.usage, "cannot run \(SafeText.line(words[0])): \(why)\(hint)")
        }
        return ValidatorTrial(command: words, folder: folder, limit: limit.duration, asJSON: format == "json")
    }
}

/// Lets a validator be tried by the conformance kit.
struct ValidatorTrial: Invocation {
    let command: [String]
    let folder: String
    let limit: Duration
    let asJSON: Bool

    func perform() throws -> ExitCode {
        let commands = OwnProbes.commands(.none) { [] }
        let validator = ExternalValidator(
            ExternalCommand(command, in: folder), engine: "holdpoint \(Holdpoint.version)",
            secret: { name throws(ProbeError) in try OwnSecrets.none.open(name) })
        let clock = SystemClock()
        let compensator = TargetCompensator(.offline, clock: clock, commands: commands)
        let kit = ConformanceKit(
            validator,
            context: CollectContext(
                criteria: Criteria(), mode: .standard, evidence: UnkeptEvidence(clock: clock),
                reporter: NobodyListens(),
                effects: KitRegistersItself(), noise: ProcNoiseMeter(), clock: clock, token: "hp-validator-test"),
            limit: limit
        ) { compensation throws(ProbeError) in try await compensator.perform(compensation) }
        let report = RootTask.run { await kit.test() }
        let output = OutputStream()
        if asJSON {
            output.write(try json(report))
        } else {
            for line in report.lines { output.write(line: SafeText.line(line)) }
            let broken = Set(report.trials.flatMap { $0.broken.map(\.rule) }).sorted()
            output.write(
                line: broken.isEmpty
                    ? "it keeps every rule of holdpoint-validator/1"
                    : "it breaks \(broken.count == 1 ? "a rule" : "\(broken.count) rules"): \(broken.joined(separator: ", "))"
            )
        }
        if let trouble = output.trouble { throw CommandFailure(.unavailable, "cannot write the output: \(trouble)") }
        return report.conforms ? .success : .found
    }

    private struct Encoded: Encodable {
        struct Trial: Encodable {
            struct Complaint: Encodable {
                var rule: String
                var detail: String
            }
            var check_id: CheckID?
            var trial: String
            var outcome: Outcome.Word?
            var reason: String?
            var message: String
            var broken: [Complaint]
        }
        var schema = 1
        var `protocol` = "holdpoint-validator/1"
        var command: [String]
        var conforms: Bool
        var exit_code: Int32
        var trials: [Trial]
    }

    private func json(_ report: ConformanceKit.Report) throws(CommandFailure) -> [UInt8] {
        let encoded = Encoded(
            command: command, conforms: report.conforms,
            exit_code: (report.conforms ? ExitCode.success : .found).number,
            trials: report.trials.map { trial in
                Encoded.Trial(
                    check_id: trial.check, trial: trial.name, outcome: trial.outcome?.word,
                    reason: trial.outcome?.reason, message: trial.sentence,
                    broken: trial.broken.map { .init(rule: $0.rule, detail: $0.detail) })
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do { return [UInt8](try encoder.encode(encoded)) + [UInt8(ascii: "\n")] } catch {
            throw CommandFailure(.software, "a report cannot be encoded: \(error)")
        }
    }
}

/// Says what evidence would be and keeps none: nothing outlives the trial.
private struct UnkeptEvidence: EvidenceRecorder {
    let clock: SystemClock

    func record(
        _ text: String, as kind: Evidence.Kind, mediaType: String, grade: Grade
    ) async throws(ProbeError) -> Evidence {
        let bytes = Array(text.utf8)
        return Evidence(
            id: "e", kind: kind, provenance: .live, grade: grade, collectedAt: clock.wall, mediaType: mediaType,
            sha256: HexDigest.sha256(bytes), size: bytes.count, path: "")
    }
}

/// There is no log that progress could go to.
private struct NobodyListens: CheckReporter {
    func progress(_ done: Int, of total: Int, unit: String) {}
    func log(_ text: String) {}
}

/// The kit puts its own registrar in this one's place.
private struct KitRegistersItself: EffectRegistrar {
    func register(_ effect: EffectDescription) async throws(ProbeError) {
        throw ProbeError(ourSide: "changes are registered by the kit")
    }
}
