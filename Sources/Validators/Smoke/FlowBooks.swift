import FoundationEssentials
package import Readiness

/// `smoke.flow.books`: a small paper fill reaches position, cash, result and the ledger, to the last digit, and is
/// flattened again.
///
/// Buys a few lots of the cheapest symbol on the sniper's readiness account and sells them. What the books must show is
/// worked out by `BooksOracle` from the venue's own words in the drop copy, relative to what the account held before.
/// Whether all of the ledger is consistent is `database.integrity.consistent`'s question.
package struct FlowBooks: Check {
    /// What became of the trade.
    package struct Observation: Codable, Sendable {
        /// One order and what the books made of it.
        package struct Leg: Codable, Sendable {
            /// The order.
            package var order: OrderRequest
            /// The answer to the submit.
            package var submitted: OrderState
            /// What the venue filled, by the drop copy.
            package var fills: [BookedFill]
            /// From the submit until the drop copy had the whole fill; nil when it never had.
            package var fillTime: Duration?
            /// The account at the last look.
            package var account: AccountState
            /// From the fill until the account showed it exactly; nil when it never did.
            package var accountTime: Duration?
            /// The ledger's rows of the order at the last look.
            package var rows: [BookedFill]
            /// From the fill until the ledger showed it exactly; nil when it never did.
            package var ledgerTime: Duration?
            /// The whole conversation.
            package var evidence: Evidence
        }

        /// What the account held before.
        package var start: AccountState
        /// The least step of the symbol's price.
        package var tick: DecimalValue
        /// The ledger that was read.
        package var ledger: LedgerDescription
        /// The purchase, and the sale when there was something to sell.
        package var legs: [Leg]
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "smoke.flow.books", title: "A paper fill reaches position, cash, result and ledger to the last digit",
        question: "Do the books follow a fill exactly?", severity: .critical, grade: .exercised, fromMode: .quick,
        effects: .writePaper, requires: ["smoke.flow.round-trip", "database.connection.ready"], locks: [.paperAccount],
        hooks: [.marketData, .orderSubmit, .orderCancel, .orderList, .dropCopy, .positions, .ledger],
        criteria: [limitKey], controls: ["A10.2", "A10.3"], faults: ["lost-fill"], softLimit: .seconds(12),
        estimate: .milliseconds(300))

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Buys, watches the books, sells as much as was bought, and watches again.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        try await LedgerSession.with(probes.ledger) { connection, described throws(ProbeError) in
            guard let books = described.value.books else {
                throw ProbeError(.notOffered, at: .ledger, "the target does not say how its ledger's books are read")
            }
            let collar = Self.collar(in: context.criteria)
            let market = try await probes.market.snapshot().value
            let symbol = market.tradable.first {
                $0.marketablePrice(.buy, collarPercent: collar) != nil
                    && $0.marketablePrice(.sell, collarPercent: collar) != nil
            }
            guard let symbol, let ask = symbol.marketablePrice(.buy, collarPercent: collar) else {
                throw ProbeError(.nonsense, at: .surface, "the feed has no symbol that trades inside the price collar")
            }
            let limit = context.criteria[Self.limitKey]?.value ?? "0"
            var trade = try await BooksTrade(
                symbol, on: probes.accounts.account(of: SmokeTier.name),
                // Past the limit by a margin, so that late books are told with their time and not as wrong ones.
                window: Duration(milliseconds: limit) + Self.margin, connection, books, probes: probes, in: context)
            var observation = Observation(
                start: trade.start, tick: symbol.tick, ledger: described.value,
                legs: [try await trade.leg(.buy, quantity: Self.lots * symbol.lot.decimal, price: ask)])
            context.reporter.progress(1, of: 2, unit: "orders")
            let bought = observation.legs[0].fills.reduce(0) { $0 + $1.quantity.decimal }
            guard bought > 0 else { return observation }
            let now = try await probes.market.snapshot().value.first { $0.symbol == symbol.symbol && $0.isPlausible }
            guard let bid = now?.marketablePrice(.sell, collarPercent: collar) else {
                throw ProbeError(.nonsense, at: .surface, "\(symbol.symbol) has left the feed, or the price collar")
            }
            observation.legs.append(try await trade.leg(.sell, quantity: bought, price: bid))
            context.reporter.progress(2, of: 2, unit: "orders")
            return observation
        }
    }

    /// Filled, and every number of account and ledger what the fills make it, in time; nothing left.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        guard let limit = criteria[Self.limitKey] else { return .missing(Self.limitKey) }
        var judgement = Judgement()
        var fills: [BookedFill] = []
        for leg in observation.legs {
            fills += leg.fills
            let oracle = BooksOracle(
                start: observation.start, symbol: leg.order.symbol, tick: observation.tick.decimal, fills: fills)
            judge(leg, by: oracle, limit, into: &judgement)
        }
        let left = fills.reduce(0) { $0 + $1.signedQuantity }
        if left != 0, let order = observation.legs.last?.order { judgement.findings.append(.left(left, order)) }
        judgement.findings = judgement.findings.capped()
        return judgement
    }

    private func judge(
        _ leg: Observation.Leg, by oracle: BooksOracle, _ limit: Threshold, into judgement: inout Judgement
    ) {
        let side = leg.order.side.rawValue
        func time(_ name: String, _ time: Duration) -> Measurement {
            Measurement(
                "\(name).\(side)", unit: "ms", DecimalValue(milliseconds: time), Criterion(.lessOrEqual, limit),
                from: leg.evidence)
        }
        switch leg.submitted.status {
        case .accepted, .filled: break
        case .denied, .rejected, .cancelled:
            judgement.findings.append(.refused(leg))
            return
        }
        if let fillTime = leg.fillTime {
            judgement.measurements.append(time("fill_time", fillTime))
        } else {
            judgement.findings.append(.fillMissing(leg))
        }
        judgement.findings += leg.implausibleFills.map { .fillDiffers($0, leg) }
        guard !leg.fills.isEmpty else { return }
        let inAccount = oracle.differences(in: leg.account)
        let inLedger = BooksOracle.differences(in: leg.rows, from: leg.fills)
        judgement.findings += (inAccount + inLedger).map { .books($0, leg) }
        if let accountTime = leg.accountTime, inAccount.isEmpty {
            judgement.measurements.append(time("account_time", accountTime))
        }
        if let ledgerTime = leg.ledgerTime, inLedger.isEmpty {
            judgement.measurements.append(time("ledger_time", ledgerTime))
        }
    }

    /// Follow the fill from the venue into each book.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(let observation, let judgement):
            let ids = observation.legs.map(\.order.clientOrderID)
            var steps: [Remediation.Step] = [
                .init("See what the venue filled: this is what counts.", command: runbook.dropCopy),
                .init("See what the target believes that the account holds.", command: runbook.positions),
            ]
            if let statement = observation.ledger.books?.fillsOfOrder {
                steps += ids.map {
                    .init(
                        "See what the ledger has of \($0).",
                        command: observation.ledger.command(statement, parameters: [$0]))
                }
            }
            steps += [
                .init(
                    "Find the orders by their client ids in the log, and what failed after the fill.",
                    command: runbook.log),
                .init(
                    "Correct the books from the venue's fills before anything trades on them; where they are only behind, "
                        + "start the target anew, so that it takes them up again.", command: runbook.restart),
            ]
            return Remediation(
                summary: "Let the books follow the venue's fills again",
                cause: "\(ids.joined(separator: " and ")) went out to be filled on \(observation.start.account): "
                    + "\(judgement.seen).",
                steps: steps, verify: [definition.id, "database.connection.ready"])
        }
    }

    private static let limitKey = "smoke.max_books_ms"
    // More than one: a fill may come in parts, and a quantity that is taken for its count of lots shows.
    private static let lots: Decimal = 5
    private static let margin = Duration.milliseconds(500)

    /// How far a price may be from the reference; where the policy declares no collar, none is kept to.
    private static func collar(in criteria: Criteria) -> Decimal {
        let declared = criteria.limits.first { $0.scope == SmokeTier.name && $0.name == "price_collar_percent" }
        return declared?.threshold.value.decimal ?? 100
    }
}

