import CLibpq
import Glibc
import Synchronization

/// One connection to the ledger's server. Blocks, for a statement at most as long as `limit`: only for a thread that is
/// made for it.
///
/// `@unchecked Sendable`: libpq's connection and the names prepared in it are touched under `lock` alone.
final class PostgreSQLClient: @unchecked Sendable {
    /// What a statement ended with: the SQLSTATE where the server has said one, and words without a password.
    struct Failure: Error, CustomStringConvertible {
        var code: String?
        var text: String
        var description: String { code.map { "\(text) (\($0))" } ?? text }
    }

    /// How long one statement may take; the longest are the building of indexes at the start.
    private static let limit = Duration.seconds(30)

    private let place: LedgerServerPlace
    private let user: String
    private let password: LedgerPassword
    private let readsOnly: Bool
    private let lock = Mutex(())
    private var connection: OpaquePointer?
    private var isClosed = false
    private var isInTransaction = false
    private var prepared: Set<LedgerStatement> = []

    /// Connects.
    ///
    /// - Parameter readsOnly: the server refuses what would write.
    init(
        _ place: LedgerServerPlace, as user: String, _ password: LedgerPassword, readsOnly: Bool = false
    ) throws(Failure) {
        self.place = place
        self.user = user
        self.password = password
        self.readsOnly = readsOnly
        try connect()
    }

    deinit { PQfinish(connection) }

    /// Ends the connection; later statements fail. Again does nothing.
    func close() {
        lock.withLock { _ in
            isClosed = true
            PQfinish(connection)
            connection = nil
        }
    }

    /// Does several things in one transaction, all or nothing.
    func transaction<Value>(_ work: (PostgreSQLClient) throws -> Value) throws -> Value {
        try say("BEGIN")
        lock.withLock { _ in isInTransaction = true }
        do {
            let value = try work(self)
            try say("COMMIT")
            lock.withLock { _ in isInTransaction = false }
            return value
        } catch {
            lock.withLock { _ in isInTransaction = false }
            // What went wrong first is what the caller must know; without a connection there is nothing to take back.
            try? say("ROLLBACK")
            throw error
        }
    }

    /// The number of the transaction that this is said in.
    func currentTransaction() throws -> String {
        var number = ""
        try say("SELECT pg_current_xact_id()::text") { row in
            if case .text(let text) = row.cell(0) { number = text }
        }
        return number
    }

    /// Whether a transaction was committed: the server knows where its answer did not arrive.
    ///
    /// - Throws: `Failure` as long as it has not ended, and where the server does not know any more.
    func isCommitted(_ transaction: String) throws -> Bool {
        var status = "forgotten"
        do {
            try say("SELECT pg_xact_status('\(transaction)'::xid8)") { row in
                if case .text(let text) = row.cell(0) { status = text }
            }
        } catch let failure as Failure where failure.code == "22023" {
            // One of the future: the server has come back from a crash without it.
            return false
        }
        switch status {
        case "committed": return true
        case "aborted": return false
        default:
            throw Failure(
                code: nil, text: "what became of the transaction \(transaction) cannot be told yet: it is \(status)")
        }
    }

    /// Executes a text of one statement or several, without parameters. Connects again where the connection was lost,
    /// but not within a transaction: what comes next would be outside of it.
    func say(_ sql: String, row: (PostgreSQLRow) throws -> Void = { _ in }) throws {
        try locked {
            try reconnect()
            try finish(PQsendQuery(connection, sql), row)
        }
    }

    /// Executes one of the statements of the desk's work, which the server prepares once.
    func execute(_ statement: LedgerStatement, _ values: [LedgerCell]) throws {
        try locked {
            if !prepared.contains(statement) {
                try finish(PQsendPrepare(connection, statement.rawValue, statement.sql(.postgresql), 0, nil)) { _ in }
                prepared.insert(statement)
            }
            let texts: [UnsafeMutablePointer<CChar>?] = values.map { $0.text.map { strdup($0) } ?? nil }
            defer { for text in texts { free(text) } }
            try finish(
                PQsendQueryPrepared(
                    connection, statement.rawValue, CInt(texts.count), texts.map { UnsafePointer<CChar>($0) }, nil, nil,
                    0)
            ) { _ in }
        }
    }

    /// The names of a table's columns.
    func columns(of table: String) throws -> Set<String> {
        var names: Set<String> = []
        try say(
            """
            SELECT attname::text FROM pg_catalog.pg_attribute
            WHERE attrelid = '\(table)'::regclass AND attnum > 0 AND NOT attisdropped
            """
        ) { row in
            if case .text(let name) = row.cell(0) { names.insert(name) }
        }
        return names
    }

