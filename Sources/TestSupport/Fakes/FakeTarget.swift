package import Readiness

/// A whole target in memory: healthy as it is made, and broken by changing one of its parts.
package struct FakeTarget: Sendable {
    /// Readiness and identity.
    package var discovery = FakeDiscovery()
    /// Limits and decisions.
    package var risk: FakeRisk
    /// Orders.
    package var venue: FakeVenue
    /// The feed.
    package var market = FakeMarket()
    /// The kill switch.
    package var killSwitch = FakeKillSwitch()
    /// The database.
    package var ledger = FakeLedger()
    /// What was registered and what was submitted, in order.
    package var journal: Journal
    /// What checks registered.
    package var effects: FakeEffects
    /// What checks kept.
    package var evidence = FakeEvidence()
    /// What checks told.
    package var reporter = FakeReporter()
    /// How busy the host is.
    package var noise = FakeNoise()
    /// The time that checks wait by.
    package var clock = ManualClock()
    /// The criteria that it meets.
    package var criteria: CriteriaBuilder

    /// A healthy one.
    package init(_ criteria: CriteriaBuilder = CriteriaBuilder(), market symbols: [SymbolState] = SymbolState.desk) {
        self.criteria = criteria
        journal = Journal()
        risk = FakeRisk(criteria.effective)
        venue = FakeVenue(criteria.enforced, market: symbols, journal: journal)
        effects = FakeEffects(journal: journal)
        market = FakeMarket { look in symbols.map { $0.ticked(look) } }
    }

    /// The probes into it.
    package var probes: TargetProbes {
        TargetProbes(
            discovery: discovery, risk: risk, orders: venue, market: market, killSwitch: killSwitch, ledger: ledger,
            accounts: ReadinessAccounts(prefix: "READY-"), runbook: .sample)
    }

    /// What a check gets to look at it with.
    package func context(
        _ mode: Mode = .standard, criteria: Criteria? = nil, token: String = "hp-test"
    ) -> CollectContext {
        CollectContext(
            criteria: criteria ?? self.criteria.criteria, mode: mode, evidence: evidence, reporter: reporter,
            effects: effects, noise: noise, clock: clock, token: token)
    }

    /// Collects and judges as the engine does, without its log, limits and retries.
    ///
    /// What a check registered is undone only when the test says so, by `effects`. A client order id is good once, so a
    /// second run against the same venue needs another token.
    package func run<Body: Check>(
        _ check: Body, mode: Mode = .standard, criteria: Criteria? = nil, token: String = "hp-test"
    ) async -> CheckTrial {
        let context = context(mode, criteria: criteria, token: token)
        let trial: CheckTrial
        do throws(ProbeError) {
            let observation = try await check.collect(in: context)
            let judgement = check.judge(observation, by: context.criteria)
            let outcome = judgement.outcome(requiring: check.definition.requiredGrade(in: mode))
            trial = CheckTrial(
                outcome: outcome, judgement: judgement,
                remediation: check.remediation(for: .judged(observation, judgement)),
                sentence: judgement.sentence(for: outcome, title: check.definition.title), error: nil)
        } catch {
            trial = CheckTrial(
                outcome: error.outcome(whereReachabilityIsSubject: check.definition.isReachability),
                judgement: Judgement(), remediation: check.remediation(for: .notObserved(error)),
                sentence: error.description, error: error)
        }
        return trial
    }
}

/// What a check came to against a fake target.
package struct CheckTrial: Sendable {
    /// As the engine would have it.
    package var outcome: Outcome
    /// Empty where nothing was observed.
    package var judgement: Judgement
    /// What a person can do.
    package var remediation: Remediation?
    /// Why, for a person.
    package var sentence: String
    /// Why nothing was observed.
    package var error: ProbeError?

    /// The kinds of the findings, in order.
    package var kinds: [String] { judgement.findings.map(\.kind) }

    /// The measurement of that name.
    package func measurement(_ name: String) -> Measurement? { judgement.measurements.first { $0.name == name } }
}

extension TargetRunbook {
    /// Commands that name themselves.
    package static let sample = TargetRunbook(
        status: "desk status", restart: "desk restart", readiness: "desk readiness", limits: "desk limits",
        marketData: "desk marketdata", killSwitch: "desk killswitch", releaseKillSwitch: "desk killswitch release",
        dropCopy: "desk dropcopy", log: "desk log", limitsFile: "/desk home/limits.yaml",
        migrationsFolder: "/desk home/migrations")
}
