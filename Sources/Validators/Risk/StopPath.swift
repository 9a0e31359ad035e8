import FoundationEssentials
import Readiness

/// Prices that reach a stop: in small steps, or in one jump far past it. All within three percent of the last price, so
/// that no collar is in the way of what is traded afterwards.
struct StopPath: Sendable {
    /// How the stop is reached.
    enum Shape: String, Sendable, CaseIterable {
        case path
        case gap
    }

    /// Where the stop lies.
    let stop: Decimal
    /// One for each tick.
    let prices: [Decimal]
    /// The place of the first price at or through the stop.
    let reached: Int

    /// From just where the market is, against a position: down against a long one, up against a short one.
    ///
    /// - Returns: nil where the ticks are too coarse for a stop between here and three percent away.
    init?(_ shape: Shape, against side: OrderRequest.Side, from symbol: SymbolState) {
        let tick = symbol.tick.decimal
        guard let start = Steps.floor(symbol.last.decimal, step: tick),
            let away = Steps.floor(symbol.last.decimal / 100, step: tick), away >= Self.steps / 2
        else { return nil }
        let sign = side == .buy ? -1 : 1
        let ticks: [Int]
        switch shape {
        case .path: ticks = (0...Self.steps).map { start + sign * (away * 3 / 2 * $0 / Self.steps) }
        case .gap:
            ticks = Array(repeating: start, count: Self.steps / 3) + [start + sign * away * 5 / 2]
        }
        let stopTicks = start + sign * away
        guard let reached = ticks.firstIndex(where: { sign < 0 ? $0 <= stopTicks : $0 >= stopTicks }) else {
            return nil
        }
        stop = Decimal(stopTicks) * tick
        prices = ticks.map { Decimal($0) * tick }
        self.reached = reached
    }

    /// Ticks of a path; a third of them before a gap.
    private static let steps = 30
    /// Between two ticks.
    static let interval = Duration.milliseconds(20)
}
