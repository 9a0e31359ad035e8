package import ConsoleUI
package import Readiness

/// Runs that show every kind of thing that the console draws: twelve checks, one limit off by one, one query too slow,
/// one check blocked, one unverified, one still running.
package enum SampleRun {
    /// The checks of the sample.
    package static let plan: [PlannedCheck] = [
        EventScript.check(
            "smoke.health.ready", "the target says that it is ready", severity: .critical, estimate: 20,
            grade: .observed),
        EventScript.check(
            "smoke.clock.synchronised", "the target's clock is within its limit of ours",
            requires: ["smoke.health.ready"], grade: .observed),
        EventScript.check(
            "smoke.marketdata.flowing", "every symbol ticks within its limit", requires: ["smoke.health.ready"],
            estimate: 900),
        EventScript.check(
            "smoke.order.roundtrip", "a paper order is accepted, shown and cancelled", severity: .critical,
            requires: ["smoke.health.ready"], locks: [.paperAccount], effects: .writePaper, estimate: 400),
        EventScript.check(
            "risk.limit.effective", "every limit in force equals the policy's, to the last digit", severity: .critical,
            requires: ["smoke.health.ready"], grade: .observed),
        EventScript.check(
            "risk.limit.enforced", "orders at a limit are accepted and one tick above it denied", severity: .critical,
            requires: ["smoke.health.ready"], locks: [.paperAccount], effects: .writePaper, estimate: 1800),
        EventScript.check(
            "risk.killswitch.clear", "the kill switch is not engaged", severity: .critical,
            requires: ["smoke.health.ready"], grade: .observed),
        EventScript.check(
            "risk.decision.latency", "the 99th percentile of a pre-trade decision is inside its limit",
            requires: ["smoke.health.ready"], locks: [.machineQuiet], estimate: 2500),
        EventScript.check(
            "database.connection.ready", "the ledger can be read", severity: .critical, estimate: 20, grade: .observed),
        EventScript.check(
            "database.migration.applied", "the applied revision is the head", requires: ["database.connection.ready"],
            grade: .observed),
        EventScript.check(
            "database.query.latency", "the 99th percentile of each critical query is inside its limit",
            requires: ["database.connection.ready"], locks: [.machineQuiet], estimate: 1500),
        EventScript.check(
            "database.integrity.consistent", "fills add up to positions", requires: ["database.migration.applied"],
            estimate: 300),
    ]

    /// How to mend the limit.
    package static let limitFix = Remediation(
        summary: "Load the declared limit and restart the risk engine",
        cause:
            "The engine accepted 500.07 where the policy allows 500.00: it compares lots, not units (evidence r1-6-1).",
        steps: [
            .init("Look at the limit that the file declares.", command: "sed -n 31p config/limits/genesis-tiers.yaml"),
            .init(
                "Clear the fault on the practice desk.", command: "holdpoint desk fault clear limit-off-by-one",
                undo: "holdpoint desk fault set limit-off-by-one=7"),
            .init("Run the check again from here with r."),
        ], verify: ["risk.limit.enforced"])

    /// How to mend the query.
    package static let indexFix = Remediation(
        summary: "Create the index of fills by order again",
        cause: "The plan of fills-by-order is a scan of 120,000 rows (evidence r1-11-1).",
        steps: [
            .init(
                "Create it.", command: "sqlite3 ledger.db 'CREATE INDEX fills_by_order ON fills(order_id)'",
                undo: "sqlite3 ledger.db 'DROP INDEX fills_by_order'")
        ],
        verify: ["database.query.latency"])

    /// The text of every piece of evidence of the sample.
    package static let evidenceText = """
        order hp-7-1  READY-HUNTER  BTC-USD buy 500.00   accepted  2.1 ms
        order hp-7-2  READY-HUNTER  BTC-USD buy 500.01   accepted  2.0 ms   expected: denied
        order hp-7-3  READY-HUNTER  BTC-USD buy 500.07   accepted  2.2 ms   expected: denied
        order hp-7-4  READY-HUNTER  BTC-USD buy 500.08   denied    1.9 ms   reason max_order_quantity
        bisection: enforced limit 500.07, declared 500.00
        drop copy: 3 orders left the gateway, 3 cancelled
        """

    /// A source of numbers in files.
    package static func limit(_ value: DecimalValue, line: Int) -> Threshold {
        Threshold(value, source: SourceLocation(file: "config/limits/genesis-tiers.yaml", line: line))
    }

    /// Everything up to the given part of the run.
    package enum Stage: CaseIterable, Sendable {
        /// The plan is announced, nothing has started.
        case planned
        /// Half is green, some run, some wait, nothing is red.
        case running
        /// One check is red while others still run.
        case firstRed
        /// All have finished: no-go.
        case red
        /// The red ones have run again: go.
        case green
    }

    /// The events of a stage.
    package static func events(_ stage: Stage) -> [ValidationEvent] {
        var script = EventScript()
        script.begin(plan)
        script.gate(.hold, plan.map { VerdictReason(.notFinished, $0.id) }, required: 12, verified: 0)
        guard stage != .planned else { return script.events }
        runGreen(&script)
        guard stage != .running else { return script.events }
        failLimit(&script)
        guard stage != .firstRed else { return script.events }
        finishRest(&script)
        guard stage != .red else { return script.events }
        rerun(&script)
        return script.events
    }

    /// A console that has been told a stage.
    package static func model(_ stage: Stage, _ size: Size) -> ConsoleModel {
        var model = ConsoleModel(size: size)
        _ = model.update(.events(events(stage)), at: .seconds(1))
        _ = model.update(.faults(faults), at: .seconds(1))
        return model
    }

    /// The switches of the sample's desk.
    package static let faults = FaultPanel(
        home: "/run/holdpoint/01KCONSOLE/desk", pid: 4711,
        faults: [
            .init(name: "not-ready", sentence: "The desk answers that it is still warming up."),
            .init(name: "feed-silent", sentence: "Market data stops: no symbol ticks any more."),
            .init(
                name: "limit-off-by-one",
                sentence: "The hunter's order quantity is enforced some lots of 0.01 above the declared limit.",
                magnitudeHint: "a whole number of lots from 1 to 100000", active: "7"),
            .init(
                name: "slow-risk", sentence: "Every risk decision takes this much longer.",
                magnitudeHint: "a time from 1ms to 10000ms, such as 40ms, 900us or 2s"),
            .init(name: "index-dropped", sentence: "The index of fills by order is gone from the ledger.", active: ""),
        ])

    // MARK: - Parts

    private static func start(_ script: inout EventScript, _ id: CheckID) {
        script.write(.checkQueued, id)
        script.write(.checkStarted(CheckStarted(attempt: 1)), id)
    }

    private static func measured(
        _ script: inout EventScript, _ id: CheckID, _ measurement: Measurement, _ evidence: Evidence
    ) {
        script.write(.checkEvidence(evidence), id)
        script.write(.checkMeasurement(measurement), id)
    }

    private static func pass(
        _ script: inout EventScript, _ id: CheckID, _ name: String, _ unit: String, _ value: DecimalValue,
        _ criterion: Criterion,
        n: Int = 1, took: Duration
    ) {
        let evidence = EventScript.evidence("r1-\((plan.firstIndex { $0.id == id } ?? 0) + 1)-1")
        measured(&script, id, Measurement(name, unit: unit, value, criterion, n: n, from: evidence), evidence)
        script.finish(id, .pass, title(id), took: took)
    }

    private static func title(_ id: CheckID) -> String { plan.first { $0.id == id }?.title ?? "" }

    private static func runGreen(_ script: inout EventScript) {
        for check in plan.dropFirst().filter({ !$0.requires.isEmpty }) {
            script.write(
                .checkWaiting(CheckWaiting(on: "dependency", names: check.requires.map(\.description))), check.id)
        }
        start(&script, "smoke.health.ready")
        start(&script, "database.connection.ready")
        script.clock += .milliseconds(31)
        pass(
            &script, "smoke.health.ready", "ready", "1", "1", Criterion(definition: .equal, "1"),
            took: .milliseconds(12))
        pass(
            &script, "database.connection.ready", "integrity", "1", "1", Criterion(definition: .equal, "1"),
            took: .milliseconds(29))
        for id: CheckID in [
            "smoke.clock.synchronised", "smoke.marketdata.flowing", "smoke.order.roundtrip", "risk.limit.effective",
        ] {
            start(&script, id)
        }
        script.clock += .milliseconds(180)
        pass(
            &script, "smoke.clock.synchronised", "offset", "ms", "0.41", Criterion(.less, limit("50", line: 4)), n: 5,
            took: .milliseconds(44))
        pass(
            &script, "risk.limit.effective", "limits equal", "1", "27", Criterion(definition: .equal, "27"),
            took: .milliseconds(61))
        script.clock += .milliseconds(300)
        pass(
            &script, "smoke.order.roundtrip", "order acknowledged", "ms", "3.72",
            Criterion(.less, limit("250", line: 9)), n: 3, took: .milliseconds(402))
        start(&script, "risk.killswitch.clear")
        start(&script, "risk.limit.enforced")
        script.write(.lockAcquired(LockChange(name: .paperAccount, waitedMs: 402)), "risk.limit.enforced")
        script.write(
            .checkLog(CheckLog(text: "max_order_quantity.hunter: trying 500.00 and 500.01", dropped: 0)),
            "risk.limit.enforced")
        script.write(.checkProgress(CheckProgress(done: 5, total: 12, unit: "limits")), "risk.limit.enforced")
        script.write(.checkProgress(CheckProgress(done: 61, total: 100, unit: "ticks")), "smoke.marketdata.flowing")
        script.write(.checkWaiting(CheckWaiting(on: "lock", names: ["machine.quiet"])), "risk.decision.latency")
        script.clock += .milliseconds(140)
    }

    private static func failLimit(_ script: inout EventScript) {
        let id: CheckID = "risk.limit.enforced"
        script.write(
            .checkLog(CheckLog(text: "500.01 was accepted: searching for the enforced limit by bisection", dropped: 0)),
            id)
        let evidence = EventScript.evidence("r1-6-1", kind: .orderTrace, size: evidenceText.utf8.count)
        script.write(.checkEvidence(evidence), id)
        let limits: [(String, String, DecimalValue, DecimalValue, Int)] = [
            ("max_order_quantity.hunter", "1", "500.07", "500.00", 31),
            ("max_order_quantity.sniper", "1", "100.00", "100.00", 12),
            ("max_order_notional.hunter", "USD", "250000.00", "250000.00", 32),
        ]
        for (name, unit, value, bound, line) in limits {
            let measurement = Measurement(
                name, unit: unit, value, Criterion(.equal, limit(bound, line: line)), from: evidence)
            script.write(.checkMeasurement(measurement), id)
        }
        script.write(
            .checkFinding(
                Finding(
                    kind: "limit-differs", severity: .critical, subject: "max_order_quantity.hunter",
                    message: "max_order_quantity.hunter is enforced at 500.07, declared 500.00",
                    location: SourceLocation(file: "config/limits/genesis-tiers.yaml", line: 31),
                    suggestion: "Compare quantities in units, not in lots.")), id)
        script.finish(
            id, .fail, "max_order_quantity.hunter is 500.07, must be = 500.00", reason: "criterion",
            took: .milliseconds(812), fix: limitFix)
        var reasons = [VerdictReason(.unwaivedFail, id)]
        let open: [CheckID] = [
            "smoke.marketdata.flowing", "risk.killswitch.clear", "risk.decision.latency", "database.migration.applied",
            "database.query.latency", "database.integrity.consistent",
        ]
        reasons += open.map { VerdictReason(.notFinished, $0) }
        script.gate(.noGo, reasons, required: 12, verified: 7)
    }

    private static func finishRest(_ script: inout EventScript) {
        script.clock += .milliseconds(420)
        pass(
            &script, "risk.killswitch.clear", "engaged", "1", "0", Criterion(definition: .equal, "0"),
            took: .milliseconds(8))
        pass(
            &script, "smoke.marketdata.flowing", "slowest symbol", "ms", "212",
            Criterion(.less, limit("1000", line: 6)), n: 100, took: .milliseconds(940))
        start(&script, "database.migration.applied")
        let migration = EventScript.evidence("r1-10-1", kind: .sqlResult)
        measured(
            &script, "database.migration.applied",
            Measurement("revisions behind", unit: "1", "1", Criterion(definition: .equal, "0"), from: migration),
            migration)
        script.finish(
            "database.migration.applied", .fail, "the ledger is at 0007, the head is 0008", reason: "migration-pending",
            took: .milliseconds(14))
        script.finish(
            "database.integrity.consistent", .blocked, "database.migration.applied did not end well",
            blockedBy: "database.migration.applied", rootCause: "database.migration.applied")
        start(&script, "risk.decision.latency")
        script.clock += .milliseconds(2400)
        let decision = EventScript.evidence("r1-8-1", kind: .samples)
        measured(
            &script, "risk.decision.latency",
            Measurement(
                "p99", unit: "ms", "48.2", Criterion(.less, limit("50", line: 17), warn: limit("40", line: 18)), n: 400,
                aggregation: .p99, from: decision), decision)
        script.finish(
            "risk.decision.latency", .warn, "p99 is 48.2 ms, must be < 50", reason: "band", took: .milliseconds(2380))
        start(&script, "database.query.latency")
        script.clock += .milliseconds(900)
        let query = EventScript.evidence("r1-11-1", kind: .samples)
        measured(
            &script, "database.query.latency",
            Measurement(
                "fills-by-order p99", unit: "ms", "14.2", Criterion(.less, limit("10", line: 21)), n: 300,
                aggregation: .p99, from: query), query)
        script.finish(
            "database.query.latency", .unverified,
            "fills-by-order p99 is 14.2 ms, must be < 10, but the host was too busy for that to mean anything",
            reason: "noisy_host", took: .milliseconds(880), fix: indexFix)
        script.gate(
            .noGo,
            [
                VerdictReason(.unwaivedFail, "risk.limit.enforced"),
                VerdictReason(.unwaivedFail, "database.migration.applied"),
                VerdictReason(.requiredUnverified, "database.query.latency"),
                VerdictReason(.requiredBlocked, "database.integrity.consistent"),
            ], required: 12, verified: 10)
    }

    private static func rerun(_ script: inout EventScript) {
        script.clock += .seconds(20)
        script.write(.operatorAction(OperatorAction(action: "rerun", object: "failed", operatorName: "amina")))
        let again: [CheckID] = [
            "risk.limit.enforced", "database.migration.applied", "database.query.latency",
            "database.integrity.consistent",
        ]
        script.write(.roundStarted(RoundStarted(checks: again, why: "operator")))
        for id in again { start(&script, id) }
        script.clock += .milliseconds(600)
        pass(
            &script, "risk.limit.enforced", "max_order_quantity.hunter", "1", "500.00",
            Criterion(.equal, limit("500.00", line: 31)), took: .milliseconds(812))
        pass(
            &script, "database.migration.applied", "revisions behind", "1", "0", Criterion(definition: .equal, "0"),
            took: .milliseconds(14))
        pass(
            &script, "database.query.latency", "fills-by-order p99", "ms", "2.14",
            Criterion(.less, limit("10", line: 21)), n: 300, took: .milliseconds(880))
        pass(
            &script, "database.integrity.consistent", "orphans", "1", "0", Criterion(definition: .equal, "0"),
            took: .milliseconds(200))
        script.gate(.goWithConditions, [VerdictReason(.warning, "risk.decision.latency")], required: 12, verified: 12)
    }
}
