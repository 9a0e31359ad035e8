// Payloads of events: what a run says of itself, from its beginning to its end. Field names in the log are the coding keys.

/// How a run began.
package struct RunCreated: Sendable, Codable, Equatable {
    /// `holdpoint 0.1.0`.
    package var engine: String
    /// The commit that this program was built from, where the build knew.
    package var commit: String?
    /// The command line, secrets redacted.
    package var arguments: [String]
    /// How deep it looks.
    package var mode: Mode
    /// How long the run may take, from this event; nil: as long as it needs. The engine states what it was set up with.
    package var budgetMs: Int64?
    /// What random choices are made from.
    package var seed: UInt64
    /// The user who started it.
    package var operatorName: String
    /// The machine it runs on.
    package var host: Host

    /// States it; see the properties.
    package init(
        engine: String, commit: String? = nil, arguments: [String], mode: Mode, budgetMs: Int64? = nil, seed: UInt64,
        operatorName: String, host: Host
    ) {
        self.engine = engine
        self.commit = commit
        self.arguments = arguments
        self.mode = mode
        self.budgetMs = budgetMs
        self.seed = seed
        self.operatorName = operatorName
        self.host = host
    }

    private enum CodingKeys: String, CodingKey {
        case engine, commit, arguments, mode, budgetMs = "budget_ms", seed, operatorName = "operator", host
    }
}

/// The machine that a run is made on.
package struct Host: Sendable, Codable, Equatable {
    /// SHA-256 over CPU model, cores and kernel: figures are comparable only between equals.
    package var fingerprint: String
    /// Processors that are online.
    package var cores: Int
    /// As `uname -r` says.
    package var kernel: String

    /// States it; see the properties.
    package init(fingerprint: String, cores: Int, kernel: String) {
        self.fingerprint = fingerprint
        self.cores = cores
        self.kernel = kernel
    }
}

/// A further round.
package struct RoundStarted: Sendable, Codable, Equatable {
    /// Those that will each finish once more, in plan order.
    package var checks: [CheckID]
    /// `operator`, `target_lost`.
    package var why: String

    /// States it; see the properties.
    package init(checks: [CheckID], why: String) {
        self.checks = checks
        self.why = why
    }
}

/// The gate's decision.
package struct GateChanged: Sendable, Codable, Equatable {
    /// Verdict, reasons and coverage.
    package var decision: GateDecision

    /// States it; see the properties.
    package init(decision: GateDecision) {
        self.decision = decision
    }
}

/// Somebody did something.
package struct OperatorAction: Sendable, Codable, Equatable {
    /// `cancel`, `rerun`, `quit`, `fault`.
    package var action: String
    /// What it was done to.
    package var object: String
    /// Who.
    package var operatorName: String

    /// States it; see the properties.
    package init(action: String, object: String, operatorName: String) {
        self.action = action
        self.object = object
        self.operatorName = operatorName
    }

    private enum CodingKeys: String, CodingKey { case action, object, operatorName = "operator" }
}

/// The run is being ended before its time.
package struct RunCancelling: Sendable, Codable, Equatable {
    /// `cooperative`, `undo`, `kill`.
    package var phase: String
    /// `operator`, `signal 15`.
    package var why: String

    /// States it; see the properties.
    package init(phase: String, why: String) {
        self.phase = phase
        self.why = why
    }
}

/// The end of a complete log.
package struct RunFinished: Sendable, Codable, Equatable {
    /// The gate's last word.
    package var decision: GateDecision
    /// Checks named by rounds, all rounds together.
    package var announced: Int
    /// Those of them without exactly one finish. Anything but 0 means hold, whatever the verdict says.
    package var missing: Int
    /// Rounds made.
    package var rounds: Int
    /// From the first event to this one.
    package var durationMs: Int64

    /// States it; see the properties.
    package init(decision: GateDecision, announced: Int, missing: Int, rounds: Int, durationMs: Int64) {
        self.decision = decision
        self.announced = announced
        self.missing = missing
        self.rounds = rounds
        self.durationMs = durationMs
    }

    private enum CodingKeys: String, CodingKey {
        case decision, announced, missing, rounds, durationMs = "duration_ms"
    }
}
