/// What an order asks for, checked for form: a known account and instrument, a positive quantity in lots, a price in
/// ticks.
package struct OrderTerms: Hashable, Sendable {
    /// Who trades.
    package var account: Account
    /// What is traded.
    package var instrument: Instrument
    /// Which way.
    package var side: Side
    /// How much in all, at least one lot.
    package var quantity: Quantity
    /// The limit price, a positive multiple of the tick.
    package var price: Price

    /// Terms that are known to be well-formed; what comes from outside goes through `OrderRequest`.
    package init(account: Account, instrument: Instrument, side: Side, quantity: Quantity, price: Price) {
        self.account = account
        self.instrument = instrument
        self.side = side
        self.quantity = quantity
        self.price = price
    }
}
