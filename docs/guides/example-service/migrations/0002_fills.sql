-- revision: 0002
-- revises: 0001
CREATE TABLE fills (
    fill_id INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES orders (order_id),
    quantity_lots INTEGER NOT NULL CHECK (quantity_lots > 0),
    price_e4 INTEGER NOT NULL CHECK (price_e4 > 0),
    fee_e6 INTEGER NOT NULL,
    at_us INTEGER NOT NULL
);
CREATE INDEX fills_by_order ON fills (order_id);
CREATE INDEX orders_by_account ON orders (account, order_id);
