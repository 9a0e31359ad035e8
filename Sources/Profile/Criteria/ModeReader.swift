import Readiness

/// Reads `validation_modes` of a criteria file.
struct ModeReader {
    static let keys = ["duration_minutes", "validators", "include_load_tests", "include_security_scan"]
    private static let minutes = NumberRange(lowest: "1", highest: "43200", isWhole: true, unit: "minutes")

    let section: Section
    /// Names accepted under `validators`; nil where the caller knows none, and every well-formed name is taken.
    let knownNames: [String]?

    /// Reads all modes; a mode that the file does not give is taken from the defaults.
    ///
    /// - Returns: nil where a mode is neither given nor in the defaults, or is wrong: problems are stated.
    func modes(over defaults: ValidationModes?) -> ValidationModes? {
        section.refuseKeys(except: Mode.allCases.map(\.rawValue))
        let quick = entry(.quick, over: defaults)
        let standard = entry(.standard, over: defaults)
        let thorough = entry(.thorough, over: defaults)
        guard let quick, let standard, let thorough else { return nil }
        return ValidationModes(quick: quick, standard: standard, thorough: thorough)
    }

    private func entry(_ mode: Mode, over defaults: ValidationModes?) -> ValidationModes.Entry? {
        if section[mode.rawValue] == nil, let defaults { return defaults[mode] }
        let keys = Self.keys.joined(separator: ", ")
        guard let value = section.required(mode.rawValue, accepted: "a map with the keys \(keys)"),
            let entry = section.section(mode.rawValue, value, keys: Self.keys)
        else { return nil }
        entry.refuseKeys(except: Self.keys)
        let minutes = entry.required("duration_minutes", accepted: Self.minutes.description)
            .flatMap { entry.number("duration_minutes", $0, in: Self.minutes) }
            .flatMap { Int($0.description) }
        let selection = entry.required("validators", accepted: acceptedNames).flatMap { self.selection(in: entry, $0) }
        let loadTests = flag("include_load_tests", in: entry)
        let securityScan = flag("include_security_scan", in: entry)
        guard let minutes, let selection, let loadTests, let securityScan else { return nil }
        return ValidationModes.Entry(
            selection: selection, budget: .seconds(60 * minutes), includesLoadTests: loadTests,
            includesSecurityScan: securityScan, source: entry.source(of: value))
    }

    private func flag(_ key: String, in mode: Section) -> Bool? {
        guard let value = mode[key] else { return false }
        return mode.flag(key, value)
    }

    private var acceptedNames: String {
        "all, or a list of \(knownNames?.joined(separator: ", ") ?? "names of sets and validators")"
    }

    private func selection(in mode: Section, _ value: KeyValueTree) -> ValidationModes.Selection? {
        if case .scalar("all", _, _) = value { return .all }
        guard case .list(let items, _) = value else {
            mode.wrongType("validators", value, accepted: acceptedNames)
            return nil
        }
        guard let names = mode.names("validators", value, accepted: acceptedNames, where: Self.isName) else {
            return nil
        }
        if let knownNames {
            for (item, name) in zip(items, names) where !knownNames.contains(name) {
                mode.problems.unknownName(
                    line: item.line, mode.path(of: "validators"), "holds \(quoted(name)), which is not known",
                    accepted: acceptedNames, nearest: NearestName.of(name, among: knownNames))
            }
        }
        return .names(names)
    }

    /// Lower-case letters, digits, `-` and `_`, beginning with a letter.
    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else { return false }
        return text.utf8.count <= 64
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
