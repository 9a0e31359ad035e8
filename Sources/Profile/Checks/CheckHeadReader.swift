import Readiness

/// What every check of a profile says of itself, whatever it looks at.
struct CheckHead {
    var id: CheckID
    var title: String
    var question: String
    var severity: Severity
    var grade: Grade?
    var sets: [String]
    var requires: [CheckID]
    var mend: DeclaredCheck.Mend
}

/// Reads what all checks of a profile have in common.
struct CheckHeadReader {
    /// The ids of Holdpoint's own checks.
    let builtIn: [CheckID]
    /// The ids that the profile itself gives, well-formed or not.
    let own: [String]
    /// Whether there may be checks that only a validator's process can name.
    let hasUnseen: Bool

    static let keys = ["id", "title", "question", "severity", "grade", "sets", "requires", "remediation"]
    private static let sets = ["health", "basic_flow", "critical_path"]
    private static let idAccepted =
        "validator.subject.property: lower-case letters, digits and hyphens, as in desk.api.healthy"

    /// The head, or nil after stating why there is none.
    ///
    /// - Parameter grades: what the kind of check can reach.
    func head(_ section: Section, grades: [Grade]) -> CheckHead? {
        let id = section.required("id", accepted: Self.idAccepted).flatMap { self.id($0, in: section) }
        let titleAccepted = "a sentence that is true when the check passes"
        let title = section.required("title", accepted: titleAccepted)
            .flatMap { section.text("title", $0, accepted: titleAccepted) }
        let question = section["question"].map {
            section.text("question", $0, accepted: "a question of one line, phrased so that yes is good") ?? ""
        }
        let severities = Severity.allCases.map(\.rawValue)
        let severity = section.required("severity", accepted: severities.joined(separator: ", "))
            .flatMap { section.word("severity", $0, among: severities) }.flatMap(Severity.init(rawValue:))
        let grade = section["grade"].flatMap { section.word("grade", $0, among: grades.map(\.rawValue)) }
            .flatMap(Grade.init(rawValue:))
        let sets = section["sets"].flatMap { value in
            section.names(
                "sets", value, accepted: Self.sets.joined(separator: ", "),
                nearest: { NearestName.of($0, among: Self.sets) }, where: Self.sets.contains)
        }
        let requires = section["requires"].flatMap { self.requires($0, of: id, in: section) }
        let mend = section.required("remediation", accepted: Self.mendAccepted).flatMap { self.mend($0, in: section) }
        guard let id, let title, let severity, let mend else { return nil }
        return CheckHead(
            id: id, title: title, question: question ?? "Is it true that \(title)?", severity: severity, grade: grade,
            sets: sets ?? [], requires: requires ?? [], mend: mend)
    }

    private func id(_ value: KeyValueTree, in section: Section) -> CheckID? {
        guard let text = section.text("id", value, accepted: Self.idAccepted) else { return nil }
        guard let id = CheckID(parsing: text) else {
            section.problem("id", value, "is \(quoted(text))", accepted: Self.idAccepted)
            return nil
        }
        if builtIn.contains(where: { $0.validator == id.validator }) {
            let taken = Set(builtIn.map(\.validator)).sorted().joined(separator: ", ")
            section.problem(
                "id", value, "begins with \(id.validator), the name of a validator of Holdpoint's own",
                accepted: "a name of yours before the first full stop, other than \(taken)")
            return nil
        }
        if own.count(where: { $0 == text }) > 1 { section.problem("id", value, "\(quoted(text)) is given twice") }
        return id
    }

    private func requires(_ value: KeyValueTree, of id: CheckID?, in section: Section) -> [CheckID]? {
        let known = builtIn.map(\.description) + own
        let names = section.names(
            "requires", value, accepted: "ids of checks", nearest: { NearestName.of($0, among: known) },
            where: { name in
                guard let required = CheckID(parsing: name), required != id else { return false }
                return known.contains(name)
                    || hasUnseen && !known.contains { $0.hasPrefix("\(required.validator).") }
            })
        return names?.compactMap(CheckID.init(parsing:))
    }

    private static let mendAccepted =
        "what a person does when it is red: a sentence, or a map with the keys summary, steps"

    private func mend(_ value: KeyValueTree, in section: Section) -> DeclaredCheck.Mend? {
        if case .scalar = value {
            return section.text("remediation", value, accepted: Self.mendAccepted)
                .map { DeclaredCheck.Mend(summary: $0) }
        }
        let keys = ["summary", "steps"]
        guard let map = section.section("remediation", value, keys: keys) else { return nil }
        map.refuseKeys(except: keys)
        let summary = map.required("summary", accepted: "the mend in a few words")
            .flatMap { map.text("summary", $0, accepted: "the mend in a few words") }
        let steps = map["steps"].map(map.steps) ?? []
        return summary.map { DeclaredCheck.Mend(summary: $0, steps: steps) }
    }
}

extension Section {
    /// The steps of a remediation; what is wrong with one is stated and leaves it out.
    fileprivate func steps(_ value: KeyValueTree) -> [Remediation.Step] {
        let keys = ["text", "command", "undo"]
        return (sections("steps", value, keys: keys) ?? []).compactMap { step in
            step.refuseKeys(except: keys)
            func line(_ key: String) -> String? {
                step[key].flatMap { step.longText(key, $0, accepted: "a shell command") }
            }
            let text = step.required("text", accepted: "what to do, in a sentence")
                .flatMap { step.text("text", $0, accepted: "what to do, in a sentence") }
            let (command, undo) = (line("command"), line("undo"))
            return text.map { Remediation.Step($0, command: command, undo: undo) }
        }
    }
}
