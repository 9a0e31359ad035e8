import Readiness

/// The rows of a statement of the profile as an answer: `{"rows": [{"symbol": "SOL-USD", "quantity": 1}, …]}`.
struct LedgerRows {
    /// The most rows of an answer; a statement that brings more is nonsense.
    static let rowCap = WireText.listCap

    private let ledger: any LedgerProbe

    init(_ ledger: any LedgerProbe) { self.ledger = ledger }

    /// Runs a statement over a connection of its own.
    ///
    /// - Throws: `ProbeError` as the ledger does; nonsense for too many rows.
    @Sendable
    func read(_ statement: String, columns: [String]) async throws(ProbeError) -> Answer<JSONValue> {
        let connection = try await ledger.connect(try await ledger.describe().value)
        let result: Result<Answer<[JSONValue]>, ProbeError>
        do throws(ProbeError) {
            result = .success(
                try await connection.fold(statement, parameters: [], columns: columns.count, into: [JSONValue]()) {
                    rows, values throws(ProbeError) in
                    guard rows.count < Self.rowCap else {
                        throw ProbeError(.nonsense, at: .ledger, "the statement brings more than \(Self.rowCap) rows")
                    }
                    rows.append(.object(zip(columns, values).map { .init($0, Self.json($1)) }))
                })
        } catch {
            result = .failure(error)
        }
        await connection.close()
        let rows = try result.get()
        return Answer(
            .object([.init("rows", .list(rows.value))]), transcript: rows.transcript, elapsed: rows.elapsed)
    }

    private static func json(_ value: LedgerValue) -> JSONValue {
        switch value {
        case .null: .null
        case .integer(let number): .number("\(number)")
        // Shown as the database shows it; whoever asks for a decimal gets a complaint unless it is a plain one.
        case .real(let number): .number("\(number)")
        case .text(let text): .text(text)
        case .unreadable: .null
        }
    }
}
