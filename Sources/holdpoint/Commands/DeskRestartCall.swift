import FoundationEssentials
import PracticeDesk
import Readiness

/// `desk restart`: restarts the desk of a home in place. The command behind the desk's capability `control`.
struct DeskRestartCall: Invocation {
    let home: String
    let limit: Duration

    func perform() throws -> ExitCode {
        let control = DeskControl(home: DeskHome(path: home))
        let limit = limit
        return try DeskCall.run {
            let restarted = try await control.restart(within: limit)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            OutputStream().write([UInt8](try encoder.encode(restarted)) + [UInt8(ascii: "\n")])
            return .success
        }
    }

    /// A whole number of seconds or milliseconds, up to ten minutes; nil for anything else.
    static func limit(_ text: String) -> Duration? {
        let units: [(String, Int)] = [("ms", 1), ("s", 1000)]
        guard let (unit, factor) = units.first(where: { text.hasSuffix($0.0) }) else { return nil }
        let digits = text.utf8.dropLast(unit.utf8.count)
        let isNumber = digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard isNumber, (1...6).contains(digits.count), let number = Int(String(Substring(digits))),
            (1...600_000).contains(number * factor)
        else { return nil }
        return .milliseconds(number * factor)
    }
}
