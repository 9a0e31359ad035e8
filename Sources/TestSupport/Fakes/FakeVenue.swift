import FoundationEssentials
package import Readiness
import Synchronization

/// A trading system in memory that really enforces limits, can be wrong about them in many ways, and keeps a drop copy.
///
/// Orders that do not reach the market rest and never fill, unless it is told otherwise. An order that a real one would answer with 400 (off the lot
/// or tick, unknown symbol or account) throws, so that no check gets away with a malformed one.
package final class FakeVenue: OrderProbe {
    /// A limit of a tier.
    package struct Key: Hashable, Sendable {
        /// The tier.
        package var scope: String
        /// The limit.
        package var name: String

        /// Names a limit.
        package init(_ scope: String, _ name: String) {
            self.scope = scope
            self.name = name
        }
    }

    /// How it behaves.
    package struct Behaviour: Sendable {
        /// The numbers that it enforces.
        package var limits: [Key: DecimalValue]
        /// Limits that it does not look at.
        package var ignored: Set<Key> = []
        /// Limits for which an order that just reaches them is denied.
        package var exclusive: Set<Key> = []
        /// Reasons whose denials come after the order has left.
        package var sendsBeforeDenying: Set<String> = []
        /// Reason codes that it gives for others.
        package var reasons: [String: String] = [:]
        /// Denies whatever comes for this reason.
        package var deniesAll: String?
        /// Denies, for this reason, every order that would leave an account with less than nothing of a symbol.
        package var deniesShort: String?
        /// The venue rejects whatever risk lets out.
        package var rejects = false
        /// Every accepted order is filled at once, wherever its price is.
        package var fills = false
        /// No order is filled, wherever its price is.
        package var neverFills = false
        /// In how many parts an order is filled, each a tick worse than the one before.
        package var parts = 1
        /// How many of those parts come; the rest of the order rests.
        package var filledParts = Int.max
        /// Orders that arrive together are all decided on before the first is counted.
        package var races = false
        /// Orders are accepted on stale data.
        package var failsOpen = false
        /// Orders that were denied for stale data leave once the feed is back.
        package var queuesStale = false
        /// The correlation with what is held is not looked at.
        package var ignoresCorrelation = false
        /// Working orders stay when trading is stopped.
        package var keepsWorkingWhenStopped = false
        /// New orders are accepted when trading is stopped.
        package var acceptsWhenStopped = false
        /// A cancel is answered with `accepted`, and the order works on.
        package var ignoresCancels = false
        /// Accepted orders are not listed as working.
        package var hidesWorking = false
        /// Kinds of message that its drop copy leaves out.
        package var omitted: Set<DropCopy.Event.Kind> = []
        /// Its drop copy does not say which way an order goes.
        package var hidesSides = false
        /// Messages for one page of its drop copy.
        package var page = 100
        /// Its drop copy skips a sequence number now and then.
        package var hasGaps = false
        /// Each page of its drop copy begins with the message that the one before ended with.
        package var repeatsMessages = false
        /// How many reads of the drop copy it takes until a message is in it.
        package var lag = 0
        /// What each answer takes.
        package var latency: Duration = .microseconds(300)
        /// Thrown by the submit with this number, from 1, and all later ones.
        package var submitFailure: (at: Int, error: ProbeError)?
        /// Thrown by every cancel.
        package var cancelFailure: ProbeError?
        /// Thrown by every read of the drop copy.
        package var dropCopyFailure: ProbeError?

        /// Enforces exactly these.
        package init(limits: [Key: DecimalValue]) { self.limits = limits }
    }

    private struct Working {
        var id: String
        var request: OrderRequest
    }

    private struct State {
        var behaviour: Behaviour
        var working: [Working] = []
        var answers: [String: OrderState] = [:]
        var submitted: [OrderRequest] = []
        var states: [OrderState.Status] = []
        var events: [(event: DropCopy.Event, visibleAt: Int)] = []
        var sequence: Int64 = 40
        var reads = 0
        var nextID = 1
        var isStopped = false
        /// What counted when a burst of orders that race began.
        var raceBase: [Working]?
        var queue: [OrderRequest] = []
    }
    private let state: Mutex<State>
    private let market: [String: SymbolState]
    private let prefix = "READY-"
    private let journal: Journal
    private let books: FakeBooks
    private let feed: FakeFeed?
    private let stops: FakeStops?

    /// A venue for these symbols with this behaviour, whose fills go into these books.
    package init(
        _ behaviour: Behaviour, market: [SymbolState] = SymbolState.desk, books: FakeBooks = FakeBooks(),
        feed: FakeFeed? = nil, stops: FakeStops? = nil, journal: Journal = Journal()
    ) {
        self.books = books
        self.feed = feed
        self.stops = stops
        state = Mutex(State(behaviour: behaviour))
        self.market = Dictionary(uniqueKeysWithValues: market.map { ($0.symbol, $0) })
        self.journal = journal
    }

    /// Changes how it behaves.
    package func change(_ change: (inout Behaviour) -> Void) { state.withLock { change(&$0.behaviour) } }

    /// Every order that was submitted.
    package var submitted: [OrderRequest] { state.withLock { $0.submitted } }

    /// How many orders were answered so.
    package func count(of status: OrderState.Status) -> Int { state.withLock { $0.states.count { $0 == status } } }

    /// Client ids of what works now, on all accounts.
    package var left: [String] { state.withLock { $0.working.map(\.request.clientOrderID) } }

    /// Puts an order of somebody else on the venue.
    package func rest(_ clientOrderID: String, account: String, symbol: String, quantity: DecimalValue) {
        state.withLock { state in
            let request = OrderRequest(
                clientOrderID: clientOrderID, account: account, symbol: symbol, side: .buy, quantity: quantity,
                price: "1")
            state.working.append(Working(id: "f-\(clientOrderID)", request: request))
        }
    }

    /// Fills an order of somebody else, of which the books hear as well.
    package func fill(_ clientOrderID: String, account: String, symbol: String, quantity: DecimalValue) {
        let fill = DropCopy.Event(
            sequence: 0, kind: .fill, clientOrderID: clientOrderID, account: account, symbol: symbol, side: .buy,
            quantity: quantity, price: "1", fee: "0")
        state.withLock { Self.note(fill, &$0) }
        books.book(fill)
    }

    /// Decides by the limits, and lets the order rest, or fills it where it reaches the market.
    package func submit(_ order: OrderRequest) async throws(ProbeError) -> Answer<OrderState> {
        journal.write("submit \(order.clientOrderID)")
        guard let symbol = market[order.symbol], order.account.hasPrefix(prefix),
            order.quantity > "0", order.price > "0", (1...64).contains(order.clientOrderID.utf8.count),
            isWhole(order.quantity, symbol.lot), isWhole(order.price, symbol.tick)
        else { throw ProbeError(.nonsense, at: .surface, "400 for \(order)") }
        let tier = order.account.dropFirst(prefix.count).lowercased()
        let shown = feed?.shown(symbol) ?? symbol
        settle()
        let (result, failure) = state.withLock { state -> (OrderState, ProbeError?) in
            state.submitted.append(order)
            if let failure = state.behaviour.submitFailure, state.submitted.count >= failure.at {
                return (OrderState(orderID: "", status: .rejected), failure.error)
            }
            let key = order.account + "/" + order.clientOrderID
            if let earlier = state.answers[key] { return (earlier, nil) }
            let result = decide(order, tier, shown, &state)
            state.answers[key] = result
            state.states.append(result.status)
            return (result, nil)
        }
        if let failure { throw failure }
        let latency = state.withLock { $0.behaviour.latency }
        return Answer(
            result, transcript: "POST order \(order.clientOrderID): \(result.status.rawValue)", elapsed: latency)
    }

    private func decide(
        _ order: OrderRequest, _ tier: String, _ symbol: SymbolState, _ state: inout State
    ) -> OrderState {
        let id = "o-\(state.nextID)"
        state.nextID += 1
        if let reason = breach(order, tier, symbol, state) {
            if reason == "stale_market_data", state.behaviour.queuesStale { state.queue.append(order) }
            if state.behaviour.sendsBeforeDenying.contains(reason) {
                for kind in [DropCopy.Event.Kind.new, .acknowledged, .cancel, .cancelled] {
                    Self.note(kind, order, &state)
                }
            }
            return OrderState(orderID: id, status: .denied, reasonCode: state.behaviour.reasons[reason] ?? reason)
        }
        Self.note(.new, order, &state)
        if state.behaviour.rejects {
            Self.note(.rejected, order, &state)
            return OrderState(orderID: id, status: .rejected, reasonCode: "venue_closed")
        }
        Self.note(.acknowledged, order, &state)
        if fill(order, symbol, &state) { return OrderState(orderID: id, status: .filled) }
        state.working.append(Working(id: id, request: order))
        return OrderState(orderID: id, status: .accepted)
    }

    /// Fills what reaches the market, or whatever it is told to; whether nothing of the order is left.
    private func fill(_ order: OrderRequest, _ symbol: SymbolState, _ state: inout State) -> Bool {
        let behaviour = state.behaviour
        let isBuy = order.side == .buy
        let reachesMarket = isBuy ? order.price >= symbol.ask : order.price <= symbol.bid
        guard !behaviour.neverFills, behaviour.fills || reachesMarket else { return false }
        let part = order.quantity.decimal / Decimal(behaviour.parts)
        for number in 0..<min(behaviour.parts, behaviour.filledParts) {
            let away = Decimal(number) * symbol.tick.decimal
            let price =
                reachesMarket ? (isBuy ? symbol.ask.decimal + away : symbol.bid.decimal - away) : order.price.decimal
            // A cent for a unit: exact in millionths for every lot.
            let fill = DropCopy.Event(
                sequence: 0, kind: .fill, clientOrderID: order.clientOrderID, account: order.account,
                symbol: order.symbol, side: order.side, quantity: DecimalValue(part), price: DecimalValue(price),
                fee: DecimalValue(part / 100))
            Self.note(fill, &state)
            books.book(fill)
        }
        return behaviour.filledParts >= behaviour.parts
    }

    private func breach(
        _ order: OrderRequest, _ tier: String, _ symbol: SymbolState, _ state: State
    ) -> String? {
        let behaviour = state.behaviour
        if state.isStopped, !behaviour.acceptsWhenStopped { return "kill_switch" }
        if symbol.age >= .milliseconds(1500), !behaviour.failsOpen { return "stale_market_data" }
        if let reason = behaviour.deniesAll { return reason }
        let (quantity, price) = (order.quantity.decimal, order.price.decimal)
        if let reason = behaviour.deniesShort, order.side == .sell, books.held(order.account, order.symbol) < quantity {
            return reason
        }
        let mine = (state.raceBase ?? state.working).filter { $0.request.account == order.account }
        let resting = mine.filter { $0.request.symbol == order.symbol && $0.request.side == order.side }
            .reduce(Decimal(0)) { $0 + $1.request.quantity.decimal }
        let reference = symbol.reference.decimal
        let distance = price < reference ? reference - price : price - reference
        // Each as a number and the scale that the limit has to be multiplied by.
        let numbers: [(name: String, reason: String, number: Decimal, scale: Decimal)] = [
            ("max_order_quantity", "max_order_quantity", quantity, 1),
            ("max_order_notional", "max_order_notional", quantity * price, 1),
            ("price_collar_percent", "price_collar", distance * 100, reference),
            (
                "max_position_quantity", "max_position_quantity",
                abs(books.held(order.account, order.symbol) + (order.side == .buy ? 1 : -1) * (resting + quantity)), 1
            ),
            ("max_open_orders", "max_open_orders", Decimal(mine.count + 1), 1),
        ]
        for (name, reason, number, scale) in numbers {
            let key = Key(tier, name)
            guard !behaviour.ignored.contains(key) else { continue }
            guard let limit = behaviour.limits[key]?.decimal else { return reason }
            let isExclusive = behaviour.exclusive.contains(key)
            if number > limit * scale || (isExclusive && number == limit * scale) { return reason }
        }
        return behaviour.ignoresCorrelation
            ? nil : correlation(order, limit: behaviour.limits[Key(tier, "max_correlation")])
    }

    /// Why an order goes too much with what is held; nil where the feed has played no sixty returns.
    private func correlation(_ order: OrderRequest, limit: DecimalValue?) -> String? {
        guard let limit, order.side == .buy else { return nil }
        for symbol in books.holdings(of: order.account).keys where symbol != order.symbol {
            guard let held = feed?.prices(of: symbol, last: 61), let wanted = feed?.prices(of: order.symbol, last: 61)
            else { continue }
            func returns(_ prices: [Decimal]) -> [Decimal] { zip(prices.dropFirst(), prices).map { $0 / $1 - 1 } }
            guard let coefficient = FakeCorrelation.coefficient(returns(held), returns(wanted)) else {
                return "correlation_unknown"
            }
            if coefficient > limit.decimal { return "max_correlation" }
        }
        return nil
    }

    // MARK: - What happens beside orders

    /// What is due by now: exits of stops, and what waits in a queue.
    private func settle() {
        let exits = stops?.exits() ?? []
        state.withLock { state in
            for exit in exits {
                Self.note(exit, &state)
                books.book(exit)
            }
            guard feed?.isMarketsOwn ?? true else { return }
            for order in state.queue {
                for kind in [DropCopy.Event.Kind.new, .acknowledged] { Self.note(kind, order, &state) }
            }
            state.queue = []
        }
    }

    /// What counts for orders that arrive together from now on.
    package func beginBurst() {
        state.withLock { if $0.behaviour.races { $0.raceBase = $0.working } }
    }

    /// Orders count one by one again.
    package func endBurst() { state.withLock { $0.raceBase = nil } }

    /// Stops or allows trading; stopping takes every working order back, unless it is told otherwise.
    package func stop(_ isStopped: Bool) {
        state.withLock { state in
            state.isStopped = isStopped
            guard isStopped, !state.behaviour.keepsWorkingWhenStopped else { return }
            for order in state.working {
                for kind in [DropCopy.Event.Kind.cancel, .cancelled] { Self.note(kind, order.request, &state) }
            }
            state.working = []
        }
    }

    /// Forgets everything but how it behaves and whether it is stopped.
    package func restart() {
        state.withLock { state in
            var fresh = State(behaviour: state.behaviour)
            fresh.isStopped = state.isStopped
            fresh.submitted = state.submitted
            state = fresh
        }
    }

    private static func note(_ kind: DropCopy.Event.Kind, _ order: OrderRequest, _ state: inout State) {
        let event = DropCopy.Event(
            sequence: 0, kind: kind, clientOrderID: order.clientOrderID, account: order.account, symbol: order.symbol,
            side: order.side, quantity: order.quantity, price: order.price)
        note(event, &state)
    }

    private static func note(_ event: DropCopy.Event, _ state: inout State) {
        guard !state.behaviour.omitted.contains(event.kind) else { return }
        state.sequence += state.behaviour.hasGaps && state.sequence.isMultiple(of: 5) ? 2 : 1
        var numbered = event
        numbered.sequence = state.sequence
        if state.behaviour.hidesSides { numbered.side = nil }
        state.events.append((numbered, state.reads + state.behaviour.lag))
    }

    /// Takes the order out, if it is told to.
    package func cancel(orderID: String) async throws(ProbeError) -> Answer<OrderState> {
        journal.write("cancel \(orderID)")
        let (result, failure, latency) = state.withLock { state -> (OrderState, ProbeError?, Duration) in
            let latency = state.behaviour.latency
            if let failure = state.behaviour.cancelFailure {
                return (OrderState(orderID: orderID, status: .rejected), failure, latency)
            }
            guard let place = state.working.firstIndex(where: { $0.id == orderID }) else {
                return (OrderState(orderID: orderID, status: .cancelled), nil, latency)
            }
            let order = state.working[place].request
            Self.note(.cancel, order, &state)
            guard !state.behaviour.ignoresCancels else {
                return (OrderState(orderID: orderID, status: .accepted), nil, latency)
            }
            state.working.remove(at: place)
            Self.note(.cancelled, order, &state)
            return (OrderState(orderID: orderID, status: .cancelled), nil, latency)
        }
        if let failure { throw failure }
        return Answer(result, transcript: "POST cancel \(orderID): \(result.status.rawValue)", elapsed: latency)
    }

    /// What works on the account, unless it hides it.
    package func working(account: String) async throws(ProbeError) -> Answer<[WorkingOrder]> {
        let orders = state.withLock { state in
            state.behaviour.hidesWorking
                ? []
                : state.working.filter { $0.request.account == account }.map {
                    WorkingOrder(orderID: $0.id, clientOrderID: $0.request.clientOrderID, symbol: $0.request.symbol)
                }
        }
        return Answer(orders, transcript: "GET orders of \(account): \(orders.count)", elapsed: .milliseconds(1))
    }

    /// One page of the drop copy.
    package func dropCopy(after sequence: Int64?) async throws(ProbeError) -> Answer<DropCopy> {
        settle()
        let (copy, failure) = state.withLock { state -> (DropCopy, ProbeError?) in
            state.reads += 1
            let visible = state.events.filter { $0.visibleAt < state.reads }.map(\.event)
            let last = visible.last?.sequence ?? 40
            guard let sequence else { return (DropCopy(events: [], last: last), state.behaviour.dropCopyFailure) }
            let first = state.behaviour.repeatsMessages ? sequence : sequence + 1
            let page = visible.filter { $0.sequence >= first }.prefix(state.behaviour.page)
            return (DropCopy(events: Array(page), last: last), state.behaviour.dropCopyFailure)
        }
        if let failure { throw failure }
        return Answer(copy, transcript: "GET dropcopy: \(copy.events.count) of \(copy.last)", elapsed: .milliseconds(1))
    }

    private func isWhole(_ value: DecimalValue, _ step: DecimalValue) -> Bool {
        // Exact for the steps of the fakes, which are powers of ten.
        let quotient = (value.decimal / step.decimal).description
        return !quotient.contains(".")
    }
}
