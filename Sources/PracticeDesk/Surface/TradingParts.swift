/// What the surface needs for drills, stops, sizes, correlation and component states, beside the trading system.
struct TradingParts: Sendable {
    let clock: MarketClock
    let heartbeat: Heartbeat
    let stopKeeper: StopKeeper
    /// Does what takes too long for an event loop.
    let numbers: BlockingThread
    let sizing: KellySizing
    let correlation: CorrelationRule
}
