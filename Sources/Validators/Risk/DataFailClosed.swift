import FoundationEssentials
package import Readiness

/// `risk.data.fail-closed`: with market data cut, orders are denied within the limit, and no burst follows on recovery.
///
/// The whole feed is cut, and smallest resting orders are tried at a steady pace until one is denied for stale data, then
/// a few more. After the restore the drop copy is watched: nothing that was denied may come out of a queue, and new orders
/// must be accepted again.
///
/// The time begins when the cut is sent, a little after the last tick; it is long by the pace of the orders at most. Other
/// feeds of a target (positions, reference data, its clock) are not cut.
package struct DataFailClosed: Check {
    /// What became of the orders.
    package struct Observation: Codable, Sendable {
        /// The outage; nil when the criteria lack the limit.
        package var outage: FeedOutage?
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "risk.data.fail-closed",
        title: "With market data cut orders are denied, and none comes out of a queue later",
        question: "Does risk fail closed without market data?", severity: .critical, grade: .confirmed,
        effects: .writePaper, requires: ["smoke.risk.denies", "smoke.flow.round-trip"],
        locks: [.paperAccount, .marketData],
        hooks: [.marketData, .marketDataInject, .orderSubmit, .orderCancel, .orderList, .dropCopy],
        criteria: [limitKey], controls: ["A2.1"], faults: ["risk-fails-open"], softLimit: .seconds(15),
        estimate: .seconds(3))

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Cuts, tries, restores and watches.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        guard let limit = context.criteria[Self.limitKey] else { return Observation() }
        let market = try await probes.market.snapshot().value
        let symbol = try market.cheapest()
        let account = probes.accounts.account(of: SmokeTier.name)
        let orders = try await PaperAccount(opening: account, orders: probes.orders, in: context)
        try await context.effects.register(
            EffectDescription(.writePaper, "the feed of \(market.count) symbols", compensation: .restoreFeed))
        var trial = OutageTrial(symbol, orders, probes, context)
        var dropCopy = try await DropCopyReader(beginningNow: probes.orders)
        let cut = context.clock.now
        let answer = try await probes.feed.cut(market.map(\.symbol))
        let patience = Duration(milliseconds: limit.value) + Self.margin
        let untilDenied = try await trial.attempts(since: cut, within: patience) { $0.state.status == .denied }
        let tried = context.clock.now - cut
        var whileCut: [FeedOutage.Attempt] = []
        if untilDenied.last?.state.status == .denied {
            for _ in 0..<Self.further { whileCut.append(try await trial.attempt(in: symbol, since: cut)) }
            if context.mode == .thorough {
                // Symbols that are cut together are not equally old: one whose last tick came later may still pass when
                // the first is denied. Once the limit is over none may.
                let left = Duration(milliseconds: limit.value) - (context.clock.now - cut)
                if left > .zero { try await context.clock.sleep(for: left) }
                for state in market.tradable { whileCut.append(try await trial.attempt(in: state, since: cut)) }
            }
        }
        let denied = Set((untilDenied + whileCut).filter { $0.state.status == .denied }.map(\.order.clientOrderID))
        try await dropCopy.read()
        let leaked = dropCopy.drain().map(\.clientOrderID).filter(denied.contains)
        let restored = context.clock.now
        let silent = try await FeedRecovery(probes, clock: context.clock).restore()
        guard silent.isEmpty else {
            throw ProbeError(.nonsense, at: .surface, "\(silent[0]) does not tick after its feed was restored")
        }
        let recovery = context.clock.now - restored
        let afterwards = try await trial.attempts(since: restored, within: Self.margin) {
            $0.state.status != .denied
        }
        // Whatever a queue would let out comes now.
        let quiet = context.mode == .thorough ? Self.quiet * 4 : Self.quiet
        try await context.clock.sleep(for: quiet)
        var isCovered = false
        if let last = afterwards.last, last.state.status == .accepted {
            isCovered = try await dropCopy.read(
                until: .cancelled, of: last.order.clientOrderID, within: Self.margin, by: context.clock)
        } else {
            try await dropCopy.read()
        }
        let burst = dropCopy.drain().map(\.clientOrderID).filter(denied.contains)
        var text = EvidenceText(answer.transcript)
        for attempt in untilDenied + whileCut { text.add("cut + \(attempt.line)") }
        text.add("every symbol ticked \(DurationText.short(recovery)) after the restore was sent")
        for attempt in afterwards { text.add("restore + \(attempt.line)") }
        text.add(dropCopy.transcript)
        text.add("of \(denied.count) denied orders the drop copy shows \(leaked.count + burst.count)")
        let evidence = try await context.evidence.record(
            text.text, as: .orderTrace, grade: isCovered && dropCopy.isGapless ? .confirmed : .observed)
        return Observation(
            outage: FeedOutage(
                untilDenied: untilDenied, whileCut: whileCut, afterwards: afterwards, recovery: recovery,
                leaked: leaked, burst: burst, watched: quiet, tried: tried, evidence: evidence))
    }

    /// The time to the first denial; whatever else is wrong is a finding.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        guard let limit = criteria[Self.limitKey], let outage = observation.outage else {
            return .missing(Self.limitKey)
        }
        var judgement = Judgement()
        if let time = outage.firstDenial {
            judgement.measurements.append(
                Measurement(
                    "time_to_denial", unit: "ms", DecimalValue(milliseconds: time), Criterion(.lessOrEqual, limit),
                    n: outage.untilDenied.count, from: outage.evidence))
        } else {
            judgement.findings.append(.failsOpen(outage))
        }
        judgement.measurements.append(
            Measurement(
                told: "recovery_time", unit: "ms", DecimalValue(milliseconds: outage.recovery), from: outage.evidence))
        if let slipped = outage.whileCut.first(where: { $0.state.status != .denied }) {
            judgement.findings.append(.slipped(slipped))
        }
        if let wrong = outage.duringCut.first(where: { $0.state.status == .denied && !$0.isStale }) {
            judgement.findings.append(.wrongReason(wrong))
        }
        if !outage.leaked.isEmpty { judgement.findings.append(.leftGateway(outage.leaked)) }
        if !outage.burst.isEmpty { judgement.findings.append(.burst(outage)) }
        if outage.afterwards.last?.state.status != .accepted { judgement.findings.append(.notRecovered(outage)) }
        return judgement
    }

    /// Let no decision be made on old prices.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(let observation, let judgement)
        where judgement.findings.isEmpty && !judgement.measurements.contains { $0.result == .fail }:
            let watched = DurationText.short(observation.outage?.watched ?? .zero)
            return Remediation(
                summary: "Let the drop copy show every order",
                cause:
                    "Orders were denied in time. But the drop copy had gaps, or did not show our last cancel, so the "
                    + "\(watched) that were watched prove nothing about a burst.",
                steps: [
                    .init("See what the drop copy shows of the orders.", command: runbook.dropCopy),
                    .init("Read the log for messages that were dropped.", command: runbook.log),
                ],
                verify: [definition.id])
        case .judged(let observation, let judgement):
            let count = observation.outage?.duringCut.count ?? 0
            return Remediation(
                summary: "Deny orders while market data is stale",
                cause:
                    "The feed was cut and \(count) orders were tried: \(judgement.seen). An order on an old price is a "
                    + "bet on where the market was.",
                steps: [
                    .init("Give the feed back to the market if it is still cut.", command: runbook.restoreFeed),
                    .init("See how old the target says its prices are.", command: runbook.marketData),
                    .init("See which orders left for the venue, and when.", command: runbook.dropCopy),
                    .init("Read the log for how the orders were decided.", command: runbook.log),
                    .init(
                        "Compare the age of the price before each decision and queue no order that cannot be decided; "
                            + "deploy that, and start the target anew.", command: runbook.restart),
                ],
                verify: [definition.id])
        }
    }

    private static let limitKey = "risk.max_fail_closed_ms"
    /// Past the limit, so that a late denial is told with its time and not as none.
    private static let margin = Duration.milliseconds(500)
    private static let quiet = Duration.milliseconds(500)
    /// Orders after the first denial.
    private static let further = 5
}

