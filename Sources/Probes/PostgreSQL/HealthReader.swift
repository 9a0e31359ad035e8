import Readiness

/// Reads how worn a PostgreSQL database is from the server's own counts.
///
/// A role without `pg_monitor` sees that there are other sessions and standbys, and not what they do: those are counted
/// as hidden.
struct HealthReader {
    /// The most tables, and the most sequences, that are told.
    static let mostListed = 1_000

    let reader: ServerReader

    func health() throws(ProbeError) -> DatabaseHealth {
        var health = DatabaseHealth()
        // Rows that are locked by several transactions have numbers of their own, which run out in the same way.
        (health.transactionAge, health.cleansItself) = try reader.one(
            """
            SELECT max(greatest(age(datfrozenxid), mxid_age(datminmxid))), \
            current_setting('autovacuum') = 'on' AND current_setting('track_counts') = 'on' FROM pg_catalog.pg_database
            """
        ) { row throws(ProbeError) in (try row.integer(0), try row.flag(1)) }
        let since = try CatalogueReader(reader: reader).statisticsSeconds()
        health.tables = try tables(statisticsSeconds: since)
        health.sessions = try sessions()
        health.hiddenSessions = try hiddenSessions()
        try addReplicas(&health)
        health.unusedSlots = try unusedSlots()
        try addSequences(&health)
        return health
    }

    /// A table is due by the server's rule with the settings of the server; settings of a table are not looked at.
    private func tables(statisticsSeconds: Int) throws(ProbeError) -> [DatabaseHealth.Table] {
        let sql = """
            SELECT t.shown, greatest(t.counted, s.n_live_tup, 0)::bigint, s.n_dead_tup, \
            s.n_dead_tup > current_setting('autovacuum_vacuum_threshold')::float8 + \
            current_setting('autovacuum_vacuum_scale_factor')::float8 * greatest(t.counted, 0), \
            extract(epoch FROM now() - greatest(s.last_vacuum, s.last_autovacuum))::bigint \
            FROM (\(CatalogueReader.tables)) t JOIN pg_catalog.pg_stat_all_tables s ON s.relid = t.oid \
            WHERE t.kind = 'r' ORDER BY s.n_dead_tup DESC, 2 DESC, 1 LIMIT \(Self.mostListed)
            """
        return try reader.rows(sql) { row throws(ProbeError) in
            DatabaseHealth.Table(
                name: try row.text(0), live: try row.number(1), dead: try row.number(2), isDue: try row.flag(3),
                secondsSinceVacuum: max(0, Int(clamping: try row.optionalInteger(4) ?? Int64(statisticsSeconds))))
        }
    }

    /// A prepared transaction is one that nobody sits at, and that holds all the same.
    private func sessions() throws(ProbeError) -> [DatabaseHealth.Session] {
        func since(_ time: String) -> String {
            "greatest(0, extract(epoch FROM clock_timestamp() - \(time)) * 1000)::bigint"
        }
        let sql = """
            SELECT pid, coalesce(usename::text, ''), coalesce(application_name, ''), \
            coalesce(state LIKE 'idle in transaction%', false), \(since("xact_start")), \
            \(since("coalesce(state_change, xact_start)")) FROM pg_catalog.pg_stat_activity \
            WHERE pid <> pg_backend_pid() AND xact_start IS NOT NULL AND backend_type = 'client backend' \
            UNION ALL SELECT 0, owner::text, 'prepared transaction ' || gid, true, \(since("prepared")), \
            \(since("prepared")) FROM pg_catalog.pg_prepared_xacts WHERE database = current_database() \
            ORDER BY 5 DESC LIMIT \(Self.mostListed)
            """
        return try reader.rows(sql) { row throws(ProbeError) in
            DatabaseHealth.Session(
                process: try row.number(0), user: SafeText.line(try row.text(1)),
                application: SafeText.line(try row.text(2)), isIdle: try row.flag(3),
                transactionMilliseconds: try row.integer(4), stateMilliseconds: try row.integer(5))
        }
    }

    /// Of a session that may not be looked at the server tells the database and not even what sort it is.
    private func hiddenSessions() throws(ProbeError) -> Int {
        try reader.one(
            """
            SELECT (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datid IS NOT NULL AND backend_type IS NULL) \
            + (SELECT count(*) FROM pg_catalog.pg_stat_replication WHERE state IS NULL)
            """
        ) { row throws(ProbeError) in try row.number(0) }
    }

