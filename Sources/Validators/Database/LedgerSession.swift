import Readiness

/// A connection to the target's ledger for the length of one collect: opened anew, and closed however it ends.
enum LedgerSession {
    /// Finds the ledger, connects, does the work, and closes.
    static func with<Value: Sendable>(
        _ probe: any LedgerProbe,
        _ work: (any LedgerConnection, Answer<LedgerDescription>) async throws(ProbeError) -> Value
    ) async throws(ProbeError) -> Value {
        let description = try await probe.describe()
        let connection = try await probe.connect(description.value)
        do throws(ProbeError) {
            let value = try await work(connection, description)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }
}

extension CriticalQuery {
    /// The statement with its parameters, for evidence.
    var evidenceText: String { "\(name): \(sql)\nparameters: \(parameters.joined(separator: ", "))" }
}

extension LedgerDescription {
    /// Whether a PostgreSQL server holds it.
    var isServer: Bool { server != nil }

    /// The command that shows how the database would run a query, ready to paste.
    ///
    /// Parameters are bound as text, in the order of the question marks.
    func planCommand(for query: CriticalQuery) -> String {
        guard isServer else { return command("EXPLAIN QUERY PLAN \(query.sql)", parameters: query.parameters) }
        return command("EXPLAIN \(query.sql)", parameters: query.parameters)
    }

    /// The command that asks the ledger something with parameters, bound as text in the order of the question marks.
    func command(_ sql: String, parameters: [String]) -> String {
        guard !isServer else {
            // psql binds none before its version 16. The last first: `$1` begins `$10`.
            let filled = parameters.enumerated().reversed().reduce(sql) { sql, parameter in
                sql.replacing("$\(parameter.offset + 1)", with: parameter.element.sqlText)
            }
            return command(filled)
        }
        let binds = parameters.enumerated().map { index, value in
            // The shell of sqlite3 reads the line by its own rules: the value is an SQL string within double quotes.
            let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("'", with: "''")
            return "-cmd " + ShellWord.quoted(".parameter set ?\(index + 1) \"'\(escaped)'\"")
        }
        let words = ["sqlite3", "-readonly"] + binds + [ShellWord.quoted(path), ShellWord.quoted(sql.onOneLine)]
        return words.joined(separator: " ")
    }

    /// The command that asks the ledger something, ready to paste.
    func command(_ sql: String) -> String {
        guard let server else {
            return "sqlite3 -readonly \(ShellWord.quoted(path)) \(ShellWord.quoted(sql.onOneLine))"
        }
        // Through a pooler a setting of the session would stay with the server's.
        let read = server.isPooled ? "BEGIN READ ONLY; \(sql.onOneLine); COMMIT" : sql.onOneLine
        let options = server.isPooled ? "" : "PGOPTIONS='-c default_transaction_read_only=on' "
        return "\(server.passwordSetting)\(options)psql -X \(server.clientOptions) -c \(ShellWord.quoted(read))"
    }

    /// The same question in the words of either engine.
    func command(sqlite: String, postgresql: String) -> String { command(isServer ? postgresql : sqlite) }

    /// Where a copy of the ledger goes that a person makes; of a server's into the folder that they stand in.
    func copyPath(_ ending: String) -> String { server.map { "\($0.database)\(ending).dump" } ?? path + ending }

    /// The command that makes the copy.
    func copyCommand(to copy: String) -> String {
        guard let server else { return command("VACUUM INTO \(copy.sqlText)") }
        return "\(server.passwordSetting)pg_dump -Fc -f \(ShellWord.quoted(copy)) \(server.clientOptions)"
    }

    /// The command that shows every index with its statement.
    var indexesCommand: String {
        command(
            sqlite: "SELECT tbl_name, name, sql FROM sqlite_schema WHERE type = 'index' ORDER BY tbl_name, name",
            postgresql: "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname NOT IN "
                + "('pg_catalog', 'information_schema') ORDER BY 1, 2")
    }
}

extension LedgerServer {
    /// How the server's own programs are told a password that lies in a file: by a variable, which nobody else can read,
    /// and which holds what the shell reads then. Any other they ask for themselves.
    fileprivate var passwordSetting: String {
        guard let passwordName, passwordName.hasPrefix("file:") else { return "" }
        return "PGPASSWORD=\"$(head -n 1 \(ShellWord.quoted(String(passwordName.dropFirst(5)))))\" "
    }

    /// How the server's own programs are told where it is. The password is theirs to ask for.
    fileprivate var clientOptions: String {
        "-h \(ShellWord.quoted(host)) -p \(port) -U \(ShellWord.quoted(user)) -d \(ShellWord.quoted(database))"
    }
}

extension String {
    /// A statement without line ends, which a pasted command would not survive. Comments to the end of a line, which
    /// would then hide the rest, are not expected in a statement of a target's books.
    fileprivate var onOneLine: String {
        split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    /// As a name in a statement for people, in quotes.
    var sqlName: String { "\"\(replacing("\"", with: "\"\""))\"" }

    /// As a text in a statement for people.
    var sqlText: String { "'\(replacing("'", with: "''"))'" }
}
