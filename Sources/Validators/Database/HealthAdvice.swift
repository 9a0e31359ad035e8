import Readiness

/// What a person looks at, and does, when a server does not keep up.
enum HealthAdvice {
    /// One step for each kind of trouble, the most pressing first, and one where nothing was found by name.
    static func steps(
        for health: DatabaseHealth, _ judgement: Judgement, _ ledger: LedgerDescription
    ) -> [Remediation.Step] {
        let kinds = Set(judgement.findings.map(\.kind))
        var steps: [Remediation.Step] = []
        if kinds.contains("sequence-exhausted") {
            steps.append(
                .init(
                    "See how far each sequence is. By a migration make column and sequence a bigint before it ends.",
                    command: ledger.command(
                        "SELECT schemaname, sequencename, data_type, last_value, max_value FROM pg_sequences")))
        }
        if !kinds.isDisjoint(with: ["idle-in-transaction", "long-transaction"]) {
            steps.append(
                .init(
                    "See whose transactions are open and what they did last; end the program that forgot one, or the "
                        + "session by pg_terminate_backend.",
                    command: ledger.command(
                        "SELECT pid, usename, application_name, state, now() - xact_start AS open_for, query "
                            + "FROM pg_stat_activity WHERE xact_start IS NOT NULL ORDER BY xact_start")))
            steps.append(
                .init(
                    "See which transactions were prepared and left: only COMMIT PREPARED or ROLLBACK PREPARED ends one.",
                    command: ledger.command("SELECT gid, prepared, owner FROM pg_prepared_xacts")))
        }
        if kinds.contains("slot-unused") {
            steps.append(
                .init(
                    "See which slots nobody uses, and what they keep.",
                    command: ledger.command(
                        "SELECT slot_name, active, restart_lsn, wal_status FROM pg_replication_slots")))
        }
        if health.hiddenSessions + health.hiddenSequences > 0 {
            steps.append(
                .init(
                    "Let our role see what sessions do and how far sequences are: GRANT pg_monitor, pg_read_all_data to "
                        + "it, as a superuser.",
                    command: ledger.command("SELECT current_user, pg_has_role('pg_monitor', 'USAGE')")))
        }
        steps.append(
            .init(
                "See which tables carry dead rows and when each was cleaned up last. What lags behind is cleaned by "
                    + "VACUUM, once nothing holds it up.",
                command: ledger.command(
                    "SELECT relname, n_live_tup, n_dead_tup, last_vacuum, last_autovacuum FROM pg_stat_user_tables "
                        + "ORDER BY n_dead_tup DESC LIMIT 20")))
        return steps
    }
}
