import Profile
import Readiness
import Testing

struct CriteriaFileTests {
    private static let shippedName = "config/validation_criteria.yaml"

    private func foreign(_ text: String) throws -> CriteriaFile {
        try CriteriaFile.load(
            ConfigurationText(name: "their.yaml", text: text), isOurs: false, over: shippedCriteria(),
            knownNames: knownNames, digest: lengthDigest)
    }

    // MARK: - The shipped file

    @Test(arguments: [
        ("performance.max_latency_ms", "50"), ("performance.min_throughput_ops", "1000"),
        ("performance.max_memory_gb", "2"), ("performance.max_cpu_percent", "50"),
        ("performance.max_query_time_ms", "10"), ("performance.max_risk_decision_ms", "5"),
        ("reliability.min_uptime_percent", "99.9"), ("reliability.max_error_rate_percent", "0.1"),
        ("reliability.max_recovery_time_minutes", "5"), ("security.max_critical_vulnerabilities", "0"),
        ("security.max_high_vulnerabilities", "0"), ("smoke.max_ready_ms", "500"), ("smoke.max_tick_age_ms", "2000"),
        ("smoke.max_round_trip_ms", "2000"), ("database.max_scanned_rows", "10000"),
        ("noise.max_psi_cpu_percent", "20"), ("noise.max_steal_percent", "5"),
    ])
    func `a shipped threshold has the documented number at its own line`(key: String, number: String) throws {
        let threshold = try #require(try shippedCriteria().criteria[key])
        #expect(threshold.value.description == number)
        let lines = try Checkout.text(Self.shippedName).text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(threshold.source.file == Self.shippedName)
        let name = key.drop { $0 != "." }.dropFirst()
        #expect(lines[threshold.source.line - 1] == "    \(name): \(number)")
        // Above each value is a comment that says why, or another value under the same comment.
        #expect(lines[threshold.source.line - 2].hasPrefix("    "))
    }

