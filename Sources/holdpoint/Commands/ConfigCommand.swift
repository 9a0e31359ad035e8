import ArgumentParser
import FoundationEssentials
import Profile
import Readiness

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Check or show what a run would be judged by.",
        subcommands: [ConfigCheckCommand.self, ConfigShowCommand.self])
}

struct ConfigCheckCommand: InvocationCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Read every file that a run would read; exit 1 with each problem.")

    @Option(help: "A criteria file instead of the shipped one.")
    var criteria: String?
    @Option(help: "A policy file instead of the shipped one.")
    var policy: String?
    @Option(help: "A target, as run takes it: what its profile gives stands over the shipped values.")
    var target: String?

    func invocation() throws -> any Invocation {
        ConfigurationCheck(criteria: criteria, policy: policy, target: target)
    }
}

/// Reads the configuration and says whether it would be accepted.
struct ConfigurationCheck: Invocation {
    let criteria: String?
    let policy: String?
    let target: String?

    func perform() throws -> ExitCode {
        let output = OutputStream()
        let configuration: RunConfiguration
        var loadedTarget: TargetLibrary.Loaded?
        do throws(CommandFailure) {
            if let target {
                loadedTarget = try TargetLibrary.load(
                    target, repository: nil, StateFolders(),
                    judgedBy: JudgementFiles.Given(criteria: criteria, policy: policy))
            }
            configuration = try RunConfiguration(
                criteriaFile: criteria, policyFile: policy, target: loadedTarget?.file)
        } catch {
            guard error.code == .configuration else { throw error }
            output.write(line: error.message)
            return .found
        }
        let loaded = configuration.loaded
        let profile = loadedTarget?.file.profile
        let files = [
            (criteria ?? profile?.criteriaFile ?? RunConfiguration.criteriaName, loaded.criteriaSHA256),
            (profile?.limitsFile ?? RunConfiguration.limitsName, loaded.limitsSHA256),
            (policy ?? profile?.policyFile ?? RunConfiguration.policyName, loaded.policySHA256),
        ]
        let own = loadedTarget.map { [($0.text.name, $0.file.digest)] } ?? []
        for (name, digest) in own + files { output.write(line: "good: \(SafeText.line(name))  sha256:\(digest)") }
        for warning in loaded.warnings + [loadedTarget?.notice].compactMap(\.self) {
            output.write(line: "note: \(SafeText.line(warning))")
        }
        return .success
    }
}

struct ConfigShowCommand: InvocationCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print each value with the layer and the file and line that it comes from.")

    @Option(help: "A criteria file instead of the shipped one; what it does not give is taken from there.")
    var criteria: String?
    @Option(help: "A policy file instead of the shipped one.")
    var policy: String?
    @Option(help: "A target, as run takes it: what its profile gives stands over the shipped values.")
    var target: String?
    @Option(help: "console or json.")
    var format = "console"

    func invocation() throws -> any Invocation {
        guard ["console", "json"].contains(format) else {
            throw CommandFailure.unknown("format", format, among: ["console", "json"])
        }
        return ConfigurationListing(
            criteria: criteria, policy: policy, target: target, asJSON: format == "json")
    }
}

/// Prints every value that is in force.
struct ConfigurationListing: Invocation {
    let criteria: String?
    let policy: String?
    let target: String?
    let asJSON: Bool

    private struct EncodedRow: Encodable {
        var file: String
        var key: String
        var value: String
        var layer: String
        var source: String
    }

    func perform() throws -> ExitCode {
        // A value that a run would not accept is not shown as if it were in force.
        let loaded = try target.map { target throws(CommandFailure) in
            try TargetLibrary.load(
                target, repository: nil, StateFolders(),
                judgedBy: JudgementFiles.Given(criteria: criteria, policy: policy))
        }
        let inForce = try RunConfiguration(criteriaFile: criteria, policyFile: policy, target: loaded?.file).criteria
        let rows: [ConfigurationLayers.Row]
        do throws(ConfigurationError) {
            rows = try ConfigurationLayers(
                criteriaFile: criteria, policyFile: policy, target: loaded, inForce: inForce
            ).rows
        } catch {
            throw CommandFailure(.configuration, "failed to read the configuration\n\(error)")
        }
        let output = OutputStream()
        if asJSON {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            let encoded = rows.map { row in
                EncodedRow(
                    file: row.file, key: row.key, value: row.value, layer: row.layer, source: row.source.description)
            }
            do { output.write([UInt8](try encoder.encode(encoded)) + [UInt8(ascii: "\n")]) } catch {
                throw CommandFailure(.software, "a list cannot be encoded: \(error)")
            }
        } else {
            let cells = rows.map { [$0.key, $0.value, $0.layer, SafeText.line($0.source.description)] }
            for line in Table(cells).lines { output.write(line: line) }
        }
        return .success
    }
}
