import Readiness

/// Every key under `thresholds` of a criteria file: what it may hold.
///
/// The one list: reading, messages and the check for unknown keys come from it. The comment of each value, with why, is
/// in `config/validation_criteria.yaml`.
enum CriteriaSchema {
    /// What a key holds.
    enum Kind: Sendable {
        case number(NumberRange)
        /// 1 for `true` and 0 for `false` in the criteria, so that a check can compare it like any other value.
        case flag
        /// A list with this one word in the criteria.
        case word([String])
        case names(Names)
        /// One line of text, compared as it is: a list with it alone in the criteria.
        case text
    }

    /// What a list of names may hold.
    enum Names: Sendable {
        /// Instruments as a venue spells them.
        case symbols
        /// What a target can offer (`Capability`).
        case capabilities
        /// Names that the target chooses: parts of it, words of its columns.
        case words
    }

    /// One key.
    struct Key: Sendable {
        let section: String
        let name: String
        let kind: Kind
        /// Whether a file may leave it out with no default beneath it: then the criteria do not have it, and what it would
        /// be compared with is not looked at. The check that reads it says so.
        var isOptional = false

        /// What checks call it: `performance.max_latency_ms`.
        var path: String { "\(section).\(name)" }
    }

    /// The groups under `thresholds`, in the order of the shipped file.
    static let sections = ["performance", "reliability", "security", "smoke", "risk", "database", "noise"]

    /// In the order of the shipped file. `// own`: beside the keys of the brief's form (requirements.md A13).
    static let keys: [Key] = [
        Key(section: "performance", name: "max_latency_ms", kind: .number(.milliseconds())),
        Key(
            section: "performance", name: "min_throughput_ops",
            kind: .number(NumberRange(lowest: "0.001", highest: "1000000000", unit: "operations/s"))),
        Key(
            section: "performance", name: "max_memory_gb",
            kind: .number(NumberRange(lowest: "0.001", highest: "100000", unit: "GB"))),
        Key(section: "performance", name: "max_cpu_percent", kind: .number(.percent())),
        Key(section: "performance", name: "max_query_time_ms", kind: .number(.milliseconds())),  // own
        Key(section: "performance", name: "max_risk_decision_ms", kind: .number(.milliseconds())),  // own
        Key(section: "reliability", name: "min_uptime_percent", kind: .number(.percent())),
        Key(section: "reliability", name: "max_error_rate_percent", kind: .number(.percent())),
        Key(
            section: "reliability", name: "max_recovery_time_minutes",
            kind: .number(NumberRange(lowest: "0.01", highest: "43200", unit: "minutes"))),
        Key(
            section: "security", name: "max_critical_vulnerabilities",
            kind: .number(.count(upTo: "100000", of: "vulnerabilities"))),
        Key(
            section: "security", name: "max_high_vulnerabilities",
            kind: .number(.count(upTo: "100000", of: "vulnerabilities"))),
        Key(section: "security", name: "min_password_strength", kind: .word(["weak", "medium", "strong"])),
        Key(section: "security", name: "require_encryption", kind: .flag),
        Key(section: "smoke", name: "max_ready_ms", kind: .number(.milliseconds())),  // own
        Key(section: "smoke", name: "max_tick_age_ms", kind: .number(.milliseconds())),  // own
        Key(section: "smoke", name: "max_round_trip_ms", kind: .number(.milliseconds())),  // own
        Key(section: "smoke", name: "expected_symbols", kind: .names(.symbols)),  // own
        Key(section: "smoke", name: "expected_capabilities", kind: .names(.capabilities)),  // own
        Key(section: "smoke", name: "warn_clock_offset_ms", kind: .number(.milliseconds())),  // own
        Key(section: "smoke", name: "max_clock_offset_ms", kind: .number(.milliseconds())),  // own
        Key(
            section: "smoke", name: "min_free_disk_gb",
            kind: .number(NumberRange(lowest: "0.001", highest: "1000000000", unit: "GB"))),  // own
        Key(section: "smoke", name: "max_log_delay_ms", kind: .number(.milliseconds())),  // own
        Key(section: "smoke", name: "max_books_ms", kind: .number(.milliseconds())),  // own
        Key(section: "smoke", name: "essential_components", kind: .names(.words)),  // own
        Key(
            section: "smoke", name: "min_instances",
            kind: .number(NumberRange(lowest: "1", highest: "64", isWhole: true, unit: "instances")),
            isOptional: true),  // own
        Key(section: "smoke", name: "released_build", kind: .text, isOptional: true),  // own
        Key(section: "risk", name: "max_stop_exit_ms", kind: .number(.milliseconds())),  // own
        Key(section: "risk", name: "kelly_fraction", kind: .number(.share)),  // own
        Key(section: "risk", name: "kelly_max_fraction", kind: .number(.share)),  // own
        Key(section: "risk", name: "kelly_min_trades", kind: .number(.count(upTo: "1000000", of: "trades"))),  // own
        Key(
            section: "risk", name: "max_kelly_error",
            kind: .number(NumberRange(lowest: "0", highest: "0.01", unit: "relative"))),  // own
        Key(
            section: "risk", name: "max_correlation_error",
            kind: .number(NumberRange(lowest: "0", highest: "0.01", unit: "absolute"))),  // own
        Key(section: "risk", name: "max_fail_closed_ms", kind: .number(.milliseconds())),  // own
        Key(section: "risk", name: "max_killswitch_cancel_ms", kind: .number(.milliseconds())),  // own
        Key(section: "risk", name: "max_restart_ms", kind: .number(.milliseconds())),  // own
        Key(section: "database", name: "max_checkout_ms", kind: .number(.milliseconds())),  // own
        Key(section: "database", name: "money_columns", kind: .names(.words)),  // own
        Key(
            section: "database", name: "max_scanned_rows",
            kind: .number(.count(upTo: "1000000000000", of: "rows"))),  // own
        Key(
            section: "database", name: "min_postgresql_version",
            kind: .number(.count(upTo: "1000", of: "the first number of a version"))),  // own
        Key(section: "database", name: "min_session_room_percent", kind: .number(.percent())),  // own
        Key(
            section: "database", name: "min_statistics_days",
            kind: .number(.count(upTo: "3650", of: "days"))),  // own
        Key(
            section: "database", name: "warn_transaction_age",
            kind: .number(.count(upTo: "2000000000", of: "transactions"))),  // own
        Key(
            section: "database", name: "max_transaction_age",
            kind: .number(.count(upTo: "2000000000", of: "transactions"))),  // own
        Key(section: "database", name: "max_dead_row_percent", kind: .number(.percent())),  // own
        Key(
            section: "database", name: "min_judged_rows",
            kind: .number(.count(upTo: "1000000000000", of: "rows"))),  // own
        Key(
            section: "database", name: "max_vacuum_age_hours",
            kind: .number(NumberRange(lowest: "0.001", highest: "100000", unit: "hours"))),  // own
        Key(
            section: "database", name: "max_transaction_s",
            kind: .number(NumberRange(lowest: "0.001", highest: "604800", unit: "seconds"))),  // own
        Key(
            section: "database", name: "max_idle_in_transaction_s",
            kind: .number(NumberRange(lowest: "0.001", highest: "604800", unit: "seconds"))),  // own
        Key(section: "database", name: "max_replication_lag_ms", kind: .number(.milliseconds())),  // own
        Key(
            section: "database", name: "max_slot_retained_mib",
            kind: .number(NumberRange(lowest: "0.001", highest: "1000000000", unit: "MiB"))),  // own
        Key(section: "database", name: "warn_sequence_percent", kind: .number(.percent())),  // own
        Key(section: "database", name: "max_sequence_percent", kind: .number(.percent())),  // own
        Key(
            section: "database", name: "max_wal_mib",
            kind: .number(NumberRange(lowest: "0.001", highest: "1000000000", unit: "MiB"))),  // own
        Key(section: "noise", name: "max_psi_cpu_percent", kind: .number(.percent())),  // own
        Key(section: "noise", name: "max_steal_percent", kind: .number(.percent())),  // own
    ]

