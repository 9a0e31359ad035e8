package import Readiness

/// `database.query.latency`: each critical query answers within its limit, on the real volume of data.
///
/// One connection, one query at a time: the figure is what a caller waits, without the cost of connecting and without
/// load of our own. It says nothing about the database under load; `performance.*` does.
package struct QueryLatency: Check {
    /// What was measured.
    package struct Observation: Codable, Sendable {
        /// The times of one query.
        package struct Timing: Codable, Sendable {
            /// The query.
            package var query: CriticalQuery
            /// The times.
            package var series: LatencySeries
            /// Rows of the last answer.
            package var rows: Int
            /// The statement and the samples.
            package var evidence: Evidence
        }

        /// Where the target says that its ledger is.
        package var ledger: LedgerDescription
        /// One for each critical query.
        package var timings: [Timing]
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "database.query.latency", title: "The p99 of every critical query is inside its limit",
        question: "Do the critical queries answer quickly enough?", severity: .high, grade: .exercised,
        requires: ["database.connection.ready"], locks: [.machineQuiet], hooks: [.ledger],
        criteria: [limitKey] + HostNoise.criteriaKeys, controls: ["A4.2", "A8.5"], faults: ["index-dropped"],
        softLimit: .seconds(10), hardLimit: .seconds(120), estimate: .milliseconds(500))

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Times every query over one kept connection.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        try await LedgerSession.with(probes.ledger) { connection, described throws(ProbeError) in
            let queries = described.value.criticalQueries
            var timings: [Observation.Timing] = []
            for (place, query) in queries.enumerated() {
                timings.append(try await time(query, at: place, of: queries.count, connection, in: context))
            }
            return Observation(ledger: described.value, timings: timings)
        }
    }

    private func time(
        _ query: CriticalQuery, at place: Int, of count: Int, _ connection: any LedgerConnection,
        in context: CollectContext
    ) async throws(ProbeError) -> Observation.Timing {
        let sampler = LatencySampler(context, limitKey: Self.limitKey)
        let total = sampler.planned * count
        var rows = 0
        let series = try await sampler.series { done throws(ProbeError) in
            if done.isMultiple(of: 10) {
                context.reporter.progress(place * sampler.planned + done, of: total, unit: "samples")
            }
            let answer = try await connection.run(query)
            rows = answer.value
            return answer.elapsed
        }
        context.reporter.progress((place + 1) * sampler.planned, of: total, unit: "samples")
        let evidence = try await context.evidence.record(
            EvidenceText(query.evidenceText, "\(rows) rows", series.evidenceText).text, as: .samples, grade: .exercised)
        return .init(query: query, series: series, rows: rows, evidence: evidence)
    }

    /// A p99 for each query.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        let absent = ([Self.limitKey] + HostNoise.criteriaKeys).filter { criteria[$0] == nil }
        guard let limit = criteria[Self.limitKey], absent.isEmpty else { return .missing(all: absent) }
        var judgement = Judgement()
        for timing in observation.timings {
            let name = timing.query.name.shortened(to: 60)
            let p99 = timing.series.measurement(
                "query_time.\(name)", .p99, below: limit, criteria: criteria, from: timing.evidence)
            let told = [
                timing.series.median("query_time.\(name).p50", from: timing.evidence),
                Measurement(told: "rows.\(name)", unit: "1", DecimalValue(timing.rows), from: timing.evidence),
            ]
            judgement.measurements += ([p99] + told).compactMap(\.self)
        }
        return judgement
    }

    /// Look at the plan first: a slow query is most often a missing index.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(_, let judgement) where judgement.isOnlyImplausible:
            return .distrustClock(judgement.seen, verify: definition.id)
        case .judged(_, let judgement) where judgement.isOnlyUncertain:
            return .measureAgain(judgement.seen, verify: definition.id)
        case .judged(let observation, let judgement):
            let slow = observation.timings.filter { timing in
                judgement.measurements.contains {
                    $0.result != .pass && $0.name == "query_time.\(timing.query.name.shortened(to: 60))"
                }
            }
            guard !observation.timings.isEmpty else {
                return Remediation(
                    summary: "Name the critical queries",
                    cause: "The target calls no query critical, so nothing was timed.",
                    steps: [.init("See what the target tells of its ledger.", command: runbook.status)],
                    verify: [definition.id])
            }
            var steps = slow.prefix(3).map { timing in
                Remediation.Step(
                    "See how the database runs \(timing.query.name.shortened()): a step with SCAN, or with "
                        + "an AUTOMATIC index, reads a whole table each time.",
                    command: observation.ledger.planCommand(for: timing.query))
            }
            steps.append(.missingIndex(runbook))
            steps.append(
                .init("Start the target anew, so that it applies what its migrations say.", command: runbook.restart))
            return Remediation(
                summary: "Give the slow queries their index back",
                cause: "Timed one by one on an idle connection: \(judgement.seen).", steps: steps,
                verify: ["database.query.plan", definition.id])
        }
    }

    private static let limitKey = "performance.max_query_time_ms"
}

extension Remediation.Step {
    /// Find the index that the migrations make and the database lacks.
    static func missingIndex(_ runbook: TargetRunbook) -> Remediation.Step {
        Remediation.Step(
            "See which indexes the migrations make, and compare: one that is missing has to come back by a migration.",
            command: "grep -rniE 'CREATE (UNIQUE )?INDEX' \(ShellWord.quoted(runbook.migrationsFolder))")
    }
}
