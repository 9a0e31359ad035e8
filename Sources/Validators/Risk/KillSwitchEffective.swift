import FoundationEssentials
package import Readiness

/// `risk.killswitch.effective`: engaged, working orders are cancelled at the venue, new ones denied, cancels pass; it
/// survives a restart.
///
/// Orders rest on two tiers' accounts when it is engaged; what counts is the venue's cancel of the last one, in the drop
/// copy. The target is then restarted, must still be stopped by us, and is released. It runs after everything else that
/// trades, because it stops the whole target.
///
/// What it cannot see: orders of accounts that are not ours, and whether a release needs anybody's authority.
package struct KillSwitchEffective: Check {
    /// What was seen.
    package struct Observation: Codable, Sendable {
        /// The drill; nil when the criteria or the policy lack something.
        package var drill: KillSwitchDrill?
    }

    /// Its place in the catalogue.
    package let definition: CheckDefinition

    private let probes: TargetProbes

    /// Looks through these probes, after the checks of these ids.
    package init(_ probes: TargetProbes, after others: [CheckID]) {
        self.probes = probes
        definition = CheckDefinition(
            id: "risk.killswitch.effective",
            title: "The kill switch cancels at the venue, denies, and survives a restart",
            question: "Does the kill switch stop everything, and stay engaged?", severity: .critical,
            grade: .exercised, effects: .disruptive, requires: ["smoke.flow.round-trip"], after: others,
            locks: [.paperAccount, .targetProcess],
            hooks: [
                .killSwitch, .control, .process, .discovery, .identity, .marketData, .orderSubmit, .orderCancel,
                .orderList,
                .dropCopy,
            ],
            criteria: [Self.cancelKey, Self.restartKey], controls: ["A2.1", "A10.2"], faults: ["killswitch-flag-only"],
            softLimit: .seconds(20), hardLimit: .seconds(60), grace: .seconds(5), estimate: .seconds(3))
    }

    /// Places orders, engages, watches, restarts, releases.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let (tiers, missing) = TierLimits.all(in: context.criteria)
        guard missing.isEmpty, let cancel = context.criteria[Self.cancelKey],
            let restart = context.criteria[Self.restartKey]
        else { return Observation() }
        let used = Array(context.mode == .thorough ? tiers.suffix(2) : tiers.prefix(2))
        // Half of the slots at most: what is tried here is the switch, and no limit may be in the way.
        let slots = used.compactMap { Steps.floor($0[.openOrders], step: 1) }.min() ?? 0
        let count = context.mode == .thorough ? max(2, min(slots / 2, 20)) : 2
        var exercise = try await KillSwitchExercise(on: used, probes, in: context)
        let drill = try await exercise.run(
            orders: count, cancelLimit: Duration(milliseconds: cancel.value) + Self.margin,
            restartLimit: Duration(milliseconds: restart.value) + Self.restartMargin)
        return Observation(drill: drill)
    }

    /// The time of the last cancel and of the restart, and a count of each thing that had to happen; what did not is a
    /// finding as well.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        let absent = [Self.cancelKey, Self.restartKey].filter { criteria[$0] == nil }
        let missing = absent + TierLimits.all(in: criteria).missing
        guard missing.isEmpty, let cancelLimit = criteria[Self.cancelKey], let restartLimit = criteria[Self.restartKey]
        else { return .missing(all: missing) }
        guard let drill = observation.drill else { return Judgement() }
        var judgement = Judgement()
        if let last = drill.resting.compactMap(\.cancelled).max() {
            judgement.measurements.append(
                Measurement(
                    "cancel_time", unit: "ms", DecimalValue(milliseconds: last), Criterion(.lessOrEqual, cancelLimit),
                    n: drill.resting.count, aggregation: .max, from: drill.engagement))
        }
        func counted(_ name: String, _ count: Int, of all: Int, from evidence: Evidence) {
            judgement.measurements.append(
                Measurement(
                    name, unit: "1", DecimalValue(count), Criterion(definition: .equal, DecimalValue(all)), n: all,
                    from: evidence))
        }
        counted(
            "orders_cancelled", drill.resting.count(where: \.isGone), of: drill.resting.count, from: drill.engagement)
        let attempts = drill.attemptsWhileEngaged
        counted(
            "orders_denied_while_engaged", attempts.count { $0.attempt.isKept }, of: attempts.count,
            from: drill.engagement)
        counted(
            "cancels_passed_while_engaged", drill.cancel.status == .cancelled ? 1 : 0, of: 1, from: drill.engagement)
        judgement.findings = engagement(drill)
        guard let restart = drill.restart, let persistence = drill.persistence else {
            counted("restarts_into_a_new_process", 0, of: 1, from: drill.engagement)
            judgement.findings.append(.notBack(drill))
            return judgement
        }
        counted(
            "restarts_into_a_new_process", restart.isAnotherLife && restart.beganAfterwards ? 1 : 0, of: 1,
            from: persistence)
        let states = [
            drill.engaged.isEngaged, restart.state.isEngaged && restart.state.by == drill.by,
            drill.released?.isEngaged == false,
        ]
        counted("switch_states_as_set", states.count { $0 }, of: states.count, from: persistence)
        judgement.measurements.append(
            Measurement(
                "configurations_in_force", unit: "1",
                DecimalValue(Set([restart.configurationBefore, restart.configurationAfter]).count),
                Criterion(definition: .equal, "1"), from: persistence))
        counted(
            "orders_accepted_after_release", drill.afterwards?.state.status == .accepted ? 1 : 0, of: 1,
            from: persistence)
        judgement.measurements.append(
            Measurement(
                "restart_time", unit: "ms", DecimalValue(milliseconds: restart.time),
                Criterion(.lessOrEqual, restartLimit), from: persistence))
        judgement.findings += self.persistence(drill, restart)
        return judgement
    }

    private func engagement(_ drill: KillSwitchDrill) -> [Finding] {
        var findings: [Finding] = []
        if !drill.engaged.isEngaged { findings.append(.notEngaged(drill)) }
        let left = drill.resting.filter { !$0.isGone }
        if !left.isEmpty { findings.append(.ordersLeft(left, of: drill)) }
        if let first = drill.attemptsWhileEngaged.first { findings += stopped(first.attempt, first.when) }
        if drill.cancel.status != .cancelled { findings.append(.cancelBlocked(drill.cancel)) }
        return findings
    }

    private func persistence(_ drill: KillSwitchDrill, _ restart: KillSwitchDrill.Restart) -> [Finding] {
        var findings: [Finding] = []
        if !restart.isAnotherLife {
            findings.append(.notRestarted(restart))
        } else if !restart.beganAfterwards {
            findings.append(.startsTooEarly(restart))
        }
        // Every check before this one judged a process that is gone: what it was judged by must still be in force.
        if restart.configurationBefore != restart.configurationAfter { findings.append(.reconfigured(restart)) }
        if !restart.state.isEngaged {
            findings.append(.lost())
        } else if restart.state.by != drill.by {
            findings.append(.holderLost(restart.state.by, drill.by))
        }
        for later in drill.attemptsWhileEngaged.dropFirst() { findings += stopped(later.attempt, later.when) }
        if drill.released?.isEngaged != false { findings.append(.notReleased()) }
        if drill.afterwards?.state.status != .accepted { findings.append(.notAccepted(drill.afterwards)) }
        return findings
    }

    private func stopped(_ attempt: KillSwitchDrill.Attempt, _ when: String) -> [Finding] {
        guard attempt.state.status == .denied else { return [.accepted(attempt, when)] }
        var findings: [Finding] = []
        if !attempt.isStopped { findings.append(.wrongReason(attempt, when)) }
        if attempt.isAtVenue { findings.append(.leftGateway(attempt, when)) }
        return findings
    }

    /// Make certain first that trading can be stopped at all.
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
            let count = observation.drill?.resting.count ?? 0
            return Remediation(
                summary: "Let nothing trade until the kill switch works",
                cause: "It was engaged with \(count) orders working, kept through a restart and released: "
                    + "\(judgement.seen). A switch that only sets a flag leaves what already works at the venue.",
                steps: [
                    .init("See whether it is engaged now, and by whom.", command: runbook.killSwitch),
                    .init(
                        "Look for orders without a cancelled message, and cancel them at the venue by hand.",
                        command: runbook.dropCopy),
                    .init("Read the log from the moment it was engaged.", command: runbook.log),
                    .init("If the target did not come back, see whether it lives.", command: runbook.status),
                    .init(
                        "When all is settled, release it if it is still engaged.", command: runbook.releaseKillSwitch,
                        undo: "engage the kill switch again"),
                ],
                verify: ["smoke.killswitch.released", definition.id])
        }
    }

    private func tooThin(_ observation: Observation) -> Remediation {
        Remediation(
            summary: "Let the drop copy show every order",
            cause:
                "The kill switch did what it must by its answers. But the drop copy had gaps, or did not show the end of "
                + "the last of \(observation.drill?.resting.count ?? 0) orders and more, so it proves nothing.",
            steps: [
                .init("See what the drop copy shows of the orders.", command: probes.runbook.dropCopy),
                .init("Read the log for messages that were dropped.", command: probes.runbook.log),
            ],
            verify: [definition.id])
    }

    private static let cancelKey = "risk.max_killswitch_cancel_ms"
    private static let restartKey = "risk.max_restart_ms"
    /// Past the limits, so that what is late is told with its time.
    private static let margin = Duration.seconds(1)
    private static let restartMargin = Duration.seconds(5)
}

