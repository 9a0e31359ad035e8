package import Readiness

/// `database.migration.applied`: the newest applied revision is the one that the migrations lead to.
///
/// It compares two names; whether the schema really has what the revision promises is for `database.index.sound` and
/// others.
package struct MigrationApplied: Check {
    /// What has been applied.
    package struct Observation: Codable, Sendable {
        /// Where the target says that its ledger is, and which revision it expects.
        package var ledger: LedgerDescription
        /// The applied revisions, oldest first.
        package var applied: [String]
        /// The exchange.
        package var evidence: Evidence
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "database.migration.applied", title: "The newest applied revision is the head of the migrations",
        question: "Has every migration been applied?", severity: .high, grade: .observed, fromMode: .quick,
        requires: ["database.connection.ready", "database.migration.graph"], hooks: [.ledger], controls: ["A4.3"],
        faults: ["migration-pending"])

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Reads the revision table.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        try await LedgerSession.with(probes.ledger) { connection, described throws(ProbeError) in
            let answer = try await connection.appliedRevisions(in: described.value.revisionTable)
            let text = EvidenceText(
                described.transcript, answer.transcript,
                "expected head \(described.value.expectedHead), applied "
                    + answer.value.joined(separator: ", "))
            let evidence = try await context.evidence.record(text.text, as: .sqlResult, grade: .observed)
            return Observation(ledger: described.value, applied: answer.value, evidence: evidence)
        }
    }

    /// The two names are the same.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        let head = observation.ledger.expectedHead
        let isAtHead = !head.isEmpty && observation.applied.last == head
        var judgement = Judgement(measurements: [
            Measurement(
                "newest_is_head", unit: "1", DecimalValue(isAtHead ? 1 : 0), Criterion(definition: .equal, "1"),
                from: observation.evidence),
            Measurement(
                told: "applied_revisions", unit: "1", DecimalValue(observation.applied.count),
                from: observation.evidence),
        ])
        if head.isEmpty {
            judgement.findings.append(.headUnknown())
        } else if observation.applied.last != head {
            // A head that was applied and is not the newest: the database has gone past this build.
            judgement.findings.append(
                observation.applied.contains(head)
                    ? .ahead(newest: observation.applied.last ?? "", head: head)
                    : .pending(newest: observation.applied.last, head: head))
        }
        return judgement
    }

    /// Apply what is pending, or deploy the build that fits.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(let observation, let judgement):
            let backup = observation.ledger.copyPath(".before-migration")
            let isAhead = judgement.findings.contains { $0.kind == "migration-ahead" }
            return Remediation(
                summary: isAhead ? "Deploy the build that the database belongs to" : "Apply the pending migration",
                cause: "The ledger's revision table was read: \(judgement.seen).",
                steps: [
                    .init(
                        "See which revisions the database has.",
                        command: observation.ledger.command(
                            "SELECT * FROM \"\(observation.ledger.revisionTable.replacing("\"", with: "\"\""))\"")),
                    .init(
                        "See which migrations there are.",
                        command: "ls \(ShellWord.quoted(runbook.migrationsFolder))"),
                    isAhead
                        ? .init("Deploy the newer build, and start it.", command: runbook.restart)
                        : .init(
                            "Back the ledger up before changing its schema.",
                            command: observation.ledger.copyCommand(to: backup),
                            undo: "rm \(ShellWord.quoted(backup))"),
                    .init(
                        "Apply what is pending by the target's own procedure, and start it anew.",
                        command: runbook.restart),
                ],
                verify: [definition.id])
        }
    }
}

extension Finding {
    fileprivate static func pending(newest: String?, head: String) -> Finding {
        Finding(
            kind: "migration-pending", severity: .high, subject: "head",
            message:
                "the newest applied revision is \((newest ?? "none at all").shortened()), and the migrations lead to "
                + head.shortened())
    }

    fileprivate static func ahead(newest: String, head: String) -> Finding {
        Finding(
            kind: "migration-ahead", severity: .high, subject: "head",
            message:
                "the newest applied revision is \(newest.shortened()), which is newer than \(head.shortened()), the "
                + "last that this build knows")
    }

    fileprivate static func headUnknown() -> Finding {
        Finding(
            kind: "head-unknown", severity: .high, subject: "head",
            message: "the target does not say which revision its migrations lead to")
    }
}
