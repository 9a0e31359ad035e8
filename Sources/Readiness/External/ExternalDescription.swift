/// What a child says of itself.
package struct ExternalDescription: Sendable, Codable, Equatable {
    /// Its name.
    package var name: String
    /// Its version, in its own words.
    package var version: String
    /// Its checks, ids unique.
    package var checks: [ExternalCheckDescription]

    /// Describes a child.
    package init(name: String, version: String, checks: [ExternalCheckDescription]) {
        self.name = name
        self.version = version
        self.checks = checks
    }

    init(_ fields: ExternalFields) throws(ExternalViolation) {
        name = String(try fields.text("name").prefix(100))
        version = String(try fields.optionalText("version")?.prefix(100) ?? "")
        guard case .list(let list)? = fields.root["checks"], !list.isEmpty, list.count <= ExternalMessage.countCap
        else {
            throw ExternalViolation(.badField, "describe has no checks, or more than 1,000")
        }
        checks = []
        var ids: Set<CheckID> = []
        for item in list {
            let check = try ExternalCheckDescription(ExternalFields(item))
            guard ids.insert(check.id).inserted else {
                throw ExternalViolation(.unknownCheck, "describes \(check.id) twice")
            }
            checks.append(check)
        }
    }
}

/// What a child says of one of its checks.
package struct ExternalCheckDescription: Sendable, Codable, Equatable {
    /// Its id.
    package var id: CheckID
    /// A question, phrased so that yes is good.
    package var question: String
    /// How much a failure matters.
    package var severity: Severity
    /// The most that it does to the target. Default read.
    package var effects: EffectClass
    /// Locks that it needs alone; names that we do not know are passed over.
    package var locks: [Lock]
    /// How long it may take. Default 30 s, at most 10 minutes.
    package var hardLimit: Duration

    /// The most that a child may ask for.
    package static let longestLimit = Duration.seconds(600)

    /// Describes a check.
    package init(
        id: CheckID, question: String, severity: Severity, effects: EffectClass = .read, locks: [Lock] = [],
        hardLimit: Duration = .seconds(30)
    ) {
        self.id = id
        self.question = question
        self.severity = severity
        self.effects = effects
        self.locks = locks
        self.hardLimit = hardLimit
    }

    init(_ fields: ExternalFields) throws(ExternalViolation) {
        let id = try fields.text("id")
        guard let id = CheckID(parsing: id) else {
            throw ExternalViolation(.unknownCheck, "\(SafeText.line(String(id.prefix(100)))) is no id of a check")
        }
        self.id = id
        question = SafeText.line(String(try fields.text("question").prefix(200)))
        severity = try fields.choice("severity", Severity.self)
        effects = fields.root["effects"] == nil ? .read : try fields.choice("effects", EffectClass.self)
        locks = try fields.texts("locks").compactMap(Lock.init(rawValue:))
        let limit = try fields.optionalCount("hard_limit_ms") ?? 30_000
        guard limit > 0 else { throw ExternalViolation(.badField, "hard_limit_ms is 0") }
        hardLimit = min(.milliseconds(limit), Self.longestLimit)
    }
}