extension Finding {
    fileprivate static func notEngaged(_ drill: KillSwitchDrill) -> Finding {
        Finding(
            kind: "not-engaged", severity: .critical, subject: "killswitch",
            message: "the kill switch was engaged by \(drill.by), and answered that it is not engaged")
    }

    fileprivate static func ordersLeft(_ left: [KillSwitchDrill.Resting], of drill: KillSwitchDrill) -> Finding {
        Finding(
            kind: "orders-left-working", severity: .critical, subject: "killswitch",
            message: "\(left.count) of \(drill.resting.count) orders were not cancelled at the venue within "
                + "\(DurationText.short(drill.watched)) of engaging the kill switch, first "
                + "\(left[0].order.clientOrderID) on \(left[0].order.account)")
    }

    fileprivate static func accepted(_ attempt: KillSwitchDrill.Attempt, _ when: String) -> Finding {
        Finding(
            kind: "order-accepted-while-engaged", severity: .critical, subject: "killswitch",
            message: "order \(attempt.order.clientOrderID) was answered with \(attempt.state.status.rawValue) \(when)")
    }

    fileprivate static func wrongReason(_ attempt: KillSwitchDrill.Attempt, _ when: String) -> Finding {
        Finding(
            kind: "wrong-reason", severity: .medium, subject: "killswitch",
            message:
                "an order was denied for \((attempt.state.reasonCode ?? "no reason").shortened()) \(when); it should "
                + "be kill_switch")
    }