    /// Loads rows into a table: the lines of `COPY … FROM STDIN`, as `make` hands them out until it answers nil.
    func copy(into table: String, _ columns: [String], _ next: () throws -> [UInt8]?) throws {
        try locked {
            guard PQsendQuery(connection, "COPY \(table) (\(columns.joined(separator: ", "))) FROM STDIN") == 1,
                let begun = PQgetResult(connection)
            else { throw lost() }
            defer { PQclear(begun) }
            guard PQresultStatus(begun) == PGRES_COPY_IN else { throw Self.failure(begun) }
            do {
                while let lines = try next() {
                    let isSent = lines.withUnsafeBytes {
                        PQputCopyData(connection, $0.baseAddress?.assumingMemoryBound(to: CChar.self), CInt($0.count))
                    }
                    guard isSent == 1 else { throw lost() }
                }
            } catch {
                // Nothing of it stays.
                _ = PQputCopyEnd(connection, "the rows cannot be read")
                try? finish(1) { _ in }
                throw error
            }
            try finish(PQputCopyEnd(connection, nil)) { _ in }
        }
    }

    private func locked(_ work: () throws -> Void) throws { try lock.withLock { _ in try work() } }

    private func connect() throws(Failure) {
        var options = ["statement_timeout=\(Self.limit.components.seconds * 1000)"]
        if readsOnly { options.append("default_transaction_read_only=on") }
        // Everything that libpq would otherwise take from the environment and that leads elsewhere.
        let values = [
            ("host", LedgerServerPlace.host), ("hostaddr", LedgerServerPlace.host), ("port", "\(place.port)"),
            ("dbname", LedgerServerPlace.database), ("user", user), ("password", password.reveal()),
            ("passfile", "/dev/null"), ("application_name", "practice-desk"), ("client_encoding", "UTF8"),
            ("sslmode", "disable"), ("gssencmode", "disable"), ("connect_timeout", "5"),
            ("options", options.map { "-c \($0)" }.joined(separator: " ")),
        ]
        let keywords: [UnsafeMutablePointer<CChar>?] = values.map { strdup($0.0) } + [nil]
        let texts: [UnsafeMutablePointer<CChar>?] = values.map { strdup($0.1) } + [nil]
        defer {
            for keyword in keywords { free(keyword) }
            for text in texts {
                // The password does not stay in memory that is given back.
                if let text { memset(text, 0, strlen(text)) }
                free(text)
            }
        }
        connection = PQconnectdbParams(
            keywords.map { UnsafePointer<CChar>($0) }, texts.map { UnsafePointer<CChar>($0) }, 0)
        prepared = []
        guard PQstatus(connection) == CONNECTION_OK else {
            let failure = lost()
            PQfinish(connection)
            connection = nil
            throw failure
        }
        // What a server notices goes nowhere: by default libpq writes it on our standard error.
        PQsetNoticeReceiver(connection, { _, _ in }, nil)
    }

    private func reconnect() throws(Failure) {
        guard !isClosed else { throw Failure(code: nil, text: "the connection to \(place.text) is closed") }
        guard PQstatus(connection) != CONNECTION_OK else { return }
        guard !isInTransaction else { throw lost() }
        PQfinish(connection)
        connection = nil
        try connect()
    }

    /// Reads everything that belongs to an answer, and waits for it by `poll` with an end: libpq itself knows none.
    private func finish(_ isSent: CInt, _ row: (PostgreSQLRow) throws -> Void) throws {
        guard isSent == 1 else { throw lost() }
        let end = ContinuousClock.now + Self.limit + .seconds(2)
        var failure: (any Error)?
        while true {
            while PQisBusy(connection) == 1 {
                guard ContinuousClock.now < end else {
                    // Whatever comes later would be taken for the next answer.
                    PQfinish(connection)
                    connection = nil
                    throw Failure(code: nil, text: "\(place.text) did not answer within \(Self.limit)")
                }
                var descriptor = pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0)
                _ = poll(&descriptor, 1, 100)
                if descriptor.revents != 0, PQconsumeInput(connection) != 1 { throw lost() }
            }
            guard let result = PQgetResult(connection) else { break }
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK where failure == nil:
                do {
                    for index in 0..<PQntuples(result) { try row(PostgreSQLRow(result: result, row: index)) }
                } catch { failure = error }
            case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY, PGRES_TUPLES_OK: continue
            default: failure = failure ?? Self.failure(result)
            }
        }
        if let failure { throw failure }
    }

    /// What libpq says when the connection is no more.
    private func lost() -> Failure {
        let message = PQerrorMessage(connection).map { String(cString: $0) } ?? "no memory for a connection"
        return Failure(code: nil, text: password.redacted(Self.line(message)))
    }

    /// Neither detail, hint nor context: those quote values of rows.
    private static func failure(_ result: OpaquePointer?) -> Failure {
        func field(_ character: Character) -> String? {
            // PG_DIAG_SQLSTATE and PG_DIAG_MESSAGE_PRIMARY, which are character constants.
            PQresultErrorField(result, CInt(character.asciiValue ?? 0)).map { String(cString: $0) }
        }
        return Failure(code: field("C"), text: line(field("M") ?? "the server said nothing"))
    }

    private static func line(_ text: String) -> String {
        String(text.split(whereSeparator: \.isNewline).joined(separator: "; ").prefix(300))
    }
}

extension LedgerCell {
    /// As it is sent: text, whatever the type; nil for NULL.
    fileprivate var text: String? {
        switch self {
        case .null, .bytes: nil
        case .integer(let number): "\(number)"
        case .real(let number): "\(number)"
        case .text(let text): text
        }
    }
}
