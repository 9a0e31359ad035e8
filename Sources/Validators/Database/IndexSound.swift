package import Readiness

/// `database.index.sound`: no index does what another does already, and every reference has one.
///
/// An index that nobody uses is a warning where the engine has counted for long enough, and not looked for elsewhere:
/// SQLite keeps no statistics of use. Whether a query uses an index is for `database.query.plan`.
package struct IndexSound: Check {
    /// What the catalogue of the ledger says.
    package struct Observation: Codable, Sendable {
        /// Where the target says that its ledger is.
        package var ledger: LedgerDescription
        /// Its tables.
        package var schema: LedgerSchema
        /// The exchange.
        package var evidence: Evidence
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "database.index.sound", title: "No index is there twice, and every foreign key has one",
        question: "Are the indexes the ones that are needed?", severity: .medium, grade: .observed,
        requires: ["database.connection.ready"], hooks: [.ledger], criteria: [ageKey], controls: ["A4.4"],
        faults: ["duplicate-index", "index-dropped"])

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Reads the ledger's own description of its tables.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        try await LedgerSession.with(probes.ledger) { connection, described throws(ProbeError) in
            let answer = try await connection.schema { _ in false }
            var text = EvidenceText(
                described.transcript, answer.transcript,
                answer.value.statisticsSeconds.map { "the use of indexes has been counted for \($0) s" }
                    ?? "unused indexes are not judged: \(described.value.engine) keeps no statistics of use")
            for table in answer.value.tables {
                for index in table.indexes {
                    let sort = [
                        index.isUnique ? "unique" : nil, index.isPartial ? "partial" : nil,
                        index.collations.map { "collated \($0.list)" },
                    ].compactMap(\.self)
                    let columns = index.columns.map { $0.isEmpty ? "(an expression)" : $0 }
                    text.add("\(table.name): index \(index.name) over \(columns.list) \(sort.list)")
                }
                for reference in table.foreignKeys {
                    let collations = reference.parentCollations.map { ", collated \($0.list)" } ?? ""
                    text.add("\(table.name): \(reference.columns.list) refers to \(reference.parent)\(collations)")
                }
            }
            let evidence = try await context.evidence.record(text.text, as: .sqlResult, grade: .observed)
            return Observation(ledger: described.value, schema: answer.value, evidence: evidence)
        }
    }

    /// Duplicates and references without an index, over all tables.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        guard let age = criteria[Self.ageKey] else { return .missing(Self.ageKey) }
        let evidence = observation.evidence
        let tables = observation.schema.tables.map(TableIndexes.init)
        let indexes = tables.reduce(0) { $0 + $1.table.indexes.count }
        let references = tables.reduce(0) { $0 + $1.table.foreignKeys.count }
        let keys = tables.count { !$0.table.primaryKey.isEmpty }
        var judgement = Judgement()
        func count(_ name: String, _ value: Int) {
            judgement.measurements.append(
                Measurement(
                    name, unit: "1", DecimalValue(value), Criterion(definition: .equal, "0"), from: evidence))
        }
        func tell(_ name: String, _ value: Int) {
            judgement.measurements.append(Measurement(told: name, unit: "1", DecimalValue(value), from: evidence))
        }
        for table in tables {
            judgement.findings += table.invalid.map { .invalid($0, in: table.table.name) }
            judgement.findings += table.duplicates.map { .duplicate($0, in: table.table.name) }
            judgement.findings += table.unindexedReferences.map { .unindexed($0, in: table.table.name) }
        }
        // No statement about indexes or references where there are none.
        if indexes + keys > 0 { count("duplicate_indexes", tables.reduce(0) { $0 + $1.duplicates.count }) }
        if indexes > 0 { count("invalid_indexes", tables.reduce(0) { $0 + $1.invalid.count }) }
        if references > 0 { count("unindexed_references", tables.reduce(0) { $0 + $1.unindexedReferences.count }) }
        tell("tables", tables.count)
        tell("indexes", indexes)
        tell("references", references)
        tell("incomparable_indexes", tables.reduce(0) { $0 + $1.incomparable })
        if let seconds = observation.schema.statisticsSeconds {
            tell("statistics_hours", seconds / 3600)
            // What was not used yesterday may be for the end of the month.
            if DecimalValue(seconds / 86_400) >= age.value {
                let unused = tables.flatMap { table in table.unused.map { (table.table.name, $0) } }
                tell("unused_indexes", unused.count)
                judgement.findings += unused.map { .unused($0.1, in: $0.0, days: seconds / 86_400) }
            }
        }
        judgement.findings = judgement.findings.capped()
        return judgement
    }

    /// Show what there is, then drop or make what is wrong, by a migration.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(let observation, let judgement):
            let kinds = Set(judgement.findings.map(\.kind))
            var steps = [
                Remediation.Step(
                    "See which indexes the tables have now; one without SQL is the engine's own.",
                    command: observation.ledger.indexesCommand)
            ]
            if kinds.contains("invalid-index") {
                steps.append(
                    .init(
                        "See which are invalid. Drop each and build it again, concurrently; a unique one that stays "
                            + "invalid has met rows that are not unique.",
                        command: observation.ledger.command(
                            "SELECT indexrelid::regclass, indrelid::regclass FROM pg_index WHERE NOT indisvalid")))
            }
            if kinds.contains("unused-index") {
                steps.append(
                    .init(
                        "See how often each index has been used, on every standby as well, before one is dropped.",
                        command: observation.ledger.command(
                            "SELECT relname, indexrelname, idx_scan FROM pg_stat_user_indexes ORDER BY idx_scan")))
            }
            if kinds.contains("duplicate-index") {
                steps.append(
                    .init(
                        "Find what makes the duplicate. If it is a migration, drop the index by a new one; if none does, "
                            + "somebody made it by hand, and it can be dropped by hand.",
                        command: "grep -rniE '(CREATE|DROP) (UNIQUE )?INDEX' "
                            + ShellWord.quoted(runbook.migrationsFolder)))
            }
            if kinds.contains("foreign-key-unindexed") { steps.append(.missingIndex(runbook)) }
            steps.append(
                .init("Start the target anew, so that it applies what its migrations say.", command: runbook.restart))
            return Remediation(
                summary: "Give each reference its index, and each index its reason",
                cause: observation.schema.tables.isEmpty
                    ? "The ledger describes no table, so there was no index to look at."
                    : "The ledger was asked for its indexes: \(judgement.seen).",
                steps: steps, verify: [definition.id, "database.query.plan"])
        }
    }
}