    fileprivate static func leftGateway(_ attempt: KillSwitchDrill.Attempt, _ when: String) -> Finding {
        Finding(
            kind: "left-gateway", severity: .critical, subject: "killswitch",
            message: "order \(attempt.order.clientOrderID) was denied and left for the venue \(when)")
    }

    fileprivate static func cancelBlocked(_ state: OrderState) -> Finding {
        Finding(
            kind: "cancel-blocked", severity: .critical, subject: "killswitch",
            message: "a cancel was answered with \(state.status.rawValue) while the kill switch was engaged")
    }

    fileprivate static func notBack(_ drill: KillSwitchDrill) -> Finding {
        Finding(
            kind: "not-back-after-restart", severity: .critical, subject: "killswitch",
            message: "the target did not come back after its restart: "
                + (drill.restartTrouble ?? "it was not tried").shortened(to: 200))
    }

    fileprivate static func notRestarted(_ restart: KillSwitchDrill.Restart) -> Finding {
        Finding(
            kind: "not-restarted", severity: .high, subject: "killswitch",
            message:
                "after the restart the same process answers, boot \(restart.after.bootID.shortened(to: 40)): whether "
                + "the kill switch would survive is not known")
    }

    fileprivate static func startsTooEarly(_ restart: KillSwitchDrill.Restart) -> Finding {
        Finding(
            kind: "start-before-restart", severity: .high, subject: "killswitch",
            message: "after the restart boot \(restart.after.bootID.shortened(to: 40)) answers and says that it "
                + "started at \(restart.after.startedAt), before the restart was asked for (the life before started at "
                + "\(restart.before.startedAt)): whether the kill switch would survive is not known")
    }

    fileprivate static func reconfigured(_ restart: KillSwitchDrill.Restart) -> Finding {
        Finding(
            kind: "configuration-changed-at-restart", severity: .critical, subject: "killswitch",
            message: "the restart put another configuration in force, "
                + "\(restart.configurationAfter.shortened(to: 12)) for "
                + "\(restart.configurationBefore.shortened(to: 12)): its files were changed while it ran, and what "
                + "the other checks saw is of a process that is gone")
    }

    fileprivate static func lost() -> Finding {
        Finding(
            kind: "kill-switch-lost-at-restart", severity: .critical, subject: "killswitch",
            message: "the kill switch was engaged before the restart and is released after it")
    }

    fileprivate static func holderLost(_ now: String?, _ before: String) -> Finding {
        Finding(
            kind: "kill-switch-holder-lost", severity: .medium, subject: "killswitch",
            message: "the kill switch was engaged by \(before), and after the restart by "
                + (now ?? "nobody named").shortened())
    }

    fileprivate static func notReleased() -> Finding {
        Finding(
            kind: "not-released", severity: .high, subject: "killswitch",
            message: "the kill switch was released, and answered that it is still engaged")
    }

    fileprivate static func notAccepted(_ attempt: KillSwitchDrill.Attempt?) -> Finding {
        let reason = attempt?.state.reasonCode ?? attempt?.state.status.rawValue ?? "none was tried"
        return Finding(
            kind: "denied-after-release", severity: .high, subject: "killswitch",
            message: "after the release no order was accepted again; the last: \(reason.shortened())")
    }
}
