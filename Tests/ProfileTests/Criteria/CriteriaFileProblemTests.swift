import Profile
import Readiness
import Testing

struct CriteriaFileProblemTests {
    /// One change of the shipped file, and what must be said of it.
    struct Change: Sendable, CustomTestStringConvertible {
        var old: String
        var new: String
        var keyPath: String
        var says: String
        var nearest: String?

        var testDescription: String { new }
    }

    private func shipped() throws -> String { try Checkout.text("config/validation_criteria.yaml").text }

    private func problemsOf(_ text: String) throws -> [ConfigurationProblem] {
        try problems {
            _ = try CriteriaFile.load(
                ConfigurationText(name: "c.yaml", text: text), isOurs: true, knownNames: knownNames,
                digest: lengthDigest)
        }
    }

    private static let milliseconds = "a decimal number from 0.001 to 600000 (ms)"

    @Test(arguments: [
        Change(
            old: "max_latency_ms: 50", new: "max_latency_ms: fast", keyPath: "thresholds.performance.max_latency_ms",
            says: "is 'fast'; accepted: \(milliseconds)"),
        Change(
            old: "max_latency_ms: 50", new: "max_latency_ms: 0", keyPath: "thresholds.performance.max_latency_ms",
            says: "is 0, out of range; accepted: \(milliseconds)"),
        Change(
            old: "max_latency_ms: 50", new: "max_latency_ms: 600000.1",
            keyPath: "thresholds.performance.max_latency_ms",
            says: "is 600000.1, out of range; accepted: \(milliseconds)"),
        Change(
            old: "max_latency_ms: 50", new: "max_latency_ms: 5e1", keyPath: "thresholds.performance.max_latency_ms",
            says: "is '5e1'; accepted: \(milliseconds)"),
        Change(
            old: "max_latency_ms: 50", new: "max_latency_ms: 050", keyPath: "thresholds.performance.max_latency_ms",
            says: "is '050'; accepted: \(milliseconds)"),
        Change(
            old: "max_latency_ms: 50", new: "max_latency_ms: 5_0", keyPath: "thresholds.performance.max_latency_ms",
            says: "is '5_0'; accepted: \(milliseconds)"),
        Change(
            old: "max_latency_ms: 50", new: "max_latency_ms: .inf", keyPath: "thresholds.performance.max_latency_ms",
            says: "is '.inf'; accepted: \(milliseconds)"),
        Change(
            old: "max_latency_ms: 50", new: "max_latency_ms: '50'", keyPath: "thresholds.performance.max_latency_ms",
            says: "is text: write 50 without quotation marks; accepted: \(milliseconds)"),
        Change(
            old: "max_latency_ms: 50", new: "max_latency_ms:", keyPath: "thresholds.performance.max_latency_ms",
            says: "is empty; accepted: \(milliseconds)"),
        Change(
            old: "max_latency_ms: 50", new: "max_latency_ms: [50]", keyPath: "thresholds.performance.max_latency_ms",
            says: "is a list; accepted: \(milliseconds)"),
        Change(
            old: "max_critical_vulnerabilities: 0", new: "max_critical_vulnerabilities: 0.5",
            keyPath: "thresholds.security.max_critical_vulnerabilities",
            says: "is 0.5, not a whole number; accepted: a whole number from 0 to 100000 (vulnerabilities)"),
        Change(
            old: "min_uptime_percent: 99.9", new: "min_uptime_percent: 100.1",
            keyPath: "thresholds.reliability.min_uptime_percent",
            says: "is 100.1, out of range; accepted: a decimal number from 0 to 100 (percent)"),
        Change(
            old: "min_password_strength: strong", new: "min_password_strength: stong",
            keyPath: "thresholds.security.min_password_strength",
            says: "is 'stong'; accepted: weak, medium, strong; did you mean strong?", nearest: "strong"),
        Change(
            old: "require_encryption: true", new: "require_encryption: yes",
            keyPath: "thresholds.security.require_encryption", says: "is 'yes'; accepted: true, false"),
        Change(
            old: "      - orders.stream", new: "      - order.stream",
            keyPath: "thresholds.smoke.expected_capabilities", says: "did you mean orders.stream?",
            nearest: "orders.stream"),
        Change(
            old: "[BTC-USD,", new: "[BTC-USD, BTC-USD,", keyPath: "thresholds.smoke.expected_symbols",
            says: "holds 'BTC-USD' twice"),
        Change(
            old: "[BTC-USD,", new: "[BTC USD,", keyPath: "thresholds.smoke.expected_symbols", says: "holds 'BTC USD'"),
        Change(
            old: "max_ready_ms: 500", new: "max_redy_ms: 500", keyPath: "thresholds.smoke.max_redy_ms",
            says: "is not a known key; accepted: max_ready_ms, max_tick_age_ms, max_round_trip_ms, expected_symbols,"
                + " expected_capabilities, warn_clock_offset_ms, max_clock_offset_ms, min_free_disk_gb,"
                + " max_log_delay_ms, max_books_ms, essential_components, min_instances,"
                + " released_build; did you mean max_ready_ms?",
            nearest: "max_ready_ms"),
        Change(
            old: "    max_tick_age_ms: 2000", new: "    max_ready_ms: 2000", keyPath: "thresholds.smoke.max_ready_ms",
            says: "is given twice, first in line"),
        Change(
            old: "    duration_minutes: 5", new: "    duration_minutes: 0",
            keyPath: "validation_modes.quick.duration_minutes", says: "is 0, out of range"),
        Change(
            old: "validators: [health,", new: "validators: [healht,", keyPath: "validation_modes.quick.validators",
            says: "did you mean health?", nearest: "health"),
        Change(
            old: "    validators: [health, basic_flow]", new: "    validators: al",
            keyPath: "validation_modes.quick.validators", says: "is 'al'; accepted: all, or a list of health"),
        Change(
            old: "include_load_tests: true", new: "include_load_test: true",
            keyPath: "validation_modes.thorough.include_load_test", says: "did you mean include_load_tests?",
            nearest: "include_load_tests"),
    ])
    func `a wrong value in our own file is an error with its line and its key`(change: Change) throws {
        let text = try shipped().changing(change.old, to: change.new)
        let found = try problemsOf(text)
        let problem = try #require(found.first { $0.keyPath == change.keyPath })
        #expect(problem.location == SourceLocation(file: "c.yaml", line: text.line(of: change.new)))
        #expect(problem.description.contains(change.says))
        #expect(problem.nearest == change.nearest)
        // Nothing else is reported but the key that a misspelt one leaves missing.
        #expect(found.count { $0.keyPath != change.keyPath && $0.message != "is missing" } == 0)
    }

