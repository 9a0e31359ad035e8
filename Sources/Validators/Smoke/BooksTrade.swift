import FoundationEssentials
import Readiness

/// The trading of `smoke.flow.books`: places an order that fills at once, and watches the books follow it.
struct BooksTrade {
    /// Where the account stood before.
    let start: AccountState
    /// What the ledger had of its cash before; waited for until it is what the account shows, but not longer than for
    /// any other book.
    let startInLedger: LedgerReading
    private let symbol: String
    private let tick: Decimal
    private let window: Duration
    private let probes: TargetProbes
    private let context: CollectContext
    private let ledger: LedgerReader
    private var account: PaperAccount
    private var dropCopy: DropCopyReader
    private var placed: [String] = []
    private var fills: [BookedFill] = []
    /// What was read before the first order: the beginning of its evidence.
    private var text: EvidenceText

    private static let interval = Duration.milliseconds(20)

    /// Registers how everything is taken back; only then can an order be placed.
    ///
    /// - Parameter window: how long a fill, and then the books, are waited for.
    init(
        _ symbol: SymbolState, on name: String, window: Duration, _ connection: any LedgerConnection,
        _ books: LedgerBooks, probes: TargetProbes, in context: CollectContext
    ) async throws(ProbeError) {
        self.symbol = symbol.symbol
        tick = symbol.tick.decimal
        self.window = window
        self.probes = probes
        self.context = context
        ledger = try LedgerReader(connection, books)
        // Before the account is looked at: a fill of somebody else in between must not be missed.
        dropCopy = try await DropCopyReader(beginningNow: probes.orders)
        let mark = try await CopiedPosition.mark(probes)
        start = try await probes.positions.positions(of: name).value
        let before = try await Self.settled(ledger, start, window, in: context)
        startInLedger = before.value
        text = EvidenceText(before.transcript)
        // Taken back newest first: what still works is cancelled before what is held is traded back.
        try await context.effects.register(
            EffectDescription(
                .writePaper, "the position of \(name) in \(symbol.symbol)",
                compensation: .restorePosition(
                    account: name, symbol: symbol.symbol, quantity: start.quantity(of: symbol.symbol), since: mark)))
        account = try await PaperAccount(opening: name, orders: probes.orders, in: context)
        // A statement that answers with rows for an id that nobody has used would find any fill it is asked for.
        let unused = try await ledger.rows(of: "\(context.token)-unused").value
        guard unused.rows.isEmpty, unused.malformed.isEmpty else {
            throw ProbeError(.nonsense, at: .ledger, "the ledger has fills of an order that there never was")
        }
    }

    /// Trades once, and looks until account and ledger show it, at most for the window.
    mutating func leg(
        _ side: OrderRequest.Side, quantity: Decimal, price: Decimal
    ) async throws(ProbeError) -> FlowBooks.Observation.Leg {
        let begin = context.clock.now
        let order = try await account.place(side, symbol, quantity: quantity, price: price)
        placed.append(order.request.clientOrderID)
        var text = self.text
        self.text = EvidenceText()
        text.add(order.answer.transcript)
        let wait = try await waitForFills(of: order, since: begin)
        text.add(dropCopy.transcript)
        for fill in wait.fills { text.add("filled: \(fill.side) \(fill.quantity) at \(fill.price), fee \(fill.fee)") }
        fills += wait.fills
        let watch = try await watchBooks(after: wait)
        text.add(watch.account.transcript)
        text.add(watch.ledger.transcript)
        for row in watch.ledger.value.rows {
            text.add("ledger: \(row.side) \(row.quantity) at \(row.price), fee \(row.fee)")
        }
        text.add("ledger: cash \(watch.ledger.value.cash?.description ?? "nothing")")
        // Whatever happened on the account while its books were looked at is in the drop copy by now.
        _ = try await readFills(of: order.request)
        let evidence = try await context.evidence.record(text.text, as: .orderTrace, grade: .exercised)
        return .init(
            order: order.request, submitted: order.answer.value, fills: wait.fills, fillTime: wait.time,
            account: watch.account.value, accountTime: watch.accountTime, ledger: watch.ledger.value,
            ledgerTime: watch.ledgerTime, evidence: evidence)
    }

