import Readiness

extension Finding {
    static func pending(_ revisions: [MigrationRevision], newest: String?, head: String) -> Finding {
        let several = revisions.count == 1 ? "one is" : "\(revisions.count) are"
        return Finding(
            kind: "migration-pending", severity: .high, subject: "head",
            message:
                "the newest applied revision is \((newest ?? "none at all").shortened()), and the migrations lead to "
                + "\(head.shortened()): \(several) pending, \(revisions.named)",
            location: revisions.first?.location)
    }

    static func ahead(_ unknown: [String], head: String) -> Finding {
        Finding(
            kind: "migration-ahead", severity: .high, subject: "head",
            message: "the ledger has \(unknown.listed), which is newer than \(head.shortened()), the last that the "
                + "migration files know")
    }

    static func unknown(_ unknown: [String]) -> Finding {
        Finding(
            kind: "revision-unknown", severity: .high, subject: "unknown",
            message: "the ledger has \(unknown.listed), which no migration file has")
    }

    static func missing(_ revisions: [MigrationRevision], in table: String) -> Finding {
        Finding(
            kind: "revision-missing", severity: .high, subject: "chain",
            message: "\(table.shortened(to: 60)) has no row for \(revisions.named), which an applied revision follows",
            location: revisions.first?.location)
    }

    static func headUnknown() -> Finding {
        Finding(
            kind: "head-unknown", severity: .high, subject: "head",
            message: "the target does not say which revision its migrations lead to")
    }

    static func headDiffers(told: String, head: MigrationRevision) -> Finding {
        Finding(
            kind: "head-differs", severity: .high, subject: "told",
            message: "the target expects \(told.shortened()), and its migration files lead to \(head.id.shortened()) "
                + "(\(head.place)): the build and the files are not of one release",
            location: head.location)
    }

    static func noOneHead(_ heads: [MigrationRevision], _ unreadable: Int) -> Finding {
        Finding(
            kind: "no-one-head", severity: .high, subject: "head",
            message: unreadable > 0
                ? "\(unreadable) migration files do not say where they belong, so their head is not known"
                : "the migration files lead to \(heads.isEmpty ? "no head" : heads.named), so none can be the newest")
    }

    static func differs(_ part: SchemaDifference.Part, newest: String) -> Finding {
        Finding(
            kind: "schema-differs", severity: .high, subject: part.subject,
            message: "the ledger is at \(newest.shortened()), but \(part.sentence)")
    }

    static func notRehearsed(_ reason: String) -> Finding {
        Finding(
            kind: "schema-not-compared", severity: .low, subject: "migrations",
            message: "whether the schema is the one that the migrations make was not seen: \(reason)")
    }
}

extension [MigrationRevision] {
    /// Ids with their files, for a sentence.
    fileprivate var named: String {
        prefix(4).map { "\($0.id.shortened(to: 60)) (\($0.place))" }.joined(separator: ", ") + (count > 4 ? " …" : "")
    }
}

extension [String] {
    fileprivate var listed: String {
        prefix(4).map { $0.isEmpty ? "a revision without a name" : $0.shortened(to: 60) }.joined(separator: ", ")
            + (count > 4 ? " …" : "")
    }
}

extension Remediation {
    /// Show table, files and schema, then what fits: a newer build, what is pending, or a mend by a new migration.
    static func migrations(
        _ observation: MigrationApplied.Observation, _ judgement: Judgement, _ runbook: TargetRunbook, verify: CheckID
    ) -> Remediation {
        let kinds = Set(judgement.findings.map(\.kind))
        let ledger = observation.ledger
        let backup = ledger.copyPath(".before-migration")
        var steps: [Step] = [
            .init(
                "See which revisions the database has.",
                command: ledger.command("SELECT * FROM \(ledger.revisionTable.sqlName)")),
            .init("See which migrations there are.", command: "ls \(ShellWord.quoted(runbook.migrationsFolder))"),
        ]
        let isDrifted = !kinds.isDisjoint(with: ["schema-differs", "revision-missing", "schema-not-compared"])
        if isDrifted {
            steps.append(
                .init(
                    "See what the ledger is made of.",
                    command: ledger.command(
                        sqlite: "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name",
                        postgresql: "SELECT table_name, column_name, data_type FROM information_schema.columns "
                            + "WHERE table_schema = current_schema() ORDER BY 1, 2")))
        }
        let summary: String
        if !kinds.isDisjoint(with: ["migration-ahead", "revision-unknown"]) {
            summary = "Deploy the build that the database belongs to"
            steps.append(.init("Deploy the newer build, and start it.", command: runbook.restart))
        } else {
            steps.append(
                .init(
                    "Back the ledger up before changing its schema.",
                    command: ledger.copyCommand(to: backup), undo: "rm \(ShellWord.quoted(backup))"))
            if isDrifted, !kinds.contains("migration-pending") {
                summary = "Bring the schema back to what its revision promises"
                steps.append(
                    .init(
                        "Find out who changed it. Make what is missing anew by a migration, and change no file of one "
                            + "that was applied. Start the target anew.", command: runbook.restart))
            } else {
                summary = "Apply the pending migration"
                steps.append(
                    .init("Deploy build and files of one release.", command: runbook.status))
            }
        }
        steps.append(
            .init(
                "Apply what is pending by the target's own procedure, and start it anew.", command: runbook.restart))
        return Remediation(
            summary: summary, cause: "Revision table, migration files and schema were read: \(judgement.seen).",
            steps: steps, verify: [verify])
    }
}
