import FoundationEssentials
import Readiness

/// What an account and the ledger must show after given fills: worked out from the venue's own words, in decimals.
///
/// Position, cash and fees are exact sums. Average and result rest on the average price of what was held before: of a
/// flat account they are exact too, otherwise that price may be a rounded one, and a tick for each unit is allowed.
struct BooksOracle: Sendable {
    /// A number that is not what the fills make it.
    struct Difference: Sendable, Equatable {
        /// Where: the kind of the finding about it.
        var kind: String
        /// In words, with both numbers.
        var words: String
    }

    /// What the account held before the first fill.
    let start: AccountState
    /// The instrument.
    let symbol: String
    /// The least step of its price.
    let tick: Decimal
    /// Every fill since, in order.
    let fills: [BookedFill]

    /// Everything in which the account is not as the fills must have left it.
    func differences(in account: AccountState) -> [Difference] {
        let expected = expected
        let held = account.positions.first { $0.symbol == symbol }
        var differences = [
            difference("position-differs", "the position", held?.quantity.decimal ?? 0, expected.quantity),
            difference("cash-differs", "cash", account.cash.decimal, expected.cash),
            difference("fees-differ", "the sum of fees", account.feesPaid.decimal, expected.fees),
            difference(
                "result-differs", "the realized result", account.realizedResult.decimal, expected.result,
                within: isExact ? 0 : traded * tick),
        ].compactMap(\.self)
        if expected.quantity != 0, let held, held.quantity.decimal == expected.quantity {
            let average = expected.cost / expected.quantity
            // Of several prices the average may have no end: it is held against what a price can express.
            let isOnePrice = isExact && Set(fills.map(\.price)).count == 1
            differences += [
                difference(
                    "average-differs", "the average price", held.averagePrice.decimal,
                    isOnePrice ? fills[0].price.decimal : average, within: isOnePrice ? 0 : tick)
            ].compactMap(\.self)
        }
        return differences
    }

    /// Everything in which the ledger is not as the fills must have left it: the rows of one order, and the account's cash
    /// since before the first fill.
    func differences(
        in ledger: LedgerReading, of order: [BookedFill], since before: LedgerReading
    ) -> [Difference] {
        ledger.malformed.map { Difference(kind: "value-malformed", words: "the ledger is wrong in \($0)") }
            + rowDifferences(in: ledger, from: order) + cashDifferences(in: ledger, since: before)
    }

    /// What the fills move cash by: sales less purchases and fees.
    static func cashMoved(by fills: [BookedFill]) -> Decimal {
        fills.reduce(0) { $0 - ($1.signedQuantity * $1.price.decimal + $1.fee.decimal) }
    }

    /// What the account must hold of the symbol.
    var expectedQuantity: Decimal { start.quantity(of: symbol).decimal + fills.reduce(0) { $0 + $1.signedQuantity } }

    private func rowDifferences(in ledger: LedgerReading, from order: [BookedFill]) -> [Difference] {
        // A row that cannot be read is not one that is missing.
        guard ledger.malformed.isEmpty else { return [] }
        let (told, kept) = (Sum(order), Sum(ledger.rows))
        if kept.quantity < told.quantity {
            return [
                Difference(
                    kind: "fill-missing-in-ledger",
                    words: "the ledger has \(DecimalValue(kept.quantity)) of the \(DecimalValue(told.quantity)) that "
                        + "the venue filled")
            ]
        }
        guard kept != told else { return [] }
        return [
            Difference(
                kind: "ledger-differs",
                words: "the venue filled \(Self.words(of: order)), and the ledger has \(Self.words(of: ledger.rows))")
        ]
    }

