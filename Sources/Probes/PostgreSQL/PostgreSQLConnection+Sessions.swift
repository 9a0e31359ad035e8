package import Readiness

extension PostgreSQLConnection {
    /// How many sessions the server holds, and who waits at the pooler's console, which gets a connection for the
    /// length of one `SHOW POOLS`.
    package func sessions() async throws(ProbeError) -> Answer<ServerSessions>? {
        let held = try await perform("counting sessions") { reader throws(ProbeError) in
            // Of a session that we may not look into the server does not tell what sort it is: it counts.
            let counted = try reader.one(
                """
                SELECT (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datid IS NOT NULL \
                AND coalesce(backend_type, 'client backend') = 'client backend'), \
                current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int \
                - coalesce(current_setting('reserved_connections', true)::int, 0)
                """
            ) { row throws(ProbeError) in
                ServerSessions(inUse: try row.number(0), most: try row.number(1), queues: nil)
            }
            return reader.answer(counted, "\(counted.inUse) sessions of \(counted.most)")
        }
        guard let console else { return held }
        let queues = try await work(limit, "asking the pooler") { watch throws(ProbeError) in
            let session = try ServerSession(console, watch)
            defer { session.close() }
            var queues: [ServerSessions.Queue] = []
            try session.say("SHOW POOLS", watch) { row throws(ProbeError) in
                guard queues.count < ServerReader.rowCap else {
                    throw ProbeError(.nonsense, at: .ledger, "more than \(ServerReader.rowCap) pools")
                }
                queues.append(try Self.queue(row))
            }
            return queues
        }
        var both = held
        // The console's own pool is of nobody's sessions.
        both.value.queues = queues.filter { $0.database != "pgbouncer" }
        both.transcript += "\n\(console.place): SHOW POOLS"
        for queue in both.value.queues ?? [] {
            both.transcript +=
                "\n\(queue.database) \(queue.user): \(queue.active) active, \(queue.waiting) waiting, the first for "
                + "\(queue.longestWaitMicroseconds) µs"
        }
        both.transcript = SQLiteConnection.capped(both.transcript)
        return both
    }

    private static func queue(_ row: ServerRow) throws(ProbeError) -> ServerSessions.Queue {
        func column(_ name: String) throws(ProbeError) -> Int {
            guard let column = row.column(named: name) else {
                throw ProbeError(.nonsense, at: .ledger, "SHOW POOLS has no column \(name)")
            }
            return column
        }
        let seconds = try row.integer(try column("maxwait"))
        let rest = try row.integer(try column("maxwait_us"))
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        guard !overflow, seconds >= 0, (0..<1_000_000).contains(rest) else {
            throw ProbeError(.nonsense, at: .ledger, "SHOW POOLS tells a wait of \(seconds) s and \(rest) µs")
        }
        return ServerSessions.Queue(
            database: SafeText.line(try row.text(try column("database"))),
            user: SafeText.line(try row.text(try column("user"))), active: try row.number(try column("cl_active")),
            waiting: try row.number(try column("cl_waiting")), longestWaitMicroseconds: whole + rest)
    }
}
