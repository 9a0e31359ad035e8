import Readiness

/// Reads the ledger for `smoke.flow.books`: an order's fills, and an account's cash.
struct LedgerReader: Sendable {
    let connection: any LedgerConnection
    let books: LedgerBooks
    /// The statement of cash.
    let cash: String

    /// - Throws: `ProbeError` of what is not offered where the target names no statement of cash.
    init(_ connection: any LedgerConnection, _ books: LedgerBooks) throws(ProbeError) {
        guard let cash = books.cash else {
            throw ProbeError(.notOffered, at: .ledger, "the target does not say how its ledger's cash is read")
        }
        self.connection = connection
        self.books = books
        self.cash = cash
    }

    /// The rows of an order's fills, and the cash of an account.
    func read(order clientOrderID: String, account: String) async throws(ProbeError) -> Answer<LedgerReading> {
        let fills = try await rows(of: clientOrderID)
        let cash = try await self.cash(of: account)
        return Answer(
            LedgerReading(
                rows: fills.value.rows, cash: cash.value.cash, malformed: fills.value.malformed + cash.value.malformed),
            transcript: fills.transcript + "\n" + cash.transcript, elapsed: fills.elapsed + cash.elapsed)
    }

    /// The rows of an order's fills alone.
    func rows(of clientOrderID: String) async throws(ProbeError) -> Answer<LedgerReading> {
        let books = books
        return try await connection.fold(
            books.fillsOfOrder, parameters: [clientOrderID], columns: BookedFill.columns,
            into: LedgerReading(rows: [], malformed: [])
        ) { reading, row throws(ProbeError) in
            // An order of a few lots has no thousand fills: a ledger that gives them answers another question.
            guard reading.rows.count + reading.malformed.count < 1000 else {
                throw ProbeError(.nonsense, at: .ledger, "no end of fills for one order")
            }
            do throws(ProbeError) {
                reading.rows.append(try BookedFill(row: row, of: books))
            } catch {
                // Somebody asked for the row of our own fill: what stands in it is wrong with the books.
                reading.malformed.append("a fill of the order: \(error.detail)")
            }
        }
    }

    /// The cash of an account alone. All accounts are read, because the statement has no parameter.
    func cash(of account: String) async throws(ProbeError) -> Answer<LedgerReading> {
        let scale = books.moneyScale
        return try await connection.fold(
            cash, parameters: [], columns: 3, into: LedgerReading(rows: [], malformed: [])
        ) { reading, row throws(ProbeError) in
            guard row.count == 3, row[0] == .text(account) else { return }
            guard reading.cash == nil, reading.malformed.isEmpty else {
                reading.malformed = ["the cash of the account stands there more than once"]
                return
            }
            do throws(ProbeError) {
                reading.cash = try row[2].amount(scale: scale)
            } catch {
                reading.malformed = ["the balance of its cash: \(error.detail)"]
            }
        }
    }
}
