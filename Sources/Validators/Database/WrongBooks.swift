import Readiness

/// What is wrong with the books at one moment, and what of it was wrong before.
struct WrongBooks: Sendable {
    /// How much a look keeps of each kind for showing.
    static let mostKept = 100

    /// The books.
    var look: BookLook
    /// Holdings whose fills and position are not the same.
    var differing: [BookLook.Holding]
    /// Accounts whose cash is not what the fills make of it.
    var differingCash: [String]
    /// Rows that refer to nothing; at most `mostKept`.
    var orphans: [OrphanRow]
    /// Orders that contradict themselves or their fills, by id.
    var contradictory: [String]
    /// Fills that are not of their orders.
    var strays: [StrayFill]
    /// Where something stands that cannot be what it has to be.
    var malformed: [String]

    /// Whether nothing is.
    var isEmpty: Bool {
        differing.isEmpty && differingCash.isEmpty && orphans.isEmpty && contradictory.isEmpty && strays.isEmpty
            && malformed.isEmpty
    }

    /// Looks at orphans, sums and orders.
    static func look(
        _ connection: any LedgerConnection, _ books: LedgerBooks, _ text: inout EvidenceText
    ) async throws(ProbeError) -> WrongBooks {
        let orphans = try await connection.orphans(limit: mostKept)
        let look = try await BookLook.take(connection, books)
        let wrong = WrongBooks(
            look: look.value, differing: look.value.differing, differingCash: look.value.differingCash,
            orphans: orphans.value, contradictory: look.value.contradictory, strays: look.value.strays.sorted(),
            malformed: look.value.malformed.keys.sorted())
        text.add(orphans.transcript)
        text.add(look.transcript)
        text.add(
            "\(look.value.fills) fills of \(look.value.holdings) holdings, \(look.value.orders.count) orders and "
                + "\(look.value.cash.count) accounts added up")
        wrong.tell(books, to: &text)
        return wrong
    }

    /// What is wrong now and was wrong before, with the numbers of now.
    func still(_ before: WrongBooks) -> WrongBooks {
        func lasting<Wrong: Hashable>(_ now: [Wrong], _ then: [Wrong]) -> [Wrong] {
            let then = Set(then)
            return now.filter(then.contains)
        }
        var still = self
        still.differing = lasting(differing, before.differing)
        still.differingCash = lasting(differingCash, before.differingCash)
        still.orphans = orphans.filter(before.orphans.contains)
        still.contradictory = lasting(contradictory, before.contradictory)
        still.strays = lasting(strays, before.strays)
        still.malformed = lasting(malformed, before.malformed)
        return still
    }

    // MARK: - In units

    /// A holding that differs.
    func difference(
        of holding: BookLook.Holding, _ books: LedgerBooks
    ) -> IntegrityConsistent.Observation.Difference {
        .init(
            account: holding.account, symbol: holding.symbol,
            byFills: look.byFills[holding]?.value(scale: books.quantityScale),
            byPosition: look.byPositions[holding]?.value(scale: books.quantityScale))
    }

    /// Cash that differs.
    func cashDifference(of account: String) -> IntegrityConsistent.Observation.CashDifference {
        let cash = look.cash[account]
        func units(_ steps: Int128?) -> DecimalValue? {
            steps.map { BookQuantity(steps: $0).value(scale: look.scale.digits) }
        }
        return .init(
            account: account, opening: units(cash?.opening), byFills: units(cash?.expected),
            byBalance: units(cash?.balance))
    }

    /// An order that contradicts itself or its fills.
    func contradiction(
        of id: String, _ books: LedgerBooks
    ) -> IntegrityConsistent.Observation.Contradiction? {
        guard let order = look.orders[id], let kind = order.contradiction, let quantity = order.quantity,
            let filled = order.filled
        else { return nil }
        let scale = books.quantityScale
        return .init(
            kind: kind, orderID: id.shortened(to: 200), status: order.status.shortened(to: 40),
            ordered: quantity.value(scale: scale), filled: filled.value(scale: scale),
            byFills: order.byFills.value(scale: scale))
    }

    /// What cannot be what it has to be.
    func malformedValue(at subject: String) -> IntegrityConsistent.Observation.Malformed {
        .init(subject: subject, words: look.malformed[subject] ?? "")
    }

    private func tell(_ books: LedgerBooks, to text: inout EvidenceText) {
        for holding in differing.prefix(Self.mostKept) {
            let difference = difference(of: holding, books)
            text.add(
                "\(holding.account) \(holding.symbol): by fills \(difference.byFills?.description ?? "nothing"), by "
                    + "position \(difference.byPosition?.description ?? "nothing")")
        }
        for account in differingCash.prefix(Self.mostKept) {
            let cash = cashDifference(of: account)
            text.add(
                "cash of \(account): by fills \(cash.byFills?.description ?? "nothing"), by its row "
                    + "\(cash.byBalance?.description ?? "nothing")")
        }
        for order in contradictory.prefix(Self.mostKept).compactMap({ contradiction(of: $0, books) }) {
            text.add(
                "order \(order.orderID): \(order.status), ordered \(order.ordered), filled \(order.filled), by fills "
                    + "\(order.byFills)")
        }
        for stray in strays.prefix(Self.mostKept) {
            text.add(
                "a fill of order \(stray.orderID): \(stray.kind.rawValue), \(stray.ofFill ?? "") of "
                    + "\(stray.ofOrder ?? "no order")")
        }
        for subject in malformed.prefix(Self.mostKept) { text.add("\(subject) \(look.malformed[subject] ?? "")") }
    }
}
