import Readiness

/// What a piece of work may do within its transaction: ask.
struct ServerReader {
    /// The most rows of the server's catalogue that are kept of one answer.
    static let rowCap = 100_000

    let session: ServerSession
    let watch: ServerWatch
    private let started = ContinuousClock.now

    init(session: ServerSession, watch: ServerWatch) {
        self.session = session
        self.watch = watch
    }

    /// Hands on each row of one statement as it comes; says how many columns there were, and how long it took.
    @discardableResult
    func ask(
        _ sql: String, _ parameters: [String] = [], row: (ServerRow) throws(ProbeError) -> Void
    ) throws(ProbeError) -> (columns: Int, elapsed: Duration) {
        try session.ask(sql, parameters, watch, row: row)
    }

    /// Keeps what is made of each row.
    ///
    /// - Throws: `ProbeError` of nonsense for more than 100,000 rows, too.
    func rows<Value>(
        _ sql: String, _ parameters: [String] = [], _ make: (ServerRow) throws(ProbeError) -> Value
    ) throws(ProbeError) -> [Value] {
        var values: [Value] = []
        try ask(sql, parameters) { row throws(ProbeError) in
            guard values.count < Self.rowCap else {
                throw ProbeError(.nonsense, at: .ledger, "more than \(Self.rowCap) rows in the server's catalogue")
            }
            values.append(try make(row))
        }
        return values
    }

    /// What is made of the only row.
    func one<Value>(
        _ sql: String, _ parameters: [String] = [], _ make: (ServerRow) throws(ProbeError) -> Value
    ) throws(ProbeError) -> Value {
        let values = try rows(sql, parameters, make)
        guard let value = values.first, values.count == 1 else {
            throw ProbeError(.nonsense, at: .ledger, "\(values.count) rows where one belongs")
        }
        return value
    }

    /// An answer with the time since the work began.
    func answer<Value: Sendable>(_ value: Value, _ transcript: String) -> Answer<Value> {
        Answer(value, transcript: SQLiteConnection.capped(transcript), elapsed: ContinuousClock.now - started)
    }
}
