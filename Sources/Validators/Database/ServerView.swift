import FoundationEssentials
import Readiness

/// The sessions of a database server, seen from outside the target's own pool.
enum ServerView {
    /// The key of the share of sessions that must be free.
    static let roomKey = "database.min_session_room_percent"

    /// Looks at the server; nil where a file holds the ledger.
    static func look(_ probe: any LedgerProbe) async throws(ProbeError) -> Answer<ServerSessions>? {
        guard try await probe.describe().value.server != nil else { return nil }
        return try await LedgerSession.with(probe) { connection, _ throws(ProbeError) in
            guard let answer = try await connection.sessions() else { return nil }
            guard answer.value.most > 0, answer.value.inUse >= 0 else {
                throw ProbeError(
                    .nonsense, at: .ledger, "\(answer.value.inUse) sessions of \(answer.value.most) that there may be")
            }
            return answer
        }
    }

    /// Room for more sessions; and of each pool of a pooler who waits, and for how long.
    static func measurements(
        of sessions: ServerSessions, room: Threshold, wait: Threshold, from evidence: Evidence
    ) -> [Measurement] {
        let free = Int128(max(0, sessions.most - sessions.inUse)) * 1000 / Int128(max(1, sessions.most))
        var measurements = [
            Measurement(
                "session_room", unit: "%", DecimalValue(Decimal(Int(free)) / 10),
                Criterion(.greaterOrEqual, room), from: evidence),
            Measurement(told: "sessions", unit: "1", DecimalValue(sessions.inUse), from: evidence),
        ]
        for queue in (sessions.queues ?? []).prefix(40) {
            let name = "\(queue.database).\(queue.user)".shortened(to: 80)
            measurements.append(
                Measurement(
                    "pooler_waiting.\(name)", unit: "1", DecimalValue(queue.waiting),
                    Criterion(definition: .equal, "0"),
                    from: evidence))
            let (nanoseconds, overflow) = queue.longestWaitMicroseconds.multipliedReportingOverflow(by: 1000)
            measurements.append(
                Measurement(
                    "pooler_wait.\(name)", unit: "ms", DecimalValue(milliseconds: overflow ? .max : nanoseconds),
                    Criterion(.less, wait), from: evidence))
        }
        return measurements
    }
}
