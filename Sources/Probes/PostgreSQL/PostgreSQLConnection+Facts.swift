package import Readiness

extension PostgreSQLConnection {
    /// What the connection is. `isReadOnly` is tried, not believed: a DELETE that matches no row has to be refused.
    ///
    /// On a direct connection it is tried in a transaction that does not say that it reads, so that the session itself
    /// has to refuse; through a pooler in one that does. It is rolled back whatever comes of it.
    package func facts() async throws(ProbeError) -> Answer<LedgerFacts> {
        let known = try await perform("reading what the ledger is") { reader throws(ProbeError) in
            try Self.facts(reader)
        }
        let isRefused = try await perform(
            "trying to write", opening: server.isPooled ? "BEGIN READ ONLY" : "BEGIN", ending: "ROLLBACK"
        ) { reader throws(ProbeError) in try Self.isWriteRefused(reader) }
        var facts = known.value
        facts.isReadOnly = isRefused
        let text = known.transcript + "\na write was \(isRefused ? "refused" : "NOT refused")"
        return Answer(facts, transcript: text, elapsed: known.elapsed)
    }

    private static func facts(_ reader: ServerReader) throws(ProbeError) -> Answer<LedgerFacts> {
        let facts = try reader.one(
            """
            SELECT current_setting('server_version'), current_setting('server_version_num'), current_user, \
            (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user), \
            (SELECT rolconnlimit FROM pg_catalog.pg_roles WHERE rolname = current_user), \
            pg_catalog.pg_is_in_recovery(), (SELECT count(*) FROM (\(CatalogueReader.tables)) t)
            """
        ) { row throws(ProbeError) in
            let limit = try row.optionalInteger(4) ?? -1
            return LedgerFacts(
                version: SafeText.line(try row.text(0)), isReadOnly: false, tables: try row.number(6),
                server: LedgerServerFacts(
                    versionNumber: Int(try row.text(1)) ?? 0, encryption: reader.session.encryption,
                    role: SafeText.line(try row.text(2)), isSuperuser: try row.flag(3), isInRecovery: try row.flag(5),
                    roleLimit: limit < 0 ? nil : Int(clamping: limit)))
        }
        guard let server = facts.server else { throw ProbeError(ourSide: "facts of a server without a server") }
        let text = """
            PostgreSQL \(facts.version), \(server.encryption ?? "not encrypted")
            role \(server.role)\(server.isSuperuser ? ", a superuser" : "")\
            \(server.roleLimit.map { ", at most \($0) sessions" } ?? "")
            \(server.isInRecovery ? "in recovery: it follows another server" : "not in recovery")
            \(facts.tables) tables
            """
        return reader.answer(facts, text)
    }

    /// A server refuses a write in a transaction that reads before it looks at anything, so no trigger is reached.
    private static func isWriteRefused(_ reader: ServerReader) throws(ProbeError) -> Bool {
        let table = try reader.rows("SELECT schema, name FROM (\(CatalogueReader.tables)) t ORDER BY 1, 2 LIMIT 1") {
            row throws(ProbeError) in
            SQLTokens.quoted(try row.text(0)) + "." + SQLTokens.quoted(try row.text(1))
        }.first
        guard let table else {
            // Nothing to try it on: what the transaction says of itself.
            return try reader.one("SELECT current_setting('transaction_read_only')") { row throws(ProbeError) in
                try row.text(0) == "on"
            }
        }
        do throws(ProbeError) {
            try reader.ask("DELETE FROM \(table) WHERE false") { _ throws(ProbeError) in }
            return false
        } catch {
            guard error == ServerSession.writeRefused else { throw error }
            return true
        }
    }
}
