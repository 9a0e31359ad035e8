import FoundationEssentials
package import Readiness

/// `risk.limit.race`: orders that fit one by one but not together never jointly breach a limit.
///
/// Round after round, orders are sent that arrive together, each over a connection of its own: resting buys of which
/// only a few fit under the position limit, and smallest ones of which only a few fit under the limit of open orders.
/// What counts is what the venue saw; what was answered must agree with it. It ends early at a proven breach.
///
/// What it cannot see: races with orders of others, and limits beyond these two.
package struct LimitRace: Check {
    /// What was sent, answered and seen.
    package struct Observation: Codable, Sendable {
        /// One for each of the two limits. Empty when the policy lacks a limit.
        package var traces: [RaceTrace]
        /// The limits that no orders could break together without breaking another one first.
        package var unreachable: [String]
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "risk.limit.race", title: "Orders that fit one by one never jointly breach a limit",
        question: "Do the limits hold when orders arrive together?", severity: .critical, grade: .exercised,
        effects: .writePaper, requires: ["risk.limit.enforced"], locks: [.paperAccount],
        hooks: [.marketData, .positions, .orderSubmit, .orderCancel, .orderList, .dropCopy], controls: ["A2.1"],
        faults: ["limit-race"], softLimit: .seconds(45), hardLimit: .seconds(90), estimate: .seconds(2))

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Sends the rounds, the two limits in turn, and takes back what was accepted after each.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let (tiers, missing) = TierLimits.all(in: context.criteria)
        guard missing.isEmpty else { return Observation(traces: [], unreachable: []) }
        let size = Size(context.mode)
        let market = try await probes.market.snapshot().value
        _ = try market.cheapest()
        var accounts: [RaceAccount] = []
        for tier in tiers {
            let name = probes.accounts.account(of: tier.scope)
            accounts.append(
                RaceAccount(
                    tier: tier, state: try await probes.positions.positions(of: name).value,
                    working: try await probes.orders.working(account: name).value))
        }
        var (runs, unreachable): ([RaceRun], [String]) = ([], [])
        for limit in Self.limits {
            guard let plan = RacePlan.plan(for: limit, of: size.orders, in: market, on: accounts) else {
                unreachable.append(limit.rawValue)
                continue
            }
            let account = try await PaperAccount(
                opening: probes.accounts.account(of: plan.tier.scope), number: runs.count + 1, orders: probes.orders,
                in: context)
            runs.append(RaceRun(plan, of: size.orders, on: account))
        }
        var dropCopy = try await DropCopyReader(beginningNow: probes.orders)
        rounds: for round in 0..<size.rounds where !runs.isEmpty {
            let place = round % runs.count
            try await runs[place].round(through: probes, reading: &dropCopy, by: context.clock)
            context.reporter.progress(round + 1, of: size.rounds, unit: "rounds")
            if runs[place].isBreached { break rounds }
        }
        var traces: [RaceTrace] = []
        for run in runs {
            let isSound = run.isExercised && dropCopy.isGapless
            let evidence = try await context.evidence.record(
                run.text.text, as: .orderTrace, grade: isSound ? .exercised : .observed)
            traces.append(run.trace(evidence))
        }
        return Observation(traces: traces, unreachable: unreachable)
    }

    /// The most that was ever let out together, beside the declared limit.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        let missing = TierLimits.all(in: criteria).missing
        guard missing.isEmpty else { return .missing(all: missing) }
        var judgement = Judgement(findings: observation.unreachable.map(Finding.unreachable))
        for trace in observation.traces {
            guard let declared = criteria.limits.first(where: { $0.scope == trace.scope && $0.name == trace.limit })
            else { return .missing("limits.\(trace.scope).\(trace.limit)") }
            judgement.measurements.append(
                Measurement(
                    "\(trace.limit).\(trace.scope)", unit: LimitUnit.unit(of: trace.limit),
                    DecimalValue(trace.mostTogether), Criterion(.lessOrEqual, declared.threshold),
                    n: trace.rounds.count, aggregation: .max, from: trace.evidence))
            judgement.measurements.append(
                Measurement(
                    told: "orders_together.\(trace.limit)", unit: "1", DecimalValue(trace.orders),
                    n: trace.rounds.count, from: trace.evidence))
            judgement.findings += findings(trace, declared)
        }
        return judgement
    }

    private func findings(_ trace: RaceTrace, _ declared: DeclaredLimit) -> [Finding] {
        var findings: [Finding] = []
        if trace.mostTogether > declared.threshold.value.decimal { findings.append(.breached(trace, declared)) }
        if !trace.leaked.isEmpty { findings.append(.leftGateway(trace)) }
        let own = TierLimits.Name(rawValue: trace.limit)?.reason ?? trace.limit
        if let wrong = trace.rounds.flatMap(\.denied.keys).sorted().first(where: { $0 != own }) {
            findings.append(.wrongReason(trace, wrong, own: own))
        }
        if let round = trace.rounds.first(where: { $0.accepted != $0.atVenue }) {
            findings.append(.answersDiffer(trace, round))
        }
        let rejected = trace.rounds.reduce(0) { $0 + $1.rejected }
        if rejected > 0 { findings.append(.rejected(trace, rejected)) }
        let filled = trace.rounds.reduce(0) { $0 + $1.filled }
        if filled > 0 { findings.append(.filled(trace, filled)) }
        return findings
    }

    /// Decide and count in one step.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(let observation, let judgement)
        where judgement.findings.isEmpty && !judgement.measurements.contains { $0.result == .fail }:
            return tooThin(observation)
        case .judged(let observation, let judgement):
            let scope = observation.traces.first.map { probes.accounts.account(of: $0.scope) } ?? "the account"
            return Remediation(
                summary: "Let the decision on an order and its count be one step",
                cause: "Orders were sent that arrive together on \(scope): \(judgement.seen). When each alone is "
                    + "decided rightly, the next one is decided before the last is counted.",
                steps: [
                    .init("See which of the orders left for the venue.", command: runbook.dropCopy),
                    .init("See the limits that the process says it enforces.", command: runbook.limits),
                    .init(
                        "Hold one lock per account from the decision until the order counts, or reserve the quantity "
                            + "with the decision; deploy that, and start the target anew.", command: runbook.restart),
                ],
                verify: ["risk.limit.enforced", definition.id])
        }
    }

    private func tooThin(_ observation: Observation) -> Remediation {
        let idle = observation.traces.filter { $0.rounds.contains { $0.accepted == 0 } }.map(\.limit)
        let cause =
            idle.isEmpty
            ? "The limits were met, but the drop copy had gaps or did not show our last cancel, so it proves nothing."
            : "Of the orders sent together not one was accepted for \(idle.joined(separator: ", ")): nothing was tried."
        return Remediation(
            summary: "Let the race be seen", cause: cause,
            steps: [
                .init("See what the drop copy shows of the orders.", command: probes.runbook.dropCopy),
                .init("Read the log for why orders were denied, or messages dropped.", command: probes.runbook.log),
            ],
            verify: [definition.id])
    }

    /// How many orders arrive together, how often.
    private struct Size {
        let rounds: Int
        let orders: Int

        init(_ mode: Mode) { (rounds, orders) = mode == .thorough ? (1000, 64) : (20, 16) }
    }

    private static let limits: [TierLimits.Name] = [.positionQuantity, .openOrders]
}

