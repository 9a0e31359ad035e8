package import FoundationEssentials

/// Positions, cash and results of the accounts that the desk trades on, as the fills have made them.
///
/// Whole numbers throughout, so that what was paid, what is held and what was earned add up to the last digit: cash is
/// the opening cash − the cost of what is held + the realized result − the fees, always and exactly.
package struct Books: Sendable {
    private struct Key: Hashable {
        let account: Account
        let symbol: String
    }

    /// What an account holds of one symbol.
    private struct Holding {
        /// Negative when short.
        var quantity = Quantity.zero
        /// What it cost, fees apart: of the position's own sign, so negative (what was received) when short.
        var cost = Money.zero
    }

    /// What an account's fills have come to.
    private struct Totals {
        var cash = Money.zero
        var realized = Money.zero
        var fees = Money.zero
    }

    private var holdings: [Key: Holding] = [:]
    private var totals: [Account: Totals] = [:]

    /// Books in which nothing has happened yet.
    package init() {}

    // MARK: - Reading

    /// What an account holds of a symbol, negative when short.
    package func position(_ account: Account, _ symbol: String) -> Quantity {
        holdings[Key(account: account, symbol: symbol)]?.quantity ?? .zero
    }

    /// What one unit of a position cost, fees apart: exact where it ends within 38 digits; nil without a position.
    package func averagePrice(_ account: Account, _ symbol: String) -> Decimal? {
        guard let holding = holdings[Key(account: account, symbol: symbol)], holding.quantity != .zero else {
            return nil
        }
        return FixedPoint.decimal(holding.cost.e6, scale: 6) / holding.quantity.decimal
    }

    /// Cash, with fees and results.
    package func cash(_ account: Account) -> Money { totals[account]?.cash ?? .zero }

    /// What closed positions have brought: quantity × (exit − average entry), fees apart.
    package func realizedResult(_ account: Account) -> Money { totals[account]?.realized ?? .zero }

    /// Fees paid, all fills together.
    package func feesPaid(_ account: Account) -> Money { totals[account]?.fees ?? .zero }

    // MARK: - Booking

    /// Opens an account with so much cash.
    package mutating func open(_ account: Account, cash: Money) { totals[account, default: Totals()].cash = cash }

    /// Books a fill: position, cost, cash, result and fees.
    package mutating func book(
        _ account: Account, _ symbol: String, _ side: Side, _ quantity: Quantity, at price: Price, fee: Money
    ) {
        var total = totals[account] ?? Totals()
        total.cash.e6 -= side.sign * Money.value(price, quantity).e6 + fee.e6
        total.fees.e6 += fee.e6
        total.realized.e6 += move(Key(account: account, symbol: symbol), side, quantity, at: price).e6
        totals[account] = total
    }

    /// Sets a position that the ledger has otherwise than its fills make it, at a cost that is not known better.
    mutating func correct(_ account: Account, _ symbol: String, to quantity: Quantity, at price: Price) {
        let key = Key(account: account, symbol: symbol)
        guard holdings[key, default: Holding()].quantity != quantity else { return }
        holdings[key] = Holding(quantity: quantity, cost: Money.value(price, quantity))
    }

    /// Moves a position by a fill, and answers what closing a part of it has brought.
    private mutating func move(_ key: Key, _ side: Side, _ quantity: Quantity, at price: Price) -> Money {
        var holding = holdings[key] ?? Holding()
        let held = Int64(holding.quantity.lots.magnitude)
        let closing = holding.quantity.lots * side.sign < 0 ? min(held, quantity.lots) : 0
        var result = Money.zero
        if closing > 0 {
            let released = Self.share(of: holding.cost, closing, outOf: held)
            holding.cost.e6 -= released.e6
            result.e6 = -side.sign * Money.value(price, Quantity(lots: closing)).e6 - released.e6
        }
        // Whatever the fill does not close it opens.
        let opening = Quantity(lots: quantity.lots - closing)
        holding.cost.e6 += side.sign * Money.value(price, opening).e6
        holding.quantity.lots += side.sign * quantity.lots
        holdings[key] = holding
        return result
    }

    /// The cost of a part of a position, to the nearest millionth: all of it for the whole, so that nothing is left
    /// over of a closed position.
    private static func share(of cost: Money, _ part: Int64, outOf whole: Int64) -> Money {
        let product = Int128(cost.e6) * Int128(part) * 2 + Int128(cost.e6.signum()) * Int128(whole)
        return Money(e6: Int64(product / (Int128(whole) * 2)))
    }
}
