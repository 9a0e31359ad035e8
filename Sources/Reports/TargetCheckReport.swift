import FoundationEssentials
package import Readiness

/// What a target offers of the readiness surface, as lines and as JSON (`holdpoint target check`).
package struct TargetCheckReport: Sendable {
    /// The number in `schema`.
    package static let schema = 1

    private let target: String
    private let environment: String
    private let profile: String
    private let argument: String
    private let capabilities: [CapabilityReport]

    /// Makes a report.
    ///
    /// - Parameters:
    ///   - target: the profile's id.
    ///   - environment: as the profile states it.
    ///   - profile: its file, as messages name it.
    ///   - argument: what stands after `--target`.
    package init(
        target: String, environment: String, profile: String, argument: String, _ capabilities: [CapabilityReport]
    ) {
        self.target = target
        self.environment = environment
        self.profile = profile
        self.argument = argument
        self.capabilities = capabilities
    }

    /// Whether every capability that a check waits for can be observed, or could not be tried.
    package var isGood: Bool { lacking.isEmpty }

    private var lacking: [CapabilityReport] { capabilities.filter { $0.isLacking && !$0.waiting.isEmpty } }

    /// `found` where something is lacking, as of every command that inspects.
    package var exitCode: ExitCode { isGood ? .success : .found }

    /// The command that prints a stub of something.
    private func stub(_ name: String) -> String {
        "holdpoint target check --target \(ShellWord.quoted(argument)) --stub \(name)"
    }

    // MARK: - Lines

    /// A table, what else is to be known, and what to do next.
    package var lines: [String] {
        var lines = ["target \(SafeText.line(target))  (\(SafeText.line(environment)), \(SafeText.line(profile)))", ""]
        let rows = capabilities.map { report in
            [
                report.name, report.words, SafeText.line(report.question), Self.listed(report),
                "\(report.waiting.count)", SafeText.line(report.detail),
            ]
        }
        lines += Self.table([["CAPABILITY", "STATE", "ASKED", "LISTED", "CHECKS", "DETAIL"]] + rows)
        let notes = capabilities.flatMap { report in
            report.notes.map { "\(report.name): \(SafeText.line($0))" }
        }
        if !notes.isEmpty { lines += [""] + notes.map { "note: \($0)" } }
        lines += ["", summary]
        for report in lacking {
            let waiting = report.waiting.map(\.description)
            let shown = waiting.prefix(3).joined(separator: ", ")
            let more = waiting.count > 3 ? " and \(waiting.count - 3) more" : ""
            lines.append("  \(report.name): wait for it \(shown)\(more)")
            if report.isMissing { lines.append("    \(stub(report.name))") }
        }
        return lines
    }

    private var summary: String {
        let answering = capabilities.count { if case .answers = $0.finding { true } else { false } }
        let untried = capabilities.count { if case .untried = $0.finding { true } else { false } }
        var text = "\(answering) of \(capabilities.count) answer, \(untried) are not tried"
        let waiting = Set(lacking.flatMap(\.waiting)).count
        text +=
            isGood ? "; no check lacks one" : "; \(waiting) \(waiting == 1 ? "check lacks" : "checks lack") something:"
        return text
    }

    private static func listed(_ report: CapabilityReport) -> String {
        report.isListed.map { $0 ? "yes" : "no" } ?? "-"
    }

    /// Columns that line up; the last one is not padded.
    private static func table(_ rows: [[String]]) -> [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { place in rows.map { $0.count > place ? $0[place].count : 0 }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { place, cell in
                place == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[place] - cell.count)
            }
            .joined(separator: "  ")
        }
    }

    // MARK: - JSON

    /// One JSON object with sorted keys, ending in a newline.
    package func bytes() -> [UInt8] {
        ReportEncoding.bytes(
            Encoded(
                target: .init(id: target, environment: environment, profile: profile), exit_code: exitCode.number,
                capabilities: capabilities.map { EncodedCapability($0, stub: stub($0.name)) }))
    }

    private struct Encoded: Encodable {
        struct Target: Encodable {
            var id: String
            var environment: String
            var profile: String
        }
        var schema = TargetCheckReport.schema
        var target: Target
        var exit_code: Int32
        var capabilities: [EncodedCapability]
    }
}

/// A capability as JSON. Shared by the pre-flight.
struct EncodedCapability: Encodable {
    var capability: String
    var state: String
    var question: String
    var listed: Bool?
    var median_ns: Int64?
    var reads: Int?
    var detail: String
    var notes: [String]
    var checks: [CheckID]
    /// The command that prints a handler, or lines of a profile; nil where nothing is missing.
    var stub: String?

    init(_ report: CapabilityReport, stub: String) {
        capability = report.name
        state = report.state
        question = report.question
        listed = report.isListed
        if case .answers(let median, let count) = report.finding { (median_ns, reads) = (median.nanoseconds, count) }
        detail = report.detail
        notes = report.notes
        checks = report.waiting
        self.stub = report.isMissing ? stub : nil
    }
}

/// How reports are written as JSON.
enum ReportEncoding {
    static func bytes(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        do { return [UInt8](try encoder.encode(value)) + [UInt8(ascii: "\n")] } catch {
            // Plain data that JSON can always hold.
            preconditionFailure("a report cannot be encoded: \(error)")
        }
    }
}
