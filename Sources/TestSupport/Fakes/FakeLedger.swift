package import Readiness
import Synchronization

/// A database that answers by a script: what it is, how long its queries take, how it would run them.
package final class FakeLedger: LedgerProbe {
    /// What the database shows.
    package struct Script: Sendable {
        /// Where it says that it is.
        package var description: LedgerDescription
        /// What each connection is.
        package var facts = LedgerFacts(version: "3.40.1", isReadOnly: true, tables: 7)
        /// Milliseconds of each next run of a query, by its name; the last is repeated with its grain; one that is not
        /// named takes 1.
        package var milliseconds: [String: [Double]] = [:]
        /// The plan of a query, by its name; one that is not named is a search by its index.
        package var plans: [String: QueryPlan] = [:]
        /// The applied revisions.
        package var applied: [String]
        /// The rows of a statement of the books, by its text, made from its parameters; none for one that is not named.
        package var rows: [String: @Sendable ([String]) -> [[LedgerValue]]] = [:]
        /// Its tables.
        package var schema = LedgerSchema.sound
        /// What it is made of.
        package var shape = SchemaShape.sound
        /// What its engine complains of.
        package var damage: [String] = []
        /// Rows that refer to nothing.
        package var orphans: [OrphanRow] = []
        /// How worn it is.
        package var health = DatabaseHealth.sound
        /// The sessions of its server; nil for a file.
        package var sessions: ServerSessions?
        /// Thrown by `describe`.
        package var describeFailure: ProbeError?
        /// Thrown by `connect`.
        package var connectFailure: ProbeError?
        /// Thrown by whatever reads the tables: orphans and the rows of a statement. The engine's own check goes on.
        package var tableFailure: ProbeError?
        /// Thrown by whatever is asked of a connection.
        package var askFailure: ProbeError?

        /// A sound ledger with the given critical queries.
        package init(_ queries: [CriticalQuery], head: String = "0003") {
            description = LedgerDescription(
                engine: "sqlite", path: "/desk home/ledger.sqlite", criticalQueries: queries, expectedHead: head,
                revisionTable: "schema_revision", books: .sample)
            applied = ["0001", "0002", head]
            keepBooks()
        }
    }

    fileprivate struct State {
        var script: Script
        var runs: [String: Int] = [:]
        var connections = 0
        var open = 0
    }
    fileprivate let state: Mutex<State>

    /// Two critical queries, quick and by index.
    package init(
        _ script: Script = Script([
            CriticalQuery(name: "recent-fills", sql: "SELECT * FROM fills WHERE symbol = ?1", parameters: ["SOL-USD"]),
            CriticalQuery(name: "orders", sql: "SELECT * FROM orders WHERE account = ?1", parameters: ["it's"]),
        ])
    ) {
        state = Mutex(State(script: script))
    }

    /// Changes what it shows.
    package func change(_ change: (inout Script) -> Void) { state.withLock { change(&$0.script) } }

    /// How often a query was run.
    package func runs(of query: String) -> Int { state.withLock { $0.runs[query] ?? 0 } }

    /// How many connections were opened.
    package var connections: Int { state.withLock { $0.connections } }

    /// How many connections are open now.
    package var open: Int { state.withLock { $0.open } }

    /// The script's description, or its failure.
    package func describe() async throws(ProbeError) -> Answer<LedgerDescription> {
        let script = state.withLock { $0.script }
        if let failure = script.describeFailure { throw failure }
        return Answer(script.description, transcript: "ledger \(script.description.path)", elapsed: .milliseconds(1))
    }

    /// A new connection, or the script's failure.
    package func connect(_ ledger: LedgerDescription) async throws(ProbeError) -> any LedgerConnection {
        let failure = state.withLock { state in
            if state.script.connectFailure == nil {
                state.connections += 1
                state.open += 1
            }
            return state.script.connectFailure
        }
        if let failure { throw failure }
        return FakeLedgerConnection(ledger: self)
    }
}

private struct FakeLedgerConnection: LedgerConnection {
    let ledger: FakeLedger

    private func script() throws(ProbeError) -> FakeLedger.Script {
        let script = ledger.state.withLock { $0.script }
        if let failure = script.askFailure { throw failure }
        return script
    }

    func facts() async throws(ProbeError) -> Answer<LedgerFacts> {
        let facts = try script().facts
        return Answer(facts, transcript: "version \(facts.version)", elapsed: .milliseconds(1))
    }

    func run(_ query: CriticalQuery) async throws(ProbeError) -> Answer<Int> {
        let script = try script()
        let run = ledger.state.withLock { state in
            state.runs[query.name, default: 0] += 1
            return state.runs[query.name, default: 1] - 1
        }
        let nanoseconds = TimerGrain.nanoseconds(of: script.milliseconds[query.name] ?? [1], at: run)
        return Answer(50, transcript: query.sql, elapsed: .nanoseconds(nanoseconds))
    }

    func plan(of query: CriticalQuery) async throws(ProbeError) -> Answer<QueryPlan> {
        let plan = try script().plans[query.name] ?? QueryPlan(steps: ["SEARCH t USING INDEX i (a=?)"], scans: [])
        return Answer(plan, transcript: "EXPLAIN QUERY PLAN \(query.sql)", elapsed: .milliseconds(1))
    }