    @Test func `the shipped lists, words and flags are there`() throws {
        let file = try shippedCriteria()
        #expect(
            file.criteria.names("smoke.expected_symbols")?.names
                == ["BTC-USD", "ETH-USD", "SOL-USD", "LINK-USD", "XRP-USD", "ADA-USD"])
        #expect(
            file.criteria.names("smoke.expected_capabilities")?.names
                == [
                    "identity", "risk.limits", "risk.evaluate", "order.submit", "order.cancel", "orders.stream",
                    "marketdata", "marketdata.inject", "killswitch", "positions", "risk.size", "risk.correlation",
                    "stops", "components", "logs", "process", "control", "pool",
                ])
        #expect(
            file.criteria.names("smoke.essential_components")?.names
                == ["market_data", "state_machine", "risk", "gateway", "repositories", "database_models"])
        #expect(file.criteria.names("security.min_password_strength")?.names == ["strong"])
        #expect(file.criteria["security.require_encryption"]?.value == "1")
        #expect(file.warnings.isEmpty)
        #expect(file.inheritedKeys.isEmpty)
        #expect(file.digest == "\(try Checkout.text(Self.shippedName).bytes.count) bytes")
    }

    @Test func `the shipped modes are those of the brief`() throws {
        let modes = try shippedCriteria().modes
        #expect(modes[.quick].selection == .names(["health", "basic_flow"]))
        #expect(modes[.quick].budget == .seconds(300))
        #expect(modes[.standard].selection == .all)
        #expect(modes[.standard].budget == .seconds(1800))
        #expect(!modes[.standard].includesLoadTests && !modes[.standard].includesSecurityScan)
        #expect(modes[.thorough].selection == .all)
        #expect(modes[.thorough].budget == .seconds(7200))
        #expect(modes[.thorough].includesLoadTests && modes[.thorough].includesSecurityScan)
    }

    // MARK: - What may be left out

    @Test func `what may be left out is not in the shipped criteria, and is no inherited key`() throws {
        let shipped = try shippedCriteria().criteria
        #expect(shipped["smoke.min_instances"] == nil)
        #expect(shipped.names("smoke.released_build") == nil)
        #expect(try foreign(briefForm).inheritedKeys.allSatisfy { !$0.contains("instances") && !$0.contains("build") })
    }

    @Test func `what may be left out is read where it is given, with its line`() throws {
        let file = try foreign(
            "thresholds:\n  smoke:\n    min_instances: 2\n    released_build: 3f9a0c Release 7\n")
        #expect(
            file.criteria["smoke.min_instances"]
                == Threshold("2", source: SourceLocation(file: "their.yaml", line: 3)))
        #expect(
            file.criteria.names("smoke.released_build")
                == Criteria.NameList(["3f9a0c Release 7"], source: SourceLocation(file: "their.yaml", line: 4)))
        #expect(file.warnings.isEmpty)
    }

    @Test(arguments: [
        "min_instances: 0", "min_instances: 65", "min_instances: 1.5", "min_instances: two", "released_build: [a]",
        "released_build: ''",
    ])
    func `a count that no target has, and a build that is no text, are refused`(line: String) {
        #expect(throws: ConfigurationError.self) { try foreign("thresholds:\n  smoke:\n    \(line)\n") }
    }

    // MARK: - A file from elsewhere

    @Test func `the brief's own file loads unchanged over the shipped one`() throws {
        let file = try foreign(briefForm)
        #expect(file.warnings.isEmpty)
        #expect(
            file.criteria["performance.max_latency_ms"]
                == Threshold("50", source: SourceLocation(file: "their.yaml", line: 2)))
        #expect(
            file.criteria["reliability.min_uptime_percent"]
                == Threshold("99.9", source: SourceLocation(file: "their.yaml", line: 3)))
        #expect(
            file.criteria.names("security.min_password_strength")
                == Criteria.NameList(["strong"], source: SourceLocation(file: "their.yaml", line: 4)))
        #expect(file.modes[.quick].source == SourceLocation(file: "their.yaml", line: 6))
        #expect(file.modes[.thorough].includesLoadTests)
        // What it does not give comes from the shipped file, and says so.
        let shipped = try shippedCriteria().criteria
        #expect(file.criteria["smoke.max_ready_ms"] == shipped["smoke.max_ready_ms"])
        #expect(file.criteria["smoke.max_ready_ms"]?.source.file == Self.shippedName)
        #expect(file.criteria.keys == shipped.keys)
        #expect(
            file.inheritedKeys == [
                "database.max_checkout_ms", "database.max_dead_row_percent", "database.max_idle_in_transaction_s",
                "database.max_replication_lag_ms", "database.max_scanned_rows", "database.max_sequence_percent",
                "database.max_slot_retained_mib", "database.max_transaction_age", "database.max_transaction_s",
                "database.max_vacuum_age_hours", "database.max_wal_mib", "database.min_judged_rows",
                "database.min_postgresql_version", "database.min_session_room_percent",
                "database.min_statistics_days", "database.money_columns", "database.warn_sequence_percent",
                "database.warn_transaction_age",
                "noise.max_psi_cpu_percent", "noise.max_steal_percent", "performance.max_query_time_ms",
                "performance.max_risk_decision_ms", "risk.kelly_fraction", "risk.kelly_max_fraction",
                "risk.kelly_min_trades", "risk.max_correlation_error", "risk.max_fail_closed_ms",
                "risk.max_kelly_error",
                "risk.max_killswitch_cancel_ms", "risk.max_restart_ms", "risk.max_stop_exit_ms",
                "smoke.essential_components", "smoke.expected_capabilities", "smoke.expected_symbols",
                "smoke.max_books_ms", "smoke.max_clock_offset_ms", "smoke.max_log_delay_ms", "smoke.max_ready_ms",
                "smoke.max_round_trip_ms", "smoke.max_tick_age_ms", "smoke.min_free_disk_gb",
                "smoke.warn_clock_offset_ms",
            ])
    }

    @Test func `an unknown name in a mode of a file from elsewhere is a warning with line and nearest name`() throws {
        let file = try foreign(briefForm.changing("[health,", to: "[helth,"))
        #expect(
            file.warnings.map { "\($0.location) \($0.keyPath) \($0.nearest ?? "-")" } == [
                "their.yaml:6 validation_modes.quick.validators health"
            ])
        #expect(file.modes[.quick].selection == .names(["helth", "basic_flow"]))
    }

    @Test func `unknown keys of a file from elsewhere are errors, told at once with whatever else is wrong`() throws {
        let text =
            briefForm.changing("max_latency_ms: 50", to: "max_latncy_ms: 50").changing("[health,", to: "[helth,")
            .changing("min_uptime_percent: 99.9", to: "min_uptime_percent: 999")
            .changing("include_load_tests: true", to: "include_load_test: true") + "owner: trading\n"
        let found = try problems { _ = try foreign(text) }
        #expect(
            found.map { "\($0.location) \($0.keyPath) \($0.nearest ?? "-")" } == [
                "their.yaml:2 thresholds.performance.max_latncy_ms max_latency_ms",
                "their.yaml:3 thresholds.reliability.min_uptime_percent -",
                "their.yaml:6 validation_modes.quick.validators health",
                "their.yaml:8 validation_modes.thorough.include_load_test include_load_tests",
                "their.yaml:9 owner -",
            ])
        #expect(found.first?.description.contains("did you mean max_latency_ms?") == true)
    }

    @Test(arguments: [
        ("performanc:\n    max_latency_ms: 50", "thresholds.performanc", "performance"),
        ("perf:\n    max_latency_ms: 50", "thresholds.perf", "-"),
        ("smoke:\n    max_latency_ms: 50", "thresholds.smoke.max_latency_ms", "performance.max_latency_ms"),
        ("max_ready_ms: 500", "thresholds.max_ready_ms", "smoke.max_ready_ms"),
    ])
    func `a key in the wrong place of a file from elsewhere is an error, too`(
        body: String, keyPath: String, nearest: String
    ) throws {
        let found = try problems { _ = try foreign("thresholds:\n  \(body)\n") }
        #expect(found.map(\.keyPath) == [keyPath])
        #expect(found.map { $0.nearest ?? "-" } == [nearest])
    }

    @Test func `a value of a file from elsewhere wins over the shipped one, exactly as it is written`() throws {
        let text = "thresholds:\n  performance:\n    max_query_time_ms: 7.250\n  smoke:\n    expected_symbols: [A]\n"
        let file = try foreign(text)
        #expect(file.criteria["performance.max_query_time_ms"]?.value.description == "7.250")
        #expect(file.criteria["performance.max_query_time_ms"]?.source.line == 3)
        #expect(file.criteria.names("smoke.expected_symbols")?.names == ["A"])
        #expect(file.modes == (try shippedCriteria().modes))
        #expect(!file.inheritedKeys.contains("performance.max_query_time_ms"))
    }

    @Test func `a decimal keeps every digit that a binary number would lose`() throws {
        let number = "12345.678901234567890123456789"
        let text = briefForm.changing("max_latency_ms: 50", to: "max_latency_ms: \(number)")
        #expect(try foreign(text).criteria["performance.max_latency_ms"]?.value.description == number)
    }

    @Test func `a file from elsewhere without thresholds is some other file`() throws {
        let found = try problems { _ = try foreign("services:\n  web: {}\n") }
        #expect(found.map(\.keyPath) == ["services", "thresholds"])
        #expect(found.map(\.message) == ["is not a known key", "is missing"])
    }

    // MARK: - Keys that nothing uses

    @Test func `thresholds that no check uses are listed with their place`() throws {
        let criteria = try foreign(briefForm).criteria
        let used = Set(criteria.keys).subtracting(["performance.max_memory_gb", "smoke.expected_symbols"])
        let unused = CriteriaFile.unusedKeys(criteria: criteria, used: used)
        #expect(unused.map(\.key) == ["performance.max_memory_gb", "smoke.expected_symbols"])
        #expect(unused.map(\.source.file) == ["their.yaml", Self.shippedName])
        #expect(unused[0].source.line == 2)
        #expect(CriteriaFile.unusedKeys(criteria: criteria, used: Set(criteria.keys)).isEmpty)
    }
}