    private func cashDifferences(in ledger: LedgerReading, since before: LedgerReading) -> [Difference] {
        let account = start.account.shortened(to: 60)
        // What stands there and is no number is told as that.
        guard ledger.malformed.isEmpty, before.malformed.isEmpty else { return [] }
        guard let after = ledger.cash, let before = before.cash else {
            return [Difference(kind: "ledger-cash-differs", words: "the ledger has no cash of \(account)")]
        }
        let (moved, expected) = (after.decimal - before.decimal, Self.cashMoved(by: fills))
        guard moved != expected else { return [] }
        return [
            Difference(
                kind: "ledger-cash-differs",
                words:
                    "the cash of \(account) in the ledger moved by \(DecimalValue(moved)), and the venue's fills make "
                    + "it \(DecimalValue(expected))")
        ]
    }

    /// Quantity and fee of what was filled for the same account, symbol, side and price: a ledger may keep a fill in
    /// more rows than the venue told it in.
    private struct Sum: Equatable {
        struct Key: Hashable {
            var terms: [String]
            var price: DecimalValue
        }

        var quantities: [Key: Decimal] = [:]
        var fees: [Key: Decimal] = [:]
        var quantity: Decimal = 0

        init(_ fills: [BookedFill]) {
            for fill in fills {
                let key = Key(terms: [fill.account, fill.symbol, fill.side, fill.clientOrderID], price: fill.price)
                quantities[key, default: 0] += fill.quantity.decimal
                fees[key, default: 0] += fill.fee.decimal
                quantity += fill.quantity.decimal
            }
        }
    }

    private struct Expected {
        var quantity: Decimal
        /// Quantity times average price, negative when short: kept whole, because an average may have no end.
        var cost: Decimal
        var cash: Decimal
        var fees: Decimal
        var result: Decimal
    }

    /// Whether no rounded number from before is in the reckoning.
    private var isExact: Bool { start.quantity(of: symbol) == "0" }

    private var traded: Decimal { fills.reduce(0) { $0 + $1.quantity.decimal } }

    private var expected: Expected {
        let held = start.positions.first { $0.symbol == symbol }
        let quantity = held?.quantity.decimal ?? 0
        let beginning = Expected(
            quantity: quantity, cost: quantity * (held?.averagePrice.decimal ?? 0), cash: start.cash.decimal,
            fees: start.feesPaid.decimal, result: start.realizedResult.decimal)
        return fills.reduce(beginning) { Self.booked($1, in: $0) }
    }

    /// What is added moves the average, what is closed brings a result, and what goes through zero does first the one
    /// and then the other.
    private static func booked(_ fill: BookedFill, in before: Expected) -> Expected {
        var after = before
        let signed = fill.signedQuantity
        let price = fill.price.decimal
        after.cash -= signed * price + fill.fee.decimal
        after.fees += fill.fee.decimal
        after.quantity += signed
        guard before.quantity != 0, (before.quantity > 0) != (signed > 0) else {
            after.cost += signed * price
            return after
        }
        let held = abs(before.quantity)
        let closed = min(held, abs(signed))
        let costOfClosed = closed == held ? before.cost : before.cost * closed / held
        after.result += (before.quantity > 0 ? closed : -closed) * price - costOfClosed
        let opened = abs(signed) - closed
        after.cost = opened > 0 ? (signed > 0 ? opened : -opened) * price : before.cost - costOfClosed
        return after
    }

    private func difference(
        _ kind: String, _ name: String, _ shown: Decimal, _ expected: Decimal, within tolerance: Decimal = 0
    ) -> Difference? {
        guard abs(shown - expected) > tolerance else { return nil }
        return Difference(
            kind: kind,
            words: "\(name) is \(DecimalValue(shown)), and the venue's fills make it \(DecimalValue(expected))")
    }

    private static func words(of fills: [BookedFill]) -> String {
        let all = fills.prefix(3).map {
            "\($0.side.shortened(to: 8)) \($0.quantity) \($0.symbol.shortened(to: 20)) at \($0.price) for \($0.fee) on "
                + $0.account.shortened(to: 30)
        }
        return all.joined(separator: ", ") + (fills.count > 3 ? " and \(fills.count - 3) more" : "")
    }
}
