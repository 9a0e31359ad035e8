/// What a child is about to change.
package struct ExternalEffect: Sendable, Codable, Equatable {
    /// The child's own name for it.
    package var effectID: String
    /// How far it goes.
    package var effectClass: EffectClass
    /// In words.
    package var description: String
    /// The command that takes it back; it may run when the change never happened.
    package var undo: [String]

    init(_ fields: ExternalFields) throws(ExternalViolation) {
        effectID = String(try fields.text("effect_id").prefix(200))
        effectClass = try fields.choice("class", EffectClass.self)
        description = SafeText.line(String(try fields.text("description").prefix(300)))
        guard let undo = fields.root["undo"], case .object = undo else {
            throw ExternalViolation(.effectWithoutUndo, "an effect without undo")
        }
        self.undo = try ExternalFields(undo).texts("command")
        guard self.undo.first?.isEmpty == false else {
            throw ExternalViolation(.effectWithoutUndo, "an effect whose undo names no command")
        }
    }
}

/// A number that a child measured. It is judged by our criteria, never by the child's.
package struct ExternalMeasurement: Sendable, Codable, Equatable {
    /// What was measured.
    package var name: String
    /// UCUM.
    package var unit: String
    /// The number.
    package var value: DecimalValue
    /// How it was made from samples; nil for a single reading.
    package var aggregation: Measurement.Aggregation?
    /// Samples. Default 1.
    package var n: Int

    init(_ fields: ExternalFields) throws(ExternalViolation) {
        name = SafeText.line(String(try fields.text("name").prefix(200)))
        unit = SafeText.line(String(try fields.optionalText("unit")?.prefix(40) ?? "1"))
        let number: DecimalValue? =
            switch fields.root["value"] {
            case .number(let digits), .text(let digits): DecimalValue(scientific: digits)
            default: nil
            }
        guard let number else { throw ExternalViolation(.badField, "a measurement whose value is no number") }
        value = number
        // One that we do not know is told as a single reading.
        aggregation = try fields.optionalText("aggregation").flatMap(Measurement.Aggregation.init(rawValue:))
        n = try fields.optionalCount("n") ?? 1
    }
}

/// A file that a child names as evidence.
package struct ExternalEvidence: Sendable, Codable, Equatable {
    /// The child's own name for it.
    package var evidenceID: String
    /// What it is.
    package var mediaType: String
    /// Relative to its evidence folder.
    package var path: String
    /// Of its bytes, lower-case hex.
    package var sha256: String
    /// How it came about. Default `self_reported`: only what is said to be live counts as live.
    package var provenance: Evidence.Provenance

    init(_ fields: ExternalFields) throws(ExternalViolation) {
        evidenceID = String(try fields.text("evidence_id").prefix(200))
        mediaType = SafeText.line(String(try fields.optionalText("media_type")?.prefix(100) ?? "text/plain"))
        path = try fields.text("path")
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard path.utf8.count <= 1000, !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }),
            !path.utf8.contains(0)
        else { throw ExternalViolation(.evidenceOutside, "a path that is not plainly inside its evidence folder") }
        sha256 = try fields.text("sha256").lowercased()
        guard sha256.utf8.count == 64, sha256.allSatisfy(\.isHexDigit) else {
            throw ExternalViolation(.badField, "a sha256 that is none")
        }
        provenance =
            fields.root["provenance"] == nil ? .selfReported : try fields.choice("provenance", Evidence.Provenance.self)
    }
}

/// A statement of a child.
package struct ExternalFinding: Sendable, Codable, Equatable {
    /// How much it matters.
    package var severity: Severity
    /// The same for the same trouble in every run: `margin/late`.
    package var fingerprint: String
    /// One sentence.
    package var message: String
    /// What to do about it, in a few words; nil where the child does not say.
    package var remediation: String?

    init(_ fields: ExternalFields) throws(ExternalViolation) {
        severity = try fields.choice("severity", Severity.self)
        fingerprint = SafeText.line(String(try fields.text("fingerprint").prefix(200)))
        message = SafeText.line(String(try fields.text("message").prefix(500)))
        if let mend = fields.root["remediation"] {
            remediation = try ExternalFields(mend).optionalText("summary").map { SafeText.line(String($0.prefix(300))) }
        }
    }
}

/// How a child says that a check ended. A claim, not an outcome.
package struct ExternalResult: Sendable, Codable, Equatable {
    /// What it claims.
    package enum Claim: String, Sendable, Codable { case pass, warn, fail, error, unverified }

    /// What it claims.
    package var claim: Claim
    /// Why, in its own word; nil where it does not say.
    package var reason: String?
    /// How strong it says its evidence is. Default E2.
    package var grade: Grade
    /// Which of its evidence the claim rests on.
    package var evidence: [String]

    init(_ fields: ExternalFields) throws(ExternalViolation) {
        claim = try fields.choice("outcome", Claim.self)
        reason = try fields.optionalText("reason").map { SafeText.line(String($0.prefix(100))) }
        grade = fields.root["grade"] == nil ? .observed : try fields.choice("grade", Grade.self)
        evidence = try fields.texts("evidence")
    }
}

/// All that a child did in one run of one check, complete enough to be judged without it.
package struct ExternalRecord: Sendable, Codable, Equatable {
    /// Why the run ended.
    package enum Ending: String, Sendable, Codable {
        /// The child ended by itself.
        case itself
        /// Its time was over and it did not stop: it was killed.
        case limit
        /// It broke a rule and was killed.
        case violation
    }

    /// What it measured, at most `ExternalMessage.countCap`.
    package var measurements: [ExternalMeasurement] = []
    /// What it found, at most as many.
    package var findings: [ExternalFinding] = []
    /// What it named as evidence, its digest verified; at most as many.
    package var evidence: [ExternalEvidence] = []
    /// What it claims; nil where it never did.
    package var result: ExternalResult?
    /// The rules that it broke, the first one first.
    package var violations: [ExternalViolation] = []
    /// Why it ended.
    package var ending = Ending.itself
    /// Its exit code; nil when a signal ended it.
    package var exitCode: Int32?
    /// How many processes it left behind, killed with its group or not.
    package var leftBehind = 0
    /// How many changes it registered.
    package var effects = 0
    /// Whether it says that its check was cancelled by us before its result.
    package var wasCancelled = false

    /// Begins empty.
    package init() {}
}
