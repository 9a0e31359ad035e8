package import Readiness

/// `database.schema.money-exact`: no column for a price, a quantity, an amount or a fee is binary floating point.
///
/// A column counts by a word of its name (see `MoneyWords`). It is looked at twice: what was declared, and how its values
/// are really stored, because SQLite stores what it is given in most columns. A text that is a plain decimal is exact;
/// one with an exponent, a thousands' separator or a currency is whatever the next reader takes it for. A column of words
/// alone (`fee_tier`) is no column of numbers.
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
        let money = MoneyWords(context.criteria.names(Self.wordsKey)?.names ?? [])
        return try await LedgerSession.with(probes.ledger) { connection, described throws(ProbeError) in
            let answer = try await connection.schema { money.isMoney($0) }
            var text = EvidenceText(described.transcript, answer.transcript)
            for table in answer.value.tables {
                for column in table.columns {
                    text.add(
                        "\(table.name).\(column.name): declared \(column.typeWords), \(column.floatValues) of "
                            + "\(table.rows) values floating" + column.textWords)
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
        let money = MoneyWords(words.names)
        let columns = observation.schema.tables.flatMap { table in
            table.columns.filter { money.isMoney($0.name) }.map { Place(table: table.name, column: $0) }
        }
        let told = Measurement(told: "money_columns", unit: "1", DecimalValue(columns.count), from: evidence)
        // Where no column is for money, nothing was found exact.
        guard !columns.isEmpty else { return Judgement(measurements: [told]) }
        let floating = columns.filter {
            $0.column.floatValues > 0 || ColumnType.isFloat($0.column.declaredType, engine: observation.ledger.engine)
        }
        let inexact = columns.filter { $0.column.oddTexts > 0 }
        // By other words than those that it was made with, an observation may leave texts open.
        let unread = columns.filter { $0.column.texts == nil && observation.ledger.engine == "sqlite" }
        func none(_ name: String, _ count: Int) -> Measurement {
            Measurement(name, unit: "1", DecimalValue(count), Criterion(definition: .equal, "0"), from: evidence)
        }
        return Judgement(
            measurements: [
                none("float_columns", floating.count), none("inexact_text_columns", inexact.count),
                none("columns_with_unread_texts", unread.count), told,
            ],
            findings: (floating.map(Finding.float) + inexact.map(Finding.inexactText)).capped())
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
                    let subject = "\(table.name).\(column.name)"
                    let own = ["float-money/\(subject)", "inexact-text/\(subject)"]
                    guard judgement.findings.contains(where: { own.contains($0.fingerprint) }) else { continue }
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

    /// For evidence; nothing where no text is there.
    fileprivate var textWords: String {
        guard let texts, texts.decimals + texts.oddNumbers + texts.others > 0 else { return "" }
        return ", texts: \(texts.decimals) decimals, \(texts.oddNumbers) other numbers, \(texts.others) no numbers"
    }

    /// How many texts stand where an exact number belongs and are no plain decimal. A word counts only where numbers are
    /// promised by the type, or are there: `USD` in a column of such words is none.
    fileprivate var oddTexts: Int {
        guard let texts else { return 0 }
        let isForNumbers = texts.decimals + texts.oddNumbers + floatValues > 0 || ColumnType.isNumeric(declaredType)
        return texts.oddNumbers + (isForNumbers ? texts.others : 0)
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

    fileprivate static func inexactText(_ place: MoneyExact.Place) -> Finding {
        let column = place.column
        return Finding(
            kind: "inexact-text", severity: .critical, subject: "\(place.table).\(column.name)",
            message: "\(place.table.shortened()).\(column.name.shortened()) is declared \(column.typeWords) and holds "
                + "\(column.oddTexts) texts that are no plain decimals, as 1e-3 or 1,000.50 are none: each reader makes "
                + "of them what it can",
            suggestion: "whole numbers of a fixed step, or plain decimals as text")
    }
}
