package import Readiness

/// `database.integrity.consistent`: the ledger's file is sound, no row refers to nothing, and over the whole ledger the
/// fills add up to the positions, to the cash and to what each order says of itself.
///
/// The sums are made here, exactly, and not by the database; nor is the target asked which of its orders contradict
/// their fills. A value of the wrong type is never read as another: it is found, and the check is red.
///
/// What is wrong in one look may still be on its way: a target may write a fill and what follows from it one after the
/// other. So what is wrong is looked at again, up to three times, and only what is wrong every time counts. That hides
/// nothing that lasts: each look is of one moment by itself, so books that agree in one of them did agree.
package struct IntegrityConsistent: Check {
    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "database.integrity.consistent",
        title: "The ledger is sound, has no orphans, and its fills add up to its positions, cash and orders",
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
            for (scale, of) in [
                (books.quantityScale, "quantities"), (books.priceScale, "prices"), (books.moneyScale, "money"),
            ] where !(0...18).contains(scale) {
                throw ProbeError(.nonsense, at: .ledger, "\(of) of \(scale) digits after the point")
            }
            let damage = try await connection.structuralDamage(isFull: context.mode > .quick)
            var text = EvidenceText(described.transcript, damage.transcript)
            // A damaged file may give its books no more, or others than it holds: what was found of it is enough.
            guard damage.value.isEmpty else {
                let evidence = try await context.evidence.record(text.text, as: .sqlResult, grade: .exercised)
                return Observation(ledger, damage: damage.value, evidence: evidence)
            }
            var wrong = try await WrongBooks.look(connection, books, &text)
            var looks = 1
            while !wrong.isEmpty, looks < Self.mostLooks {
                try await context.clock.sleep(for: Self.pause)
                wrong = try await WrongBooks.look(connection, books, &text).still(wrong)
                looks += 1
            }
            let evidence = try await context.evidence.record(text.text, as: .sqlResult, grade: .exercised)
            var observation = Observation(ledger, damage: damage.value, evidence: evidence)
            observation.note(wrong, books, looks: looks)
            return observation
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
            none("malformed_values", observation.malformedCount),
            none("differing_positions", observation.differenceCount),
            none("differing_cash", observation.cashDifferenceCount),
            none("contradictory_orders", observation.contradictionCount),
            none("stray_fills", observation.strayCount),
        ]
        let telling = [
            told("fills", observation.fills), told("holdings", observation.holdings),
            told("orders", observation.orders), told("accounts", observation.accounts),
            told("looks", observation.looks),
        ]
        // Books without a fill add up whatever they hold: only what was found in them counts.
        guard observation.fills > 0 || counts.contains(where: { $0.result != .pass }) else {
            return Judgement(measurements: telling)
        }
        var findings = observation.damage.map(Finding.damaged)
        findings += observation.orphans.map(Finding.orphan)
        findings += observation.malformed.map(Finding.malformed)
        findings += observation.differences.map(Finding.positionDiffers)
        findings += observation.cashDifferences.map(Finding.cashDiffers)
        findings += observation.contradictions.map(Finding.contradicts)
        findings += observation.strays.map(Finding.stray)
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
            if let books = ledger.books { steps += observation.looking(by: books) }
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

    private static let mostLooks = 3
    /// Between two looks: longer than a target may take from a fill to what follows from it.
    private static let pause = Duration.milliseconds(300)
}
