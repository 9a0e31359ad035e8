extension Migration {
    /// Makes the revision table itself; not a migration, because it records them.
    static let revisionTableSQL = """
        CREATE TABLE schema_revision (
            revision   TEXT PRIMARY KEY NOT NULL,
            applied_at TEXT NOT NULL
        )
        """

    /// The index that the join of orders to fills needs.
    static let fillsByOrder = "CREATE INDEX IF NOT EXISTS fills_by_order ON fills (order_id)"

    /// The index that the fills of one client order id need. Not unique: an id may come back in another life of the
    /// desk, and from another account.
    private static let ordersByClientOrderID =
        "CREATE INDEX orders_by_client_order_id ON orders (client_order_id)"

    /// Every migration of an engine, oldest first; the last one is the head.
    static func all(_ engine: LedgerEngine) -> [Migration] { engine == .sqlite ? sqlite : postgresql }

    private static let sqlite = make(.sqlite)
    private static let postgresql = make(.postgresql)

    private static func make(_ engine: LedgerEngine) -> [Migration] {
        [
            Migration(
                revision: "0001", parent: nil, name: "books",
                up: """
                    -- Quantities are whole lots of 0.01 (_lots), prices ten-thousandths (_e4), money millionths (_e6) of a
                    -- dollar, times UTC microseconds since 1970 (_us): whole numbers, so that every sum is exact.
                    CREATE TABLE orders (
                        order_id        TEXT PRIMARY KEY NOT NULL,
                        client_order_id TEXT NOT NULL,
                        account         TEXT NOT NULL,
                        symbol          TEXT NOT NULL,
                        side            TEXT NOT NULL CHECK (side IN ('buy', 'sell')),
                        quantity_lots   \(engine.wholeNumber) NOT NULL CHECK (quantity_lots > 0),
                        price_e4        \(engine.wholeNumber) NOT NULL CHECK (price_e4 > 0),
                        status          TEXT NOT NULL CHECK (status IN ('working', 'filled', 'cancelled', 'rejected')),
                        filled_lots     \(engine.wholeNumber) NOT NULL DEFAULT 0 CHECK (filled_lots BETWEEN 0 AND quantity_lots),
                        created_at_us   \(engine.wholeNumber) NOT NULL,
                        updated_at_us   \(engine.wholeNumber) NOT NULL
                    );
                    CREATE TABLE fills (
                        fill_id       \(engine.rowNumber) PRIMARY KEY,
                        order_id      TEXT NOT NULL REFERENCES orders (order_id),
                        account       TEXT NOT NULL,
                        symbol        TEXT NOT NULL,
                        side          TEXT NOT NULL CHECK (side IN ('buy', 'sell')),
                        quantity_lots \(engine.wholeNumber) NOT NULL CHECK (quantity_lots > 0),
                        price_e4      \(engine.wholeNumber) NOT NULL CHECK (price_e4 > 0),
                        fee_e6        \(engine.wholeNumber) NOT NULL,
                        liquidity     TEXT NOT NULL CHECK (liquidity IN ('maker', 'taker')),
                        filled_at_us  \(engine.wholeNumber) NOT NULL
                    );
                    CREATE TABLE positions (
                        account       TEXT NOT NULL,
                        symbol        TEXT NOT NULL,
                        quantity_lots \(engine.wholeNumber) NOT NULL,
                        PRIMARY KEY (account, symbol)
                    );
                    CREATE TABLE cash (
                        account    TEXT PRIMARY KEY NOT NULL,
                        balance_e6 \(engine.wholeNumber) NOT NULL
                    );

                    """,
                down: """
                    DROP TABLE cash;
                    DROP TABLE positions;
                    DROP TABLE fills;
                    DROP TABLE orders;

                    """),
            Migration(
                revision: "0002", parent: "0001", name: "indexes",
                up: """
                    \(fillsByOrder);
                    CREATE INDEX fills_by_symbol_time ON fills (symbol, filled_at_us);
                    CREATE INDEX orders_by_account_time ON orders (account, created_at_us);
                    \(ordersByClientOrderID);

                    """,
                down: """
                    DROP INDEX orders_by_client_order_id;
                    DROP INDEX orders_by_account_time;
                    DROP INDEX fills_by_symbol_time;
                    DROP INDEX fills_by_order;

                    """),
            Migration(
                revision: "0003", parent: "0002", name: "trader_notes",
                up: """
                    -- Notes that traders leave beside the books; nothing else reads them.
                    CREATE TABLE trader_notes (
                        note_id       \(engine.rowNumber) PRIMARY KEY,
                        account       TEXT NOT NULL,
                        body          TEXT NOT NULL,
                        created_at_us \(engine.wholeNumber) NOT NULL
                    );

                    """,
                down: """
                    DROP TABLE trader_notes;

                    """),
        ]
    }
}