extension FlowBooks.Observation.Leg {
    /// What is wrong with the fills themselves, in words; empty for sound ones.
    fileprivate var implausibleFills: [String] {
        var wrong: [String] = []
        for fill in fills {
            let isOfOrder =
                fill.account == order.account && fill.symbol == order.symbol && fill.side == order.side.rawValue
            let isWorse = order.side == .buy ? fill.price > order.price : fill.price < order.price
            if !isOfOrder { wrong.append("\(fill.side) \(fill.symbol) on \(fill.account)") }
            if isWorse { wrong.append("\(fill.price), which is worse than its limit") }
            if fill.quantity <= "0" || fill.price <= "0" { wrong.append("\(fill.quantity) at \(fill.price)") }
        }
        let sum = fills.reduce(0) { $0 + $1.quantity.decimal }
        if sum > order.quantity.decimal { wrong.append("\(DecimalValue(sum)) in all, which is more than was ordered") }
        return wrong
    }
}

extension OrderRequest {
    fileprivate var words: String { "\(side.rawValue) of \(quantity) \(symbol) at \(price)" }
}

extension Finding {
    fileprivate static func refused(_ leg: FlowBooks.Observation.Leg) -> Finding {
        let isDenied = leg.submitted.status == .denied
        return Finding(
            kind: isDenied ? "order-denied" : "order-rejected", severity: .high, subject: leg.order.side.rawValue,
            message: "the \(leg.order.words) was \(isDenied ? "denied by risk" : "refused by the venue"): "
                + (leg.submitted.reasonCode ?? "no reason given").shortened())
    }

    fileprivate static func fillMissing(_ leg: FlowBooks.Observation.Leg) -> Finding {
        let sum = leg.fills.reduce(0) { $0 + $1.quantity.decimal }
        return Finding(
            kind: "fill-missing", severity: .high, subject: leg.order.side.rawValue,
            message:
                "the \(leg.order.words), inside the market, was answered with \(leg.submitted.status.rawValue), and "
                + "the venue told fills of \(DecimalValue(sum))")
    }

    fileprivate static func fillDiffers(_ what: String, _ leg: FlowBooks.Observation.Leg) -> Finding {
        Finding(
            kind: "fill-differs", severity: .critical, subject: leg.order.side.rawValue,
            message: "the \(leg.order.words) on \(leg.order.account) was filled with \(what.shortened())")
    }

    fileprivate static func books(_ difference: BooksOracle.Difference, _ leg: FlowBooks.Observation.Leg) -> Finding {
        Finding(
            kind: difference.kind, severity: .critical, subject: leg.order.side.rawValue,
            message: "after the \(leg.order.words) \(difference.words)")
    }

    fileprivate static func left(_ quantity: Decimal, _ order: OrderRequest) -> Finding {
        Finding(
            kind: "position-left", severity: .high, subject: order.symbol,
            message: "the venue's fills leave \(DecimalValue(quantity)) \(order.symbol) on \(order.account)")
    }
}
