import FoundationEssentials
import Readiness

/// Prices of two symbols that go together, go their own ways, or do not move, whichever sixty ticks are looked at.
///
/// Returns are smooth waves, so that a tick more of one symbol than of the other changes nothing: of one period they are
/// as good as equal, of 30 and of 20 ticks they are orthogonal over any 60.
struct CorrelationScript: Sendable {
    /// How the two go.
    enum Kind: String, Sendable, CaseIterable {
        case together
        case constant
        case apart
    }

    /// Ticks that a coefficient is made of.
    static let window = 60
    /// Ticks of a script: what a window takes, and time to place an order in.
    static let length = 360
    /// Between two ticks.
    static let interval = Duration.milliseconds(10)

    /// One for each symbol.
    let paths: [PricePath]
    /// The least coefficient of any window, nil where there is none in any.
    let least: Decimal?
    /// The greatest one.
    let greatest: Decimal?

    init(_ kind: Kind, held: SymbolState, wanted: SymbolState) {
        let left = Self.prices(held, halfPeriod: kind == .constant ? nil : 15)
        let right = Self.prices(wanted, halfPeriod: kind == .constant ? nil : kind == .together ? 15 : 10)
        paths = [
            PricePath(symbol: held.symbol, prices: left.map(DecimalValue.init)),
            PricePath(symbol: wanted.symbol, prices: right.map(DecimalValue.init)),
        ]
        let (x, y) = (Self.returns(left), Self.returns(right))
        // Every fifth window, with a tick more of either: the waves repeat themselves before the windows do.
        let coefficients = stride(from: 1, to: x.count - Self.window, by: 5).flatMap { begin in
            [begin - 1, begin, begin + 1].compactMap { other in
                PearsonOracle.coefficient(x[begin..<begin + Self.window], y[other..<other + Self.window])
            }
        }
        least = coefficients.min()
        greatest = coefficients.max()
    }

    private static func prices(_ symbol: SymbolState, halfPeriod: Int?) -> [Decimal] {
        let tick = symbol.tick.decimal
        let start = symbol.last.decimal
        // One half wave up and one down, each a parabola: 4u(1 − u), in thousandths.
        let wave: [Decimal] =
            halfPeriod.map { half in
                let up = (0..<half).map { place -> Decimal in
                    let u = (Decimal(place) * 2 + 1) / Decimal(2 * half)
                    return u * (1 - u) * 4 / 1000
                }
                return up + up.map { -$0 }
            } ?? [0]
        var (price, prices): (Decimal, [Decimal]) = (start, [])
        for place in 0..<length {
            // The exact price goes on, and only what is shown is on a tick.
            prices.append(Decimal(Steps.floor(price, step: tick) ?? 1) * tick)
            price = Steps.cut(price * (1 + wave[place % wave.count]), digits: 10)
        }
        return prices
    }

    private static func returns(_ prices: [Decimal]) -> [Decimal] {
        zip(prices.dropFirst(), prices).map { Steps.cut($0 / $1 - 1, digits: 12) }
    }
}
