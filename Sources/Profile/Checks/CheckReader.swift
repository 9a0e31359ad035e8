import Readiness

/// Reads `checks`: what a profile looks at beside Holdpoint's own checks.
struct CheckReader {
    let top: Section
    let paths: ProfilePaths
    let heads: CheckHeadReader
    /// The target's surface; nil where there is none.
    let access: TargetAccess?
    /// Whether there is a database to ask.
    let hasLedger: Bool

    static let kinds = ["http", "command", "sql", "file", "port", "certificate", "report"]
    private static let keys = CheckHeadReader.keys + kinds

    /// The checks in the file's order; what is wrong is stated and left out.
    func checks(_ value: KeyValueTree) -> [DeclaredCheck] {
        (top.sections("checks", value, keys: Self.keys) ?? []).compactMap { section in
            section.refuseKeys(except: Self.keys)
            let given = Self.kinds.filter { section[$0] != nil }
            let kind = given.count == 1 ? given[0] : nil
            if kind == nil {
                let message = given.isEmpty ? "does not say what is looked at" : "looks at \(given.count) things"
                section.problems.error(
                    line: section.line, section.path, message, accepted: "one of \(Self.kinds.joined(separator: ", "))")
            }
            let head = heads.head(section, grades: Self.grades(of: kind))
            let subject = kind.flatMap { kind in section[kind].flatMap { self.subject(kind, $0, in: section) } }
            guard let head, let subject else { return nil }
            return DeclaredCheck(head, subject, otherwise: Self.grades(of: kind).last, at: section)
        }
    }

    /// What each kind can reach, the usual one last: a look is a look, a command may exercise, a report is hearsay.
    private static func grades(of kind: String?) -> [Grade] {
        switch kind {
        case "command": [.declared, .exercised, .observed]
        case "report": [.declared]
        default: [.declared, .observed]
        }
    }

    private func subject(_ kind: String, _ value: KeyValueTree, in section: Section) -> DeclaredCheck.Subject? {
        switch kind {
        case "http": return HTTPCheckReader(access: access, paths: paths).requirement(value, in: section)
        case "command": return CommandCheckReader(paths: paths).requirement(value, in: section).map { .command($0) }
        case "sql":
            if !hasLedger { section.problem("sql", value, "is asked of a database, and the profile has no ledger") }
            return sql(value, in: section)
        case "file": return FileCheckReader(paths: paths).requirement(value, in: section).map { .file($0) }
        case "port": return port(value, in: section)
        case "certificate": return certificate(value, in: section)
        default: return report(value, in: section)
        }
    }

    private func sql(_ value: KeyValueTree, in section: Section) -> DeclaredCheck.Subject? {
        let keys = ["statement"] + ExpectationReader.keys
        guard let map = section.section("sql", value, keys: keys) else { return nil }
        map.refuseKeys(except: keys)
        let accepted = "one SELECT that brings one value"
        let statement = map.required("statement", accepted: accepted)
            .flatMap { map.longText("statement", $0, accepted: accepted) }
        let expectation = ExpectationReader(section: map).expectation()
        guard let statement, let expectation else { return nil }
        return .sql(SQLRequirement(statement, expectation))
    }

    private func port(_ value: KeyValueTree, in section: Section) -> DeclaredCheck.Subject? {
        let keys = ["host", "port", "open", "timeout_ms"]
        guard let map = section.section("port", value, keys: keys) else { return nil }
        map.refuseKeys(except: keys)
        let host = map.host("host")
        let port = map.required("port", accepted: Section.ports.description).flatMap { map.port($0) }
        let isOpen = map["open"].map { map.flag("open", $0) } ?? true
        let limit = map.limit(otherwise: .seconds(2))
        guard let host, let port, let isOpen, let limit else { return nil }
        return .port(PortRequirement(host: host, port: port, isOpen: isOpen, limit: limit))
    }

    private func certificate(_ value: KeyValueTree, in section: Section) -> DeclaredCheck.Subject? {
        let keys = ["host", "port", "file", "name", "roots", "min_days", "timeout_ms"]
        guard let map = section.section("certificate", value, keys: keys) else { return nil }
        map.refuseKeys(except: keys)
        let place: CertificateRequirement.Place?
        if let file = map["file"] {
            for key in ["host", "port", "timeout_ms"] {
                if let value = map[key] { map.problem(key, value, "belongs to a server's certificate, not to a file") }
            }
            place = map.text("file", file, accepted: "the path of a PEM file").map { .file(paths.inRepository($0)) }
        } else {
            let host = map.host("host")
            let port = map["port"].map { map.port($0) } ?? 443
            place = host.flatMap { host in port.map { .server(host: host, port: $0) } }
        }
        let name = map["name"].map { map.text("name", $0, accepted: "the name that it must be good for") }
        let roots = map.roots(paths)
        let days = map.bound("min_days", NumberRange(lowest: "0", highest: "36500", unit: "days"))
        let limit = map.limit(otherwise: .seconds(5))
        guard let place, let days, let limit else { return nil }
        return .certificate(
            CertificateRequirement(
                place, name: name.flatMap(\.self), roots: roots, leastDays: days, limit: limit))
    }

    private func report(_ value: KeyValueTree, in section: Section) -> DeclaredCheck.Subject? {
        let formats = ReportRequirement.Format.allCases.map(\.rawValue)
        let keys = ["format"] + Section.reportKeys
        guard let map = section.section("report", value, keys: keys) else { return nil }
        map.refuseKeys(except: keys)
        let format = map.required("format", accepted: formats.joined(separator: ", "))
            .flatMap { map.word("format", $0, among: formats) }.flatMap(ReportRequirement.Format.init(rawValue:))
        return map.report(format, paths).map { .report($0) }
    }
}

extension DeclaredCheck {
    init(_ head: CheckHead, _ subject: Subject, otherwise grade: Grade?, at section: Section) {
        self.init(
            id: head.id, title: head.title, question: head.question, severity: head.severity,
            grade: head.grade ?? grade ?? .observed, fromMode: head.sets.isEmpty ? .standard : .quick,
            requires: head.requires, sets: head.sets, subject: subject, mend: head.mend,
            source: SourceLocation(file: section.problems.file, line: section.line))
    }
}
