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
    /// The command that shows how the database would run a query, ready to paste.
    ///
    /// Parameters are bound as text, in the order of the question marks.
    func planCommand(for query: CriticalQuery) -> String {
        command("EXPLAIN QUERY PLAN \(query.sql)", parameters: query.parameters)
    }

    /// The command that asks the ledger something with parameters, bound as text in the order of the question marks.
    func command(_ sql: String, parameters: [String]) -> String {
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
        "sqlite3 -readonly \(ShellWord.quoted(path)) \(ShellWord.quoted(sql.onOneLine))"
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
