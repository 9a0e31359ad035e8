import FoundationEssentials
import Readiness
import TestSupport
import Testing
import Validators

/// The contract that every registered check keeps, whatever it is about.
struct ValidatorRegistryTests {
    private static let checks: [any Check] = ValidatorRegistry.all(FakeTarget().probes).flatMap(\.checks)
    private static let ids = checks.map(\.definition.id.description)

    private func check(_ id: String, of target: FakeTarget) throws -> any Check {
        try #require(
            ValidatorRegistry.all(target.probes).flatMap(\.checks).first { $0.definition.id.description == id })
    }

    // MARK: - Definitions

    @Test func `ids are unique, well formed, and begin with their validator's name`() {
        #expect(Set(Self.ids).count == Self.ids.count)
        for validator in ValidatorRegistry.all(FakeTarget().probes) {
            for check in validator.checks {
                #expect(CheckID(parsing: check.definition.id.description) != nil)
                #expect(check.definition.id.validator == validator.name)
            }
        }
    }

    @Test(arguments: ids)
    func `a check's file lies in its validator's folder and is named for its type`(id: String) throws {
        let check = try check(id, of: FakeTarget())
        let folder = check.definition.id.validator.capitalized
        let name = String(describing: type(of: check))
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        for path in [
            "Sources/Validators/\(folder)/\(name).swift", "Tests/ValidatorsTests/\(folder)/\(name)Tests.swift",
        ] {
            #expect(FileManager.default.fileExists(atPath: root.appending(path: path).path), "\(path)")
        }
    }

    /// Parts 1 and 2 of the catalogue, as data.
    private static let catalogue: [(id: String, Severity, Grade, Mode, EffectClass, [CheckID], [Lock], [String])] = [
        ("smoke.health.ready", .critical, .observed, .quick, .read, [], [], ["not-ready"]),
        (
            "smoke.killswitch.released", .critical, .observed, .quick, .read, ["smoke.health.ready"], [],
            ["killswitch-engaged"]
        ),
        ("smoke.data.ticking", .high, .observed, .quick, .read, ["smoke.health.ready"], [], ["feed-silent"]),
        ("smoke.identity.uniform", .high, .observed, .quick, .read, ["smoke.health.ready"], [], ["stale-instance"]),
        ("smoke.clock.offset", .high, .observed, .quick, .read, ["smoke.health.ready"], [], ["clock-skew"]),
        ("smoke.disk.space", .medium, .observed, .quick, .read, [], [], []),
        ("smoke.log.visible", .medium, .exercised, .quick, .read, ["smoke.health.ready"], [], ["log-silent"]),
        (
            "smoke.component.essential", .medium, .observed, .quick, .read, ["smoke.health.ready"], [],
            ["component-dead"]
        ),
        (
            "smoke.flow.books", .critical, .exercised, .quick, .writePaper,
            ["smoke.flow.round-trip", "database.connection.ready"], [.paperAccount], ["lost-fill"]
        ),
        (
            "smoke.flow.round-trip", .high, .exercised, .quick, .writePaper,
            ["smoke.data.ticking", "smoke.killswitch.released"], [.paperAccount], ["venue-rejects"]
        ),
        (
            "smoke.risk.denies", .critical, .exercised, .quick, .writePaper,
            ["smoke.data.ticking", "smoke.killswitch.released"], [.paperAccount], ["risk-off"]
        ),
        (
            "risk.limit.effective", .critical, .observed, .standard, .read, ["smoke.health.ready"], [],
            ["limit-not-loaded"]
        ),
        (
            "risk.limit.enforced", .critical, .exercised, .standard, .writePaper,
            ["risk.limit.effective", "smoke.risk.denies", "smoke.flow.round-trip"], [.paperAccount],
            ["limit-off-by-one", "deny-after-send"]
        ),
        (
            "risk.limit.race", .critical, .exercised, .standard, .writePaper, ["risk.limit.enforced"],
            [.paperAccount], ["limit-race"]
        ),
        (
            "risk.stop.enforced", .critical, .exercised, .standard, .writePaper, ["smoke.flow.round-trip"],
            [.paperAccount, .marketData], ["stop-ignored"]
        ),
        ("risk.sizing.kelly", .high, .exercised, .standard, .read, ["smoke.health.ready"], [], ["kelly-overbet"]),
        (
            "risk.correlation.limited", .high, .exercised, .standard, .writePaper,
            ["smoke.risk.denies", "smoke.flow.round-trip"], [.paperAccount, .marketData], ["correlation-ignored"]
        ),
        (
            "risk.data.fail-closed", .critical, .confirmed, .standard, .writePaper,
            ["smoke.risk.denies", "smoke.flow.round-trip"], [.paperAccount, .marketData], ["risk-fails-open"]
        ),
        (
            "risk.killswitch.effective", .critical, .exercised, .standard, .disruptive, ["smoke.flow.round-trip"],
            [.paperAccount, .targetProcess], ["killswitch-flag-only"]
        ),
        (
            "risk.decision.latency", .high, .exercised, .standard, .read,
            ["smoke.data.ticking", "smoke.killswitch.released"], [.machineQuiet], ["slow-risk"]
        ),
        ("database.connection.ready", .high, .observed, .quick, .read, [], [], ["database-missing"]),
        (
            "database.query.latency", .high, .exercised, .standard, .read, ["database.connection.ready"],
            [.machineQuiet], ["index-dropped"]
        ),
        (
            "database.query.plan", .medium, .exercised, .standard, .read, ["database.connection.ready"], [],
            ["index-dropped"]
        ),
        (
            "database.pool.capacity", .high, .exercised, .standard, .load, ["database.connection.ready"],
            [.targetProcess], ["pool-leak"]
        ),
        ("database.migration.graph", .high, .declared, .standard, .read, [], [], ["two-heads", "dangling-parent"]),
        (
            "database.migration.applied", .high, .observed, .quick, .read,
            ["database.connection.ready", "database.migration.graph"], [], ["migration-pending", "index-dropped"]
        ),
        (
            "database.index.sound", .medium, .observed, .standard, .read, ["database.connection.ready"], [],
            ["duplicate-index", "index-dropped"]
        ),
        ("database.health.sound", .high, .observed, .standard, .read, ["database.connection.ready"], [], []),
        (
            "database.schema.money-exact", .critical, .observed, .standard, .read, ["database.connection.ready"], [],
            ["float-money"]
        ),
        (
            "database.integrity.consistent", .critical, .exercised, .standard, .read,
            ["database.connection.ready", "smoke.flow.books"], [], ["orphan-fill"]
        ),
    ]

    @Test func `the registry holds the catalogue's checks and no others`() {
        #expect(Set(Self.ids) == Set(Self.catalogue.map(\.id)))
    }

    @Test(arguments: catalogue.indices)
    func `a definition is what the catalogue says`(index: Int) throws {
        let (id, severity, grade, mode, effects, requires, locks, faults) = Self.catalogue[index]
        let definition = try check(id, of: FakeTarget()).definition
        #expect(definition.severity == severity)
        #expect(definition.grade == grade)
        #expect(definition.fromMode == mode)
        #expect(definition.effects == effects)
        #expect(definition.requires == requires)
        #expect(definition.locks == locks)
        #expect(definition.faults == faults)
        #expect(definition.after.isEmpty == !Self.last.contains(id))
    }

    /// Those that come after the others, because they stop the target or take what all others need.
    private static let last: Set<String> = ["risk.killswitch.effective", "database.pool.capacity"]

    @Test func `the kill switch is tried after every other check but the one that fills the pool`() throws {
        let after = try check("risk.killswitch.effective", of: FakeTarget()).definition.after.map(\.description)
        #expect(Set(after) == Set(Self.ids).subtracting(Self.last))
    }

    /// Those that look at files and file systems, and ask the target nothing.
    private static let askNobody: Set<String> = [
        "smoke.disk.space"
    ]

    @Test(arguments: ids)
    func `a definition is complete`(id: String) throws {
        let definition = try check(id, of: FakeTarget()).definition
        #expect(!definition.title.isEmpty && !definition.title.hasSuffix("?"))
        #expect(definition.question.hasSuffix("?"))
        #expect(!definition.controls.isEmpty)
        #expect(definition.controls.allSatisfy { $0.wholeMatch(of: #/[A-C]\d+(\.\d+)?/#) != nil })
        #expect(definition.hooks.isEmpty == Self.askNobody.contains(id))
        #expect(Set(definition.hooks).count == definition.hooks.count)
        #expect(definition.softLimit < definition.hardLimit)
        #expect(definition.estimate < definition.softLimit)
    }

    @Test func `requires and after name registered checks, and lead in no circle`() {
        let definitions = Dictionary(uniqueKeysWithValues: Self.checks.map { ($0.definition.id, $0.definition) })
        func visit(_ id: CheckID, _ path: [CheckID]) {
            #expect(!path.contains(id), "circle: \(path + [id])")
            guard let definition = definitions[id], !path.contains(id) else {
                #expect(definitions[id] != nil, "\(id) is not registered")
                return
            }
            for next in definition.requires + definition.after { visit(next, path + [id]) }
        }
        for id in definitions.keys { visit(id, []) }
    }

    @Test func `each endpoint's reachability check is registered`() {
        for endpoint in Endpoint.allCases { #expect(Self.ids.contains(endpoint.reachabilityCheck.description)) }
    }

    // MARK: - Against a target

    @Test(arguments: ids, [Mode.standard, .thorough])
    func `a healthy target is green at the grade that the mode requires`(id: String, mode: Mode) async throws {
        let target = FakeTarget()
        let trial = await target.run(try check(id, of: target), mode: mode)
        #expect(trial.outcome.word == .pass, "\(trial.sentence)")
        #expect(target.evidence.all.allSatisfy { !$0.text.isEmpty })
    }

    @Test(arguments: ids)
    func `without one of its criteria a check is an error of configuration that names the key`(id: String) async throws
    {
        let target = FakeTarget()
        let check = try check(id, of: target)
        for key in check.definition.criteria {
            let trial = await target.run(check, criteria: CriteriaBuilder.without(key), token: "hp-\(key)")
            #expect(trial.outcome == .error(.configuration), "\(key)")
            #expect(trial.judgement.missingCriteria == [key])
            #expect(trial.remediation?.verify == [check.definition.id])
        }
    }

    @Test(arguments: ids)
    func `a check reads no key that it does not list`(id: String) async throws {
        let target = FakeTarget()
        let check = try check(id, of: target)
        var builder = CriteriaBuilder()
        builder.thresholds = builder.thresholds.filter { check.definition.criteria.contains($0.key) }
        builder.lists = builder.lists.filter { check.definition.criteria.contains($0.key) }
        #expect(await target.run(check, criteria: builder.criteria).outcome.word == .pass)
    }

    @Test(arguments: ids)
    func `evidence that cannot be kept is an error of ours, never a pass`(id: String) async throws {
        var target = FakeTarget()
        target.evidence = FakeEvidence(failing: ProbeError(ourSide: "disk full"))
        #expect(await target.run(try check(id, of: target)).outcome == .error(.tool))
    }

    @Test(arguments: ids)
    func `an observation that was kept as JSON is judged as it was`(id: String) async throws {
        let target = FakeTarget()
        try await judgeAgain(try check(id, of: target), against: target)
    }

    private func judgeAgain<Body: Check>(_ check: Body, against target: FakeTarget) async throws {
        let context = target.context()
        let seen = try await check.collect(in: context)
        let kept = try JSONDecoder().decode(Body.Observation.self, from: JSONEncoder().encode(seen))
        #expect(check.judge(kept, by: context.criteria) == check.judge(seen, by: context.criteria))
    }

    @Test(arguments: ids)
    func `a check with effects registers them, one without registers none`(id: String) async throws {
        let target = FakeTarget()
        let check = try check(id, of: target)
        _ = await target.run(check)
        #expect(target.effects.all.isEmpty == (check.definition.effects <= .read))
        #expect(target.effects.all.allSatisfy { $0.effectClass <= check.definition.effects })
        #expect(target.venue.submitted.isEmpty || check.definition.effects >= .writePaper)
        #expect(target.venue.left.isEmpty)
        #expect(target.pool.checkOuts == 0 || check.definition.effects >= .load)
        #expect(target.pool.held.isEmpty)
    }

    // MARK: - Remediation

    private func expectUseful(_ remediation: Remediation?, for id: CheckID) {
        #expect(remediation?.verify.contains(id) == true)
        #expect(remediation?.steps.contains { $0.command?.isEmpty == false } == true)
        #expect(remediation.map { !$0.summary.isEmpty && !$0.cause.isEmpty } == true)
        for verified in remediation?.verify ?? [] { #expect(Self.ids.contains(verified.description)) }
        let text = "\(String(describing: remediation))".lowercased()
        // How a practice desk is broken on purpose is not known to a check, and must not look as if it were.
        #expect(!text.contains("fault"))
        for word in Self.checks.flatMap(\.definition.faults) { #expect(!text.contains("desk fault set \(word)")) }
    }

    @Test(arguments: ids, ProbeError.Meeting.allCases)
    func `what could not be observed comes with advice, a cancel with none`(id: String, met: ProbeError.Meeting) throws
    {
        try advise(try check(id, of: FakeTarget()), met)
    }

    private func advise(_ check: some Check, _ met: ProbeError.Meeting) throws {
        for endpoint in Endpoint.allCases {
            let error =
                switch met {
                case .cancelled: ProbeError.cancelled
                case .ourSide: ProbeError(ourSide: "no descriptors left")
                default: ProbeError(met, at: endpoint, "no")
                }
            let remediation = check.remediation(for: .notObserved(error))
            if met == .cancelled {
                #expect(remediation == nil)
            } else {
                expectUseful(remediation, for: check.definition.id)
            }
        }
    }

    /// One way to turn each check red.
    private static let breakages: [(id: String, breaking: @Sendable (FakeTarget) -> Void)] = [
        ("smoke.health.ready", { $0.discovery.answer(ReadinessAnswer(isReady: false, reason: "x", capabilities: [])) }),
        ("smoke.killswitch.released", { $0.killSwitch.answer(KillSwitchState(isEngaged: true, by: "x")) }),
        ("smoke.data.ticking", { $0.market.show { _ in SymbolState.desk } }),
        ("smoke.flow.round-trip", { $0.venue.change { $0.rejects = true } }),
        ("smoke.risk.denies", { $0.venue.change { $0.ignored = Set($0.limits.keys) } }),
        (
            "smoke.identity.uniform",
            {
                var old = InstanceIdentity.sample("desk-2")
                old.buildID = "old"
                $0.instances.answer("desk-2", old)
            }
        ),
        ("smoke.clock.offset", { $0.targetClock.show([.init(offset: .seconds(5))]) }),
        ("smoke.disk.space", { $0.storage.show([StorageVolume(path: "/full", freeBytes: 5, totalBytes: 1_000)]) }),
        ("smoke.log.visible", { $0.log.change { $0.visibleAt = nil } }),
        ("smoke.component.essential", { $0.components.show { _ in ComponentState.working(0) } }),
        ("smoke.flow.books", { $0.books.change { $0.keeps = { _ in [] } } }),
        ("risk.limit.effective", { $0.risk.report([]) }),
        ("risk.limit.enforced", { $0.venue.change { $0.limits[.init("hunter", "max_order_quantity")] = "500.01" } }),
        ("risk.limit.race", { $0.venue.change { $0.races = true } }),
        ("risk.stop.enforced", { $0.stops.change { $0.isIgnored = true } }),
        (
            "risk.sizing.kelly",
            {
                $0.sizing.show { _, right in
                    var wrong = right
                    wrong.fraction = DecimalValue(right.fraction.decimal * 4)
                    return wrong
                }
            }
        ),
        ("risk.correlation.limited", { $0.venue.change { $0.ignoresCorrelation = true } }),
        ("risk.data.fail-closed", { $0.venue.change { $0.failsOpen = true } }),
        ("risk.killswitch.effective", { $0.venue.change { $0.keepsWorkingWhenStopped = true } }),
        ("risk.decision.latency", { $0.risk.decide(inMilliseconds: [25]) }),
        ("database.connection.ready", { $0.ledger.change { $0.facts.isReadOnly = false } }),
        ("database.query.latency", { $0.ledger.change { $0.milliseconds["orders"] = [400] } }),
        (
            "database.query.plan",
            {
                $0.ledger.change {
                    $0.plans["orders"] = QueryPlan(
                        steps: ["SCAN f"], scans: [.init(table: "fills", rows: 200_000, step: "SCAN f")])
                }
            }
        ),
        ("database.pool.capacity", { $0.pool.change { $0.leaks = { _ in true } } }),
        ("database.migration.graph", { $0.migrations.hold(MigrationFile.desk + [.sql("0004", revises: "0002")]) }),
        ("database.migration.applied", { $0.ledger.change { $0.applied = ["0001"] } }),
        ("database.index.sound", { $0.ledger.change { $0.schema.tables[0].indexes = [] } }),
        ("database.health.sound", { $0.ledger.change { $0.health.logBytes = 1 << 40 } }),
        ("database.schema.money-exact", { $0.ledger.change { $0.schema.tables[0].columns[3].declaredType = "REAL" } }),
        (
            "database.integrity.consistent",
            { $0.ledger.change { $0.orphans = [OrphanRow(table: "fills", row: 1, parent: "orders")] } }
        ),
    ]

    @Test(arguments: breakages.indices)
    func `each check can go red, says why, and comes with steps and commands`(index: Int) async throws {
        let (id, breaking) = Self.breakages[index]
        let target = FakeTarget()
        breaking(target)
        let check = try check(id, of: target)
        let trial = await target.run(check)
        #expect(trial.outcome.word == .fail)
        #expect(!trial.sentence.isEmpty && trial.sentence != check.definition.title)
        expectUseful(trial.remediation, for: check.definition.id)
    }

    @Test func `every check has a way to turn it red`() {
        #expect(Set(Self.breakages.map(\.id)) == Set(Self.ids))
    }
}
