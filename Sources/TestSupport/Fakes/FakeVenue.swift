import FoundationEssentials
package import Readiness
import Synchronization

/// A trading system in memory that really enforces limits, can be wrong about them in many ways, and keeps a drop copy.
///
/// Orders rest and never fill, unless it is told otherwise. An order that a real one would answer with 400 (off the lot
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
        /// The venue rejects whatever risk lets out.
        package var rejects = false
        /// Every accepted order is filled at once.
        package var fills = false
        /// A cancel is answered with `accepted`, and the order works on.
        package var ignoresCancels = false
        /// Accepted orders are not listed as working.
        package var hidesWorking = false
        /// Kinds of message that its drop copy leaves out.
        package var omitted: Set<DropCopy.Event.Kind> = []
        /// Messages for one page of its drop copy.
        package var page = 100
        /// Its drop copy skips a sequence number now and then.
        package var hasGaps = false
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
    }
    private let state: Mutex<State>
    private let market: [String: SymbolState]
    private let prefix = "READY-"
    private let journal: Journal

    /// A venue for these symbols with this behaviour.
    package init(_ behaviour: Behaviour, market: [SymbolState] = SymbolState.desk, journal: Journal = Journal()) {
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

    /// Decides by the limits, and lets the order rest.
    package func submit(_ order: OrderRequest) async throws(ProbeError) -> Answer<OrderState> {
        journal.write("submit \(order.clientOrderID)")
        guard let symbol = market[order.symbol], order.account.hasPrefix(prefix),
            order.quantity > "0", order.price > "0", (1...64).contains(order.clientOrderID.utf8.count),
            isWhole(order.quantity, symbol.lot), isWhole(order.price, symbol.tick)
        else { throw ProbeError(.nonsense, at: .surface, "400 for \(order)") }
        let tier = order.account.dropFirst(prefix.count).lowercased()
        let (result, failure) = state.withLock { state -> (OrderState, ProbeError?) in
            state.submitted.append(order)
            if let failure = state.behaviour.submitFailure, state.submitted.count >= failure.at {
                return (OrderState(orderID: "", status: .rejected), failure.error)
            }
            let key = order.account + "/" + order.clientOrderID
            if let earlier = state.answers[key] { return (earlier, nil) }
            let result = Self.decide(order, tier, symbol, &state)
            state.answers[key] = result
            state.states.append(result.status)
            return (result, nil)
        }
        if let failure { throw failure }
        let latency = state.withLock { $0.behaviour.latency }
        return Answer(
            result, transcript: "POST order \(order.clientOrderID): \(result.status.rawValue)", elapsed: latency)
    }

    private static func decide(
        _ order: OrderRequest, _ tier: String, _ symbol: SymbolState, _ state: inout State
    ) -> OrderState {
        let id = "o-\(state.nextID)"
        state.nextID += 1
        if let reason = breach(order, tier, symbol, state) {
            if state.behaviour.sendsBeforeDenying.contains(reason) {
                for kind in [DropCopy.Event.Kind.new, .acknowledged, .cancel, .cancelled] { note(kind, order, &state) }
            }
            return OrderState(orderID: id, status: .denied, reasonCode: state.behaviour.reasons[reason] ?? reason)
        }
        note(.new, order, &state)
        if state.behaviour.rejects {
            note(.rejected, order, &state)
            return OrderState(orderID: id, status: .rejected, reasonCode: "venue_closed")
        }
        note(.acknowledged, order, &state)
        if state.behaviour.fills {
            note(.fill, order, &state)
            return OrderState(orderID: id, status: .filled)
        }
        state.working.append(Working(id: id, request: order))
        return OrderState(orderID: id, status: .accepted)
    }

    private static func breach(
        _ order: OrderRequest, _ tier: String, _ symbol: SymbolState, _ state: State
    ) -> String? {
        let behaviour = state.behaviour
        if let reason = behaviour.deniesAll { return reason }
        let (quantity, price) = (order.quantity.decimal, order.price.decimal)
        let mine = state.working.filter { $0.request.account == order.account }
        let resting = mine.filter { $0.request.symbol == order.symbol && $0.request.side == order.side }
            .reduce(Decimal(0)) { $0 + $1.request.quantity.decimal }
        let reference = symbol.reference.decimal
        let distance = price < reference ? reference - price : price - reference
        // Each as a number and the scale that the limit has to be multiplied by.
        let numbers: [(name: String, reason: String, number: Decimal, scale: Decimal)] = [
            ("max_order_quantity", "max_order_quantity", quantity, 1),
            ("max_order_notional", "max_order_notional", quantity * price, 1),
            ("price_collar_percent", "price_collar", distance * 100, reference),
            ("max_position_quantity", "max_position_quantity", resting + quantity, 1),
            ("max_open_orders", "max_open_orders", Decimal(mine.count + 1), 1),
        ]
        for (name, reason, number, scale) in numbers {
            let key = Key(tier, name)
            guard !behaviour.ignored.contains(key) else { continue }
            guard let limit = behaviour.limits[key]?.decimal else { return reason }
            let isExclusive = behaviour.exclusive.contains(key)
            if number > limit * scale || (isExclusive && number == limit * scale) { return reason }
        }
        return nil
    }

    private static func note(_ kind: DropCopy.Event.Kind, _ order: OrderRequest, _ state: inout State) {
        guard !state.behaviour.omitted.contains(kind) else { return }
        state.sequence += state.behaviour.hasGaps && state.sequence.isMultiple(of: 5) ? 2 : 1
        state.events.append(
            (
                DropCopy.Event(sequence: state.sequence, kind: kind, clientOrderID: order.clientOrderID),
                state.reads + state.behaviour.lag
            ))
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
        let (copy, failure) = state.withLock { state -> (DropCopy, ProbeError?) in
            state.reads += 1
            let visible = state.events.filter { $0.visibleAt < state.reads }.map(\.event)
            let last = visible.last?.sequence ?? 40
            guard let sequence else { return (DropCopy(events: [], last: last), state.behaviour.dropCopyFailure) }
            let page = visible.filter { $0.sequence > sequence }.prefix(state.behaviour.page)
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
