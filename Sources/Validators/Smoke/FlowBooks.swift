import FoundationEssentials
package import Readiness

/// `smoke.flow.books`: a small paper fill reaches position, cash, result and the ledger, to the last digit, and is
/// flattened again.
///
/// Buys a few lots of the cheapest symbol on the sniper's readiness account and sells them. What the books must show is
/// worked out by `BooksOracle` from the venue's own words in the drop copy, relative to what the account held before: its
/// position, cash, fees and result in the target's memory, the rows of the orders and the cash in the ledger.
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
            /// The ledger's rows of the order, and the account's cash in it, at the last look.
            package var ledger: LedgerReading
            /// From the fill until the ledger showed it exactly, in rows and cash; nil when it never did.
            package var ledgerTime: Duration?
            /// The whole conversation.
            package var evidence: Evidence
        }

        /// What the account held before.
        package var start: AccountState
        /// What the ledger had of the account's cash before.
        package var startInLedger: LedgerReading
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
                start: trade.start, startInLedger: trade.startInLedger, tick: symbol.tick, ledger: described.value,
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
        judgeStart(of: observation, into: &judgement)
        var fills: [BookedFill] = []
        var before = (account: observation.start, ledger: observation.startInLedger)
        for leg in observation.legs {
            fills += leg.fills
            let oracle = BooksOracle(
                start: observation.start, symbol: leg.order.symbol, tick: observation.tick.decimal, fills: fills)
            judge(leg, by: oracle, since: observation.startInLedger, limit, into: &judgement)
            if !leg.fills.isEmpty { judgement.measurements += amounts(of: leg, by: oracle, after: before) }
            before = (leg.account, leg.ledger)
        }
        let left = fills.reduce(0) { $0 + $1.signedQuantity }
        if left != 0, let order = observation.legs.last?.order { judgement.findings.append(.left(left, order)) }
        judgement.findings = judgement.findings.capped()
        return judgement
    }

    /// What account and ledger had before; that they agree is what the moves after it are measured from.
    private func judgeStart(of observation: Observation, into judgement: inout Judgement) {
        guard let leg = observation.legs.first else { return }
        let (start, ledger) = (observation.start, observation.startInLedger)
        judgement.measurements += [
            Measurement(
                told: "position_before", unit: "1", start.quantity(of: leg.order.symbol), from: leg.evidence),
            Measurement(told: "cash_before", unit: "USD", start.cash, from: leg.evidence),
        ]
        if let cash = ledger.cash {
            judgement.measurements.append(
                Measurement(
                    "ledger_cash_before", unit: "USD", cash, Criterion(definition: .equal, start.cash),
                    from: leg.evidence))
        }
        judgement.findings += ledger.malformed.map { .malformedBefore($0, start.account) }
        if ledger.malformed.isEmpty, ledger.cash != start.cash {
            judgement.findings.append(.cashBefore(ledger.cash, start))
        }
    }

    /// What the books moved by, against what the fills must have moved them by.
    private func amounts(
        of leg: Observation.Leg, by oracle: BooksOracle, after before: (account: AccountState, ledger: LedgerReading)
    ) -> [Measurement] {
        func amount(_ name: String, _ unit: String, _ value: Decimal, _ expected: Decimal) -> Measurement {
            Measurement(
                "\(name).\(leg.order.side.rawValue)", unit: unit, DecimalValue(value),
                Criterion(definition: .equal, DecimalValue(expected)), from: leg.evidence)
        }
        let moved = BooksOracle.cashMoved(by: leg.fills)
        var amounts = [
            amount("position", "1", leg.account.quantity(of: oracle.symbol).decimal, oracle.expectedQuantity),
            amount("cash_moved", "USD", leg.account.cash.decimal - before.account.cash.decimal, moved),
        ]
        if let cash = leg.ledger.cash, let cashBefore = before.ledger.cash {
            amounts.append(amount("ledger_cash_moved", "USD", cash.decimal - cashBefore.decimal, moved))
        }
        return amounts
    }

    private func judge(
        _ leg: Observation.Leg, by oracle: BooksOracle, since before: LedgerReading, _ limit: Threshold,
        into judgement: inout Judgement
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
        let inLedger = oracle.differences(in: leg.ledger, of: leg.fills, since: before)
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
            if let cash = observation.ledger.books?.cash {
                steps.append(.init("See the ledger's cash.", command: observation.ledger.command(cash)))
            }
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
