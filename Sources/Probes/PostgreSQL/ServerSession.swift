import CLibpq
import Glibc
import Readiness
import Synchronization

/// One session with a PostgreSQL server, or with the console of a PgBouncer. Blocks: only for a thread of its own.
///
/// It waits by `poll` on libpq's socket and never inside libpq, so that its limit and a cancel reach it within
/// `patience` whatever the server does. (Looking up a name is the exception: that is the system's, with limits of its
/// own.)
///
/// `@unchecked Sendable`: made, used and closed on the one thread of its connection.
final class ServerSession: @unchecked Sendable {
    /// How often a wait looks whether it is to stop.
    private static let patience: Int32 = 20
    /// How long a server may take to acknowledge a cancel before the session is given up.
    private static let grace = Duration.seconds(2)
    /// The most bytes that may come in without making a whole row: 64 MiB. A row of a hostile ledger may have a GB.
    private static let rowCap: Int64 = 64 << 20

    /// What a statement ends with that would write.
    static let writeRefused = ProbeError(.nonsense, at: .ledger, "a statement for the ledger writes")

    private let access: ServerAccess
    private var connection: OpaquePointer?

    /// Connects.
    ///
    /// - Throws: `ProbeError` at the ledger.
    init(_ access: ServerAccess, _ watch: ServerWatch) throws(ProbeError) {
        self.access = access
        let keywords: [UnsafeMutablePointer<CChar>?] = access.values.map { strdup($0.keyword) } + [nil]
        let values: [UnsafeMutablePointer<CChar>?] = access.values.map { strdup($0.value) } + [nil]
        defer {
            for keyword in keywords { free(keyword) }
            for value in values {
                // The password does not stay in memory that is given back.
                if let value { memset(value, 0, strlen(value)) }
                free(value)
            }
        }
        connection = PQconnectStartParams(
            keywords.map { UnsafePointer<CChar>($0) }, values.map { UnsafePointer<CChar>($0) }, 0)
        guard connection != nil else { throw ProbeError(ourSide: "connecting to the ledger: out of memory") }
        do throws(ProbeError) {
            // The SQLSTATE is in the text only where that is verbose.
            PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
            try finishConnecting(watch)
            PQsetErrorVerbosity(connection, PQERRORS_DEFAULT)
            // What a server notices goes nowhere: by default libpq writes it on our standard error.
            PQsetNoticeReceiver(connection, { _, _ in }, nil)
        } catch {
            close()
            throw error
        }
    }

    deinit { close() }

    /// Whether it can be asked anything.
    var isOpen: Bool { connection != nil && PQstatus(connection) == CONNECTION_OK }

    /// The protocol and cipher of the connection; nil when it is in plain text.
    var encryption: String? {
        guard PQsslInUse(connection) == 1 else { return nil }
        let parts = ["protocol", "cipher"].map { (name: String) -> String in
            PQsslAttribute(connection, name).map { String(cString: $0) } ?? "?"
        }
        return SafeText.line(parts.joined(separator: " "))
    }

    /// Ends the session. Again does nothing.
    func close() {
        PQfinish(connection)
        connection = nil
    }

    /// Sends one statement with parameters as text, and hands on each row as it comes.
    ///
    /// The server refuses a text of two statements. `elapsed` is from sending to the end of the answer.
    @discardableResult
    func ask(
        _ sql: String, _ parameters: [String] = [], _ watch: ServerWatch,
        row: (ServerRow) throws(ProbeError) -> Void = { _ throws(ProbeError) in }
    ) throws(ProbeError) -> (columns: Int, elapsed: Duration) {
        guard !sql.utf8.contains(0), !parameters.contains(where: { $0.utf8.contains(0) }) else {
            throw ProbeError(.nonsense, at: .ledger, "a statement for the ledger holds a NUL")
        }
        let copies: [UnsafeMutablePointer<CChar>?] = parameters.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        let started = ContinuousClock.now
        let isSent = PQsendQueryParams(
            connection, sql, CInt(parameters.count), nil, copies.map { UnsafePointer<CChar>($0) }, nil, nil, 0)
        let columns = try answer(isSent: isSent == 1, watch, row)
        return (columns, ContinuousClock.now - started)
    }

    /// Sends a text without parameters, of one statement or several: for transactions, and for PgBouncer's console,
    /// which knows no other way.
    @discardableResult
    func say(
        _ sql: String, _ watch: ServerWatch,
        row: (ServerRow) throws(ProbeError) -> Void = { _ throws(ProbeError) in }
    ) throws(ProbeError) -> Int { try answer(isSent: PQsendQuery(connection, sql) == 1, watch, row) }

    /// Whether a transaction has been begun and not ended.
    var isInTransaction: Bool {
        [PQTRANS_INTRANS, PQTRANS_INERROR, PQTRANS_ACTIVE].contains(PQtransactionStatus(connection))
    }

    private func finishConnecting(_ watch: ServerWatch) throws(ProbeError) {
        // libpq begins by wanting to write, whatever PQconnectPoll has not been asked yet.
        var wanted = PGRES_POLLING_WRITING
        while true {
            switch wanted {
            case PGRES_POLLING_OK: return
            case PGRES_POLLING_READING: try wait(for: POLLIN, watch)
            case PGRES_POLLING_WRITING where PQstatus(connection) != CONNECTION_BAD:
                try wait(for: POLLOUT, watch)
            default:
                let message = access.redacted(PQerrorMessage(connection).map { String(cString: $0) } ?? "")
                throw ServerTrouble(connecting: message).probeError(
                    doing: "connecting to \(access.place)", needsPassword: PQconnectionNeedsPassword(connection) == 1)
            }
            wanted = PQconnectPoll(connection)
        }
    }

