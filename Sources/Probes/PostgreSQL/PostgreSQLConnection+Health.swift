package import Readiness

extension PostgreSQLConnection {
    /// How worn the database is, by the server's own counts. See `HealthReader`.
    package func health() async throws(ProbeError) -> Answer<DatabaseHealth> {
        try await perform("reading the server's health") { reader throws(ProbeError) in
            let health = try HealthReader(reader: reader).health()
            return reader.answer(health, Self.text(of: health))
        }
    }

    private static func text(of health: DatabaseHealth) -> String {
        var lines = [
            "oldest transaction id: \(health.transactionAge ?? 0) transactions ago",
            "autovacuum \(health.cleansItself == true ? "on" : "off")",
        ]
        lines += health.tables.prefix(20).map {
            "\($0.name): \($0.live) rows, \($0.dead) dead\($0.isDue ? ", due" : ""), cleaned \($0.secondsSinceVacuum) s ago"
        }
        lines += health.sessions.prefix(20).map {
            "session \($0.process) of \($0.user) (\($0.application)): transaction \($0.transactionMilliseconds) ms"
                + ($0.isIdle ? ", idle in it \($0.stateMilliseconds) ms" : "")
        }
        lines.append("\(health.hiddenSessions) sessions hidden from our role")
        lines += health.replicas.map { "\($0.name): \($0.lagMilliseconds.map { "\($0) ms" } ?? "unknown") behind" }
        lines += health.unusedSlots.map { "unused slot \($0.name): keeps \($0.retainedBytes) bytes" }
        lines += health.sequences.prefix(20).map { "sequence \($0.name): \($0.usedBasisPoints) of 10000 used" }
        lines.append("\(health.hiddenSequences) sequences hidden from our role")
        return lines.joined(separator: "\n")
    }
}
