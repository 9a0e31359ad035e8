import FoundationEssentials
package import Readiness

/// `risk.stop.enforced`: a price path through a stop, and a gap past it, close the position in time, by the right side
/// and for the whole quantity.
///
/// A small position is bought, a stop armed below it, and prices are played: in small steps through the stop, then, on
/// a new position, in one jump far past it. The exit is read from the drop copy. In thorough the same is done with a
/// short position, if the target takes one.
///
/// The time begins at the earliest moment at which the price can have reached the stop, so it holds the way of our
/// request and of our reading as well: a target is never taken for quicker than it is.
package struct StopEnforced: Check {
    /// What became of each stop.
    package struct Observation: Codable, Sendable {
        /// In the order in which they were tried. Ends early after a position that was not closed.
        package var trials: [StopTrial]
        /// Positions that the target refused, with its reason. None of a long position: that is trouble.
        package var refused: [String]
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "risk.stop.enforced", title: "A stop closes the whole position in time, on a path and on a gap",
        question: "Do stops close positions when the price gets there?", severity: .critical, grade: .exercised,
        effects: .writePaper, requires: ["smoke.flow.round-trip"], locks: [.paperAccount, .marketData],
        hooks: [
            .marketData, .marketDataInject, .stops, .positions, .riskLimits, .orderSubmit, .orderCancel, .orderList,
            .dropCopy,
        ],
        criteria: [limitKey], controls: ["A2.2"], faults: ["stop-ignored"], softLimit: .seconds(15),
        estimate: .seconds(2))

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Opens, arms, plays and watches, once for each way to reach a stop.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let (tiers, missing) = TierLimits.all(in: context.criteria)
        guard missing.isEmpty, let limit = context.criteria[Self.limitKey],
            let tier = tiers.first(where: { $0.scope == SmokeTier.name })
        else { return Observation(trials: [], refused: []) }
        let market = try await probes.market.snapshot().value
        _ = try market.cheapest()
        guard let symbol = market.tradable.first(where: { StopPath(.path, against: .buy, from: $0) != nil }) else {
            throw ProbeError(.nonsense, at: .surface, "no symbol has ticks fine enough for a stop one percent away")
        }
        var exercise = try await StopExercise(symbol.symbol, within: tier, probes, in: context)
        let sides: [OrderRequest.Side] = context.mode == .thorough ? [.buy, .sell] : [.buy]
        let plan = sides.flatMap { side in StopPath.Shape.allCases.map { (side: side, shape: $0) } }
        var observation = Observation(trials: [], refused: [])
        for (done, trial) in plan.enumerated() {
            context.reporter.progress(done, of: plan.count, unit: "stops")
            let patience = Duration(milliseconds: limit.value) + Self.margin
            switch try await exercise.run(trial.shape, against: trial.side, watching: patience) {
            case .refused(let reason):
                guard trial.side == .sell else {
                    throw ProbeError(.nonsense, at: .surface, "no position to stop could be opened: \(reason)")
                }
                observation.refused.append(reason)
                context.reporter.log("no short position could be opened: \(reason)")
            case .tried(let tried):
                observation.trials.append(tried)
                // What is still held is taken back before anything else is tried with it.
                guard tried.left == "0" else { return observation }
                let silent = try await FeedRecovery(probes, clock: context.clock).restore()
                guard silent.isEmpty else {
                    throw ProbeError(.nonsense, at: .surface, "\(silent[0]) does not tick after its script was ended")
                }
            }
        }
        context.reporter.progress(plan.count, of: plan.count, unit: "stops")
        return observation
    }

    /// One time and one quantity for each stop, and a count of each thing that an exit may have wrong; what is wrong is a
    /// finding as well.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        guard let limit = criteria[Self.limitKey] else { return .missing(Self.limitKey) }
        let missing = TierLimits.all(in: criteria).missing
        guard missing.isEmpty else { return .missing(all: missing) }
        var judgement = Judgement()
        for trial in observation.trials {
            if let time = trial.exitTime {
                judgement.measurements.append(
                    Measurement(
                        "exit_time.\(trial.name)", unit: "ms", DecimalValue(milliseconds: time),
                        Criterion(.lessOrEqual, limit), from: trial.evidence))
            }
            judgement.measurements.append(
                Measurement(
                    "exit_quantity.\(trial.name)", unit: "1", DecimalValue(trial.closed),
                    Criterion(definition: .equal, DecimalValue(trial.exitQuantity)), n: trial.exits.count,
                    from: trial.evidence))
            if let span = trial.exitSpan {
                judgement.measurements.append(
                    Measurement(
                        told: "exit_span.\(trial.name)", unit: "ms", DecimalValue(milliseconds: span),
                        n: trial.exits.count, from: trial.evidence))
            }
            judgement.findings += findings(trial)
        }
        judgement.measurements += Self.counts(observation.trials)
        return judgement
    }

    /// How many stops went wrong in each way: none may.
    private static func counts(_ trials: [StopTrial]) -> [Measurement] {
        let ways: [(name: String, isWrong: (StopTrial) -> Bool)] = [
            ("exits_before_the_price", { $0.isEarly }), ("exits_at_impossible_prices", { $0.impossiblePrice != nil }),
            ("positions_left", { $0.left != "0" }), ("stops_not_told_as_triggered", { $0.after != .triggered }),
        ]
        return ways.compactMap { way in
            let wrong = trials.filter(way.isWrong)
            return (wrong.first ?? trials.first).map {
                Measurement(
                    way.name, unit: "1", DecimalValue(wrong.count), Criterion(definition: .equal, "0"), n: trials.count,
                    aggregation: .count, from: $0.evidence)
            }
        }
    }

    private func findings(_ trial: StopTrial) -> [Finding] {
        guard trial.armed.status == .armed else { return [.notArmed(trial)] }
        guard !trial.exits.isEmpty else { return [.ignored(trial)] }
        var findings: [Finding] = []
        if trial.exits.contains(where: { $0.side == trial.exitSide.opposite }) { findings.append(.wrongSide(trial)) }
        if trial.exited < trial.exitQuantity { findings.append(.partial(trial)) }
        if trial.exited > trial.exitQuantity { findings.append(.oversized(trial)) }
        if trial.isEarly { findings.append(.early(trial)) }
        if let price = trial.impossiblePrice { findings.append(.price(trial, price)) }
        if findings.isEmpty, trial.left != "0" { findings.append(.left(trial)) }
        if trial.after != .triggered { findings.append(.state(trial)) }
        return findings
    }

    /// Close what is open by hand, then find why nobody looked at the stop.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(let observation, let judgement):
            let first = observation.trials.first
            let what = first.map { "\($0.exitQuantity) \($0.symbol) with a stop at \($0.armed.stopPrice)" } ?? "a stop"
            return Remediation(
                summary: "Let stops close positions before anything is held overnight",
                cause: "Positions with stops were opened, \(what) first, and prices played through them: "
                    + "\(judgement.seen). A stop that is armed and not acted on is worse than none, because it is relied "
                    + "on.",
                steps: [
                    .init("See every stop and where it stands.", command: runbook.stops),
                    .init("See what is still held, and close it by hand.", command: runbook.positions),
                    .init("See whether an exit left for the venue, and how it was filled.", command: runbook.dropCopy),
                    .init("Read the log for what became of the ticks around that moment.", command: runbook.log),
                    .init("Give the feed back to the market if it is still scripted.", command: runbook.restoreFeed),
                ],
                verify: [definition.id])
        }
    }

    private static let limitKey = "risk.max_stop_exit_ms"
    /// Past the limit, so that a late exit is told with its time and not as none.
    private static let margin = Duration.milliseconds(500)
}

