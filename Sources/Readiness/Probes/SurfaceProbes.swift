// Capabilities as checks see them: no address and no field name of any target. One protocol for each thing that is
// asked; live ones map to a target, fakes stand in TestSupport. Every method has a limit of its own, shorter than any
// check's hard limit, and throws `ProbeError` of `.unreachable` when the target is silent for that long.

/// Asks a target whether it is ready, what it offers and which build it is.
package protocol DiscoveryProbe: Sendable {
    /// Whether the target says that it is ready. A well-formed "not ready" is an answer, not an error.
    func readiness() async throws(ProbeError) -> Answer<ReadinessAnswer>
    /// Which build with which configuration answers.
    func identity() async throws(ProbeError) -> Answer<TargetIdentity>
}

/// What a target says of its readiness.
package struct ReadinessAnswer: Sendable, Codable, Equatable {
    /// Whether it would take work.
    package var isReady: Bool
    /// Its own words when it would not.
    package var reason: String?
    /// What it offers.
    package var capabilities: [String]

    /// States an answer.
    package init(isReady: Bool, reason: String?, capabilities: [String]) {
        self.isReady = isReady
        self.reason = reason
        self.capabilities = capabilities
    }
}

/// Which build with which configuration runs.
package struct TargetIdentity: Sendable, Codable, Equatable {
    /// The commit that the build was made from; empty where it does not say.
    package var commit: String
    /// Whether the build holds changes that no commit has.
    package var dirty: Bool
    /// SHA-256 of the configuration as loaded.
    package var configurationDigest: String
    /// `practice`, `staging`, `production`.
    package var environment: String
    /// The account that it trades on.
    package var account: String
    /// The instance that answered.
    package var instance: String

    /// States an identity.
    package init(
        commit: String, dirty: Bool, configurationDigest: String, environment: String, account: String, instance: String
    ) {
        self.commit = commit
        self.dirty = dirty
        self.configurationDigest = configurationDigest
        self.environment = environment
        self.account = account
        self.instance = instance
    }
}

/// Asks the risk engine what it enforces and what it would decide.
package protocol RiskProbe: Sendable {
    /// The limits that the process enforces now.
    func limits() async throws(ProbeError) -> Answer<[EffectiveLimit]>
    /// What it would decide about an order, without routing it. All calls go over one kept-alive connection.
    func evaluate(_ order: OrderRequest) async throws(ProbeError) -> Answer<RiskDecision>
}

/// A limit as the process enforces it.
package struct EffectiveLimit: Sendable, Codable, Equatable {
    /// The tier.
    package var scope: String
    /// `max_order_quantity` …
    package var name: String
    /// The number.
    package var value: DecimalValue
    /// Whether a value equal to the limit is accepted.
    package var isInclusive: Bool
    /// Where the process says it has it from.
    package var source: String

    /// States a limit.
    package init(scope: String, name: String, value: DecimalValue, isInclusive: Bool, source: String) {
        self.scope = scope
        self.name = name
        self.value = value
        self.isInclusive = isInclusive
        self.source = source
    }
}

/// What the risk engine decided.
package struct RiskDecision: Sendable, Codable, Equatable {
    /// Whether it would let the order out.
    package var isAccepted: Bool
    /// Its reason code for a denial.
    package var reasonCode: String?
    /// The rules that it says it tried, up to the one that denied. An acceptance that tried none decided nothing.
    package var rules: [String]

    /// States a decision.
    package init(isAccepted: Bool, reasonCode: String?, rules: [String]) {
        self.isAccepted = isAccepted
        self.reasonCode = reasonCode
        self.rules = rules
    }
}

/// Places paper orders and takes them back.
package protocol OrderProbe: Sendable {
    /// Submits an order. A denial and a rejection are answers, not errors.
    func submit(_ order: OrderRequest) async throws(ProbeError) -> Answer<OrderState>
    /// Cancels one order. An order that has already ended is an answer, not an error.
    func cancel(orderID: String) async throws(ProbeError) -> Answer<OrderState>
    /// The working orders of an account.
    func working(account: String) async throws(ProbeError) -> Answer<[WorkingOrder]>
    /// What left for the venue after a sequence number, and what the venue said; with nil only the present number.
    func dropCopy(after sequence: Int64?) async throws(ProbeError) -> Answer<DropCopy>
}

/// A limit order, good till cancelled.
package struct OrderRequest: Sendable, Codable, Equatable {
    /// Which way.
    package enum Side: String, Sendable, Codable { case buy, sell }

    /// Ours, unique; the same id twice is the same order.
    package var clientOrderID: String
    /// The readiness account.
    package var account: String
    /// The instrument.
    package var symbol: String
    /// Which way.
    package var side: Side
    /// How much.
    package var quantity: DecimalValue
    /// At which price at the worst.
    package var price: DecimalValue

    /// Describes an order.
    package init(
        clientOrderID: String, account: String, symbol: String, side: Side, quantity: DecimalValue, price: DecimalValue
    ) {
        self.clientOrderID = clientOrderID
        self.account = account
        self.symbol = symbol
        self.side = side
        self.quantity = quantity
        self.price = price
    }
}

