/// Something that is traded on the paper venue.
package struct Instrument: Hashable, Sendable {
    /// The venue's name for it, such as `SOL-USD`.
    package let symbol: String

    /// The price at the start of the session; the price collar is measured from it, and the market stays within 1 % of
    /// it.
    package let reference: Price

    /// The smallest step of a price.
    package let tick: Price

    /// Digits after the point of a price: 2 or 4.
    package var priceDigits: Int { tick.e4 == 1 ? 4 : 2 }

    /// The smallest step of a quantity, and the smallest quantity that is traded.
    package static let lot = Quantity(lots: 1)

    /// Half of what lies between bid and ask, and the step between two levels: about 0.5 basis points, one tick at
    /// least.
    var halfSpread: Price { Price(e4: max(1, reference.e4 / 20_000 / tick.e4) * tick.e4) }

    /// Prices that the venue can quote: a tenth to ten times the reference. A scripted price must be in it.
    package var band: ClosedRange<Price> { Price(e4: reference.e4 / 10)...Price(e4: reference.e4 * 10) }

    /// All six, in the order in which they are listed.
    package static let all: [Instrument] = [
        Instrument(symbol: "BTC-USD", reference: Price(e4: 600_000_000), tick: Price(e4: 100)),
        Instrument(symbol: "ETH-USD", reference: Price(e4: 25_000_000), tick: Price(e4: 100)),
        Instrument(symbol: "SOL-USD", reference: Price(e4: 1_290_000), tick: Price(e4: 100)),
        Instrument(symbol: "LINK-USD", reference: Price(e4: 140_000), tick: Price(e4: 100)),
        Instrument(symbol: "XRP-USD", reference: Price(e4: 5000), tick: Price(e4: 1)),
        Instrument(symbol: "ADA-USD", reference: Price(e4: 4000), tick: Price(e4: 1)),
    ]

    /// The instrument of that name, or nil.
    package static func named(_ symbol: String) -> Instrument? { all.first { $0.symbol == symbol } }
}