    func appliedRevisions(in table: String) async throws(ProbeError) -> Answer<[String]> {
        Answer(try script().applied, transcript: "SELECT revision FROM \(table)", elapsed: .milliseconds(1))
    }

    func schema(textsOf wanted: @escaping @Sendable (String) -> Bool) async throws(ProbeError) -> Answer<LedgerSchema> {
        var schema = try script().schema
        // Columns that a sample says nothing of hold no texts.
        for table in schema.tables.indices {
            for column in schema.tables[table].columns.indices {
                let name = schema.tables[table].columns[column].name
                let held = schema.tables[table].columns[column].texts ?? .init(decimals: 0, oddNumbers: 0, others: 0)
                schema.tables[table].columns[column].texts = wanted(name) ? held : nil
            }
        }
        return Answer(schema, transcript: "schema", elapsed: .milliseconds(1))
    }

    func shape(beside revisionTable: String) async throws(ProbeError) -> Answer<SchemaShape> {
        Answer(try script().shape, transcript: "shape", elapsed: .milliseconds(1))
    }

    func health() async throws(ProbeError) -> Answer<DatabaseHealth> {
        Answer(try script().health, transcript: "health", elapsed: .milliseconds(1))
    }

    func sessions() async throws(ProbeError) -> Answer<ServerSessions>? {
        guard let sessions = try script().sessions else { return nil }
        return Answer(sessions, transcript: "\(sessions.inUse) of \(sessions.most) sessions", elapsed: .milliseconds(1))
    }

    func structuralDamage(isFull: Bool) async throws(ProbeError) -> Answer<[String]> {
        Answer(try script().damage, transcript: "integrity, full: \(isFull)", elapsed: .milliseconds(1))
    }

    func orphans(limit: Int) async throws(ProbeError) -> Answer<[OrphanRow]> {
        let script = try script()
        if let failure = script.tableFailure { throw failure }
        return Answer(Array(script.orphans.prefix(limit)), transcript: "foreign keys", elapsed: .milliseconds(1))
    }

    func fold<Value: Sendable>(
        _ statement: String, parameters: [String], columns: Int, into start: Value,
        _ fold: @escaping @Sendable (inout Value, [LedgerValue]) throws(ProbeError) -> Void
    ) async throws(ProbeError) -> Answer<Value> {
        let script = try script()
        if let failure = script.tableFailure { throw failure }
        let rows = script.rows[statement]?(parameters) ?? script.together(statement)
        var value = start
        for row in rows {
            guard row.count == columns else {
                throw ProbeError(.nonsense, at: .ledger, "\(row.count) columns for \(columns)")
            }
            try fold(&value, row)
        }
        return Answer(value, transcript: "\(statement): \(rows.count) rows", elapsed: .milliseconds(1))
    }

    func close() async { ledger.state.withLock { $0.open -= 1 } }
}

extension LedgerBooks {
    /// Statements that name themselves; hundredths, ten-thousandths, millionths.
    package static let sample = LedgerBooks(
        fills: "fills", fillsOfOrder: "fills of an order", positions: "positions", orders: ordersStatement,
        cash: cashStatement, contradictions: "contradictions", quantityScale: 2, priceScale: 4, moneyScale: 6)
    private static let ordersStatement = "orders of all"
    private static let cashStatement = "cash of all"

    /// The statement of orders of `sample`.
    package var ordersText: String { orders ?? Self.ordersStatement }
    /// The statement of cash of `sample`.
    package var cashText: String { cash ?? Self.cashStatement }
}

extension DatabaseHealth {
    /// A file with a small log.
    package static let sound: DatabaseHealth = {
        var health = DatabaseHealth()
        health.logBytes = 4 << 20
        health.freeBytes = 8192
        return health
    }()

    /// A server in good health, with everything that can be told of one.
    package static let soundServer: DatabaseHealth = {
        var health = DatabaseHealth()
        health.transactionAge = 1_000_000
        health.cleansItself = true
        health.tables = [Table(name: "fills", live: 200_000, dead: 100, isDue: false, secondsSinceVacuum: 600)]
        health.sessions = [
            Session(
                process: 7, user: "desk", application: "engine", isIdle: false, transactionMilliseconds: 20,
                stateMilliseconds: 20)
        ]
        health.replicas = [Replica(name: "standby", lagMilliseconds: 3)]
        health.unusedSlots = []
        health.sequences = [Sequence(name: "fills_id_seq", usedBasisPoints: 12)]
        return health
    }()
}

extension FakeLedger.Script {
    /// Turns the ledger into a sound one that a server holds.
    package mutating func moveToServer() {
        description.engine = "postgresql"
        description.path = "127.0.0.1:5432/desk"
        description.server = LedgerServer(host: "127.0.0.1", port: 5432, database: "desk", user: "holdpoint")
        facts = LedgerFacts(
            version: "15.13", isReadOnly: true, tables: 7,
            server: LedgerServerFacts(
                versionNumber: 150_013, encryption: nil, role: "holdpoint", isSuperuser: false, isInRecovery: false,
                roleLimit: nil))
        health = .soundServer
        sessions = ServerSessions(inUse: 12, most: 97, queues: nil)
    }
}
