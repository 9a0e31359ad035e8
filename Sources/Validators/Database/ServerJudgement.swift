import Readiness

/// What of a server and of our session with it must be so, whatever it holds.
enum ServerJudgement {
    /// Version, protection of the way, role, and whether it follows another server.
    static func of(
        _ told: LedgerServerFacts, expecting server: LedgerServer, _ leastVersion: Threshold, from evidence: Evidence
    ) -> Judgement {
        let isProtected = told.encryption != nil || server.isLocal
        let isExpected = told.isInRecovery == server.isStandby
        var judgement = Judgement(measurements: [
            Measurement(
                "major_version", unit: "1", DecimalValue(told.majorVersion), Criterion(.greaterOrEqual, leastVersion),
                from: evidence),
            Measurement("way_protected", isTrue: isProtected, from: evidence),
            Measurement("role_limited", isTrue: !told.isSuperuser, from: evidence),
            Measurement("recovery_expected", isTrue: isExpected, from: evidence),
        ])
        if told.majorVersion < 1 || DecimalValue(told.majorVersion) < leastVersion.value {
            judgement.findings.append(.tooOld(told, leastVersion))
        }
        if !isProtected { judgement.findings.append(.unprotected(server)) }
        if told.isSuperuser { judgement.findings.append(.superuser(told)) }
        if !isExpected { judgement.findings.append(.recovery(told)) }
        return judgement
    }

    /// Show what the server says, and how the role and the way are set right.
    static func remediation(
        of ledger: LedgerDescription, _ judgement: Judgement, _ runbook: TargetRunbook, verify check: CheckID
    ) -> Remediation {
        let kinds = Set(judgement.findings.map(\.kind))
        var steps = [
            Remediation.Step(
                "See what the server says of itself and of the role.",
                command: ledger.command(
                    "SELECT version(), current_user, pg_is_in_recovery(), (SELECT rolsuper FROM pg_roles "
                        + "WHERE rolname = current_user), (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid())")),
            Remediation.Step("Read the target's log for the database that it opened.", command: runbook.log),
        ]
        if kinds.contains("role-superuser") {
            steps.append(
                .init(
                    "Give Holdpoint a role of its own that may read and watch, and nothing more: CREATE ROLE holdpoint "
                        + "LOGIN; GRANT pg_monitor, pg_read_all_data TO holdpoint. Name it in the profile.",
                    command: "holdpoint config show"))
        }
        if kinds.contains("recovery-unexpected") {
            steps.append(
                .init(
                    "Find out which server should lead, before anything writes to either.",
                    command: ledger.command("SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn()")))
        }
        return Remediation(
            summary: "Let the server be the one that was meant, and our way to it safe",
            cause: "The server at \(ledger.path.shortened(to: 200)) was asked what it is: \(judgement.seen).",
            steps: steps, verify: [check])
    }
}

extension Judgement {
    /// Adds what another judgement states.
    mutating func add(_ other: Judgement) {
        measurements += other.measurements
        findings += other.findings
    }
}

extension Finding {
    fileprivate static func tooOld(_ told: LedgerServerFacts, _ least: Threshold) -> Finding {
        Finding(
            kind: "version-unsupported", severity: .high, subject: "ledger",
            message: "the server is of version \(told.majorVersion); supported is PostgreSQL \(least.value) or newer "
                + "(\(least.source))")
    }

    fileprivate static func unprotected(_ server: LedgerServer) -> Finding {
        Finding(
            kind: "connection-unencrypted", severity: .high, subject: "ledger",
            message: "passwords and books go to \(server.place.shortened(to: 200)) in plain text",
            suggestion: "ssl = on at the server, and no transport of its own in the profile")
    }

    fileprivate static func superuser(_ told: LedgerServerFacts) -> Finding {
        Finding(
            kind: "role-superuser", severity: .high, subject: "ledger",
            message: "the role \(told.role.shortened()) may do everything: no refusal of a write is a protection then",
            suggestion: "a role with pg_monitor and pg_read_all_data")
    }

    fileprivate static func recovery(_ told: LedgerServerFacts) -> Finding {
        Finding(
            kind: "recovery-unexpected", severity: .high, subject: "ledger",
            message: told.isInRecovery
                ? "the server follows another one, and takes no writes; a leading one was expected"
                : "the server leads; one that follows another was expected")
    }
}
