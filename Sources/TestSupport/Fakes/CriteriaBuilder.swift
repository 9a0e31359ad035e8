package import Readiness

/// Criteria for a test: those that ship, unless it says otherwise.
package struct CriteriaBuilder: Sendable {
    /// Numbers by key; each stands in `criteria.yaml`.
    package var thresholds: [String: DecimalValue] = [
        "smoke.max_ready_ms": "500", "smoke.max_tick_age_ms": "2000", "smoke.max_round_trip_ms": "2000",
        "smoke.warn_clock_offset_ms": "20", "smoke.max_clock_offset_ms": "100", "smoke.min_free_disk_gb": "1",
        "smoke.max_log_delay_ms": "2000", "smoke.max_books_ms": "2000",
        "risk.max_stop_exit_ms": "1000", "risk.kelly_fraction": "0.25", "risk.kelly_max_fraction": "0.10",
        "risk.kelly_min_trades": "30", "risk.max_kelly_error": "0.000000001",
        "risk.max_correlation_error": "0.000000001", "risk.max_fail_closed_ms": "2500",
        "risk.max_killswitch_cancel_ms": "1000", "risk.max_restart_ms": "10000",
        "performance.max_risk_decision_ms": "5", "performance.max_query_time_ms": "10",
        "database.max_scanned_rows": "10000", "database.max_checkout_ms": "50",
        "database.min_postgresql_version": "12", "database.min_session_room_percent": "20",
        "database.min_statistics_days": "7", "database.warn_transaction_age": "200000000",
        "database.max_transaction_age": "1000000000", "database.max_dead_row_percent": "20",
        "database.min_judged_rows": "10000", "database.max_vacuum_age_hours": "24",
        "database.max_transaction_s": "300", "database.max_idle_in_transaction_s": "60",
        "database.max_replication_lag_ms": "1000", "database.max_slot_retained_mib": "1024",
        "database.warn_sequence_percent": "70", "database.max_sequence_percent": "90",
        "database.max_wal_mib": "256", "noise.max_psi_cpu_percent": "20",
        "noise.max_steal_percent": "5",
    ]
    /// Lists of names by key.
    package var lists: [String: [String]] = [
        "smoke.expected_capabilities": Capability.allCases.map(\.rawValue),
        "smoke.expected_symbols": SymbolState.desk.map(\.symbol),
        "database.money_columns": [
            "price", "px", "quantity", "fee", "amount", "total", "nav", "e4", "lots",
        ],
        "smoke.essential_components": ComponentState.working(0).map(\.name),
    ]
    /// Limits by tier and name, in the order of their file; each stands in `limits.yaml`, at its place from line 10 on.
    package var limits: [(scope: String, name: String, value: DecimalValue)] = [
        ("sniper", "max_order_quantity", "100.00"), ("sniper", "max_order_notional", "10000.00"),
        ("sniper", "price_collar_percent", "4.00"), ("sniper", "max_position_quantity", "200.00"),
        ("sniper", "max_open_orders", "5"),
        ("hunter", "max_order_quantity", "500.00"), ("hunter", "max_order_notional", "50000.00"),
        ("hunter", "price_collar_percent", "5.00"), ("hunter", "max_position_quantity", "1000.00"),
        ("hunter", "max_open_orders", "10"),
        ("strategist", "max_order_quantity", "2500.00"), ("strategist", "max_order_notional", "250000.00"),
        ("strategist", "price_collar_percent", "6.00"), ("strategist", "max_position_quantity", "5000.00"),
        ("strategist", "max_open_orders", "20"),
        ("sniper", "max_correlation", "0.70"), ("hunter", "max_correlation", "0.80"),
        ("strategist", "max_correlation", "0.85"),
    ]

    /// Those that ship.
    package init() {}

    /// The criteria without a key.
    package static func without(_ key: String) -> Criteria {
        var builder = CriteriaBuilder()
        builder.thresholds[key] = nil
        builder.lists[key] = nil
        return builder.criteria
    }

    /// Sets one limit.
    package mutating func set(_ scope: String, _ name: String, to value: DecimalValue) {
        for index in limits.indices where limits[index].scope == scope && limits[index].name == name {
            limits[index].value = value
        }
    }

    /// The criteria.
    package var criteria: Criteria {
        let places = Dictionary(
            uniqueKeysWithValues: (Array(thresholds.keys) + Array(lists.keys)).sorted().enumerated().map {
                ($1, $0 + 1)
            })
        func place(_ key: String) -> SourceLocation { SourceLocation(file: "criteria.yaml", line: places[key] ?? 0) }
        return Criteria(
            thresholds: Dictionary(
                uniqueKeysWithValues: thresholds.map { ($0, Threshold($1, source: place($0))) }),
            lists: Dictionary(
                uniqueKeysWithValues: lists.map { ($0, Criteria.NameList($1, source: place($0))) }),
            limits: limits.enumerated().map { index, limit in
                DeclaredLimit(
                    scope: limit.scope, name: limit.name,
                    threshold: Threshold(limit.value, source: SourceLocation(file: "limits.yaml", line: 10 + index)))
            })
    }

    /// The limits as a process that loaded them would report them.
    package var effective: [EffectiveLimit] {
        limits.enumerated().map { index, limit in
            EffectiveLimit(
                scope: limit.scope, name: limit.name, value: limit.value, isInclusive: true,
                source: "desk-limits.yaml:\(30 + index)")
        }
    }

    /// The limits as a venue that enforces them has them.
    package var enforced: FakeVenue.Behaviour {
        FakeVenue.Behaviour(
            limits: Dictionary(uniqueKeysWithValues: limits.map { (FakeVenue.Key($0.scope, $0.name), $0.value) }))
    }
}
