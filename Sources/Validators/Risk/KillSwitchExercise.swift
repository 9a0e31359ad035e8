import FoundationEssentials
import Readiness

/// Engages the kill switch under working orders, restarts the target, and releases it.
struct KillSwitchExercise: Sendable {
    private let probes: TargetProbes
    private let context: CollectContext
    private var accounts: [PaperAccount] = []
    private let symbol: SymbolState
    private let price: Decimal
    private let by: String
    private var dropCopy: DropCopyReader
    private var text = EvidenceText()

    /// Registers everything that may have to be taken back. Newest first that is: the kill switch, then the orders.
    init(on tiers: [TierLimits], _ probes: TargetProbes, in context: CollectContext) async throws(ProbeError) {
        symbol = try await probes.market.snapshot().value.cheapest()
        guard let price = symbol.restingPrice(percentBelow: RestingDistance.percent) else {
            throw ProbeError(.nonsense, at: .surface, "\(symbol.symbol) leaves no price below the market")
        }
        let state = try await probes.killSwitch.state()
        guard !state.value.isEngaged else {
            throw ProbeError(
                .nonsense, at: .surface,
                "the kill switch is engaged already, by \((state.value.by ?? "nobody named").shortened())")
        }
        dropCopy = try await DropCopyReader(beginningNow: probes.orders)
        for (number, tier) in tiers.enumerated() {
            accounts.append(
                try await PaperAccount(
                    opening: probes.accounts.account(of: tier.scope), number: number + 1, orders: probes.orders,
                    in: context))
        }
        by = KillSwitchHolder.check(context.token)
        try await context.effects.register(
            EffectDescription(
                .disruptive, "the kill switch, engaged by \(by)", compensation: .releaseKillSwitch))
        self.price = price
        self.probes = probes
        self.context = context
    }

    /// The whole drill, with so many orders on each account.
    mutating func run(orders count: Int, cancelLimit: Duration, restartLimit: Duration) async throws(ProbeError)
        -> KillSwitchDrill
    {
        let before = try await probes.control.process().value
        // Now, while nothing is stopped yet: a clock that cannot be read must not leave the switch engaged.
        let clock = try await probes.clock.clock()
        text.add(clock.transcript)
        let identity = try await probes.discovery.identity()
        text.add(identity.transcript)
        let placed = try await place(count)
        let begin = context.clock.now
        let engaged = try await probes.killSwitch.set(engaged: true, by: by)
        text.add(engaged.transcript)
        let resting = try await watch(placed, since: begin, for: cancelLimit)
        let watched = context.clock.now - begin
        var attempt = try await attempt()
        let cancel = try await probes.orders.cancel(orderID: placed[0].answer.value.orderID)
        text.add(cancel.transcript)
        // Nothing of ours may be left when the process is restarted: nobody knows what it would make of it.
        for (place, order) in placed.enumerated() where resting[place].stillWorks {
            _ = try await probes.orders.cancel(orderID: order.answer.value.orderID)
        }
        try await dropCopy.read()
        attempt.isAtVenue = !dropCopy.kinds(of: attempt.order.clientOrderID).isEmpty
        let evidence = try await context.evidence.record(
            text.text, as: .orderTrace, grade: dropCopy.isGapless ? .exercised : .observed)
        var drill = KillSwitchDrill(
            by: by, engaged: engaged.value, resting: resting, watched: watched, attempt: attempt,
            cancel: cancel.value, engagement: evidence)
        text = EvidenceText()
        try await restart(
            &drill, from: before, at: clock.value, configuration: identity.value.configurationDigest,
            within: restartLimit)
        if drill.restart != nil { try await release(&drill) }
        return drill
    }

    // MARK: - Steps

    private mutating func place(_ count: Int) async throws(ProbeError) -> [PaperAccount.Placed] {
        var placed: [PaperAccount.Placed] = []
        for _ in 0..<count {
            for place in accounts.indices {
                let order = try await accounts[place].buy(
                    symbol.symbol, quantity: symbol.lot.decimal, price: price)
                guard order.answer.value.status == .accepted else {
                    let state = order.answer.value
                    throw ProbeError(
                        .nonsense, at: .surface,
                        "an order that was to rest on \(accounts[place].name) was \(state.status.rawValue): "
                            + (state.reasonCode ?? "no reason given").shortened())
                }
                text.add(order.answer.transcript)
                placed.append(order)
            }
        }
        return placed
    }

