package import Readiness

/// `database.schema.money-exact`: no column for a price, a quantity, an amount or a fee is binary floating point.
///
/// A column counts by a word of its name. It is looked at twice: what was declared, and how its values are really stored,
/// because SQLite stores what it is given in most columns.
package struct MoneyExact: Check {
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
        id: "database.schema.money-exact", title: "No column for money or quantity is a binary floating-point number",
        question: "Are money and quantities kept exactly?", severity: .critical, grade: .observed,
        requires: ["database.connection.ready"], hooks: [.ledger], criteria: [wordsKey], controls: ["A9.5"],
        faults: ["float-money"])

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Reads the ledger's own description of its tables, with how values are stored.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        try await LedgerSession.with(probes.ledger) { connection, described throws(ProbeError) in
            let answer = try await connection.schema()
            var text = EvidenceText(described.transcript, answer.transcript)
            for table in answer.value.tables {
                for column in table.columns {
                    text.add(
                        "\(table.name).\(column.name): declared \(column.typeWords), \(column.floatValues) of "
                            + "\(table.rows) values floating")
                }
            }
            let evidence = try await context.evidence.record(text.text, as: .sqlResult, grade: .observed)
            return Observation(ledger: described.value, schema: answer.value, evidence: evidence)
        }
    }

    /// Counts the columns for money that are floating, one way or the other.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        guard let words = criteria.names(Self.wordsKey) else { return .missing(Self.wordsKey) }
        let evidence = observation.evidence
        let columns = observation.schema.tables.flatMap { table in
            table.columns.filter { $0.isNamed(byOneOf: words.names) }.map { Place(table: table.name, column: $0) }
        }
        let told = Measurement(told: "money_columns", unit: "1", DecimalValue(columns.count), from: evidence)
        // Where no column is for money, nothing was found exact.
        guard !columns.isEmpty else { return Judgement(measurements: [told]) }
        let floating = columns.filter {
            $0.column.floatValues > 0 || ColumnType.isFloat($0.column.declaredType, engine: observation.ledger.engine)
        }
        return Judgement(
            measurements: [
                Measurement(
                    "float_columns", unit: "1", DecimalValue(floating.count), Criterion(definition: .equal, "0"),
                    from: evidence), told,
            ],
            findings: floating.map(Finding.float).capped())
    }

    /// Show what is stored, then turn the column into whole numbers of a fixed step.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(let observation, let judgement) where judgement.findings.isEmpty:
            return Remediation(
                summary: "Name the words that make a column one for money",
                cause: "No column of the ledger has a word of \(Self.wordsKey) in its name, so none was looked at.",
                steps: [
                    .init("See which words the criteria give.", command: "holdpoint config show"),
                    .init(
                        "See which columns the ledger has.",
                        command: observation.ledger.command(
                            sqlite: "SELECT name, sql FROM sqlite_schema WHERE type = 'table'",
                            postgresql: "SELECT table_name, column_name, data_type FROM information_schema.columns")),
                ],
                verify: [definition.id])
        case .judged(let observation, let judgement):
            let folder = ShellWord.quoted(runbook.migrationsFolder)
            let backup = observation.ledger.copyPath(".before-migration")
            var steps: [Remediation.Step] = []
            for table in observation.schema.tables {
                for column in table.columns where steps.count < 3 {
                    let fingerprint = "float-money/\(table.name).\(column.name)"
                    guard judgement.findings.contains(where: { $0.fingerprint == fingerprint }) else { continue }
                    steps.append(
                        .init(
                            "See how \(table.name.shortened()).\(column.name.shortened()) is stored.",
                            command: observation.ledger.command(
                                "SELECT \(observation.ledger.isServer ? "pg_typeof" : "typeof")(\(column.name.sqlName)), count(*), min(\(column.name.sqlName)), "
                                    + "max(\(column.name.sqlName)) FROM \(table.name.sqlName) GROUP BY 1")))
                }
            }
            steps += [
                .init("Find the migration that made the column.", command: "grep -rniE 'REAL|FLOA|DOUB' \(folder)"),
                .init(
                    "Back the ledger up before changing its schema.",
                    command: observation.ledger.copyCommand(to: backup),
                    undo: "rm \(ShellWord.quoted(backup))"),
                .init(
                    "By a new migration keep the column as whole numbers of a fixed step (cents, lots), round each old "
                        + "value by a rule that somebody has approved, and start the target anew.",
                    command: runbook.restart),
            ]
            return Remediation(
                summary: "Keep money and quantities as exact numbers",
                cause: "The ledger's columns for money were looked at: \(judgement.seen).", steps: steps,
                verify: [definition.id, "database.integrity.consistent"])
        }
    }

    /// A column in its table.
    fileprivate struct Place {
        var table: String
        var column: LedgerSchema.Column
    }

    private static let wordsKey = "database.money_columns"
}

extension LedgerSchema.Column {
    /// The declared type, in words where there is none.
    fileprivate var typeWords: String { declaredType.isEmpty ? "without a type" : declaredType.shortened(to: 60) }

    /// Whether a word of the name, between underscores, is one of these.
    fileprivate func isNamed(byOneOf words: [String]) -> Bool {
        let own = Set(name.lowercased().split(separator: "_").map(String.init))
        return words.contains { own.contains($0.lowercased()) }
    }
}

extension Finding {
    fileprivate static func float(_ place: MoneyExact.Place) -> Finding {
        let column = place.column
        return Finding(
            kind: "float-money", severity: .critical, subject: "\(place.table).\(column.name)",
            message: "\(place.table.shortened()).\(column.name.shortened()) is declared \(column.typeWords) and holds "
                + "\(column.floatValues) values in binary floating point, which cannot hold 0.10 exactly",
            suggestion: "whole numbers of a fixed step")
    }
}