    /// Where each key belongs, by its name alone: `max_ready_ms` to `smoke.max_ready_ms`.
    static let pathsByName = Dictionary(keys.map { ($0.name, $0.path) }, uniquingKeysWith: { first, _ in first })

    /// The keys of one group.
    static func keys(of section: String) -> [Key] { keys.filter { $0.section == section } }
}

extension CriteriaSchema.Kind {
    /// What is accepted, in the words of a message.
    var accepted: String {
        switch self {
        case .number(let range): range.description
        case .flag: "true, false"
        case .word(let words): words.joined(separator: ", ")
        case .names(let names): "a list of \(names.accepted)"
        case .text: "text of one line, at most 200 bytes"
        }
    }
}

extension CriteriaSchema.Names {
    /// What is accepted as one name, in the words of a message.
    var accepted: String {
        switch self {
        case .symbols: "symbols such as BTC-USD (1 to 32 letters, digits, and - . / _ :)"
        case .capabilities: Self.offers.joined(separator: ", ")
        case .words: "names such as state_machine (1 to 64 lower-case letters, digits, and _)"
        }
    }

    /// Whether a name may stand in the list.
    func accepts(_ name: String) -> Bool {
        switch self {
        case .symbols: (1...32).contains(name.utf8.count) && name.utf8.allSatisfy(Self.isSymbolCharacter)
        case .capabilities: Self.offers.contains(name)
        case .words: (1...64).contains(name.utf8.count) && name.utf8.allSatisfy(Self.isWordCharacter)
        }
    }

    /// The known name that was probably meant.
    func nearest(_ name: String) -> String? {
        switch self {
        case .symbols, .words: nil
        case .capabilities: NearestName.of(name, among: Self.offers)
        }
    }

    private static let offers = Capability.allCases.map(\.rawValue)

    private static func isWordCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }

    private static func isSymbolCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"),
            UInt8(ascii: "_"), UInt8(ascii: ":"):
            true
        default: false
        }
    }
}