    /// Watches the drop copy until the venue has cancelled every order.
    private mutating func watch(
        _ placed: [PaperAccount.Placed], since begin: Duration, for limit: Duration
    ) async throws(ProbeError) -> [KillSwitchDrill.Resting] {
        var times: [String: Duration] = [:]
        while true {
            try await dropCopy.read()
            let now = context.clock.now - begin
            for order in placed.map(\.request.clientOrderID) where times[order] == nil {
                if dropCopy.kinds(of: order).contains(.cancelled) { times[order] = now }
            }
            guard times.count < placed.count, now < limit else { break }
            try await context.clock.sleep(for: .milliseconds(10))
        }
        var working: Set<String> = []
        for account in accounts {
            let answer = try await probes.orders.working(account: account.name)
            text.add(answer.transcript)
            working.formUnion(answer.value.map(\.clientOrderID))
        }
        return placed.map { order in
            let id = order.request.clientOrderID
            text.add("\(id): \(times[id].map { "cancelled after \(DurationText.short($0))" } ?? "not cancelled")")
            return .init(order: order.request, cancelled: times[id], stillWorks: working.contains(id))
        }
    }

    private mutating func attempt() async throws(ProbeError) -> KillSwitchDrill.Attempt {
        let placed = try await accounts[0].buy(symbol.symbol, quantity: symbol.lot.decimal, price: price)
        text.add(placed.answer.transcript)
        return .init(order: placed.request, state: placed.answer.value, isAtVenue: false)
    }

    private mutating func restart(
        _ drill: inout KillSwitchDrill, from before: ProcessState, at clock: ClockReading, configuration: String,
        within limit: Duration
    ) async throws(ProbeError) {
        let begin = context.clock.now
        let after: Answer<ProcessState>
        do throws(ProbeError) {
            after = try await probes.control.restart(within: limit)
        } catch {
            // A target that does not come back is what this check looks for; anything else is the probe's trouble.
            guard error.meeting == .unreachable else { throw error }
            drill.restartTrouble = error.description
            return
        }
        let time = context.clock.now - begin
        text.add(after.transcript)
        // The new life's drop copy begins anew.
        dropCopy = try await DropCopyReader(beginningNow: probes.orders)
        let identity = try await probes.discovery.identity()
        text.add(identity.transcript)
        let state = try await probes.killSwitch.state()
        text.add(state.transcript)
        drill.restart = .init(
            before: before, after: after.value, configurationBefore: configuration,
            configurationAfter: identity.value.configurationDigest, clock: clock, time: time, state: state.value,
            attempt: try await attempt())
    }

    /// Releases, and tries orders until one is accepted: a process that has just begun may still wait for prices.
    private mutating func release(_ drill: inout KillSwitchDrill) async throws(ProbeError) {
        let released = try await probes.killSwitch.set(engaged: false, by: by)
        text.add(released.transcript)
        drill.released = released.value
        var isCovered = false
        let begin = context.clock.now
        repeat {
            let last = try await attempt()
            drill.afterwards = last
            if last.state.status == .accepted {
                let answer = try await probes.orders.cancel(orderID: last.state.orderID)
                text.add(answer.transcript)
                isCovered = try await dropCopy.read(
                    until: .cancelled, of: last.order.clientOrderID, within: Self.patience, by: context.clock)
                break
            }
            try await context.clock.sleep(for: .milliseconds(100))
        } while context.clock.now - begin < Self.warmUp
        if let attempt = drill.restart?.attempt {
            drill.restart?.attempt.isAtVenue = !dropCopy.kinds(of: attempt.order.clientOrderID).isEmpty
        }
        text.add(dropCopy.transcript)
        drill.persistence = try await context.evidence.record(
            text.text, as: .orderTrace, grade: isCovered && dropCopy.isGapless ? .exercised : .observed)
    }

    private static let patience = Duration.seconds(1)
    /// How long a process may take from its first answer to its first accepted order.
    private static let warmUp = Duration.seconds(3)
}
