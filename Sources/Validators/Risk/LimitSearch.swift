import FoundationEssentials
import Readiness

/// Finds where one limit of one tier really lies, with paper orders, and takes back what it placed.
struct LimitSearch: Sendable {
    private let tier: TierLimits
    private let dial: LimitDial
    private let orders: any OrderProbe
    /// Orders of the account that work already and are not ours.
    private let foreign: Int
    private(set) var attempts: [LimitTrace.Attempt] = []
    private(set) var text: EvidenceText
    /// Places of `attempts` whose orders rest.
    private var resting: [Int] = []
    private var restingLots = 0

    init(_ dial: LimitDial, of tier: TierLimits, through orders: any OrderProbe, foreign: Int) {
        self.dial = dial
        self.tier = tier
        self.orders = orders
        self.foreign = foreign
        text = EvidenceText(
            "\(dial.name.rawValue) of \(tier.scope): declared \(tier[dial.name]), tried with \(dial.symbol.symbol) "
                + "from \(dial.price), one step is \(Steps.shown(dial.step, over: dial.scale))",
            Decimal(dial.declared) * dial.step == tier[dial.name] * dial.scale
                ? "the declared limit is \(dial.declared) whole steps"
                : "no whole number of steps: tried are the nearest below and above it")
    }

    /// Searches, and then tries the declared limit itself with one step to each side of it.
    mutating func run(on account: inout PaperAccount) async throws(ProbeError) {
        switch dial.name {
        case .openOrders: try await countUp(on: &account)
        default: try await bisect(on: &account)
        }
        for place in resting.reversed() { try await cancel(place) }
        resting = []
    }

    // MARK: - Search

    /// Orders rest one beside the other until one is denied.
    private mutating func countUp(on account: inout PaperAccount) async throws(ProbeError) {
        var next = dial.lowest
        while next <= dial.widest {
            guard try await attempt(next, on: &account, keep: true) else { return }
            next += 1
        }
    }

    private mutating func bisect(on account: inout PaperAccount) async throws(ProbeError) {
        var (accepted, denied): (Int?, Int?) = (nil, nil)
        for lots in dial.base {
            let reached = restingLots + lots
            guard try await attempt(reached, on: &account, keep: true) else {
                denied = reached
                break
            }
            accepted = reached
        }
        if denied == nil {
            let low = max(dial.lowest, dial.declared / 2)
            if try await attempt(low, on: &account) {
                accepted = low
            } else {
                denied = low
                // Something lower may still pass; if not even the least does, that is what there is to tell.
                if low > dial.lowest {
                    if try await attempt(dial.lowest, on: &account) {
                        accepted = dial.lowest
                    } else {
                        denied = dial.lowest
                    }
                }
            }
        }
        if denied == nil {
            if try await attempt(dial.widest, on: &account) { accepted = dial.widest } else { denied = dial.widest }
        }
        if let accepted, let denied {
            try await bisect(from: accepted, to: denied, on: &account)
        } else if accepted == nil, let denied, denied == dial.base.first {
            // The first order of the base is over the limit already: the limit lies between nothing and it.
            try await bisect(from: 0, to: denied, on: &account)
        }
        for steps in [dial.declared - 1, dial.declared, dial.declared + 1] {
            let isTried = attempts.contains { $0.steps == steps }
            if !isTried, steps >= dial.lowest, steps > restingLots { _ = try await attempt(steps, on: &account) }
        }
    }

    private mutating func bisect(from low: Int, to high: Int, on account: inout PaperAccount) async throws(ProbeError) {
        var (low, high) = (low, high)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if try await attempt(middle, on: &account) { low = middle } else { high = middle }
        }
    }

    // MARK: - One order

    /// Places the order that lies there, and takes it back at once unless it is to rest.
    ///
    /// - Returns: whether risk let it out.
    private mutating func attempt(
        _ steps: Int, on account: inout PaperAccount, keep: Bool = false
    ) async throws(ProbeError) -> Bool {
        let (quantity, price) = dial.order(at: steps, resting: restingLots)
        let broken = tier.broken(
            quantity: quantity, price: price, reference: dial.symbol.reference.decimal,
            resting: Decimal(restingLots) * dial.symbol.lot.decimal, open: foreign + resting.count)
        let own = broken.filter { $0 == dial.name } + broken.filter { $0 != dial.name }
        let placed = try await account.buy(dial.symbol.symbol, quantity: quantity, price: price)
        let attempt = LimitTrace.Attempt(
            steps: steps, order: placed.request, state: placed.answer.value, lawfulReasons: own.map(\.reason))
        attempts.append(attempt)
        text.add(
            "\(placed.request.clientOrderID) \(Steps.shown(Decimal(steps) * dial.step, over: dial.scale)): "
                + "buy \(quantity) at \(price): "
                + "\(attempt.state.status.rawValue) \((attempt.state.reasonCode ?? "").shortened())"
        )
        if keep, attempt.state.status == .rejected {
            // Without the order beneath it nothing can be said about the one that would come next.
            throw ProbeError(
                .nonsense, at: .surface, "the venue rejected \(placed.request.clientOrderID), which was to rest there")
        }
        if keep, attempt.passed { restingLots += Steps.floor(quantity, step: dial.symbol.lot.decimal) ?? 0 }
        guard attempt.state.status == .accepted else { return attempt.passed }
        if keep {
            resting.append(attempts.count - 1)
        } else {
            try await cancel(attempts.count - 1)
        }
        return true
    }

    private mutating func cancel(_ place: Int) async throws(ProbeError) {
        let answer = try await orders.cancel(orderID: attempts[place].state.orderID)
        attempts[place].ended = answer.value.status
        if answer.value.status != .cancelled {
            text.add("\(attempts[place].order.clientOrderID): cancel answered with \(answer.value.status.rawValue)")
        }
    }
}
