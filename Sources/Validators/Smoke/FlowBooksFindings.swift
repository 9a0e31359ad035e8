import FoundationEssentials
import Readiness

extension FlowBooks.Observation.Leg {
    /// What is wrong with the fills themselves, in words; empty for sound ones.
    var implausibleFills: [String] {
        var wrong: [String] = []
        for fill in fills {
            let isOfOrder =
                fill.account == order.account && fill.symbol == order.symbol && fill.side == order.side.rawValue
            let isWorse = order.side == .buy ? fill.price > order.price : fill.price < order.price
            if !isOfOrder { wrong.append("\(fill.side) \(fill.symbol) on \(fill.account)") }
            if isWorse { wrong.append("\(fill.price), which is worse than its limit") }
            if fill.quantity <= "0" || fill.price <= "0" { wrong.append("\(fill.quantity) at \(fill.price)") }
        }
        let sum = fills.reduce(0) { $0 + $1.quantity.decimal }
        if sum > order.quantity.decimal { wrong.append("\(DecimalValue(sum)) in all, which is more than was ordered") }
        return wrong
    }
}

extension OrderRequest {
    fileprivate var words: String { "\(side.rawValue) of \(quantity) \(symbol) at \(price)" }
}

extension Finding {
    static func refused(_ leg: FlowBooks.Observation.Leg) -> Finding {
        let isDenied = leg.submitted.status == .denied
        return Finding(
            kind: isDenied ? "order-denied" : "order-rejected", severity: .high, subject: leg.order.side.rawValue,
            message: "the \(leg.order.words) was \(isDenied ? "denied by risk" : "refused by the venue"): "
                + (leg.submitted.reasonCode ?? "no reason given").shortened())
    }

    static func fillMissing(_ leg: FlowBooks.Observation.Leg) -> Finding {
        let sum = leg.fills.reduce(0) { $0 + $1.quantity.decimal }
        return Finding(
            kind: "fill-missing", severity: .high, subject: leg.order.side.rawValue,
            message:
                "the \(leg.order.words), inside the market, was answered with \(leg.submitted.status.rawValue), and "
                + "the venue told fills of \(DecimalValue(sum))")
    }

    static func fillDiffers(_ what: String, _ leg: FlowBooks.Observation.Leg) -> Finding {
        Finding(
            kind: "fill-differs", severity: .critical, subject: leg.order.side.rawValue,
            message: "the \(leg.order.words) on \(leg.order.account) was filled with \(what.shortened())")
    }

    static func books(_ difference: BooksOracle.Difference, _ leg: FlowBooks.Observation.Leg) -> Finding {
        Finding(
            kind: difference.kind, severity: .critical, subject: leg.order.side.rawValue,
            message: "after the \(leg.order.words) \(difference.words)")
    }

    static func malformedBefore(_ words: String, _ account: String) -> Finding {
        Finding(
            kind: "value-malformed", severity: .critical, subject: "before",
            message: "before the first order the ledger of \(account.shortened(to: 60)) is wrong in \(words)")
    }

    static func cashBefore(_ cash: DecimalValue?, _ start: AccountState) -> Finding {
        Finding(
            kind: "ledger-cash-differs", severity: .critical, subject: "before",
            message:
                "before the first order the cash of \(start.account.shortened(to: 60)) is \(start.cash), and in the "
                + "ledger it is \(cash?.description ?? "not there")")
    }

    static func left(_ quantity: Decimal, _ order: OrderRequest) -> Finding {
        Finding(
            kind: "position-left", severity: .high, subject: order.symbol,
            message: "the venue's fills leave \(DecimalValue(quantity)) \(order.symbol) on \(order.account)")
    }
}
