/// One line of the requirements that the product answers, and the commands that carry it beside checks.
struct Requirement: Sendable {
    /// `A2.1`: what checks name in `controls`.
    var id: String
    /// What is asked for.
    var text: String
    /// Commands and files that carry it by themselves.
    var commands: [String] = []

    private init(_ id: String, _ text: String, _ commands: [String] = []) {
        self.id = id
        self.text = text
        self.commands = commands
    }
}

extension Requirement {
    /// Every requirement, in the order of the brief.
    static let all: [Requirement] = genesis + operations + console

    private static let genesis: [Requirement] = [
        Requirement("A1.1", "every tier's strategies are loaded"),
        Requirement("A1.2", "strategy configuration files are checked"),
        Requirement("A1.3", "strategy state machines are verified"),
        Requirement("A1.4", "strategy initialization is tested"),
        Requirement("A2.1", "position limits by tier"),
        Requirement("A2.2", "stop-loss enforcement is tested"),
        Requirement("A2.3", "Kelly criterion sizing is validated"),
        Requirement("A2.4", "correlation limits"),
        Requirement("A3.1", "order routing logic is tested"),
        Requirement("A3.2", "slicing algorithms (Hunter and up)"),
        Requirement("A3.3", "VWAP execution (Strategist)"),
        Requirement("A3.4", "circuit breaker triggers"),
        Requirement("A4.1", "connection pooling is tested"),
        Requirement("A4.2", "query performance is measured: under 10 ms, consistently"),
        Requirement("A4.3", "migration status"),
        Requirement("A4.4", "index optimization"),
        Requirement("A5.1", "metric collectors"),
        Requirement("A5.2", "alert configurations are tested, routing correctly"),
        Requirement("A5.3", "dashboard accessibility"),
        Requirement("A5.4", "logging infrastructure"),
        Requirement("A6.1", "dependency vulnerability scan"),
        Requirement("A6.2", "API key encryption"),
        Requirement("A6.3", "secure configuration"),
        Requirement("A6.4", "authentication flow is tested"),
        Requirement("A6.5", "no hard-coded keys or secrets"),
        Requirement("A6.6", "sensitive data is encrypted at rest"),
        Requirement("A6.7", "WebSocket connections are secure"),
        Requirement("A6.8", "input is validated on external data"),
        Requirement("A6.9", "SQL injection is prevented"),
        Requirement("A6.10", "rate limiting"),
        Requirement("A6.11", "audit logging"),
        Requirement("A6.12", "password strength"),
        Requirement("A7.1", "the audit trail is complete, for every trade"),
        Requirement("A7.2", "regulatory reporting"),
        Requirement("A7.3", "data retention policies"),
        Requirement("A7.4", "the compliance rules engine is tested"),
        Requirement("A7.5", "retention: positions and orders 1 year, metrics 90 days, error logs 30 days"),
        Requirement("A8.1", "order processing speed is benchmarked"),
        Requirement("A8.2", "the system is tested under load"),
        Requirement("A8.3", "memory limit"),
        Requirement("A8.4", "CPU utilization"),
        Requirement("A8.5", "the latencies, memory, CPU and throughput of the brief"),
        Requirement("A9.1", "backup procedures are tested"),
        Requirement("A9.2", "the recovery time objective is verified"),
        Requirement("A9.3", "failover mechanisms"),
        Requirement("A9.4", "data restoration is validated"),
        Requirement(
            "A9.5",
            "backup every 5 min, snapshot every minute, RTO under 5 min, RPO under 1 min, data integrity verified"),
        Requirement("A10.1", "quick health checks", ["holdpoint run --set health"]),
        Requirement("A10.2", "critical path", ["holdpoint run --set critical_path"]),
        Requirement("A10.3", "basic trading flow", ["holdpoint run --set basic_flow"]),
        Requirement("A10.4", "essential components"),
        Requirement(
            "A11", "a common validator interface; each runs alone or in the suite; quick and thorough modes",
            ["holdpoint run --validator NAME", "holdpoint run --mode quick|standard|thorough"]),
        Requirement("A12", "orchestrator: parallel execution, progress reporting", ["holdpoint", "holdpoint run"]),
        Requirement(
            "A13", "the criteria file: thresholds and modes, unknown keys reported, every threshold really used",
            ["holdpoint run --criteria FILE", "holdpoint config check", "holdpoint config show"]),
        Requirement("A14", "reports: JSON for CI/CD", ["holdpoint run --format json", "holdpoint replay LOG"]),
        Requirement(
            "A15", "make targets", ["make validate", "make validate-quick"]),
        Requirement("A16", "validator unit tests: each alone, dependencies faked", ["make test"]),
        Requirement("A17", "documentation is complete and accurate"),
        Requirement("A18", "uptime of the system itself"),
    ]