    private struct Wait {
        var order: OrderRequest
        var fills: [BookedFill] = []
        /// From the submit until the venue had told fills for the whole order.
        var time: Duration?
        /// The last moment at which the fill had not been seen: what the books' delay is counted from, so that looking
        /// now and then makes it no shorter.
        var lastWithout: Duration
    }

    private mutating func waitForFills(of order: PaperAccount.Placed, since begin: Duration) async throws(ProbeError)
        -> Wait
    {
        var wait = Wait(order: order.request, lastWithout: context.clock.now)
        guard [.accepted, .filled].contains(order.answer.value.status) else { return wait }
        while true {
            let look = context.clock.now
            wait.fills = try await readFills(of: order.request)
            if wait.fills.reduce(0, { $0 + $1.quantity.decimal }) >= order.request.quantity.decimal {
                wait.time = context.clock.now - begin
                return wait
            }
            wait.lastWithout = look
            guard look - begin < window else { break }
            try await context.clock.sleep(for: Self.interval)
        }
        guard order.answer.value.status == .accepted else { return wait }
        // What may still fill would move the books while they are looked at.
        _ = try await probes.orders.cancel(orderID: order.answer.value.orderID)
        wait.fills = try await readFills(of: order.request)
        return wait
    }

    private struct Watch {
        var account: Answer<AccountState>
        var accountTime: Duration?
        var ledger: Answer<LedgerReading>
        var ledgerTime: Duration?
    }

    private func watchBooks(after wait: Wait) async throws(ProbeError) -> Watch {
        let oracle = BooksOracle(start: start, symbol: symbol, tick: tick, fills: fills)
        let id = wait.order.clientOrderID
        var watch = Watch(
            account: try await probes.positions.positions(of: account.name),
            ledger: try await ledger.read(order: id, account: account.name))
        guard !wait.fills.isEmpty else { return watch }
        while true {
            let elapsed = context.clock.now - wait.lastWithout
            if watch.accountTime == nil, oracle.differences(in: watch.account.value).isEmpty {
                watch.accountTime = elapsed
            }
            if watch.ledgerTime == nil,
                oracle.differences(in: watch.ledger.value, of: wait.fills, since: startInLedger).isEmpty
            {
                watch.ledgerTime = elapsed
            }
            guard watch.accountTime == nil || watch.ledgerTime == nil, elapsed < window else { return watch }
            try await context.clock.sleep(for: Self.interval)
            if watch.accountTime == nil { watch.account = try await probes.positions.positions(of: account.name) }
            if watch.ledgerTime == nil { watch.ledger = try await ledger.read(order: id, account: account.name) }
        }
    }

    /// What the venue has told of an order so far.
    ///
    /// - Throws: `ProbeError` of nonsense where the drop copy cannot be what the books are held against: a stretch of it
    ///   is missing, or somebody else trades on the account.
    private mutating func readFills(of order: OrderRequest) async throws(ProbeError) -> [BookedFill] {
        try await dropCopy.read()
        guard dropCopy.isGapless else {
            throw ProbeError(.nonsense, at: .surface, "the drop copy has a gap, so the books cannot be held against it")
        }
        let all = dropCopy.events.filter { $0.kind == .fill }
        if let other = all.first(where: { $0.account == account.name && !placed.contains($0.clientOrderID) }) {
            throw ProbeError(
                .nonsense, at: .surface,
                "somebody else trades on \(account.name) (\(other.clientOrderID)), so its books are not ours to judge")
        }
        var fills: [BookedFill] = []
        for event in all where event.clientOrderID == order.clientOrderID {
            fills.append(try BookedFill(event, of: order))
        }
        return fills
    }

    /// The account's cash in the ledger, once it is what the account shows: a fill of an earlier check may still be on
    /// its way there, and would be taken for a part of ours.
    private static func settled(
        _ ledger: LedgerReader, _ start: AccountState, _ window: Duration, in context: CollectContext
    ) async throws(ProbeError) -> Answer<LedgerReading> {
        let begin = context.clock.now
        var reading = try await ledger.cash(of: start.account)
        while reading.value.cash != start.cash, context.clock.now - begin < window {
            try await context.clock.sleep(for: interval)
            reading = try await ledger.cash(of: start.account)
        }
        return reading
    }
}
