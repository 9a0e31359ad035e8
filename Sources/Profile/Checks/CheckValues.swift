import Readiness

/// Values that several kinds of checks have.
extension Section {
    static let ports = NumberRange(lowest: "1", highest: "65535", isWhole: true, unit: "port")
    static let seconds = NumberRange(lowest: "0.001", highest: "315360000", unit: "s")
    static let reportKeys = ["file", "max_age_s", "min_results"]

    /// A number that must be given, with its place.
    func bound(_ key: String, _ range: NumberRange) -> Threshold? {
        required(key, accepted: range.description).flatMap { value in
            number(key, value, in: range).map { Threshold($0, source: source(of: value)) }
        }
    }

    /// A whole number in a range.
    func whole(_ key: String, _ value: KeyValueTree, in range: NumberRange) -> Int? {
        number(key, value, in: range).flatMap { Int($0.description) }
    }

    /// A port under the key `port`.
    func port(_ value: KeyValueTree) -> Int? { whole("port", value, in: Self.ports) }

    /// A name or an address that must be given.
    func host(_ key: String) -> String? {
        let accepted = "a name or an address"
        guard let value = required(key, accepted: accepted), let text = text(key, value, accepted: accepted) else {
            return nil
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }), !text.contains("/"), !text.contains("@") else {
            problem(key, value, "is \(quoted(text))", accepted: accepted)
            return nil
        }
        return text
    }

    /// `roots`: a PEM file of the certificates to trust in place of others, absolute; nil where none is named, and
    /// after stating what is wrong with it. Whether it is there is found where it is used: a profile is read elsewhere,
    /// too.
    func roots(_ paths: ProfilePaths) -> String? {
        self["roots"].flatMap { text("roots", $0, accepted: "the path of a file of PEM certificates") }
            .map(paths.inProfile)
    }

    /// `timeout_ms`; nil after stating what is wrong with it.
    func limit(otherwise standard: Duration) -> Duration? {
        guard let value = self["timeout_ms"] else { return standard }
        return number("timeout_ms", value, in: .milliseconds()).map(ProfileTime.milliseconds)
    }

    /// One text or several.
    func texts(_ key: String) -> [String]? {
        guard let value = self[key] else { return [] }
        let accepted = "a text or a list of texts, none empty"
        let items: [KeyValueTree] = if case .list(let items, _) = value { items } else { [value] }
        var texts: [String] = []
        for item in items {
            guard case .scalar(let text, _, _) = item, !text.isEmpty, text.utf8.count <= 4_000 else {
                problem(key, item, item.kind == "nothing" ? "is empty" : "holds \(item.kind)", accepted: accepted)
                return nil
            }
            texts.append(text)
        }
        return texts
    }

    static let textKeys = ["contains", "lacks", "matches"]

    /// What a text must hold; empty where nothing is asked, nil after stating what is wrong.
    func textRequirement() -> TextRequirement? {
        let (contains, lacks, patterns) = (texts("contains"), texts("lacks"), texts("matches"))
        var matches: [LinePattern] = []
        for text in patterns ?? [] {
            guard let pattern = LinePattern(text) else {
                problem(
                    "matches", self["matches"] ?? .list([], line: line), "\(quoted(text)) is no pattern",
                    accepted: LinePattern.accepted)
                return nil
            }
            matches.append(pattern)
        }
        guard let contains, let lacks, patterns != nil else { return nil }
        return TextRequirement(contains: contains, lacks: lacks, matches: matches)
    }

    /// Names with texts: `{name: text}`.
    func pairs(_ key: String, names: String, where isName: (String) -> Bool) -> [String: String]? {
        guard let value = self[key] else { return [:] }
        guard case .map(let entries, _) = value else {
            wrongType(key, value, accepted: "a map of \(names) and their texts")
            return nil
        }
        var pairs: [String: String] = [:]
        for entry in entries {
            guard isName(entry.key) else {
                problems.error(
                    line: entry.line, path(of: key), "names \(quoted(entry.key))", accepted: names)
                return nil
            }
            guard case .scalar(let text, _, _) = entry.value, text.utf8.count <= 4_000,
                text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f })
            else {
                problem("\(key).\(entry.key)", entry.value, "is \(entry.value.kind)", accepted: "a text of one line")
                return nil
            }
            pairs[entry.key] = text
        }
        return pairs
    }

    /// Names with where a secret is to be had: `{name: env:TOKEN}`.
    func secrets(
        _ key: String, names: String, _ paths: ProfilePaths, where isName: (String) -> Bool
    ) -> [String: String]? {
        guard let value = self[key] else { return [:] }
        guard case .map(let entries, let line) = value else {
            wrongType(key, value, accepted: "a map of \(names) and where each secret is to be had")
            return nil
        }
        let keys = entries.map(\.key)
        guard let map = section(key, .map(entries, line: line), keys: keys) else { return nil }
        var secrets: [String: String] = [:]
        for entry in entries {
            guard isName(entry.key) else {
                problems.error(line: entry.line, path(of: key), "names \(quoted(entry.key))", accepted: names)
                return nil
            }
            guard let reference = ProfileSecret.read(entry.key, entry.value, in: map, paths) else { return nil }
            secrets[entry.key] = reference.description
        }
        return secrets
    }

    /// The keys of a report that another tool writes, but for its format.
    func report(_ format: ReportRequirement.Format?, _ paths: ProfilePaths) -> ReportRequirement? {
        let file = required("file", accepted: "the path of the report")
            .flatMap { text("file", $0, accepted: "the path of the report") }
        let age = bound("max_age_s", Self.seconds)
        let counts = NumberRange(lowest: "1", highest: "1000000", isWhole: true, unit: "results")
        let least = self["min_results"].map { whole("min_results", $0, in: counts) } ?? 1
        guard let format, let file, let age, let least else { return nil }
        return ReportRequirement(format, at: paths.inRepository(file), maximumAge: age, leastResults: least)
    }
}

/// Names of variables and header fields in a profile.
enum FieldNames {
    static let variables = "names of variables: letters, digits and _"
    static let headers = "names of header fields: letters, digits, - and _, and none that says how a message is read"

    static func isVariable(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(48...57).contains(first), name.utf8.count <= 128 else { return false }
        return name.utf8.allSatisfy(isWord)
    }

    static func isHeader(_ name: String) -> Bool {
        // These say how the message is to be read; a profile that sets them could smuggle a second request.
        let ours = ["host", "content-length", "transfer-encoding", "connection", "content-type"]
        return !name.isEmpty && name.utf8.count <= 128 && !ours.contains(name.lowercased())
            && name.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "_"): true
        default: false
        }
    }
}
