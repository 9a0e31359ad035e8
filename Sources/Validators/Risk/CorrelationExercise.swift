import FoundationEssentials
import Readiness

/// Holds a small position in one symbol, plays it and another, and places orders in the other.
struct CorrelationExercise: Sendable {
    private let probes: TargetProbes
    private let context: CollectContext
    private let tier: TierLimits
    private let held: SymbolState
    private let wanted: SymbolState
    private let position: OpenedPosition
    private var orders: PaperAccount
    private(set) var text = EvidenceText()
    /// Whether each order was placed while its script still ran.
    private(set) var isTimely = true

    /// Registers everything that may have to be taken back. Newest first that is: the feed, orders, positions.
    init(within tier: TierLimits, _ market: [SymbolState], _ probes: TargetProbes, in context: CollectContext)
        async throws(ProbeError)
    {
        // The finer the ticks, the nearer the prices are to what the script means.
        let finest = market.tradable
            .filter { state in
                let price = state.marketablePrice(.buy, collarPercent: tier[.priceCollar])
                return price.map { tier.largestOrder(of: state, at: $0) > 0 } ?? false
            }
            .sorted { $0.tick.decimal * $1.reference.decimal < $1.tick.decimal * $0.reference.decimal }
        guard finest.count >= 2 else {
            throw ProbeError(.nonsense, at: .surface, "\(tier.scope)'s limits leave no two symbols to hold together")
        }
        (held, wanted) = (finest[0], finest[1])
        let account = probes.accounts.account(of: tier.scope)
        position = try await OpenedPosition(registering: held.symbol, on: account, probes, in: context)
        // Nothing of it is to be filled; if it is, it is traded back.
        _ = try await OpenedPosition(registering: wanted.symbol, on: account, probes, in: context)
        orders = try await PaperAccount(opening: account, orders: probes.orders, in: context)
        try await context.effects.register(
            EffectDescription(
                .writePaper, "scripted prices of \(held.symbol) and \(wanted.symbol)", compensation: .restoreFeed))
        self.probes = probes
        self.context = context
        self.tier = tier
    }

    /// Tries an order while the symbols go together, stand still, and go their own ways. The last is to be accepted, so
    /// that the drop copy shows how far it reaches.
    mutating func run() async throws(ProbeError) -> [CorrelationTrial] {
        var dropCopy = try await DropCopyReader(beginningNow: probes.orders)
        guard case .held = try await position.open(.buy, lots: 1, within: tier, as: &orders) else {
            throw ProbeError(.nonsense, at: .surface, "no position in \(held.symbol) could be opened to go beside")
        }
        var trials: [CorrelationTrial] = []
        var last: String?
        for kind in CorrelationScript.Kind.allCases {
            let trial = try await trial(kind)
            if trial.state.status == .accepted {
                _ = try await probes.orders.cancel(orderID: trial.state.orderID)
                last = trial.order.clientOrderID
            }
            trials.append(trial)
        }
        let silent = try await FeedRecovery(probes, clock: context.clock).restore()
        guard silent.isEmpty else {
            throw ProbeError(.nonsense, at: .surface, "\(silent[0]) does not tick after its script was ended")
        }
        var isCovered = false
        if let last {
            isCovered = try await dropCopy.read(
                until: .cancelled, of: last, within: Self.patience, by: context.clock)
        } else {
            try await dropCopy.read()
        }
        for place in trials.indices {
            trials[place].isAtVenue = !dropCopy.kinds(of: trials[place].order.clientOrderID).isEmpty
        }
        isTimely = isTimely && isCovered && dropCopy.isGapless
        text.add(dropCopy.transcript)
        return trials
    }

    private mutating func trial(_ kind: CorrelationScript.Kind) async throws(ProbeError) -> CorrelationTrial {
        var now = try await states()
        let before = now
        let script = CorrelationScript(kind, held: now.held, wanted: now.wanted)
        let played = try await probes.feed.play(script.paths, every: CorrelationScript.interval)
        // A window of scripted ticks alone, and a few for the one that came between the look and the script.
        let needed = Int64(CorrelationScript.window + 5)
        let begin = context.clock.now
        func ticks() -> Int64 {
            min(now.held.sequence - before.held.sequence, now.wanted.sequence - before.wanted.sequence)
        }
        while ticks() < needed {
            guard context.clock.now - begin < Self.limit else {
                throw ProbeError(
                    .nonsense, at: .surface, "\(held.symbol) and \(wanted.symbol) did not tick through their script")
            }
            try await context.clock.sleep(for: .milliseconds(50))
            now = try await states()
        }
        guard let price = now.wanted.restingPrice(percentBelow: RestingDistance.percent(in: tier)) else {
            throw ProbeError(.nonsense, at: .surface, "\(wanted.symbol) leaves no price below the market")
        }
        let placed = try await orders.buy(wanted.symbol, quantity: wanted.lot.decimal, price: price)
        now = try await states()
        if ticks() > Int64(CorrelationScript.length) { isTimely = false }
        text.add(played.transcript)
        text.add(
            "\(kind.rawValue): coefficients \(script.least.map { "\(Steps.cut($0, digits: 6))" } ?? "none") to "
                + "\(script.greatest.map { "\(Steps.cut($0, digits: 6))" } ?? "none")")
        text.add(placed.answer.transcript)
        return CorrelationTrial(
            name: kind.rawValue, tier: tier.scope, held: held.symbol, order: placed.request,
            state: placed.answer.value, least: script.least.map { DecimalValue(Steps.cut($0, digits: 12)) },
            greatest: script.greatest.map { DecimalValue(Steps.cut($0, digits: 12)) })
    }

    private func states() async throws(ProbeError) -> (held: SymbolState, wanted: SymbolState) {
        let market = try await probes.market.snapshot().value
        guard let held = market.first(where: { $0.symbol == held.symbol }),
            let wanted = market.first(where: { $0.symbol == wanted.symbol })
        else { throw ProbeError(.nonsense, at: .surface, "\(held.symbol) or \(wanted.symbol) is gone from the feed") }
        return (held, wanted)
    }

    private static let patience = Duration.seconds(1)
    /// For a window of a script to be through: several times what it takes.
    private static let limit = Duration.seconds(5)
}
