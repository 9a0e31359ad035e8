import Readiness

/// What one account's cash began with, what its fills made of it, and what its row says: whole numbers of one step.
struct BookCash: Hashable, Sendable {
    /// The steps in which cash and the worth of a fill can both be told exactly.
    struct Scale: Sendable {
        /// Digits after the point.
        let digits: Int
        private let ofValue: Int128
        /// How many of these steps one step of the ledger's money is.
        let ofMoney: Int128

        /// Of books whose scales are each from 0 to 18, so that none of these powers overflows.
        init(_ books: LedgerBooks) {
            let value = books.quantityScale + books.priceScale
            digits = max(value, books.moneyScale)
            ofValue = Self.power(digits - value)
            ofMoney = Self.power(digits - books.moneyScale)
        }

        /// Money of the ledger; nil for more than can be added up.
        func money(_ amount: BookQuantity) -> Int128? { Self.product(amount.steps, ofMoney) }

        /// Quantity times price; nil for more than can be added up.
        func value(_ quantity: BookQuantity, at price: BookQuantity) -> Int128? {
            Self.product(quantity.steps, price.steps).flatMap { Self.product($0, ofValue) }
        }

        private static func product(_ lhs: Int128, _ rhs: Int128) -> Int128? {
            let (product, isOver) = lhs.multipliedReportingOverflow(by: rhs)
            return isOver ? nil : product
        }

        private static func power(_ exponent: Int) -> Int128 { (0..<exponent).reduce(1) { power, _ in power * 10 } }
    }

    /// What it began with, payments in and out included; nil without a row that says so.
    var opening: Int128?
    /// What its row says; nil without one.
    var balance: Int128?
    /// What sales brought, less what purchases and fees cost.
    private var moved = Moved()

    /// A sum, exact, and with the worth of each fill cut to money's own step, down and up: a ledger whose money has fewer
    /// digits than quantity times price must have rounded each fill, and may have done it either way.
    private struct Moved: Hashable {
        var exact: Int128 = 0
        var least: Int128 = 0
        var most: Int128 = 0

        /// Adds; nil where that is more than can be added up.
        func adding(exact: Int128, least: Int128, most: Int128) -> Moved? {
            let sums = [
                self.exact.addingReportingOverflow(exact), self.least.addingReportingOverflow(least),
                self.most.addingReportingOverflow(most),
            ]
            guard sums.allSatisfy({ !$0.overflow }) else { return nil }
            return Moved(exact: sums[0].partialValue, least: sums[1].partialValue, most: sums[2].partialValue)
        }
    }

    /// Books a fill; false, and nothing done, where that is more than can be added up.
    mutating func book(
        buys: Bool, _ quantity: BookQuantity, at price: BookQuantity, fee: BookQuantity, _ scale: Scale
    ) -> Bool {
        // The least number of all has no opposite.
        guard let value = scale.value(quantity, at: price), let fee = scale.money(fee), value != .min, fee != .min
        else {
            return false
        }
        let signed = buys ? -value : value
        let over = signed % scale.ofMoney
        let (least, isOver) = signed.subtractingReportingOverflow(over < 0 ? over + scale.ofMoney : over)
        let (most, isOverToo) = least.addingReportingOverflow(over == 0 ? 0 : scale.ofMoney)
        guard !isOver, !isOverToo,
            let withValue = moved.adding(exact: signed, least: least, most: most),
            let withFee = withValue.adding(exact: -fee, least: -fee, most: -fee)
        else { return false }
        moved = withFee
        return true
    }

    /// What the fills make of the opening; nil without one, and for more than can be added up.
    var expected: Int128? {
        guard let opening else { return nil }
        let (sum, isOver) = opening.addingReportingOverflow(moved.exact)
        return isOver ? nil : sum
    }

    /// Whether the row says what the fills make of it: to the last digit, wherever money can express each fill.
    var agrees: Bool {
        guard let opening, let balance else { return false }
        let (change, isOver) = balance.subtractingReportingOverflow(opening)
        return !isOver && (moved.least...moved.most).contains(change)
    }
}
