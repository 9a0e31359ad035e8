import Readiness

/// Reads `validators`: programs of the team's own, in whatever language, and reports of other tools.
struct ExternalReader {
    let top: Section
    let paths: ProfilePaths
    let heads: CheckHeadReader

    private static let formats = ["native", "nagios", "tap", "junit", "sarif"]
    private static let nativeKeys = ["parameters", "criteria"]
    private static let keys =
        ["name", "format", "command", "check"] + Section.reportKeys + CommandCheckReader.startKeys + nativeKeys

    /// What was read: those that speak our protocol, and one check for each of the others.
    struct Found {
        var validators: [ExternalDeclaration] = []
        var checks: [DeclaredCheck] = []
    }

    /// What is wrong is stated and left out.
    func found(_ value: KeyValueTree) -> Found {
        var found = Found()
        var names: Set<String> = []
        for section in top.sections("validators", value, keys: Self.keys) ?? [] {
            section.refuseKeys(except: Self.keys)
            let name = section.required("name", accepted: TargetReader.idAccepted)
                .flatMap { value in
                    section.text("name", value, accepted: TargetReader.idAccepted).flatMap { text in
                        if ProfileNames.isIdentifier(text) { return text }
                        section.problem("name", value, "is \(quoted(text))", accepted: TargetReader.idAccepted)
                        return nil
                    }
                }
            if let name, !names.insert(name).inserted, let value = section["name"] {
                section.problem("name", value, "\(quoted(name)) is given twice")
            }
            let format = section["format"].map { section.word("format", $0, among: Self.formats) } ?? "native"
            guard let format else { continue }
            if format == "native" {
                if let validator = native(name, section) { found.validators.append(validator) }
            } else if let check = foreign(format, section) {
                found.checks.append(check)
            }
        }
        return found
    }

    // MARK: - Our protocol

    private func native(_ name: String?, _ section: Section) -> ExternalDeclaration? {
        for key in Section.reportKeys + ["check"] {
            if let value = section[key] {
                section.problem(key, value, "belongs to the other formats: a native validator describes its own checks")
            }
        }
        let start = CommandCheckReader(paths: paths).start("command", in: section)
        let parameters = section.pairs("parameters", names: FieldNames.variables, where: FieldNames.isVariable)
        let longest = NumberRange(lowest: "1", highest: "600000", unit: "ms")
        let limit = section["timeout_ms"].map { section.number("timeout_ms", $0, in: longest) }
        let criteria = section["criteria"].map { self.criteria($0, in: section) } ?? [:]
        if let limit, limit == nil { return nil }
        guard let name, let start, let parameters else { return nil }
        return ExternalDeclaration(
            name: name, arguments: start.words, folder: start.folder, environment: start.environment,
            secretEnvironment: start.secrets, parameters: parameters,
            limit: limit.flatMap(\.self).map(ProfileTime.milliseconds), criteria: criteria,
            source: SourceLocation(file: section.problems.file, line: section.line))
    }

    private func criteria(_ value: KeyValueTree, in section: Section) -> [CheckID: [String: Criterion]] {
        guard case .map(let entries, _) = value, let map = section.section("criteria", value, keys: []) else {
            section.wrongType("criteria", value, accepted: "a map of check ids, measurements and their bounds")
            return [:]
        }
        var all: [CheckID: [String: Criterion]] = [:]
        for entry in entries {
            guard let id = CheckID(parsing: entry.key) else {
                map.problems.error(
                    line: entry.line, map.path(of: entry.key), "is no id of a check",
                    accepted: "validator.subject.property, as the validator describes it")
                continue
            }
            guard case .map(let measurements, _) = entry.value,
                let check = map.section(entry.key, entry.value, keys: [])
            else {
                map.wrongType(entry.key, entry.value, accepted: "a map of measurements and their bounds")
                continue
            }
            for measurement in measurements {
                let keys = ExpectationReader.numberKeys
                guard let bound = check.section(measurement.key, measurement.value, keys: keys) else { continue }
                bound.refuseKeys(except: keys)
                all[id, default: [:]][measurement.key] = ExpectationReader(section: bound).criterion()
            }
        }
        return all
    }

    // MARK: - Others' formats

    private func foreign(_ format: String, _ section: Section) -> DeclaredCheck? {
        for key in Self.nativeKeys {
            if let value = section[key] { section.problem(key, value, "belongs to the format native only") }
        }
        let report = ReportRequirement.Format(rawValue: format)
        let readsFile = section["file"] != nil
        let head = section.required(
            "check", accepted: "a map with the keys \(CheckHeadReader.keys.joined(separator: ", "))"
        ).flatMap { section.section("check", $0, keys: CheckHeadReader.keys) }
        head?.refuseKeys(except: CheckHeadReader.keys)
        let grades: [Grade] = readsFile ? [.declared] : [.declared, .exercised, .observed]
        let read = head.flatMap { heads.head($0, grades: grades) }
        let subject: DeclaredCheck.Subject?
        switch (readsFile, section["command"] != nil) {
        case (true, false):
            for key in CommandCheckReader.startKeys {
                if let value = section[key] { section.problem(key, value, "belongs to a command, and a file is read") }
            }
            if report == nil, let file = section["file"] {
                section.problem("file", file, "is read where a plugin is run", accepted: "command")
            }
            subject = section.report(report, paths).map { .report($0) }
        case (false, true):
            for key in ["max_age_s", "min_results"] {
                if let value = section[key] { section.problem(key, value, "belongs to a file, and a command is run") }
            }
            subject = CommandCheckReader(paths: paths)
                .command("command", report.map { .report($0) } ?? .nagios, in: section).map { .command($0) }
        default:
            section.problems.error(
                line: section.line, section.path,
                readsFile ? "gives a command and a file" : "does not say where the results come from",
                accepted: report == nil ? "command" : "command, file")
            return nil
        }
        guard let read, let subject, let head else { return nil }
        return DeclaredCheck(read, subject, otherwise: grades.last, at: head)
    }
}