    @Test(arguments: [
        "max_latency_ms", "min_throughput_ops", "max_query_time_ms", "min_uptime_percent", "require_encryption",
        "expected_symbols", "max_scanned_rows", "max_steal_percent", "validation_modes", "thorough", "noise",
    ])
    func `a key missing from our own file is an error that says what is accepted`(key: String) throws {
        let text = try shipped().changing("\(key):", to: "x_\(key):")
        let missing = try problemsOf(text).filter { $0.message == "is missing" }
        #expect(missing.count == 1)
        #expect(missing.first?.keyPath.split(separator: ".").last.map(String.init) == key)
        #expect(missing.first?.accepted?.isEmpty == false)
        #expect((missing.first?.location.line ?? 0) > 0)
    }

    @Test func `all problems are reported at once, in the order of the lines`() throws {
        var text = try shipped()
        text = text.changing("max_latency_ms: 50", to: "max_latency_ms: fast")
        text = text.changing("max_cpu_percent: 50", to: "max_cpu_percent: 500")
        text = text.changing("max_high_vulnerabilities: 0", to: "max_critical_vulnerabilities: 0")
        text = text.changing("max_steal_percent: 5", to: "max_stolen_percent: 5")
        text = text.changing("duration_minutes: 120", to: "duration_minutes: soon")
        let found = try problemsOf(text)
        #expect(found.map(\.location.line) == found.map(\.location.line).sorted())
        #expect(
            Set(found.map { "\($0.keyPath) \($0.message.split(separator: ",")[0])" }) == [
                "thresholds.performance.max_latency_ms is 'fast'",
                "thresholds.performance.max_cpu_percent is 500",
                "thresholds.security.max_critical_vulnerabilities is given twice",
                "thresholds.security.max_high_vulnerabilities is missing",
                "thresholds.noise.max_stolen_percent is not a known key",
                "thresholds.noise.max_steal_percent is missing",
                "validation_modes.thorough.duration_minutes is 'soon'",
            ])
    }

    @Test(arguments: ["thresholds: 5\n", "thresholds:\n", "thresholds: []\n", "a: 1\n"])
    func `a file with the wrong shape is refused with a line`(text: String) throws {
        let found = try problemsOf(text)
        #expect(!found.isEmpty)
        #expect(found.allSatisfy { $0.location.line > 0 })
    }

    @Test func `the brief's form alone is not enough for our own file`() throws {
        let missing = try problemsOf(briefForm).filter { $0.message == "is missing" }
        #expect(
            missing.map(\.keyPath).sorted() == [
                "thresholds.database", "thresholds.noise", "thresholds.performance.max_query_time_ms",
                "thresholds.performance.max_risk_decision_ms", "thresholds.risk", "thresholds.smoke",
            ])
    }
}
