import FoundationEssentials
import Readiness

/// The races for one limit as they are run.
struct RaceRun: Sendable {
    private let plan: RacePlan
    private let orders: Int
    private var account: PaperAccount
    private var rounds: [RaceTrace.Round] = []
    private var denied: Set<String> = []
    private var leaked: [String] = []
    private var isCovered = true
    private(set) var text: EvidenceText

    init(_ plan: RacePlan, of orders: Int, on account: PaperAccount) {
        self.plan = plan
        self.orders = orders
        self.account = account
        text = EvidenceText(
            "\(plan.limit.rawValue) of \(plan.tier.scope): \(orders) buys of \(plan.quantity) \(plan.symbol.symbol) at "
                + "\(plan.price) together, of which \(plan.fits) fit beside the \(plan.before) that count already")
    }

    /// Whether more was let out than fits.
    var isBreached: Bool { rounds.last.map { max($0.accepted, $0.atVenue) > plan.fits } ?? false }

    /// Whether each round tried something: some orders passed, and the drop copy showed what became of them.
    var isExercised: Bool { isCovered && !rounds.isEmpty && rounds.allSatisfy { $0.accepted > 0 } }

    /// Sends one round, takes back what works, and reads what the venue saw.
    mutating func round(
        through probes: TargetProbes, reading dropCopy: inout DropCopyReader, by clock: any CheckClock
    ) async throws(ProbeError) {
        guard !Task.isCancelled else { throw .cancelled }
        let batch = (0..<orders).map { _ in
            account.order(.buy, plan.symbol.symbol, quantity: plan.quantity, price: plan.price)
        }
        let states = try await probes.burst.submitTogether(batch).value
        guard states.count == batch.count else {
            throw ProbeError(.nonsense, at: .surface, "\(states.count) answers to \(batch.count) orders")
        }
        var last: String?
        for (order, state) in zip(batch, states) where state.status == .accepted {
            guard try await probes.orders.cancel(orderID: state.orderID).value.status == .cancelled else { continue }
            last = order.clientOrderID
        }
        if let last {
            // Messages come in order: once our last cancel is through, whatever left before it is there too.
            let isSeen = try await dropCopy.read(until: .cancelled, of: last, within: Self.patience, by: clock)
            isCovered = isCovered && isSeen
        } else {
            try await dropCopy.read()
        }
        count(batch, states, dropCopy.drain())
    }

    private mutating func count(_ batch: [OrderRequest], _ states: [OrderState], _ events: [DropCopy.Event]) {
        var round = RaceTrace.Round(accepted: 0, filled: 0, rejected: 0, denied: [:], atVenue: 0)
        for (order, state) in zip(batch, states) {
            switch state.status {
            case .accepted, .cancelled: round.accepted += 1
            case .filled:
                round.accepted += 1
                round.filled += 1
            case .rejected: round.rejected += 1
            case .denied:
                round.denied[(state.reasonCode ?? "no reason").shortened(to: 40), default: 0] += 1
                denied.insert(order.clientOrderID)
            }
        }
        let ids = Set(batch.map(\.clientOrderID))
        let acknowledged = events.filter { $0.kind == .acknowledged || $0.kind == .fill }.map(\.clientOrderID)
        round.atVenue = Set(acknowledged).intersection(ids).count
        for id in events.map(\.clientOrderID) where denied.contains(id) && !leaked.contains(id) { leaked.append(id) }
        rounds.append(round)
        let reasons = round.denied.sorted { $0.key < $1.key }.map { "\($1) \($0)" }.joined(separator: ", ")
        text.add("\(rounds.count): \(round.accepted) accepted, \(round.atVenue) at the venue, denied \(reasons)")
    }

    /// What there is to judge.
    func trace(_ evidence: Evidence) -> RaceTrace {
        RaceTrace(
            scope: plan.tier.scope, limit: plan.limit.rawValue, symbol: plan.symbol.symbol,
            price: DecimalValue(plan.price), step: DecimalValue(plan.limit == .openOrders ? 1 : plan.quantity),
            before: DecimalValue(plan.before), orders: orders, rounds: rounds, leaked: Array(leaked.prefix(20)),
            evidence: evidence)
    }

    /// How long the drop copy may lag behind the answers.
    private static let patience = Duration.seconds(1)
}
