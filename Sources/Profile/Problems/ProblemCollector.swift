import Readiness

/// Gathers what is wrong in one file while it is being read. Local to one load: not shared between tasks.
final class ProblemCollector {
    let file: String
    /// Whether a name in a list that is not known stops the load. It does in our own files; in files from elsewhere it
    /// warns, for it may be a validator of another version.
    let unknownNamesAreErrors: Bool
    private var errors: [ConfigurationProblem] = []
    private var collectedWarnings: [ConfigurationProblem] = []

    init(file: String, unknownNamesAreErrors: Bool = true) {
        self.file = file
        self.unknownNamesAreErrors = unknownNamesAreErrors
    }

    func error(
        line: Int, _ keyPath: String = "", _ message: String, accepted: String? = nil, nearest: String? = nil
    ) {
        errors.append(problem(line, keyPath, message, accepted, nearest))
    }

    /// A name whose meaning we do not know: an error in our own file, a warning in one from elsewhere.
    func unknownName(line: Int, _ keyPath: String, _ message: String, accepted: String, nearest: String?) {
        let problem = problem(line, keyPath, message, accepted, nearest)
        if unknownNamesAreErrors { errors.append(problem) } else { collectedWarnings.append(problem) }
    }

    var warnings: [ConfigurationProblem] { Self.inFileOrder(collectedWarnings) }

    /// Ends the load if anything was wrong. What would otherwise be a warning is told beside it: a file is mended in one go.
    func throwIfAny() throws(ConfigurationError) {
        guard errors.isEmpty else { throw ConfigurationError(Self.inFileOrder(errors + collectedWarnings)) }
    }

    private func problem(
        _ line: Int, _ keyPath: String, _ message: String, _ accepted: String?, _ nearest: String?
    ) -> ConfigurationProblem {
        ConfigurationProblem(
            location: SourceLocation(file: file, line: line), keyPath: SafeText.line(keyPath), message: message,
            accepted: accepted, nearest: nearest)
    }

    /// By line; problems of one line stay in the order in which they were found (`sort` is stable).
    private static func inFileOrder(_ problems: [ConfigurationProblem]) -> [ConfigurationProblem] {
        problems.sorted { $0.location.line < $1.location.line }
    }
}

/// Text from a file, made fit for a message: sanitised, shortened, in quotation marks.
func quoted(_ text: String) -> String {
    let safe = SafeText.line(String(text.prefix(60)))
    return text.count > 60 ? "'\(safe)…'" : "'\(safe)'"
}
