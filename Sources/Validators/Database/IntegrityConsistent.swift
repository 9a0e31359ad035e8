package import Readiness

/// `database.integrity.consistent`: the ledger's file is sound, no row refers to nothing, and over the whole ledger the
/// fills add up to the positions and to what each order says of itself.
///
/// The sums are made here, exactly, and not by the database. What is wrong in one look may still be on its way: a target
/// may write a fill and what follows from it one after the other. So what is wrong is looked at again, up to three times,
/// and only what is wrong every time counts. That hides nothing that lasts: each look is of one moment by itself, so
/// books that agree in one of them did agree.
package struct IntegrityConsistent: Check {
    /// What was found.
    package struct Observation: Codable, Sendable {
        /// A holding whose fills and position are not the same.
        package struct Difference: Codable, Sendable {
            /// Whose.
            package var account: String
            /// Of what.
            package var symbol: String
            /// Buys less sells; nil for no fill at all.
            package var byFills: DecimalValue?
            /// What the position says; nil for no position at all.
            package var byPosition: DecimalValue?
        }

        /// An order that contradicts itself or its fills.
        package struct Contradiction: Codable, Sendable, Equatable {
            /// The order.
            package var orderID: String
            /// How much was ordered.
            package var ordered: DecimalValue
            /// How much the order says was filled.
            package var filled: DecimalValue
            /// How much its fills add up to.
            package var byFills: DecimalValue
        }

        /// Where the target says that its ledger is, and how its books are read.
        package var ledger: LedgerDescription
        /// What the engine complains of, the first of it.
        package var damage: [String]
        /// All that the engine complains of.
        package var damageCount: Int
        /// Rows that refer to nothing, in every look; at most `mostKept`.
        package var orphans: [OrphanRow]
        /// Holdings that differ in every look, the first of them.
        package var differences: [Difference]
        /// All that differ in every look.
        package var differenceCount: Int
        /// Orders that contradict themselves in every look, the first of them.
        package var contradictions: [Contradiction]
        /// All that do in every look.
        package var contradictionCount: Int
        /// Fills that were added up.
        package var fills: Int
        /// Holdings that were compared.
        package var holdings: Int
        /// How many looks were taken.
        package var looks: Int
        /// All looks.
        package var evidence: Evidence

        /// Whether there was something to add up, or a reason not to try.
        fileprivate var hasBooks: Bool { fills > 0 || damageCount > 0 }
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "database.integrity.consistent",
        title: "The ledger is sound, has no orphans, and its fills add up to its positions and orders",
        question: "Do the books agree with themselves?", severity: .critical, grade: .exercised,
        requires: ["database.connection.ready", "smoke.flow.books"], hooks: [.ledger], controls: ["A9.5"],
        faults: ["orphan-fill"], softLimit: .seconds(10), hardLimit: .seconds(120), estimate: .seconds(1))

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Has the engine look at its file, then looks at the books until nothing is wrong, or three times.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        try await LedgerSession.with(probes.ledger) { connection, described throws(ProbeError) in
            let ledger = described.value
            guard let books = ledger.books else {
                throw ProbeError(.notOffered, at: .ledger, "the target does not say how its books are read")
            }
            guard (0...18).contains(books.quantityScale) else {
                throw ProbeError(.nonsense, at: .ledger, "quantities of \(books.quantityScale) digits after the point")
            }
            let damage = try await connection.structuralDamage(isFull: context.mode > .quick)
            var text = EvidenceText(described.transcript, damage.transcript)
            // A damaged file may give its books no more, or others than it holds: what was found of it is enough.
            guard damage.value.isEmpty else {
                let evidence = try await context.evidence.record(text.text, as: .sqlResult, grade: .exercised)
                return Observation(
                    ledger: ledger, damage: Array(damage.value.prefix(Self.mostKept)), damageCount: damage.value.count,
                    orphans: [], differences: [], differenceCount: 0, contradictions: [], contradictionCount: 0,
                    fills: 0, holdings: 0, looks: 0, evidence: evidence)
            }
            var wrong = try await WrongBooks.look(connection, books, &text)
            var looks = 1
            while !wrong.isEmpty, looks < Self.mostLooks {
                try await context.clock.sleep(for: Self.pause)
                wrong = try await WrongBooks.look(connection, books, &text).still(wrong)
                looks += 1
            }
            let evidence = try await context.evidence.record(text.text, as: .sqlResult, grade: .exercised)
            return Observation(
                ledger: ledger, damage: Array(damage.value.prefix(Self.mostKept)), damageCount: damage.value.count,
                orphans: wrong.orphans,
                differences: wrong.differing.prefix(Self.mostKept).map { wrong.difference(of: $0, books) },
                differenceCount: wrong.differing.count,
                contradictions: Array(wrong.contradictions.prefix(Self.mostKept)),
                contradictionCount: wrong.contradictions.count, fills: wrong.look.fills,
                holdings: wrong.look.holdings, looks: looks, evidence: evidence)
        }
    }

    /// Nothing of any kind, over at least one fill.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        let evidence = observation.evidence
        func none(_ name: String, _ value: Int) -> Measurement {
            Measurement(name, unit: "1", DecimalValue(value), Criterion(definition: .equal, "0"), from: evidence)
        }
        func told(_ name: String, _ value: Int) -> Measurement {
            Measurement(told: name, unit: "1", DecimalValue(value), from: evidence)
        }
        let counts = [
            none("structural_damage", observation.damageCount), none("orphan_rows", observation.orphans.count),
            none("differing_positions", observation.differenceCount),
            none("contradictory_orders", observation.contradictionCount),
        ]
        let telling = [
            told("fills", observation.fills), told("holdings", observation.holdings), told("looks", observation.looks),
        ]
        // Books without a fill add up whatever they hold: only what was found in them counts.
        guard observation.fills > 0 || counts.contains(where: { $0.result != .pass }) else {
            return Judgement(measurements: telling)
        }
        var findings = observation.damage.map(Finding.damaged)
        findings += observation.orphans.map(Finding.orphan)
        findings += observation.differences.map(Finding.positionDiffers)
        findings += observation.contradictions.map(Finding.contradicts)
        return Judgement(measurements: counts + telling, findings: findings.capped())
    }

    /// Show what is wrong by the ledger's own statements, then mend the books before anything trades on them.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(let observation, let judgement):
            let ledger = observation.ledger
            let copy = ledger.copyPath(".as-found")
            var steps: [Remediation.Step] = []
            if let books = ledger.books { steps += Self.looking(at: observation, books) }
            steps += [
                .init(
                    "Keep the ledger as it is now, before anything mends it.",
                    command: ledger.copyCommand(to: copy), undo: "rm \(ShellWord.quoted(copy))"),
                .init("Read the target's log for writes that failed.", command: runbook.log),
                .init(
                    "Mend the books from the venue's own record of the fills, or restore them from a backup, and start "
                        + "the target anew. Let nothing trade on them before.",
                    command: runbook.restart),
            ]
            return Remediation(
                summary: observation.hasBooks ? "Mend the books before anything trades on them" : "Let there be books",
                cause: observation.hasBooks
                    ? "The whole ledger was added up: \(judgement.seen)."
                    : "The ledger holds no fill, so nothing was added up.",
                steps: steps, verify: [definition.id, "smoke.flow.books"])
        }
    }

    /// Statements that show what was found.
    private static func looking(at observation: Observation, _ books: LedgerBooks) -> [Remediation.Step] {
        let ledger = observation.ledger
        var steps: [Remediation.Step] = []
        if observation.damageCount > 0 {
            steps.append(
                .init(
                    "See all that the engine complains of.",
                    command: ledger.command(
                        sqlite: "PRAGMA integrity_check;",
                        postgresql: "SELECT datname, checksum_failures, checksum_last_failure FROM pg_stat_database")))
        }
        if !observation.orphans.isEmpty {
            steps.append(
                .init(
                    ledger.isServer ? "See what the tables refer to." : "See every row that refers to nothing.",
                    command: ledger.command(
                        sqlite: "PRAGMA foreign_key_check;",
                        postgresql: "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint "
                            + "WHERE contype = 'f'")))
        }
        if let first = observation.differences.first {
            let whose = "account = \(first.account.sqlText) AND symbol = \(first.symbol.sqlText)"
            steps.append(
                .init(
                    "See what \(first.account.shortened(to: 60)) holds in \(first.symbol.shortened(to: 60)) by its fills "
                        + "and by its position.",
                    command: ledger.command(
                        "SELECT book, side, count(*), sum(quantity) FROM (\(BookLook.statement(of: books))\n) "
                            + "WHERE \(whose) GROUP BY book, side")))
        }
        if observation.contradictionCount > 0 {
            steps.append(
                .init(
                    "See every order that contradicts itself or its fills.",
                    command: ledger.command(books.contradictions)))
        }
        return steps
    }

    private static let mostLooks = 3
    private static let mostKept = WrongBooks.mostKept
    /// Between two looks: longer than a target may take from a fill to what follows from it.
    private static let pause = Duration.milliseconds(300)
}

