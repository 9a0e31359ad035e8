extension LimitsFile {
    /// The file that a new home gets.
    static let template = """
        # Pre-trade limits of the practice desk, one block for each tier of account.
        #
        # Every limit is inclusive: an order that reaches it is accepted, one that passes it is denied. Numbers are
        # decimal and exact. The desk reads this file when it starts and refuses to start if anything in it is missing,
        # unknown or out of range. `GET /readyz/risk/limits` tells what the running process enforces.
        schema: 1

        tiers:
          # Account READY-SNIPER.
          sniper:
            max_order_quantity: 100.00        # units in one order
            max_order_notional: 10000.00      # USD: quantity x price of one order
            price_collar_percent: 4.00        # distance of the price from the session's reference price
            max_position_quantity: 200.00     # units of one symbol, long or short, with what works on the same side
            max_open_orders: 5                # orders that work at once
            max_correlation: 0.70             # of its returns with those of whatever else is held

          # Account READY-HUNTER.
          hunter:
            max_order_quantity: 500.00
            max_order_notional: 50000.00
            price_collar_percent: 5.00
            max_position_quantity: 1000.00
            max_open_orders: 10
            max_correlation: 0.80

          # Accounts READY-STRATEGIST and STRAT-MOMENTUM.
          strategist:
            max_order_quantity: 2500.00
            max_order_notional: 250000.00
            price_collar_percent: 6.00
            max_position_quantity: 5000.00
            max_open_orders: 20
            max_correlation: 0.85

        # How much of the capital a position may have: Kelly's fraction (p*b - q)/b of an edge, and less.
        sizing:
          kelly_fraction: 0.25                # the share of Kelly's fraction that is put at stake
          kelly_max_fraction: 0.10            # of the capital, at most
          kelly_min_trades: 30                # past trades below which an edge is worth nothing

        """
}