extension Finding {
    fileprivate static func breached(_ trace: RaceTrace, _ declared: DeclaredLimit) -> Finding {
        Finding(
            kind: "limit-breached", severity: .critical, subject: "\(trace.scope).\(trace.limit)",
            message: "orders that arrived together brought \(trace.scope)'s \(trace.limit) to \(trace.mostTogether); "
                + "declared is \(declared.threshold.value) at \(declared.threshold.source)",
            location: declared.threshold.source)
    }

    fileprivate static func leftGateway(_ trace: RaceTrace) -> Finding {
        Finding(
            kind: "left-gateway", severity: .critical, subject: "\(trace.scope).\(trace.limit)",
            message: "\(trace.leaked.count) orders that were denied for \(trace.scope)'s \(trace.limit) had left for "
                + "the venue, first \(trace.leaked[0])")
    }

    fileprivate static func wrongReason(_ trace: RaceTrace, _ reason: String, own: String) -> Finding {
        Finding(
            kind: "wrong-reason", severity: .high, subject: "\(trace.scope).\(trace.limit)",
            message: "of orders that arrived together some were denied for \(reason); it should be \(own)")
    }

    fileprivate static func answersDiffer(_ trace: RaceTrace, _ round: RaceTrace.Round) -> Finding {
        Finding(
            kind: "answers-differ", severity: .high, subject: "\(trace.scope).\(trace.limit)",
            message: "of \(trace.orders) orders that arrived together \(round.accepted) were answered as accepted, and "
                + "the venue saw \(round.atVenue)")
    }

    fileprivate static func rejected(_ trace: RaceTrace, _ count: Int) -> Finding {
        Finding(
            kind: "order-rejected", severity: .high, subject: "\(trace.scope).\(trace.limit)",
            message: "the venue rejected \(count) of the orders that arrived together")
    }

    fileprivate static func filled(_ trace: RaceTrace, _ count: Int) -> Finding {
        Finding(
            kind: "order-filled", severity: .high, subject: "\(trace.scope).\(trace.limit)",
            message: "\(count) buys at \(trace.price), far below the market, were filled")
    }

    fileprivate static func unreachable(_ limit: String) -> Finding {
        Finding(
            kind: "limit-unreachable", severity: .low, subject: limit,
            message: "on no tier can orders break \(limit) together without breaking another limit first, so it was "
                + "not raced for")
    }
}
