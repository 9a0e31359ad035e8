/// Positions and cash of the accounts that the desk trades on, as the fills have made them.
struct Books: Sendable {
    private struct Holding: Hashable {
        let account: Account
        let symbol: String
    }

    private var positions: [Holding: Quantity] = [:]
    private var balances: [Account: Money] = [:]

    mutating func setPosition(_ account: Account, _ symbol: String, _ quantity: Quantity) {
        positions[Holding(account: account, symbol: symbol)] = quantity
    }

    mutating func setCash(_ account: Account, _ balance: Money) { balances[account] = balance }

    func position(_ account: Account, _ symbol: String) -> Quantity {
        positions[Holding(account: account, symbol: symbol)] ?? .zero
    }

    func cash(_ account: Account) -> Money { balances[account] ?? .zero }

    mutating func book(_ fill: PaperVenue.Fill, of terms: OrderTerms) {
        let holding = Holding(account: terms.account, symbol: terms.instrument.symbol)
        positions[holding, default: .zero].lots += terms.side.sign * fill.quantity.lots
        balances[terms.account, default: .zero].e6 -=
            terms.side.sign * Money.value(fill.price, fill.quantity).e6 + fill.fee.e6
    }
}
