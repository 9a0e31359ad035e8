import Readiness

/// The limits of `database.health.sound`, each from the criteria file.
struct HealthLimits {
    /// Transactions since the oldest that must be remembered, where that begins to be much.
    let warnAge: Threshold
    /// The same, where it is too much: at two thousand million the server stops taking writes.
    let maxAge: Threshold
    /// The share of a table that is dead rows. Percent.
    let deadPercent: Threshold
    /// Rows from which a table's dead ones are judged.
    let judgedRows: Threshold
    /// Since a table that is due was cleaned up. Hours.
    let vacuumHours: Threshold
    /// How long a transaction may last. Seconds.
    let transactionSeconds: Threshold
    /// How long a session may do nothing in its transaction. Seconds.
    let idleSeconds: Threshold
    /// How far one that follows may be behind. Milliseconds.
    let lagMilliseconds: Threshold
    /// What an unused slot may keep of the log. MiB.
    let slotMebibytes: Threshold
    /// How full a sequence may be before that is told. Percent.
    let warnSequence: Threshold
    /// How full a sequence may be. Percent.
    let maxSequence: Threshold
    /// How large the log beside a file may be. MiB.
    let logMebibytes: Threshold

    /// Every key.
    static let keys = [
        "warn_transaction_age", "max_transaction_age", "max_dead_row_percent", "min_judged_rows",
        "max_vacuum_age_hours",
        "max_transaction_s", "max_idle_in_transaction_s", "max_replication_lag_ms", "max_slot_retained_mib",
        "warn_sequence_percent", "max_sequence_percent", "max_wal_mib",
    ].map { "database.\($0)" }

    /// Nil unless every key is given.
    init?(_ criteria: Criteria) {
        let found = Self.keys.compactMap { criteria[$0] }
        guard found.count == Self.keys.count else { return nil }
        warnAge = found[0]
        maxAge = found[1]
        deadPercent = found[2]
        judgedRows = found[3]
        vacuumHours = found[4]
        transactionSeconds = found[5]
        idleSeconds = found[6]
        lagMilliseconds = found[7]
        slotMebibytes = found[8]
        warnSequence = found[9]
        maxSequence = found[10]
        logMebibytes = found[11]
    }
}
