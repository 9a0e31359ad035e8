import FoundationEssentials
import Readiness

/// Reads what a Nagios plugin says (Monitoring Plugins Development Guidelines): an exit code 0 to 3, a first line that
/// names the same state in words, and performance data behind `|`.
package enum NagiosOutput {
    private static let states = ["OK", "WARNING", "CRITICAL", "UNKNOWN"]

    /// What it comes to. UNKNOWN, a line without a state and another code than 0 to 3 are no result: nil.
    ///
    /// Code and word may differ; `expectedExitCode` is the word's.
    package static func results(exitCode: Int32?, output: String) -> ForeignResults? {
        guard let exitCode, (0...3).contains(exitCode) else { return nil }
        let lines = output.split(whereSeparator: \.isNewline)
        guard let first = lines.first else { return nil }
        let parts = first.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        guard let text = parts.first, let state = state(in: text), state < 3 else { return nil }
        var results = ForeignResults()
        results.total = 1
        results.expectedExitCode = Int32(state)
        let message = SafeText.line(String(text.prefix(300)))
        switch state {
        case 0: results.passed = 1
        case 1:
            results.passed = 1
            results.add(.init(kind: "nagios-warning", subject: "plugin", message: message, severity: .low))
        default:
            results.failed = 1
            results.add(.init(kind: "nagios-critical", subject: "plugin", message: message, severity: .high))
        }
        if parts.count == 2 { results.numbers += numbers(in: String(parts[1])) }
        // Performance data may go on behind a bar in the long text.
        if let bar = lines.dropFirst().firstIndex(where: { $0.contains("|") }) {
            let rest = lines[bar...].joined(separator: " ")
            if let place = rest.firstIndex(of: "|") {
                results.numbers += numbers(in: String(rest[rest.index(after: place)...]))
            }
        }
        results.numbers = Array(results.numbers.prefix(ForeignResults.numberCap))
        return results
    }

    /// The first word of the line that is a state, in capitals and by itself.
    private static func state(in text: Substring) -> Int? {
        for word in text.prefix(4096).split(whereSeparator: { !$0.isLetter }) {
            if let state = states.firstIndex(of: String(word)) { return state }
        }
        return nil
    }

    /// `'label'=value[unit];warn;crit;min;max`, separated by blanks. What is none is passed over.
    static func numbers(in text: String) -> [ForeignResults.Number] {
        var numbers: [ForeignResults.Number] = []
        var rest = text.prefix(64 * 1024)[...]
        while numbers.count < ForeignResults.numberCap {
            rest = rest.drop { $0.isWhitespace }
            guard !rest.isEmpty else { break }
            var label = ""
            if rest.first == "'" {
                rest = rest.dropFirst()
                while let character = rest.first {
                    rest = rest.dropFirst()
                    if character == "'" {
                        guard rest.first == "'" else { break }
                        rest = rest.dropFirst()
                    }
                    label.append(character)
                }
            } else {
                label = String(rest.prefix { $0 != "=" && !$0.isWhitespace })
                rest = rest.dropFirst(label.count)
            }
            guard rest.first == "=" else {
                rest = rest.drop { !$0.isWhitespace }
                continue
            }
            let field = rest.dropFirst().prefix { !$0.isWhitespace }
            rest = rest.dropFirst(field.count + 1)
            let value = field.prefix { $0 != ";" }
            let digits = value.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-") }
            let unit = value.dropFirst(digits.count)
            // `U` stands for a value that could not be determined.
            guard !label.isEmpty, let number = DecimalValue(parsing: String(digits)), unit.count <= 8,
                unit.allSatisfy({ $0.isLetter || $0 == "%" })
            else { continue }
            numbers.append(.init(name: label, unit: unit.isEmpty ? "1" : String(unit), value: number))
        }
        return numbers
    }
}
