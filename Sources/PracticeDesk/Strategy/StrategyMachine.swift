/// The momentum strategy as a state machine: takes events one by one, counts them, and says what it wants.
///
/// idle → warming (first trade) → ready (one symbol's range is whole) → trading (it has ordered) → ready (nothing
/// ordered for a pause); from every state → halted by the kill switch, and from there → warming, with nothing
/// remembered, because what it had seen is old by then.
package struct StrategyMachine: Sendable {
    /// Where the machine is.
    package enum State: String, Sendable {
        /// It has seen no trade.
        case idle
        /// It has not seen enough trades of any symbol.
        case warming
        /// It would order, and has not lately.
        case ready
        /// It has ordered within the last pause.
        case trading
        /// The kill switch stopped it.
        case halted
    }

    /// What happens to it.
    package enum Event: Sendable {
        /// A trade in the market, with what the strategy's account holds of the symbol; `now` in nanoseconds.
        case trade(Instrument, last: Price, position: Quantity, now: Int64)
        /// Time passes: at least once a second, in nanoseconds.
        case clock(now: Int64)
        /// The kill switch was engaged.
        case halt
        /// The kill switch was released.
        case resume
    }

    /// Where it is.
    package private(set) var state = State.idle
    /// How many events it has taken.
    package private(set) var events: Int64 = 0

    private var breakout = MomentumBreakout()
    private var orderedAt: Int64 = 0

    /// A machine that nothing has happened to.
    package init() {}

    /// Takes an event, and answers what the strategy wants because of it.
    package mutating func take(_ event: Event) -> MomentumBreakout.Signal? {
        events += 1
        switch (event, state) {
        case (.halt, _): state = .halted
        case (.resume, .halted):
            breakout = MomentumBreakout()
            state = .warming
        case (.clock(let now), .trading):
            if now - orderedAt >= MomentumBreakout.pause { state = .ready }
        case (.trade(let instrument, let last, let position, let now), .idle),
            (.trade(let instrument, let last, let position, let now), .warming),
            (.trade(let instrument, let last, let position, let now), .ready),
            (.trade(let instrument, let last, let position, let now), .trading):
            return observe(instrument, last, position, now)
        // A stopped strategy does not even look; resume and time change nothing elsewhere.
        case (.trade, .halted), (.resume, _), (.clock, _): break
        }
        return nil
    }

    private mutating func observe(
        _ instrument: Instrument, _ last: Price, _ position: Quantity, _ now: Int64
    ) -> MomentumBreakout.Signal? {
        let signal = breakout.observe(instrument, last: last, position: position, now: now)
        if signal != nil {
            state = .trading
            orderedAt = now
        } else if state == .idle || state == .warming {
            state = breakout.isWarm ? .ready : .warming
        }
        return signal
    }
}