    /// Waits until the socket can be read or written, or until the watch says stop.
    private func wait(for events: Int32, _ watch: ServerWatch) throws(ProbeError) {
        while true {
            if let reason = watch.stop { throw watch.error(reason) }
            if isReady(for: events) { return }
        }
    }

    private func isReady(for events: Int32) -> Bool {
        var descriptor = pollfd(fd: PQsocket(connection), events: Int16(events), revents: 0)
        // Closed or in error is ready as well: libpq finds out what is wrong.
        return poll(&descriptor, 1, Self.patience) > 0
    }

    /// Reads everything that belongs to the answer, so that the next statement finds the connection free.
    private func answer(
        isSent: Bool, _ watch: ServerWatch, _ row: (ServerRow) throws(ProbeError) -> Void
    ) throws(ProbeError) -> Int {
        guard isSent else { throw lost() }
        PQsetSingleRowMode(connection)
        var columns = 0
        var failure: ProbeError?
        var errand: CancelErrand?
        while let result = try nextResult(watch) {
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_SINGLE_TUPLE, PGRES_TUPLES_OK:
                columns = Int(PQnfields(result))
                guard failure == nil else { continue }
                do throws(ProbeError) {
                    for index in 0..<PQntuples(result) { try row(ServerRow(result: result, row: index)) }
                } catch {
                    // Nobody wants the rest; the server need not send it.
                    failure = error
                    errand = requestCancel()
                }
            case PGRES_COMMAND_OK: continue
            case PGRES_FATAL_ERROR:
                let trouble = ServerTrouble(result)
                if failure == nil { failure = error(of: trouble, watch) }
            default:
                // Copying in or out, or nothing at all: not what anybody asks a ledger for.
                close()
                throw ProbeError(.nonsense, at: .ledger, "a statement for the ledger asks for no rows")
            }
        }
        settle(errand)
        if let failure { throw failure }
        return columns
    }

    private func error(of trouble: ServerTrouble, _ watch: ServerWatch) -> ProbeError {
        // The server's own limit, which is a little shorter than ours, says it in its words.
        if trouble.isStopped { return watch.error(watch.stop ?? .limit) }
        if trouble.isWriteRefused { return Self.writeRefused }
        var error = trouble.probeError(doing: "asking the ledger")
        error.detail = access.redacted(error.detail)
        return error
    }

    /// The next part of the answer; nil at its end.
    private func nextResult(_ watch: ServerWatch) throws(ProbeError) -> OpaquePointer? {
        let before = hp_bytes_received(PQsocket(connection))
        while PQisBusy(connection) == 1 {
            if PQflush(connection) < 0 { throw lost() }
            if let reason = watch.stop {
                giveUp()
                throw watch.error(reason)
            }
            guard isReady(for: POLLIN) else { continue }
            guard PQconsumeInput(connection) == 1 else { throw lost() }
            guard hp_bytes_received(PQsocket(connection)) - before <= Self.rowCap else {
                close()
                throw ProbeError(.nonsense, at: .ledger, "a row of more than \(Self.rowCap >> 20) MiB")
            }
        }
        return PQgetResult(connection)
    }

    /// Asks the server to stop, and reads what still comes. A server that goes on regardless loses the connection.
    private func giveUp() {
        let errand = requestCancel()
        let end = ContinuousClock.now + Self.grace
        while ContinuousClock.now < end {
            while PQisBusy(connection) == 0 {
                guard let result = PQgetResult(connection) else { return settle(errand) }
                PQclear(result)
            }
            guard isReady(for: POLLIN) else { continue }
            guard PQconsumeInput(connection) == 1 else { break }
        }
        close()
    }

    /// Sends the server a request to stop the statement, over a connection and on a thread of its own: it blocks, and
    /// knows no limit.
    private func requestCancel() -> CancelErrand? {
        guard let request = PQgetCancel(connection) else { return nil }
        let errand = CancelErrand(request)
        BlockingWork.unwatched { errand.run() }
        return errand
    }

    /// Waits until a request to stop has been delivered. One that is still on its way would stop the next statement,
    /// which behind a pooler is a customer's: then the session is given up instead.
    private func settle(_ errand: CancelErrand?) {
        guard let errand else { return }
        let end = ContinuousClock.now + Self.grace
        while !errand.isDone {
            guard ContinuousClock.now < end else { return close() }
            usleep(1_000)
        }
    }

    /// What libpq says when a connection is no more.
    private func lost() -> ProbeError {
        let message = access.redacted(PQerrorMessage(connection).map { String(cString: $0) } ?? "")
        let trouble = ServerTrouble(connecting: message)
        close()
        return trouble.probeError(doing: "the connection to \(access.place) was lost")
    }
}

/// A request to stop a statement, on its way.
///
/// `@unchecked Sendable`: what libpq made for it is independent of the connection, and only `run` touches it, once.
private final class CancelErrand: @unchecked Sendable {
    private let request: OpaquePointer
    private let done = Mutex(false)

    init(_ request: OpaquePointer) { self.request = request }

    /// Delivers it. When this returns the server has signalled the session: nothing arrives later.
    func run() {
        var buffer: [CChar] = Array(repeating: 0, count: 256)
        // If it does not arrive, the statement's own time limit ends it.
        _ = PQcancel(request, &buffer, CInt(buffer.count))
        PQfreeCancel(request)
        done.withLock { $0 = true }
    }

    /// Whether it has been delivered, or has failed to be.
    var isDone: Bool { done.withLock { $0 } }
}
