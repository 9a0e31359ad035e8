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
        /// Milliseconds of each next run of a query, by its name; the last is repeated; one that is not named takes 1.
        package var milliseconds: [String: [Double]] = [:]
        /// The plan of a query, by its name; one that is not named is a search by its index.
        package var plans: [String: QueryPlan] = [:]
        /// The applied revisions.
        package var applied: [String]
        /// Thrown by `describe`.
        package var describeFailure: ProbeError?
        /// Thrown by `connect`.
        package var connectFailure: ProbeError?
        /// Thrown by whatever is asked of a connection.
        package var askFailure: ProbeError?

        /// A sound ledger with the given critical queries.
        package init(_ queries: [CriticalQuery], head: String = "0003") {
            description = LedgerDescription(
                engine: "sqlite", path: "/desk home/ledger.sqlite", criticalQueries: queries, expectedHead: head,
                revisionTable: "schema_revision")
            applied = ["0001", "0002", head]
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
        let milliseconds = ledger.state.withLock { state in
            let times = script.milliseconds[query.name] ?? [1]
            let run = state.runs[query.name, default: 0]
            state.runs[query.name] = run + 1
            return times[min(run, times.count - 1)]
        }
        return Answer(50, transcript: query.sql, elapsed: .nanoseconds(Int64(milliseconds * 1_000_000)))
    }

    func plan(of query: CriticalQuery) async throws(ProbeError) -> Answer<QueryPlan> {
        let plan = try script().plans[query.name] ?? QueryPlan(steps: ["SEARCH t USING INDEX i (a=?)"], scans: [])
        return Answer(plan, transcript: "EXPLAIN QUERY PLAN \(query.sql)", elapsed: .milliseconds(1))
    }

    func appliedRevisions(in table: String) async throws(ProbeError) -> Answer<[String]> {
        Answer(try script().applied, transcript: "SELECT revision FROM \(table)", elapsed: .milliseconds(1))
    }

    func close() async { ledger.state.withLock { $0.open -= 1 } }
}