extension FeedOutage.Attempt {
    fileprivate var line: String {
        "\(DurationText.short(after)) \(order.clientOrderID) \(order.symbol): \(state.status.rawValue) "
            + (state.reasonCode ?? "").shortened(to: 40)
    }
}

/// Tries smallest resting orders, and takes back at once what is accepted.
private struct OutageTrial {
    private let symbol: SymbolState
    private var orders: PaperAccount
    private let probes: TargetProbes
    private let context: CollectContext

    init(_ symbol: SymbolState, _ orders: PaperAccount, _ probes: TargetProbes, _ context: CollectContext) {
        self.symbol = symbol
        self.orders = orders
        self.probes = probes
        self.context = context
    }

    mutating func attempt(in state: SymbolState, since begin: Duration) async throws(ProbeError) -> FeedOutage.Attempt {
        guard let price = state.restingPrice(percentBelow: RestingDistance.percent) else {
            throw ProbeError(.nonsense, at: .surface, "\(state.symbol) leaves no price below the market")
        }
        let placed = try await orders.buy(state.symbol, quantity: state.lot.decimal, price: price)
        let after = context.clock.now - begin
        if placed.answer.value.status == .accepted {
            _ = try await probes.orders.cancel(orderID: placed.answer.value.orderID)
        }
        return FeedOutage.Attempt(order: placed.request, state: placed.answer.value, after: after)
    }