    private static let operations: [Requirement] = [
        Requirement("B0", "CLI inventory: all expected commands and options exist"),
        Requirement("B1.1", "at least two brokers connect"),
        Requirement("B1.2", "brokers authenticate (testnet or paper)"),
        Requirement("B1.3", "account access and permissions"),
        Requirement("B1.4", "success with connection details; the paper broker keeps position state"),
        Requirement("B2.1", "at least two data providers fetch history"),
        Requirement("B2.2", "data quality: no gaps, right schema, enough records"),
        Requirement("B2.3", "a sample of the data is shown"),
        Requirement("B2.4", "a symbol and range are fetched"),
        Requirement("B3.1", "sample backtests with known strategies"),
        Requirement("B3.2", "time, throughput, memory"),
        Requirement("B3.3", "median, p95, p99"),
        Requirement("B3.4", "benchmark thresholds"),
        Requirement("B3.5", "regression of more than 20 % against a saved baseline fails"),
        Requirement("B4.1", "paper trading: a representative strategy"),
        Requirement("B4.2", "paper trading: realistic capital"),
        Requirement("B4.3", "paper trading: near-real-time data"),
        Requirement("B4.4", "paper trading: every order, fill, error and heartbeat is logged"),
        Requirement("B4.5", "paper trading: interim results after 3 to 7 days"),
        Requirement("B4.6", "paper trading: hours, uptime, trades, errors, root cause of each downtime"),
        Requirement("B5.1", "uptime from heartbeats"),
        Requirement("B5.2", "downtime periods and error events"),
        Requirement("B5.3", "uptime of at least 99.9 %"),
        Requirement("B5.4", "report with uptime, error rate, incident count"),
        Requirement("B6.1", "every CLI reference in the documentation is extracted"),
        Requirement("B6.2", "commands and options are checked against the real CLI"),
        Requirement("B6.3", "examples are executed where safe"),
        Requirement("B6.4", "discrepancy report: file, line, issue, fix, severity"),
        Requirement("B7", "checklist, deployment and troubleshooting guide match reality"),
        Requirement("B8", "at least one deployment procedure walked end to end"),
        Requirement("B9", "rollback procedures name validated commands, in order"),
        Requirement("B10", "the documentation builds without warnings"),
        Requirement("B11", "validation gates are clearly defined", ["config/policies/default.yaml"]),
        Requirement("B12", "validation report in Markdown"),
        Requirement(
            "B13", "no effect on production: testnet, paper, isolated environments only",
            ["the interlock: nothing above read unless paper is proven"]),
        Requirement("B14", "operational commands give the same output as before"),
        Requirement("B15", "the CI job for performance exists and runs the regression script"),
        Requirement("B16", "artefacts by name"),
    ]

    private static let console: [Requirement] = [
        Requirement("C1", "an ncurses front end: progress, drill-down, remediation", ["holdpoint"]),
        Requirement("C2", "a shared engine that streams ValidationEvents", ["holdpoint run --format ndjson"]),
        Requirement("C3", "operator session, on-call drill-down, demo walkthrough", ["holdpoint"]),
        Requirement("C4", "the top level of the repository", ["make test"]),
    ]
}