extension IndexSound { fileprivate static var ageKey: String { "database.min_statistics_days" } }

extension [String] {
    fileprivate var list: String { joined(separator: ", ") }
}

extension Finding {
    fileprivate static func invalid(_ index: LedgerSchema.Index, in table: String) -> Finding {
        Finding(
            kind: "invalid-index", severity: .medium, subject: "\(table).\(index.name)",
            message:
                "\(index.name.shortened()) on \(table.shortened()) was left half built: each write pays for it, and no "
                + "query may use it",
            suggestion: "DROP INDEX, and CREATE INDEX CONCURRENTLY again")
    }

    fileprivate static func unused(_ index: LedgerSchema.Index, in table: String, days: Int) -> Finding {
        Finding(
            kind: "unused-index", severity: .low, subject: "\(table).\(index.name)",
            message:
                "\(index.name.shortened()) on \(table.shortened()) was used by no query in \(days) days of counting",
            suggestion: "DROP INDEX, by a migration, if no standby and no report needs it")
    }

    fileprivate static func duplicate(_ duplicate: TableIndexes.Duplicate, in table: String) -> Finding {
        Finding(
            kind: "duplicate-index", severity: .medium, subject: "\(table).\(duplicate.index)",
            message: "\(duplicate.index.shortened()) on \(table.shortened()) has the columns "
                + "\(duplicate.columns.list.shortened()), as \(duplicate.other.shortened()) has: each write pays twice",
            suggestion: "DROP INDEX, by a migration")
    }

    fileprivate static func unindexed(_ reference: LedgerSchema.ForeignKey, in table: String) -> Finding {
        let columns = reference.columns.list.shortened()
        return Finding(
            kind: "foreign-key-unindexed", severity: .medium, subject: "\(table).\(reference.columns.list)",
            message:
                "\(table.shortened()) refers to \(reference.parent.shortened()) by \(columns), and no index of all "
                + "rows begins with that in the same collation: each change of a parent reads the whole table",
            suggestion: "CREATE INDEX on \(table.shortened()) (\(columns)), by a migration")
    }
}
