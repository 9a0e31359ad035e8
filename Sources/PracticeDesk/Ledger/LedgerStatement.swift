/// The statements that the desk's work writes the ledger with.
enum LedgerStatement: String, CaseIterable, Sendable {
    case order
    case fill
    case position
    case cash

    /// The text that an engine prepares; the same string each time.
    func sql(_ engine: LedgerEngine) -> String {
        switch engine {
        case .sqlite: Self.sqlite[self] ?? ""
        case .postgresql: Self.postgresql[self] ?? ""
        }
    }

    private static let sqlite = texts(.sqlite)
    private static let postgresql = texts(.postgresql)

    private static func texts(_ engine: LedgerEngine) -> [LedgerStatement: String] {
        Dictionary(uniqueKeysWithValues: allCases.map { ($0, $0.text(engine)) })
    }

    private func text(_ engine: LedgerEngine) -> String {
        switch self {
        case .order:
            """
            INSERT INTO orders (order_id, client_order_id, account, symbol, side, quantity_lots, price_e4, status,
            filled_lots, created_at_us, updated_at_us) VALUES (\(engine.parameters(11)))
            ON CONFLICT (order_id) DO UPDATE SET quantity_lots = excluded.quantity_lots,
            price_e4 = excluded.price_e4, status = excluded.status, filled_lots = excluded.filled_lots,
            updated_at_us = excluded.updated_at_us
            """
        case .fill:
            """
            INSERT INTO fills (order_id, account, symbol, side, quantity_lots, price_e4, fee_e6, liquidity,
            filled_at_us) VALUES (\(engine.parameters(9)))
            """
        case .position:
            """
            INSERT INTO positions (account, symbol, quantity_lots) VALUES (\(engine.parameters(3)))
            ON CONFLICT (account, symbol) DO UPDATE
            SET quantity_lots = positions.quantity_lots + excluded.quantity_lots
            """
        case .cash:
            """
            INSERT INTO cash (account, balance_e6) VALUES (\(engine.parameters(2)))
            ON CONFLICT (account) DO UPDATE SET balance_e6 = cash.balance_e6 + excluded.balance_e6
            """
        }
    }
}