/// What became of an order.
package struct OrderState: Sendable, Codable, Equatable {
    /// Where it ended up.
    package enum Status: String, Sendable, Codable {
        /// Working at the venue.
        case accepted
        /// Done at once.
        case filled
        /// Stopped by risk: never sent.
        case denied
        /// Sent, and refused by the venue.
        case rejected
        /// Taken back.
        case cancelled
    }

    /// The target's id of the order.
    package var orderID: String
    /// Where it ended up.
    package var status: Status
    /// The code of a denial or rejection.
    package var reasonCode: String?

    /// States what became of an order.
    package init(orderID: String, status: Status, reasonCode: String? = nil) {
        self.orderID = orderID
        self.status = status
        self.reasonCode = reasonCode
    }
}

/// An order that works at the venue.
package struct WorkingOrder: Sendable, Codable, Equatable {
    /// The target's id.
    package var orderID: String
    /// Ours.
    package var clientOrderID: String
    /// The instrument.
    package var symbol: String

    /// Names an order.
    package init(orderID: String, clientOrderID: String, symbol: String) {
        self.orderID = orderID
        self.clientOrderID = clientOrderID
        self.symbol = symbol
    }
}

/// A stretch of the drop copy: what really left, and what the venue said.
package struct DropCopy: Sendable, Codable, Equatable {
    /// One message to or from the venue.
    package struct Event: Sendable, Codable, Equatable {
        /// What it says.
        package enum Kind: String, Sendable, Codable {
            case new, acknowledged, rejected, cancel, cancelled, replace, replaced, fill
        }

        /// Rises by one with each message.
        package var sequence: Int64
        /// What it says.
        package var kind: Kind
        /// Ours.
        package var clientOrderID: String
        /// Whose order it is; nil where the drop copy does not say.
        package var account: String?
        /// The instrument; nil where the drop copy does not say.
        package var symbol: String?
        /// Which way; nil where the drop copy does not say.
        package var side: OrderRequest.Side?
        /// Of a fill what was filled, otherwise what was ordered; nil where the drop copy does not say.
        package var quantity: DecimalValue?
        /// Of a fill what was paid for a unit, otherwise the limit; nil where the drop copy does not say.
        package var price: DecimalValue?
        /// Of a fill; nil otherwise.
        package var fee: DecimalValue?
        /// By the target's own clock, UTC; nil where the drop copy does not say.
        package var at: UTCInstant?

        /// States a message.
        package init(
            sequence: Int64, kind: Kind, clientOrderID: String, account: String? = nil, symbol: String? = nil,
            side: OrderRequest.Side? = nil, quantity: DecimalValue? = nil, price: DecimalValue? = nil,
            fee: DecimalValue? = nil, at: UTCInstant? = nil
        ) {
            self.sequence = sequence
            self.kind = kind
            self.clientOrderID = clientOrderID
            self.account = account
            self.symbol = symbol
            self.side = side
            self.quantity = quantity
            self.price = price
            self.fee = fee
            self.at = at
        }
    }

    /// In order.
    package var events: [Event]
    /// The newest number that there is.
    package var last: Int64

    /// States a stretch.
    package init(events: [Event], last: Int64) {
        self.events = events
        self.last = last
    }
}

/// Watches the feed.
package protocol MarketDataProbe: Sendable {
    /// What the target holds for each symbol now.
    func snapshot() async throws(ProbeError) -> Answer<[SymbolState]>
}

/// What the target holds for a symbol.
package struct SymbolState: Sendable, Codable, Equatable {
    /// The instrument.
    package var symbol: String
    /// What the price collar is measured from; fixed for the session.
    package var reference: DecimalValue
    /// The last price.
    package var last: DecimalValue
    /// The best bid.
    package var bid: DecimalValue
    /// The best ask.
    package var ask: DecimalValue
    /// The least step of a price.
    package var tick: DecimalValue
    /// The least step of a quantity.
    package var lot: DecimalValue
    /// Rises with each tick.
    package var sequence: Int64
    /// Since the last tick, by the target's own clock.
    package var age: Duration

    /// States what is held.
    package init(
        symbol: String, reference: DecimalValue, last: DecimalValue, bid: DecimalValue, ask: DecimalValue,
        tick: DecimalValue, lot: DecimalValue, sequence: Int64, age: Duration
    ) {
        self.symbol = symbol
        self.reference = reference
        self.last = last
        self.bid = bid
        self.ask = ask
        self.tick = tick
        self.lot = lot
        self.sequence = sequence
        self.age = age
    }
}

/// Asks for the state of the kill switch, and throws it.
package protocol KillSwitchProbe: Sendable {
    /// Whether it is engaged.
    func state() async throws(ProbeError) -> Answer<KillSwitchState>
    /// Engages or releases it. An effect: register `Compensation.releaseKillSwitch` before.
    ///
    /// - Parameter by: who does it, for the target's records.
    func set(engaged: Bool, by: String) async throws(ProbeError) -> Answer<KillSwitchState>
}

/// Whether the kill switch is engaged.
package struct KillSwitchState: Sendable, Codable, Equatable {
    /// Whether all trading is stopped.
    package var isEngaged: Bool
    /// Who engaged it; nil while released.
    package var by: String?

    /// States the switch's state.
    package init(isEngaged: Bool, by: String?) {
        self.isEngaged = isEngaged
        self.by = by
    }
}
