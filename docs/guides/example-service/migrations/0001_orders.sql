-- revision: 0001
-- revises: none
CREATE TABLE orders (
    order_id INTEGER PRIMARY KEY,
    client_order_id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    pair TEXT NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('buy', 'sell')),
    quantity_lots INTEGER NOT NULL CHECK (quantity_lots > 0),
    price_e4 INTEGER NOT NULL CHECK (price_e4 > 0),
    status TEXT NOT NULL
);
