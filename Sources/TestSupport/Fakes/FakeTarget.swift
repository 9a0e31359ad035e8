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
    /// The target's clock.
    package var targetClock = FakeTargetClock()
    /// Every process of the target.
    package var instances = FakeInstances()
    /// The target's log.
    package var log: FakeLog
    /// The parts of the target.
    package var components = FakeComponents()
    /// Where it writes to.
    package var storage = FakeStorage()
    /// What accounts hold, in memory and in the ledger.
    package var books: FakeBooks
    /// How large a position would be.
    package var sizing = FakeSizing()
    /// How two series go together.
    package var correlation: FakeCorrelation
    /// Scripts and cuts the feed.
    package var feed: FakeFeed
    /// Stops on positions.
    package var stops: FakeStops
    /// Orders that arrive together.
    package var burst: FakeBurst
    /// The target's process.
    package var control: FakeControl
    /// The pool of database sessions.
    package var pool: FakePool
    /// Migration files.
    package var migrations = FakeMigrations()
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
        let books = FakeBooks()
        self.books = books
        let feed = FakeFeed(clock: clock)
        self.feed = feed
        stops = FakeStops(feed: feed, books: books, clock: clock)
        let venue = FakeVenue(
            criteria.enforced, market: symbols, books: books, feed: feed, stops: stops, journal: journal)
        self.venue = venue
        correlation = FakeCorrelation(criteria.enforced.limits)
        burst = FakeBurst(venue)
        control = FakeControl(clock: clock)
        control.follow { venue.restart() }
        killSwitch.follow { venue.stop($0) }
        effects = FakeEffects(journal: journal)
        pool = FakePool(journal: journal)
        market = FakeMarket(feed: feed) { look in symbols.map { $0.ticked(look) } }
        log = FakeLog(clock: clock)
        ledger.change { script in
            script.rows[LedgerBooks.sample.fillsOfOrder] = { books.rows(of: $0.first ?? "") }
            let others = script.rows[LedgerBooks.sample.cashText]
            script.rows[LedgerBooks.sample.cashText] = { (others?($0) ?? []) + books.cashRows() }
        }
    }

    /// The probes into it.
    package var probes: TargetProbes {
        TargetProbes(
            discovery: discovery, risk: risk, orders: venue, market: market, killSwitch: killSwitch, clock: targetClock,
            instances: instances, log: log, components: components, storage: storage, positions: books, sizing: sizing,
            correlation: correlation, feed: feed, stops: stops, burst: burst, control: control, pool: pool,
            migrations: migrations, ledger: ledger, accounts: ReadinessAccounts(prefix: "READY-"), runbook: .sample)
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
        dropCopy: "desk dropcopy", log: "desk log", positions: "desk positions",
        components: "desk components", pool: "desk pool", stops: "desk stops", restoreFeed: "desk feed restore",
        disk: "desk disk", instances: "desk instances", clock: "desk clock", sizing: "desk size",
        correlation: "desk correlation", limitsFile: "/desk home/limits.yaml",
        migrationsFolder: "/desk home/migrations")
}
