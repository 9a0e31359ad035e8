import FoundationEssentials
import Readiness

/// Opens a position, arms a stop on it, plays prices through the stop, and watches the drop copy for the exit.
struct StopExercise: Sendable {
    private let probes: TargetProbes
    private let context: CollectContext
    private let tier: TierLimits
    private let symbol: String
    private let position: OpenedPosition
    private var orders: PaperAccount

    /// Registers everything that may have to be taken back. Newest first that is: the feed, stops, orders, position.
    init(_ symbol: String, within tier: TierLimits, _ probes: TargetProbes, in context: CollectContext)
        async throws(ProbeError)
    {
        let account = probes.accounts.account(of: tier.scope)
        position = try await OpenedPosition(registering: symbol, on: account, probes, in: context)
        orders = try await PaperAccount(opening: account, orders: probes.orders, in: context)
        try await context.effects.register(
            EffectDescription(
                .writePaper, "stops in \(symbol) on \(account)",
                compensation: .disarmStops(account: account, symbol: symbol)))
        try await context.effects.register(
            EffectDescription(.writePaper, "scripted prices of \(symbol)", compensation: .restoreFeed))
        self.probes = probes
        self.context = context
        self.tier = tier
        self.symbol = symbol
    }

    /// What came of one stop.
    enum Result: Sendable {
        case tried(StopTrial)
        /// No position could be opened, for that reason.
        case refused(String)
    }

    /// Tries one stop, watching so long after the price can have reached it.
    mutating func run(
        _ shape: StopPath.Shape, against side: OrderRequest.Side, watching limit: Duration
    ) async throws(ProbeError) -> Result {
        let held: Decimal
        var text = EvidenceText()
        switch try await position.open(side, lots: Self.lots, within: tier, as: &orders) {
        case .refused(let reason): return .refused(reason)
        case .held(let quantity, let transcript):
            held = quantity
            text.add(transcript)
        }
        let market = try await probes.market.snapshot().value
        guard let state = market.first(where: { $0.symbol == symbol }),
            let path = StopPath(shape, against: side, from: state)
        else { throw ProbeError(.nonsense, at: .surface, "\(symbol) leaves no room for a stop") }
        var dropCopy = try await DropCopyReader(beginningNow: probes.orders)
        let armed = try await probes.stops.arm(
            account: orders.name, symbol: symbol, stopPrice: DecimalValue(path.stop))
        text.add(armed.transcript)
        var watch = ExitWatch(armed.value.exitClientOrderID, of: held > 0 ? held : -held)
        if armed.value.status == .armed {
            let begin = context.clock.now
            let played = try await probes.feed.play(
                [PricePath(symbol: symbol, prices: path.prices.map(DecimalValue.init))], every: StopPath.interval)
            text.add(played.transcript)
            try await watch.run(
                reading: &dropCopy, reachedAt: begin + StopPath.interval * path.reached, for: limit, by: context.clock)
        }
        let after = try await probes.stops.stops(of: orders.name)
        let left = try await position.held()
        text.add(dropCopy.transcript)
        text.add(after.transcript)
        for fill in watch.exits {
            text.add(
                "exit \(fill.side?.rawValue ?? "?") \(fill.quantity?.description ?? "?") at "
                    + (fill.price?.description ?? "?"))
        }
        text.add("held \(held), stop \(path.stop), played to \(path.prices.last ?? 0), left \(left)")
        let isTold = watch.exits.allSatisfy { $0.side != nil && $0.quantity != nil }
        let evidence = try await context.evidence.record(
            text.text, as: .orderTrace, grade: isTold && dropCopy.isGapless ? .exercised : .observed)
        return .tried(
            StopTrial(
                name: "\(side == .buy ? "long" : "short").\(shape.rawValue)", symbol: symbol,
                held: DecimalValue(held), armed: armed.value, farthest: DecimalValue(path.prices.last ?? 0),
                exits: watch.exits, exitTime: watch.exitTime, isEarly: watch.isEarly, watched: watch.watched,
                left: DecimalValue(left),
                after: after.value.first { $0.stopID == armed.value.stopID }?.status, evidence: evidence))
    }

    /// A round number, so that a part of it can be told from the whole.
    private static let lots = 100
}

/// Watches the drop copy until an exit is whole.
private struct ExitWatch {
    private let clientOrderID: String
    private let quantity: Decimal
    private(set) var exits: [DropCopy.Event] = []
    private(set) var exitTime: Duration?
    private(set) var isEarly = false
    private(set) var watched = Duration.zero

    init(_ clientOrderID: String, of quantity: Decimal) {
        self.clientOrderID = clientOrderID
        self.quantity = quantity
    }

    mutating func run(
        reading dropCopy: inout DropCopyReader, reachedAt reached: Duration, for limit: Duration,
        by clock: any CheckClock
    ) async throws(ProbeError) {
        repeat {
            try await clock.sleep(for: Self.pause)
            try await look(&dropCopy)
            watched = clock.now - reached
            if !exits.isEmpty, watched < .zero { isEarly = true }
            if exited >= quantity {
                exitTime = max(watched, .zero)
                break
            }
        } while watched < limit
        // An exit that comes twice comes soon after.
        try await clock.sleep(for: Self.settling)
        try await look(&dropCopy)
    }

    private var exited: Decimal { exits.reduce(0) { $0 + ($1.quantity?.decimal ?? 0) } }

    private mutating func look(_ dropCopy: inout DropCopyReader) async throws(ProbeError) {
        try await dropCopy.read()
        exits += dropCopy.drain().filter { $0.clientOrderID == clientOrderID && $0.kind == .fill }
    }

    private static let pause = Duration.milliseconds(10)
    private static let settling = Duration.milliseconds(200)
}
