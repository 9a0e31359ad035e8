import ArgumentParser
import Engine
import FoundationEssentials
import PracticeDesk
import Profile
import Readiness
import Validators

struct ListCommand: InvocationCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List validators, checks, faults, sets, targets or themes.")

    @Argument(help: "validators, checks, faults, sets, targets or themes.")
    var what: String
    @Option(help: "A target whose own validators, checks and sets are listed too: a profile's name, file or folder.")
    var target: String?
    @Option(help: "console or json.")
    var format = "console"

    func invocation() throws -> any Invocation {
        guard let subject = Listing.Subject(rawValue: what) else {
            throw CommandFailure.unknown("list", what, among: Listing.Subject.allCases.map(\.rawValue))
        }
        guard ["console", "json"].contains(format) else {
            throw CommandFailure.unknown("format", format, among: ["console", "json"])
        }
        return Listing(subject: subject, target: target, asJSON: format == "json")
    }
}

/// What there is to choose from.
struct Listing: Invocation {
    enum Subject: String, CaseIterable { case validators, checks, faults, sets, targets, themes }

    let subject: Subject
    let target: String?
    let asJSON: Bool

    func perform() throws -> ExitCode {
        let rows = try rows()
        let output = OutputStream()
        if asJSON {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            let objects = rows.map { row in Dictionary(uniqueKeysWithValues: zip(columns, row)) }
            do { output.write([UInt8](try encoder.encode(objects)) + [UInt8(ascii: "\n")]) } catch {
                throw CommandFailure(.software, "a list cannot be encoded: \(error)")
            }
        } else {
            for line in Table(rows).lines { output.write(line: line) }
        }
        return .success
    }

    private var columns: [String] {
        switch subject {
        case .validators: ["name", "title", "checks"]
        case .checks: ["check_id", "from", "grade", "severity", "title"]
        case .faults: ["name", "default", "sentence"]
        case .sets: ["name", "title", "checks"]
        case .targets: TargetListing.columns
        case .themes: ["name", "kind"]
        }
    }

    private func rows() throws -> [[String]] {
        let own = try target.map { target throws(CommandFailure) in
            try OwnChecks(TargetLibrary.profile(target, repository: nil, StateFolders()).profile)
        }
        let validators = ValidatorRegistry.all(.offline) + (own?.offline ?? [])
        let definitions = validators.flatMap { $0.checks.map(\.definition) }
        switch subject {
        case .validators:
            return validators.map { validator in
                [
                    validator.name, validator.title,
                    validator.checks.map(\.definition.id.description).joined(separator: " "),
                ]
            }
        case .checks:
            return definitions.map {
                [$0.id.description, $0.fromMode.rawValue, $0.grade.rawValue, $0.severity.rawValue, $0.title]
            }
        case .faults:
            return Fault.allCases.map { [$0.rawValue, $0.defaultMagnitude.text ?? "-", $0.sentence] }
        case .sets:
            return CheckSet.all(among: definitions.map(\.id)).map { set in
                [
                    set.name, set.title,
                    (set.checks + (own?.sets[set.name] ?? [])).map(\.description).joined(separator: " "),
                ]
            }
        case .targets: return TargetListing.rows(StateFolders()).map(\.cells)
        case .themes: return ShippedTheme.allCases.map { [$0.rawValue, $0.kind] }
        }
    }
}

/// Rows in columns that line up; the last column is not padded. A cell of more than 64 characters makes its own row longer
/// and no other.
struct Table {
    private static let widest = 64

    let lines: [String]

    init(_ rows: [[String]]) {
        var widths: [Int] = []
        for row in rows {
            for (place, cell) in row.enumerated() {
                if place == widths.count { widths.append(0) }
                if cell.count <= Self.widest { widths[place] = max(widths[place], cell.count) }
            }
        }
        lines = rows.map { row in
            row.enumerated().map { place, cell in
                place == row.count - 1 ? cell : cell + String(repeating: " ", count: max(0, widths[place] - cell.count))
            }.joined(separator: "  ")
        }
    }
}