    private func addReplicas(_ health: inout DatabaseHealth) throws(ProbeError) {
        let isInRecovery = try reader.one("SELECT pg_is_in_recovery()") { row throws(ProbeError) in try row.flag(0) }
        // Without anything to replay the times say how long nothing was written, not how far somebody is behind.
        let sql =
            isInRecovery
            ? """
            SELECT 'this server', CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0 \
            ELSE (extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000)::bigint END
            """
            : """
            SELECT coalesce(nullif(application_name, ''), client_addr::text, 'a standby'), \
            CASE WHEN replay_lsn = pg_current_wal_lsn() THEN 0 \
            ELSE (extract(epoch FROM replay_lag) * 1000)::bigint END \
            FROM pg_catalog.pg_stat_replication WHERE state IS NOT NULL ORDER BY 1 LIMIT \(Self.mostListed)
            """
        health.replicas = try reader.rows(sql) { row throws(ProbeError) in
            DatabaseHealth.Replica(
                name: SafeText.line(try row.text(0)), lagMilliseconds: try row.optionalInteger(1).map { max(0, $0) })
        }
    }

    private func unusedSlots() throws(ProbeError) -> [DatabaseHealth.Slot] {
        let sql = """
            SELECT slot_name, greatest(0, pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() \
            ELSE pg_current_wal_lsn() END, restart_lsn))::bigint FROM pg_catalog.pg_replication_slots \
            WHERE NOT active AND restart_lsn IS NOT NULL ORDER BY 2 DESC, 1 LIMIT \(Self.mostListed)
            """
        return try reader.rows(sql) { row throws(ProbeError) in
            DatabaseHealth.Slot(name: SafeText.line(try row.text(0)), retainedBytes: try row.optionalInteger(1) ?? 0)
        }
    }

    /// A sequence ends where it says, or where the type of the column ends that it fills. One that begins again does
    /// not end.
    private func addSequences(_ health: inout DatabaseHealth) throws(ProbeError) {
        let sql = """
            SELECT CASE WHEN n.nspname = current_schema() THEN c.relname::text ELSE n.nspname || '.' || c.relname END, \
            has_sequence_privilege(c.oid, 'SELECT, USAGE'), s.seqmin, s.seqmax, s.seqincrement, \
            CASE WHEN has_sequence_privilege(c.oid, 'SELECT, USAGE') THEN pg_sequence_last_value(c.oid) END, \
            (SELECT min(CASE a.atttypid WHEN 21 THEN 32767 WHEN 23 THEN 2147483647 END) FROM pg_catalog.pg_depend d \
            JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid \
            WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')) \
            FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid \
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
            WHERE NOT s.seqcycle AND n.nspname !~ '^pg_(toast|temp)' ORDER BY 1
            """
        let found = try reader.rows(sql) { row throws(ProbeError) -> DatabaseHealth.Sequence? in
            guard try row.flag(1) else { return nil }
            let used = SequenceUse(
                least: try row.integer(2), most: try row.integer(3), step: try row.integer(4),
                last: try row.optionalInteger(5), columnMost: try row.optionalInteger(6))
            return DatabaseHealth.Sequence(name: try row.text(0), usedBasisPoints: used.basisPoints)
        }
        health.hiddenSequences = found.count { $0 == nil }
        let listed = found.compactMap(\.self).sorted { ($1.usedBasisPoints, $0.name) < ($0.usedBasisPoints, $1.name) }
        health.sequences = Array(listed.prefix(Self.mostListed))
    }
}

/// How much of a sequence has been given out.
struct SequenceUse {
    var least: Int64
    var most: Int64
    var step: Int64
    /// The number that was given out last; nil before the first.
    var last: Int64?
    /// The greatest number of the column's type; nil where there is no column, or one that ends no earlier.
    var columnMost: Int64?

    /// Hundredths of a percent, rounded down, at most all.
    var basisPoints: Int {
        guard let last else { return 0 }
        // The difference of two numbers of 64 bits may have 65.
        let (first, end) = (Int128(least), Int128(min(most, columnMost ?? most)))
        let whole = end - first + 1
        guard whole > 0 else { return 10_000 }
        let used = step > 0 ? Int128(last) - first + 1 : end - Int128(last) + 1
        return Int(max(0, min(10_000, used * 10_000 / whole)))
    }
}
