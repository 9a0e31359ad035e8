package import FoundationEssentials
package import Readiness

/// A fill as the venue told it, or as the ledger has it: the same shape, so that the two can be held against each other.
package struct BookedFill: Sendable, Codable, Equatable {
    /// Whose it is.
    package var account: String
    /// The instrument.
    package var symbol: String
    /// `buy` or `sell`; in a ledger whatever stands there.
    package var side: String
    /// How much.
    package var quantity: DecimalValue
    /// For a unit.
    package var price: DecimalValue
    /// For all of it.
    package var fee: DecimalValue
    /// The order's client id.
    package var clientOrderID: String

    /// States a fill.
    package init(
        account: String, symbol: String, side: String, quantity: DecimalValue, price: DecimalValue, fee: DecimalValue,
        clientOrderID: String
    ) {
        self.account = account
        self.symbol = symbol
        self.side = side
        self.quantity = quantity
        self.price = price
        self.fee = fee
        self.clientOrderID = clientOrderID
    }

    /// Takes a fill of an order from the drop copy; whose it is and of what, is the order's where the copy does not say.
    ///
    /// - Throws: `ProbeError` of nonsense for a fill without quantity, price and fee: nothing can be held against it.
    package init(_ event: DropCopy.Event, of order: OrderRequest) throws(ProbeError) {
        guard let quantity = event.quantity, let price = event.price, let fee = event.fee else {
            throw ProbeError(
                .nonsense, at: .surface,
                "the drop copy tells a fill of \(event.clientOrderID) without its quantity, price and fee")
        }
        self.init(
            account: event.account ?? order.account, symbol: event.symbol ?? order.symbol,
            side: (event.side ?? order.side).rawValue, quantity: quantity, price: price, fee: fee,
            clientOrderID: event.clientOrderID)
    }

    /// How many columns a row of fills has.
    package static let columns = 7

    /// Takes a row of the ledger's fills, in the columns that `LedgerBooks` gives.
    ///
    /// - Throws: `ProbeError` of nonsense for a row of another form, a floating-point amount among it.
    package init(row: [LedgerValue], of books: LedgerBooks) throws(ProbeError) {
        guard row.count == Self.columns, case .text(let account) = row[0], case .text(let symbol) = row[1],
            case .text(let side) = row[2], case .text(let clientOrderID) = row[6]
        else { throw ProbeError(.nonsense, at: .ledger, "a fill's row is not in the columns that the target gives") }
        self.init(
            account: account, symbol: symbol, side: side,
            quantity: try row[3].amount(scale: books.quantityScale), price: try row[4].amount(scale: books.priceScale),
            fee: try row[5].amount(scale: books.moneyScale), clientOrderID: clientOrderID)
    }

    /// What it is worth, fees apart.
    package var value: Decimal { quantity.decimal * price.decimal }

    /// The quantity with the sign that it moves a position by.
    package var signedQuantity: Decimal {
        side == OrderRequest.Side.sell.rawValue ? -quantity.decimal : quantity.decimal
    }
}

extension LedgerValue {
    /// An exact amount of so many digits after the point; text of decimal digits is taken as it is.
    ///
    /// - Throws: `ProbeError` of nonsense for anything else, a floating-point number first of all.
    package func amount(scale: Int) throws(ProbeError) -> DecimalValue {
        switch self {
        case .integer(let steps):
            // Beyond it a decimal of ours has no exponent for the step.
            guard (0...30).contains(scale) else {
                throw ProbeError(.nonsense, at: .ledger, "amounts of \(scale) digits after the point")
            }
            return DecimalValue(
                Decimal(sign: steps < 0 ? .minus : .plus, exponent: -scale, significand: Decimal(steps.magnitude)))
        case .text(let text):
            if let value = DecimalValue(parsing: text) { return value }
            throw ProbeError(.nonsense, at: .ledger, "no amount: \(text.shortened(to: 40))")
        case .real(let number): throw ProbeError(.nonsense, at: .ledger, "a floating-point amount: \(number)")
        case .null: throw ProbeError(.nonsense, at: .ledger, "an amount that is null")
        case .unreadable(let what): throw ProbeError(.nonsense, at: .ledger, "\(what) for an amount")
        }
    }
}
