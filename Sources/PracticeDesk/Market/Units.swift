package import FoundationEssentials

/// A number of whole lots of 0.01 units, signed where it is a position.
///
/// Whole numbers, so that sums over a day of fills are exact; the wire shows them as decimal text with two digits.
package struct Quantity: Hashable, Comparable, Sendable {
    /// Lots of 0.01 units.
    package var lots: Int64

    /// A quantity of so many lots of 0.01 units.
    package init(lots: Int64) { self.lots = lots }

    /// Nothing.
    package static let zero = Quantity(lots: 0)

    /// Less by number of lots.
    package static func < (left: Quantity, right: Quantity) -> Bool { left.lots < right.lots }

    /// The same quantity as an exact decimal number of units.
    package var decimal: Decimal { FixedPoint.decimal(lots, scale: 2) }

    /// Decimal text with two digits after the point, as on the wire.
    package var text: String { FixedPoint.text(lots, scale: 2) }
}

/// A price in US dollars for one unit, in ten-thousandths.
package struct Price: Hashable, Comparable, Sendable {
    /// Ten-thousandths of a dollar: the finest tick of any instrument.
    package var e4: Int64

    /// A price of so many ten-thousandths of a dollar.
    package init(e4: Int64) { self.e4 = e4 }

    /// Less by amount.
    package static func < (left: Price, right: Price) -> Bool { left.e4 < right.e4 }

    /// The same price as an exact decimal number of dollars.
    package var decimal: Decimal { FixedPoint.decimal(e4, scale: 4) }

    /// Decimal text with as many digits after the point as the instrument's tick has.
    package func text(_ instrument: Instrument) -> String {
        instrument.priceDigits == 4 ? FixedPoint.text(e4, scale: 4) : FixedPoint.text(e4 / 100, scale: 2)
    }
}

/// An amount of US dollars in millionths: a price times a quantity is one exactly.
package struct Money: Hashable, Comparable, Sendable {
    /// Millionths of a dollar.
    package var e6: Int64

    /// An amount of so many millionths of a dollar.
    package init(e6: Int64) { self.e6 = e6 }

    /// Nothing.
    package static let zero = Money(e6: 0)

    /// Less by amount.
    package static func < (left: Money, right: Money) -> Bool { left.e6 < right.e6 }

    /// What so much at this price is worth, without rounding.
    ///
    /// Only for what a book can really fill: the sizes in a book are small, so the product fits.
    package static func value(_ price: Price, _ quantity: Quantity) -> Money { Money(e6: price.e4 * quantity.lots) }

    /// Decimal text with six digits after the point.
    package var text: String { FixedPoint.text(e6, scale: 6) }
}