extension Finding {
    fileprivate static func ignored(_ trial: StopTrial) -> Finding {
        Finding(
            kind: "stop-ignored", severity: .critical, subject: trial.name,
            message: "the price went through the stop at \(trial.armed.stopPrice) to \(trial.farthest), and within "
                + "\(DurationText.short(trial.watched)) nothing of the \(trial.held) \(trial.symbol) was closed")
    }

    fileprivate static func notArmed(_ trial: StopTrial) -> Finding {
        Finding(
            kind: "stop-not-armed", severity: .critical, subject: trial.name,
            message: "a stop on \(trial.held) \(trial.symbol) was answered as \(trial.armed.status.rawValue)")
    }

    fileprivate static func wrongSide(_ trial: StopTrial) -> Finding {
        Finding(
            kind: "exit-wrong-side", severity: .critical, subject: trial.name,
            message:
                "the stop on \(trial.held) \(trial.symbol) sent a \(trial.exitSide.opposite.rawValue) order, which "
                + "makes the position larger")
    }

    fileprivate static func partial(_ trial: StopTrial) -> Finding {
        Finding(
            kind: "exit-partial", severity: .critical, subject: trial.name,
            message: "the stop closed \(trial.exited) of \(trial.exitQuantity) \(trial.symbol) within "
                + DurationText.short(trial.watched))
    }

    fileprivate static func oversized(_ trial: StopTrial) -> Finding {
        Finding(
            kind: "exit-oversized", severity: .critical, subject: trial.name,
            message: "the stop closed \(trial.exited) \(trial.symbol) where \(trial.exitQuantity) were held")
    }

    fileprivate static func early(_ trial: StopTrial) -> Finding {
        Finding(
            kind: "stop-early", severity: .high, subject: trial.name,
            message: "the position was closed before the price can have reached the stop at \(trial.armed.stopPrice)")
    }

    fileprivate static func price(_ trial: StopTrial, _ price: DecimalValue) -> Finding {
        Finding(
            kind: "exit-price", severity: .high, subject: trial.name,
            message:
                "the exit was filled at \(price), where the stop was at \(trial.armed.stopPrice) and the price went "
                + "to \(trial.farthest)")
    }

    fileprivate static func left(_ trial: StopTrial) -> Finding {
        Finding(
            kind: "position-left", severity: .high, subject: trial.name,
            message: "the drop copy shows the whole exit, and the account still holds \(trial.left) \(trial.symbol)")
    }

    fileprivate static func state(_ trial: StopTrial) -> Finding {
        Finding(
            kind: "stop-state", severity: .medium, subject: trial.name,
            message: "after its exit the stop is told to be \(trial.after?.rawValue ?? "not there"), not triggered")
    }
}
