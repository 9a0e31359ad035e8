import Profile
import Readiness

/// The configuration of a run as people look at it: every value, the layer that gave it, and its file and line.
struct ConfigurationLayers {
    /// A value that is in force.
    struct Row: Sendable, Equatable {
        /// `criteria`, `limits` or `policy`.
        var file: String
        /// The dotted path in its file.
        var key: String
        /// As its file spells it.
        var value: String
        /// `shipped`, or the option that named the file: `--criteria`.
        var layer: String
        /// File and line.
        var source: SourceLocation
    }

    /// In the order of the files.
    let rows: [Row]

    /// Reads the shipped files and those that were given instead. They must have been loaded before: what is not
    /// accepted is not shown here.
    init(criteriaFile: String?, policyFile: String?) throws(ConfigurationError) {
        let shipped = try Self.rows(of: RunConfiguration.shippedCriteria(), file: "criteria", layer: "shipped")
        var criteria = shipped
        if let criteriaFile {
            let text = try ConfigurationText(readingFileAt: criteriaFile)
            criteria = Self.layered(try Self.rows(of: text, file: "criteria", layer: "--criteria"), over: shipped)
        }
        let limits = try Self.rows(of: RunConfiguration.shippedLimits(), file: "limits", layer: "shipped")
        let policy =
            if let policyFile {
                try Self.rows(
                    of: ConfigurationText(readingFileAt: policyFile), file: "policy", layer: "--policy")
            } else {
                try Self.rows(of: RunConfiguration.shippedPolicy(), file: "policy", layer: "shipped")
            }
        rows = criteria + limits + policy
    }

    private static func rows(
        of text: ConfigurationText, file: String, layer: String
    ) throws(ConfigurationError) -> [Row] {
        try SourcedValue.all(in: text).map {
            Row(file: file, key: $0.key, value: $0.text, layer: layer, source: $0.source)
        }
    }

    /// What the given file says in place of the shipped values. A mode is given as a whole: what a file leaves out of a
    /// mode that it names is the default, and not what the shipped file has there.
    private static func layered(_ given: [Row], over shipped: [Row]) -> [Row] {
        var left = Dictionary(given.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let modes = Set(given.compactMap { mode(of: $0.key) })
        var rows: [Row] = []
        for row in shipped {
            if let mode = mode(of: row.key), modes.contains(mode), left[row.key] == nil { continue }
            rows.append(left.removeValue(forKey: row.key) ?? row)
        }
        return rows + given.filter { left[$0.key] != nil }
    }

    private static func mode(of key: String) -> Substring? {
        let parts = key.split(separator: ".")
        return parts.count == 3 && parts[0] == "validation_modes" ? parts[1] : nil
    }
}
