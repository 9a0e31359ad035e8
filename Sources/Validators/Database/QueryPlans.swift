package import Readiness

/// `database.query.plan`: no critical query reads a large table from end to end.
///
/// Each collect opens a connection of its own, because a kept one goes on showing an index that has been dropped. A
/// plan is what the engine intends for the statement now; it says nothing about the time, which
/// `database.query.latency` takes.
package struct QueryPlans: Check {
    /// What the database would do.
    package struct Observation: Codable, Sendable {
        /// How one query would be run.
        package struct Plan: Codable, Sendable {
            /// The query.
            package var query: CriticalQuery
            /// The steps.
            package var plan: QueryPlan
            /// The statement and the plan.
            package var evidence: Evidence
        }

        /// Where the target says that its ledger is.
        package var ledger: LedgerDescription
        /// One for each critical query.
        package var plans: [Plan]
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "database.query.plan", title: "No critical query reads a large table from end to end",
        question: "Do the critical queries use their indexes?", severity: .medium, grade: .exercised,
        requires: ["database.connection.ready"], hooks: [.ledger], criteria: [rowsKey], controls: ["A4.2", "A4.4"],
        faults: ["index-dropped"])

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Has the database plan each query, over a new connection.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        try await LedgerSession.with(probes.ledger) { connection, described throws(ProbeError) in
            var plans: [Observation.Plan] = []
            for query in described.value.criticalQueries {
                guard !Task.isCancelled else { throw .cancelled }
                let answer = try await connection.plan(of: query)
                // No step at all is no plan: a green on it would rest on nothing.
                guard !answer.value.steps.isEmpty else {
                    throw ProbeError(.nonsense, at: .ledger, "no plan for the query \(query.name.shortened())")
                }
                var text = EvidenceText(query.evidenceText, answer.transcript)
                for step in answer.value.steps { text.add(step) }
                for scan in answer.value.scans { text.add("\(scan.table): \(scan.rows) rows, \(scan.step)") }
                let evidence = try await context.evidence.record(text.text, as: .sqlResult, grade: .exercised)
                plans.append(.init(query: query, plan: answer.value, evidence: evidence))
            }
            return Observation(ledger: described.value, plans: plans)
        }
    }

    /// The largest table that each query reads whole, against the limit.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        guard let limit = criteria[Self.rowsKey] else { return .missing(Self.rowsKey) }
        var judgement = Judgement()
        for plan in observation.plans {
            let rows = plan.plan.scans.map(\.rows).max() ?? 0
            judgement.measurements.append(
                Measurement(
                    "scanned_rows.\(plan.query.name.shortened(to: 60))", unit: "1", DecimalValue(rows),
                    Criterion(.lessOrEqual, limit), from: plan.evidence))
            let large = plan.plan.scans.filter { DecimalValue($0.rows) > limit.value }
            judgement.findings += large.map { .scan($0, of: plan.query, limit: limit) }
        }
        judgement.findings = judgement.findings.capped()
        return judgement
    }

    /// Show the plan, and find the index that is missing.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(let observation, let judgement):
            let scanning = observation.plans.filter { plan in
                plan.plan.scans.contains { scan in
                    judgement.findings.contains { $0.fingerprint.hasSuffix("/\(plan.query.name).\(scan.table)") }
                }
            }
            var steps = scanning.prefix(3).map { plan in
                Remediation.Step(
                    "See the plan of \(plan.query.name.shortened()) for yourself.",
                    command: observation.ledger.planCommand(for: plan.query))
            }
            steps.append(
                .init(
                    "See which indexes the tables have now.",
                    command: observation.ledger.indexesCommand))
            steps.append(.missingIndex(runbook))
            steps.append(
                .init("Start the target anew, so that it applies what its migrations say.", command: runbook.restart))
            return Remediation(
                summary: "Give the queries their index back",
                cause: observation.plans.isEmpty
                    ? "The target calls no query critical, so no plan was looked at."
                    : "The database was asked how it would run each critical query: \(judgement.seen).",
                steps: steps, verify: [definition.id, "database.query.latency"])
        }
    }

    private static let rowsKey = "database.max_scanned_rows"
}

extension Finding {
    fileprivate static func scan(_ scan: QueryPlan.Scan, of query: CriticalQuery, limit: Threshold) -> Finding {
        // The engine's word for an index that it builds for one query and throws away: a scan in disguise.
        let isAutomatic = scan.step.uppercased().contains("AUTOMATIC")
        let table = scan.table.shortened()
        return Finding(
            kind: isAutomatic ? "automatic-index" : "table-scan", severity: .medium,
            subject: "\(query.name).\(scan.table)",
            message: "\(query.name.shortened()) "
                + (isAutomatic ? "builds an index over all of \(table) each time it runs" : "reads all of \(table)")
                + ", \(scan.rows) rows, at most \(limit.value) accepted (\(limit.source)): \(scan.step.shortened())",
            suggestion: "an index on \(table) over the columns that the query joins or filters by")
    }
}