    /// Tries on until one is as wanted, or the time is over.
    mutating func attempts(
        since begin: Duration, within limit: Duration, until isEnough: (FeedOutage.Attempt) -> Bool
    ) async throws(ProbeError) -> [FeedOutage.Attempt] {
        var attempts: [FeedOutage.Attempt] = []
        while true {
            attempts.append(try await attempt(in: symbol, since: begin))
            if attempts.last.map(isEnough) ?? false { return attempts }
            guard context.clock.now - begin < limit else { return attempts }
            try await context.clock.sleep(for: Self.pace)
        }
    }

    private static let pace = Duration.milliseconds(50)
}

extension Finding {
    fileprivate static func failsOpen(_ outage: FeedOutage) -> Finding {
        Finding(
            kind: "fails-open", severity: .critical, subject: "feed",
            message:
                "\(outage.untilDenied.count) orders were accepted in the \(DurationText.short(outage.tried)) after "
                + "the feed was cut, and none denied")
    }

    fileprivate static func slipped(_ attempt: FeedOutage.Attempt) -> Finding {
        Finding(
            kind: "order-not-denied", severity: .critical, subject: "feed",
            message: "order \(attempt.order.clientOrderID) in \(attempt.order.symbol) was answered with "
                + "\(attempt.state.status.rawValue) after the first denial, with the feed still cut")
    }

    fileprivate static func wrongReason(_ attempt: FeedOutage.Attempt) -> Finding {
        Finding(
            kind: "wrong-reason", severity: .high, subject: "feed",
            message: "with the feed cut order \(attempt.order.clientOrderID) was denied for "
                + "\((attempt.state.reasonCode ?? "no reason").shortened()); it should be stale_market_data")
    }

    fileprivate static func leftGateway(_ ids: [String]) -> Finding {
        Finding(
            kind: "left-gateway", severity: .critical, subject: "feed",
            message: "\(ids.count) messages of orders that were denied with the feed cut left for the venue, first of "
                + ids[0])
    }

    fileprivate static func burst(_ outage: FeedOutage) -> Finding {
        Finding(
            kind: "burst-on-recovery", severity: .critical, subject: "feed",
            message: "within \(DurationText.short(outage.watched)) after the feed came back \(outage.burst.count) "
                + "messages of orders that had been denied left for the venue, first of \(outage.burst[0])")
    }

    fileprivate static func notRecovered(_ outage: FeedOutage) -> Finding {
        let last = outage.afterwards.last
        let reason = (last?.state.reasonCode ?? last?.state.status.rawValue ?? "nothing tried").shortened()
        return Finding(
            kind: "not-recovered", severity: .high, subject: "feed",
            message: "with the feed back and ticking the last of \(outage.afterwards.count) orders was not accepted: "
                + reason)
    }
}
