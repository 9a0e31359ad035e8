/// One change of the books, on its way to the ledger.
enum LedgerEntry: Sendable {
    /// An order as it is now; the first time inserts it.
    case order(Order, atMicroseconds: Int64)
    /// A fill, with what it does to its order, position and cash.
    case fill(Order, PaperVenue.Fill, atMicroseconds: Int64)
    /// What a fill does to order, position and cash, without the fill's own row: the fault `lost-fill` alone has it.
    case fillWithoutRow(Order, PaperVenue.Fill, atMicroseconds: Int64)
    /// The fill's own row and nothing else: what that fault has kept back, when it is cleared.
    case fillRow(Order, PaperVenue.Fill, atMicroseconds: Int64)

    /// Executes what the change comes to, in order.
    func write(_ execute: (LedgerStatement, [LedgerCell]) throws -> Void) throws {
        switch self {
        case .order(let order, let at): try execute(.order, Self.row(order, at))
        case .fill(let order, let fill, let at):
            try execute(.order, Self.row(order, at))
            try execute(.fill, Self.row(fill, of: order, at))
            try Self.book(fill, of: order, execute)
        case .fillWithoutRow(let order, let fill, let at):
            try execute(.order, Self.row(order, at))
            try Self.book(fill, of: order, execute)
        case .fillRow(let order, let fill, let at): try execute(.fill, Self.row(fill, of: order, at))
        }
    }

    private static func row(_ order: Order, _ at: Int64) -> [LedgerCell] {
        [
            .text(order.id), .text(order.clientOrderID), .text(order.terms.account.name),
            .text(order.terms.instrument.symbol), .text(order.terms.side.rawValue),
            .integer(order.terms.quantity.lots), .integer(order.terms.price.e4), .text(order.status.rawValue),
            .integer(order.filled.lots), .integer(at), .integer(at),
        ]
    }

    private static func row(_ fill: PaperVenue.Fill, of order: Order, _ at: Int64) -> [LedgerCell] {
        [
            .text(order.id), .text(order.terms.account.name), .text(order.terms.instrument.symbol),
            .text(order.terms.side.rawValue), .integer(fill.quantity.lots), .integer(fill.price.e4),
            .integer(fill.fee.e6), .text(fill.isMaker ? "maker" : "taker"), .integer(at),
        ]
    }

    /// What a fill does to position and cash.
    private static func book(
        _ fill: PaperVenue.Fill, of order: Order, _ execute: (LedgerStatement, [LedgerCell]) throws -> Void
    ) throws {
        let account = LedgerCell.text(order.terms.account.name)
        let sign = order.terms.side.sign
        try execute(
            .position,
            [account, .text(order.terms.instrument.symbol), .integer(sign * fill.quantity.lots)])
        let change = -sign * Money.value(fill.price, fill.quantity).e6 - fill.fee.e6
        try execute(.cash, [account, .integer(change)])
    }
}
