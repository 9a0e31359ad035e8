// Payloads of events: who answered, and what is changed there. Field names in the log are the coding keys.

/// Who answered.
package struct TargetIdentified: Sendable, Codable, Equatable {
    /// The profile's id: `practice`.
    package var target: String
    /// `practice`, `staging`, `production`.
    package var environment: String
    /// The target's build, where it said.
    package var commit: String?
    /// Whether that build holds uncommitted changes.
    package var dirty: Bool?
    /// SHA-256 of its configuration as loaded.
    package var configuration: String?
    /// The account that it trades on.
    package var account: String?
    /// The instance that answered.
    package var instance: String?
    /// Whether paper is proven: nothing above `read` without.
    package var paper: PaperProof
    /// In words: what proves it, or what is missing.
    package var detail: String

    /// States it; see the properties.
    package init(
        target: String, environment: String, commit: String? = nil, dirty: Bool? = nil, configuration: String? = nil,
        account: String? = nil, instance: String? = nil, paper: PaperProof, detail: String
    ) {
        self.target = target
        self.environment = environment
        self.commit = commit
        self.dirty = dirty
        self.configuration = configuration
        self.account = account
        self.instance = instance
        self.paper = paper
        self.detail = detail
    }
}

/// Whether it is certain that no real money can move.
package enum PaperProof: String, Sendable, Codable {
    /// Seen, in a way that a lie in a profile cannot fake.
    case proven
    /// Only a file says so.
    case declared
    /// Nothing says so.
    case unknown
}

/// A change on the target.
package struct EffectRecord: Sendable, Codable, Equatable {
    /// Unique within the run.
    package var effectID: String
    /// How far it goes.
    package var effectClass: EffectClass
    /// What is changed.
    package var description: String
    /// What takes it back, in words.
    package var compensation: String
    /// The same as data: what `holdpoint recover` performs.
    package var undo: Compensation?
    /// Why it could not be taken back.
    package var detail: String?

    /// States it; see the properties.
    package init(
        effectID: String, effectClass: EffectClass, description: String, compensation: String,
        undo: Compensation? = nil, detail: String? = nil
    ) {
        self.effectID = effectID
        self.effectClass = effectClass
        self.description = description
        self.compensation = compensation
        self.undo = undo
        self.detail = detail
    }

    private enum CodingKeys: String, CodingKey {
        case effectID = "effect_id", effectClass = "effect_class", description, compensation, undo, detail
    }
}
