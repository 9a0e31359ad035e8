import Profile
import Readiness

/// The configuration of a run as people look at it: every value, the layer that gave it, and its file and line.
struct ConfigurationLayers {
    /// A value that is in force.
    struct Row: Sendable, Equatable {
        /// `target`, `criteria`, `limits` or `policy`.
        var file: String
        /// The dotted path in its file.
        var key: String
        /// As its file spells it.
        var value: String
        /// `shipped`; the option that named the file: `--criteria`; `profile` for what the target's profile says or
        /// names; `inferred` for what the files of a repository without one say; `derived` for what stands in no file
        /// and is made of what the profile binds.
        var layer: String
        /// File and line.
        var source: SourceLocation
    }

    /// In the order of the files.
    let rows: [Row]

    /// Reads the shipped files, those that were given instead, and those of a target. They must have been loaded before:
    /// what is not accepted is not shown here.
    ///
    /// - Parameter inForce: the criteria as they were loaded: what a target is expected to offer follows from what its
    ///   profile binds, and stands in no file.
    init(
        criteriaFile: String?, policyFile: String?, target: TargetLibrary.Loaded? = nil, inForce: Criteria? = nil
    ) throws(ConfigurationError) {
        let profile = target?.file.profile
        let layer = target.map { $0.origin == .own ? "profile" : $0.origin.rawValue } ?? ""
        var criteria = try Self.rows(of: RunConfiguration.shippedCriteria(), file: "criteria", layer: "shipped")
        if let (path, layer) = Self.chosen(criteriaFile, "--criteria", profile?.criteriaFile) {
            let text = try ConfigurationText(readingFileAt: path)
            criteria = Self.layered(try Self.rows(of: text, file: "criteria", layer: layer), over: criteria)
        }
        var own: [Row] = []
        if let target {
            let rows = try Self.rows(of: target.text, file: "target", layer: layer)
            own = rows.filter { !$0.key.hasPrefix("thresholds.") }
            let thresholds = rows.filter { $0.key.hasPrefix("thresholds.") }.map { row in
                var row = row
                row.file = "criteria"
                return row
            }
            criteria = Self.layered(thresholds, over: criteria)
            criteria = criteria.map { Self.expected($0, of: target, inForce) }
        }
        let limits =
            if let path = profile?.limitsFile {
                try Self.rows(of: ConfigurationText(readingFileAt: path), file: "limits", layer: "profile")
            } else {
                try Self.rows(of: RunConfiguration.shippedLimits(), file: "limits", layer: "shipped")
            }
        let policy =
            if let (path, layer) = Self.chosen(policyFile, "--policy", profile?.policyFile) {
                try Self.rows(of: ConfigurationText(readingFileAt: path), file: "policy", layer: layer)
            } else {
                try Self.rows(of: RunConfiguration.shippedPolicy(), file: "policy", layer: "shipped")
            }
        rows = own + criteria + limits + policy
    }

    /// The row of the capabilities that are expected, as they are in force: their place is that of the bindings which
    /// they are made of.
    private static func expected(_ row: Row, of target: TargetLibrary.Loaded, _ criteria: Criteria?) -> Row {
        let key = "smoke.expected_capabilities"
        guard row.key == "thresholds.\(key)", let names = criteria?.names(key), names.source.file == target.text.name,
            row.source.file != target.text.name
        else { return row }
        var row = row
        (row.value, row.layer, row.source) = ("[\(names.names.joined(separator: ", "))]", "derived", names.source)
        return row
    }

    /// The file that stands in place of the shipped one: the command line's before the profile's.
    private static func chosen(_ given: String?, _ option: String, _ profile: String?) -> (String, String)? {
        given.map { ($0, option) } ?? profile.map { ($0, "profile") }
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
