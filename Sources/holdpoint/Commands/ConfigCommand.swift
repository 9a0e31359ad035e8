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

    func invocation() throws -> any Invocation { ConfigurationCheck(criteria: criteria, policy: policy) }
}

/// Reads the configuration and says whether it would be accepted.
struct ConfigurationCheck: Invocation {
    let criteria: String?
    let policy: String?

    func perform() throws -> ExitCode {
        let output = OutputStream()
        let configuration: RunConfiguration
        do throws(CommandFailure) {
            configuration = try RunConfiguration(criteriaFile: criteria, policyFile: policy)
        } catch {
            guard error.code == .configuration else { throw error }
            output.write(line: error.message)
            return .found
        }
        let loaded = configuration.loaded
        let files = [
            (criteria ?? RunConfiguration.criteriaName, loaded.criteriaSHA256),
            (RunConfiguration.limitsName, loaded.limitsSHA256),
            (policy ?? RunConfiguration.policyName, loaded.policySHA256),
        ]
        for (name, digest) in files { output.write(line: "good: \(SafeText.line(name))  sha256:\(digest)") }
        for warning in loaded.warnings { output.write(line: "note: \(SafeText.line(warning))") }
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
    @Option(help: "console or json.")
    var format = "console"

    func invocation() throws -> any Invocation {
        guard ["console", "json"].contains(format) else {
            throw CommandFailure.unknown("format", format, among: ["console", "json"])
        }
        return ConfigurationListing(criteria: criteria, policy: policy, asJSON: format == "json")
    }
}

/// Prints every value that is in force.
struct ConfigurationListing: Invocation {
    let criteria: String?
    let policy: String?
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
        _ = try RunConfiguration(criteriaFile: criteria, policyFile: policy)
        let rows: [ConfigurationLayers.Row]
        do throws(ConfigurationError) {
            rows = try ConfigurationLayers(criteriaFile: criteria, policyFile: policy).rows
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