extension Finding {
    fileprivate static func damaged(_ complaint: String) -> Finding {
        Finding(
            kind: "structure-damaged", severity: .critical, subject: complaint.shortened(),
            message: "the database engine finds its own file damaged: \(complaint.shortened(to: 200))")
    }

    fileprivate static func orphan(_ row: OrphanRow) -> Finding {
        let number = row.row.map { "row \($0)" } ?? "a row"
        return Finding(
            kind: "orphan-row", severity: .critical, subject: "\(row.table).\(row.row.map(String.init) ?? "")",
            message:
                "\(number) of \(row.table.shortened()) refers to one of \(row.parent.shortened()) that is not there")
    }

    fileprivate static func positionDiffers(_ difference: IntegrityConsistent.Observation.Difference) -> Finding {
        let position = difference.byPosition.map { "is \($0)" } ?? "is not there"
        let fills = difference.byFills.map { "add up to \($0)" } ?? "are not there"
        return Finding(
            kind: "position-differs", severity: .critical, subject: "\(difference.account).\(difference.symbol)",
            message: "the position of \(difference.account.shortened(to: 60)) in "
                + "\(difference.symbol.shortened(to: 60)) \(position), and its fills \(fills)")
    }

    fileprivate static func contradicts(_ order: IntegrityConsistent.Observation.Contradiction) -> Finding {
        let isOver = order.filled > order.ordered || order.byFills > order.ordered
        return Finding(
            kind: isOver ? "overfilled" : "filled-differs", severity: .critical, subject: order.orderID,
            message: "order \(order.orderID.shortened(to: 60)) asked for \(order.ordered), says that \(order.filled) "
                + "was filled, and its fills add up to \(order.byFills)")
    }
}
