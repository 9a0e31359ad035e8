/// A target as its team describes it in one file: where each capability is, what is expected, and what proves paper.
///
/// Holds no secret, only where secrets are to be had. Paths are absolute: the reader has resolved them.
package struct TargetProfile: Sendable, Equatable {
    /// A process of the target that the profile knows of.
    package struct Instance: Sendable, Equatable {
        /// Its name.
        package var id: String
        /// Where it answers; nil where it is known by name only.
        package var address: String?
        /// `primary`, `standby`.
        package var role: String

        /// Names an instance.
        package init(id: String, address: String?, role: String) {
            self.id = id
            self.address = address
            self.role = role
        }
    }

    /// What the log calls the target.
    package var id: String
    /// What it is for; as stated.
    package var environment: TargetEnvironment
    /// The folder of the file that was read, absolute: what its own relative paths begin at.
    package var folder: String
    /// The file that was read, absolute.
    package var path: String
    /// The file as messages name it.
    package var source: SourceLocation
    /// Where the target's repository is checked out; nil where the profile names none.
    package var repository: String?
    /// The surface; nil for a target that has none.
    package var access: TargetAccess?
    /// Operations that are had in another way than the contract's, by their names.
    package var bindings: [String: CapabilityBinding]
    /// Every instance that must be there.
    package var instances: [Instance]
    /// What stands before a tier's name in the readiness accounts.
    package var accountPrefix: String
    /// The venue behind it; nil: nothing above `read` is permitted.
    package var paper: PaperDeclaration?
    /// The database; nil for a target without one that we may read.
    package var ledger: LedgerDeclaration?
    /// The log file, absolute; nil where the surface says it, a command prints it, or there is none.
    package var log: String?
    /// The command that prints the newest part of the log; nil where it is a file. Runs in the repository.
    package var logCommand: [String]?
    /// How the log's lines are written: `text`, or `json-lines`.
    package var logFormat = "text"
    /// Paths whose file systems need room.
    package var storage: [String]
    /// The command that restarts the target; nil where it may not be restarted.
    package var restart: [String]?
    /// Criteria over the shipped ones; nil for none.
    package var criteriaFile: String?
    /// The policy instead of the shipped one; nil for the shipped one.
    package var policyFile: String?
    /// The limits instead of the shipped ones; nil for the shipped ones.
    package var limitsFile: String?
    /// Commands for people, by the name of the runbook's entry.
    package var runbook: [String: String]
    /// Checks of the profile's own, in its order; those of a validator in another form of output among them.
    package var checks: [DeclaredCheck]
    /// Validators in another language that speak our protocol.
    package var validators: [ExternalDeclaration]

    /// Whether it is a practice desk, which keeps a record of its own and can be broken by a switch.
    package var isPracticeDesk: Bool { access?.place == .deskRecord }

    /// Begins a profile with what every profile has.
    package init(id: String, environment: TargetEnvironment, path: String, folder: String, source: SourceLocation) {
        self.id = id
        self.path = path
        self.folder = folder
        self.environment = environment
        self.source = source
        bindings = [:]
        instances = []
        accountPrefix = "READY-"
        storage = []
        runbook = [:]
        checks = []
        validators = []
    }
}
