package import Readiness

/// One thing wrong in one configuration file: where, under which key, what, and what would have been right.
package struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
    /// The file as it was named to the loader, and the line of the value; line 0 where the whole file is meant.
    package var location: SourceLocation
    /// The dotted path of the key in the file, `thresholds.smoke.max_ready_ms`. Empty where no key is meant.
    ///
    /// Keys come from the file: the path is sanitised for showing (`SafeText`).
    package var keyPath: String
    /// What is wrong, as a fragment that reads after the key. Text from the file in it is sanitised and shortened.
    package var message: String
    /// The values, the range or the keys that are accepted. nil where the message says it all.
    package var accepted: String?
    /// The known name that was probably meant.
    package var nearest: String?

    /// States a problem.
    package init(
        location: SourceLocation, keyPath: String = "", message: String, accepted: String? = nil,
        nearest: String? = nil
    ) {
        self.location = location
        self.keyPath = keyPath
        self.message = message
        self.accepted = accepted
        self.nearest = nearest
    }

    /// One line: `file:line: key: message; accepted: …; did you mean …?`
    package var description: String {
        var text = "\(SafeText.line(location.description)): "
        if !keyPath.isEmpty { text += "\(keyPath): " }
        text += message
        if let accepted { text += "; accepted: \(accepted)" }
        if let nearest { text += "; did you mean \(nearest)?" }
        return text
    }
}

/// Everything that is wrong in a file, or in files that are read together, so that it can be mended in one go.
package struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// At least one, file by file, in the order of a file's lines.
    package var problems: [ConfigurationProblem]

    /// Gathers problems; there must be at least one.
    package init(_ problems: [ConfigurationProblem]) {
        precondition(!problems.isEmpty, "a configuration error without a problem")
        self.problems = problems
    }

    /// One line a problem, without a line end at the end. The program ends with exit code 78.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
