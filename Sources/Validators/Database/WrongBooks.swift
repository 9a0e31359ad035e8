import Readiness

/// What is wrong with the books at one moment, and what of it was wrong before.
struct WrongBooks: Sendable {
    /// How much a look keeps of each kind for showing.
    static let mostKept = 100

    /// The books.
    var look: BookLook
    /// Holdings whose fills and position are not the same.
    var differing: [BookLook.Holding]
    /// Rows that refer to nothing; at most `mostKept`.
    var orphans: [OrphanRow]
    /// Orders that contradict themselves or their fills.
    var contradictions: [IntegrityConsistent.Observation.Contradiction]

    /// Whether nothing is.
    var isEmpty: Bool { differing.isEmpty && orphans.isEmpty && contradictions.isEmpty }

    /// Looks at orphans, sums and orders.
    static func look(
        _ connection: any LedgerConnection, _ books: LedgerBooks, _ text: inout EvidenceText
    ) async throws(ProbeError) -> WrongBooks {
        let orphans = try await connection.orphans(limit: mostKept)
        let look = try await BookLook.take(connection, books)
        let scale = books.quantityScale
        let contradictions = try await connection.fold(
            books.contradictions, parameters: [], columns: 4,
            into: [IntegrityConsistent.Observation.Contradiction]()
        ) { found, row throws(ProbeError) in
            // All are counted as long as that costs little: a look keeps enough to know them again.
            guard found.count < mostContradictions else { return }
            found.append(try .init(row, scale: scale))
        }
        for transcript in [orphans.transcript, look.transcript, contradictions.transcript] { text.add(transcript) }
        let wrong = WrongBooks(
            look: look.value, differing: look.value.differing, orphans: orphans.value,
            contradictions: contradictions.value)
        text.add("\(look.value.fills) fills of \(look.value.holdings) holdings added up")
        for holding in wrong.differing.prefix(mostKept) {
            let difference = wrong.difference(of: holding, books)
            text.add(
                "\(holding.account) \(holding.symbol): by fills \(difference.byFills?.description ?? "nothing"), by "
                    + "position \(difference.byPosition?.description ?? "nothing")")
        }
        for order in wrong.contradictions.prefix(mostKept) {
            text.add(
                "order \(order.orderID): ordered \(order.ordered), filled \(order.filled), by fills \(order.byFills)")
        }
        return wrong
    }

    /// What is wrong now and was wrong before, with the numbers of now.
    func still(_ before: WrongBooks) -> WrongBooks {
        var still = self
        let (differed, contradicted) = (Set(before.differing), Set(before.contradictions.map(\.orderID)))
        still.differing = differing.filter(differed.contains)
        still.orphans = orphans.filter(before.orphans.contains)
        still.contradictions = contradictions.filter { contradicted.contains($0.orderID) }
        return still
    }

    /// A holding that differs, in units.
    func difference(
        of holding: BookLook.Holding, _ books: LedgerBooks
    ) -> IntegrityConsistent.Observation.Difference {
        IntegrityConsistent.Observation.Difference(
            account: holding.account, symbol: holding.symbol,
            byFills: look.byFills[holding]?.value(scale: books.quantityScale),
            byPosition: look.byPositions[holding]?.value(scale: books.quantityScale))
    }

    private static let mostContradictions = 100_000
}

extension BookLook {
    /// How many holdings there are, by fills or by position.
    var holdings: Int { Set(byFills.keys).union(byPositions.keys).count }
}

extension IntegrityConsistent.Observation.Contradiction {
    /// Takes a row of `order_id, quantity, filled_quantity, filled_by_fills`.
    ///
    /// - Throws: `ProbeError` of nonsense, also for an order that does not contradict itself: it has no place there.
    fileprivate init(_ row: [LedgerValue], scale: Int) throws(ProbeError) {
        guard row.count == 4 else { throw ProbeError(.nonsense, at: .ledger, "a row of orders has not four columns") }
        switch row[0] {
        case .text(let id): orderID = id.shortened(to: 200)
        case .integer(let id): orderID = String(id)
        case .real, .null: throw ProbeError(.nonsense, at: .ledger, "an order has no id")
        }
        let ordered = try BookQuantity(row[1], scale: scale, of: "the quantity of an order")
        let filled = try BookQuantity(row[2], scale: scale, of: "the filled quantity of an order")
        // The sum of no rows is NULL in SQL.
        let byFills = row[3] == .null ? .zero : try BookQuantity(row[3], scale: scale, of: "a sum of fills")
        guard filled > ordered || filled != byFills else {
            throw ProbeError(.nonsense, at: .ledger, "order \(orderID.shortened(to: 60)) contradicts nothing")
        }
        self.ordered = ordered.value(scale: scale)
        self.filled = filled.value(scale: scale)
        self.byFills = byFills.value(scale: scale)
    }
}
