package import Readiness

/// One value of a configuration file as it is spelled, with the place it stands at.
///
/// Says nothing of whether the value is accepted: load the file for that first.
package struct SourcedValue: Sendable, Equatable {
    /// The dotted path in the file: `thresholds.smoke.max_ready_ms`. Sanitised.
    package var key: String
    /// As the file spells it; a list in brackets. Sanitised.
    package var text: String
    /// File and line.
    package var source: SourceLocation

    /// Every value of a file, in its order.
    ///
    /// - Throws: `ConfigurationError` when the text is no configuration at all.
    package static func all(in text: ConfigurationText) throws(ConfigurationError) -> [SourcedValue] {
        let problems = ProblemCollector(file: text.name)
        let tree = TreeReader(problems: problems).read(text.text)
        try problems.throwIfAny()
        guard let tree else { return [] }
        var values: [SourcedValue] = []
        walk(tree, at: "", file: text.name, into: &values)
        return values
    }

    private static func walk(_ tree: KeyValueTree, at path: String, file: String, into values: inout [SourcedValue]) {
        switch tree {
        case .map(let entries, _):
            for entry in entries {
                walk(entry.value, at: path.isEmpty ? entry.key : "\(path).\(entry.key)", file: file, into: &values)
            }
        case .list(let items, let line):
            let words = items.map { item -> String in
                if case .scalar(let text, _, _) = item { text } else { "…" }
            }
            values.append(SourcedValue(path, "[\(words.joined(separator: ", "))]", file, line))
        case .scalar(let text, let line, _): values.append(SourcedValue(path, text, file, line))
        }
    }

    private init(_ key: String, _ text: String, _ file: String, _ line: Int) {
        self.key = SafeText.line(key)
        self.text = SafeText.line(text)
        source = SourceLocation(file: file, line: line)
    }
}
