/// Asks what an account holds.
package protocol PositionProbe: Sendable {
    /// Positions, cash and result of an account, as the target's memory has them.
    func positions(of account: String) async throws(ProbeError) -> Answer<AccountState>
}

/// What an account holds.
package struct AccountState: Sendable, Codable, Equatable {
    /// What it holds of one symbol.
    package struct Position: Sendable, Codable, Equatable {
        /// The instrument.
        package var symbol: String
        /// Negative when short.
        package var quantity: DecimalValue
        /// What one unit cost, fees apart.
        package var averagePrice: DecimalValue

        /// States a position.
        package init(symbol: String, quantity: DecimalValue, averagePrice: DecimalValue) {
            self.symbol = symbol
            self.quantity = quantity
            self.averagePrice = averagePrice
        }
    }

    /// The account.
    package var account: String
    /// Symbols without a position are left out.
    package var positions: [Position]
    /// Cash, fees and results included.
    package var cash: DecimalValue
    /// What closed positions brought since the account began, fees apart.
    package var realizedResult: DecimalValue
    /// Fees paid since the account began.
    package var feesPaid: DecimalValue
    /// Orders that work.
    package var openOrders: Int

    /// States what an account holds.
    package init(
        account: String, positions: [Position], cash: DecimalValue, realizedResult: DecimalValue,
        feesPaid: DecimalValue, openOrders: Int
    ) {
        self.account = account
        self.positions = positions
        self.cash = cash
        self.realizedResult = realizedResult
        self.feesPaid = feesPaid
        self.openOrders = openOrders
    }

    /// What it holds of a symbol; zero where it holds nothing.
    package func quantity(of symbol: String) -> DecimalValue {
        positions.first { $0.symbol == symbol }?.quantity ?? "0"
    }
}
