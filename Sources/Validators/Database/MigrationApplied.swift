package import Readiness

/// `database.migration.applied`: the newest applied revision is the head of the migration files, and the schema is the
/// one that they make.
///
/// The files are the oracle, not what the target says of itself: its own head is compared with theirs. For SQLite and
/// plain SQL files the applied migrations are tried on an empty database in memory, and what that has is looked for in
/// the ledger. For others (Alembic) only names are compared, and `schema_compared` says so. What a migration did to rows
/// that were there is not looked at.
package struct MigrationApplied: Check {
    /// What has been applied.
    package struct Observation: Codable, Sendable {
        /// What the schema is held against.
        package enum Expectation: Codable, Sendable {
            /// What the migrations make.
            case schema(SchemaShape)
            /// They are not plain SQL, or the engine is not SQLite; why, as a fragment.
            case notComparable(String)
            /// They are plain SQL for SQLite and cannot be carried out; which and why, as a fragment.
            case refused(String)
        }

        /// Where the target says that its ledger is, and which revision it expects.
        package var ledger: LedgerDescription
        /// The applied revisions, least first.
        package var applied: [String]
        /// What the folder's files say of their places.
        package var revisions: [MigrationRevision]
        /// Files that say nothing of their place.
        package var unreadable: [MigrationGraph.Observation.UnreadableFile]
        /// What the schema should be.
        package var expectation: Expectation
        /// What the schema is.
        package var found: SchemaShape
        /// The exchange.
        package var evidence: Evidence
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "database.migration.applied", title: "The newest applied revision is the head of the migrations",
        question: "Has every migration been applied?", severity: .high, grade: .observed, fromMode: .quick,
        requires: ["database.connection.ready", "database.migration.graph"], hooks: [.ledger], controls: ["A4.3"],
        faults: ["migration-pending", "index-dropped"])

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Reads the folder, the revision table and the schema, and tries what was applied in memory.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let files = try await probes.migrations.migrationFiles()
        var text = EvidenceText(files.transcript)
        let (revisions, unreadable) = MigrationGraph.read(files.value, into: &text)
        let (ledger, applied, found) = try await LedgerSession.with(probes.ledger) {
            connection, described throws(ProbeError) in
            let applied = try await connection.appliedRevisions(in: described.value.revisionTable)
            let found = try await connection.shape(beside: described.value.revisionTable)
            text.add(described.transcript)
            text.add(applied.transcript)
            text.add(found.transcript)
            return (described.value, applied.value, found.value)
        }
        let lineage = AppliedLineage(revisions, applied: applied)
        text.add(
            "the target expects \(ledger.expectedHead ?? "what the files lead to"), the files lead to \(lineage.head?.id ?? "no one head"), applied "
                + applied.joined(separator: ", "))
        let expectation = try await expectation(of: lineage, files.value, engine: ledger.engine, into: &text)
        if case .schema(let shape) = expectation {
            let difference = SchemaDifference(expected: shape, found: found, revisionTable: ledger.revisionTable)
            for part in difference.parts { text.add("not as the migrations make it: \(part.sentence)") }
            for part in difference.additions { text.add("made by no migration: \(part.kind.rawValue) \(part.name)") }
        }
        let evidence = try await context.evidence.record(text.text, as: .sqlResult, grade: .observed)
        return Observation(
            ledger: ledger, applied: applied, revisions: revisions, unreadable: unreadable, expectation: expectation,
            found: found, evidence: evidence)
    }

    /// Tries what was applied, where that can be done.
    private func expectation(
        of lineage: AppliedLineage, _ files: [MigrationFile], engine: String, into text: inout EvidenceText
    ) async throws(ProbeError) -> Observation.Expectation {
        let isFile = engine == "sqlite"
        if !isFile { text.add("migrations are tried on SQLite, so that names alone are compared, and no types") }
        let texts = Dictionary(files.map { ($0.path, $0) }) { first, _ in first }
        var scripts: [MigrationScript] = []
        for revision in lineage.carriedOut {
            guard let file = texts[revision.path] else { continue }
            do throws(ForwardScript.Unclear) {
                scripts.append(try ForwardScript.read(file))
            } catch {
                text.add("the schema was not compared: \(file.name) \(error.reason)")
                let reason = "\(file.name.shortened()) \(error.reason)"
                return isFile && SQLFile.isOne(file.name) ? .refused(reason) : .notComparable(reason)
            }
        }
        let rehearsal = try await probes.migrations.rehearse(scripts)
        text.add(rehearsal.transcript)
        switch rehearsal.value {
        case .made(let shape): return .schema(isFile ? shape : shape.names)
        case .refused(let name, let reason):
            let text = "\(name.shortened()): \(reason.shortened(to: 200))"
            // What SQLite refuses of another engine's words says nothing about them.
            return isFile ? .refused(text) : .notComparable(text)
        }
    }

    /// The applied revisions are those of the files, and the schema has what they make.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        let evidence = observation.evidence
        let lineage = AppliedLineage(observation.revisions, applied: observation.applied)
        let isAtHead = lineage.unknown.isEmpty && lineage.head.map { observation.applied.contains($0.id) } ?? false
        func none(_ name: String, _ count: Int) -> Measurement {
            Measurement(
                name, unit: "1", DecimalValue(count), Criterion(definition: .equal, "0"), from: evidence)
        }
        func told(_ name: String, _ count: Int) -> Measurement {
            Measurement(told: name, unit: "1", DecimalValue(count), from: evidence)
        }
        var judgement = Judgement(measurements: [
            Measurement("newest_is_head", isTrue: isAtHead, from: evidence),
            none("pending_revisions", lineage.pending.count), none("missing_revisions", lineage.missing.count),
        ])
        judgement.findings = findings(of: lineage, observation)
        switch observation.expectation {
        case .schema(let shape):
            let difference = SchemaDifference(
                expected: shape, found: observation.found, revisionTable: observation.ledger.revisionTable)
            judgement.measurements += [
                none("schema_differences", difference.parts.count), told("schema_compared", 1),
                told("schema_additions", difference.additions.count),
            ]
            let newest = lineage.carriedOut.last?.id ?? "none"
            judgement.findings += difference.parts.map { .differs($0, newest: newest) }
        case .notComparable: judgement.measurements.append(told("schema_compared", 0))
        case .refused(let reason):
            judgement.measurements.append(told("schema_compared", 0))
            judgement.findings.append(.notRehearsed(reason))
        }
        judgement.measurements.append(told("applied_revisions", observation.applied.count))
        judgement.findings = judgement.findings.capped()
        return judgement
    }

    private func findings(of lineage: AppliedLineage, _ observation: Observation) -> [Finding] {
        var findings: [Finding] = []
        let newest = lineage.applied.last?.id ?? observation.applied.last
        let told = observation.ledger.expectedHead
        guard let head = lineage.head, observation.unreadable.isEmpty else {
            return [.noOneHead(RevisionGraph(observation.revisions).heads, observation.unreadable.count)]
        }
        if !lineage.pending.isEmpty { findings.append(.pending(lineage.pending, newest: newest, head: head.id)) }
        if !lineage.unknown.isEmpty {
            // A head that was applied and is not the newest: the database has gone past these files.
            findings.append(
                observation.applied.contains(head.id)
                    ? .ahead(lineage.unknown, head: head.id) : .unknown(lineage.unknown))
        }
        if !lineage.missing.isEmpty {
            findings.append(.missing(lineage.missing, in: observation.ledger.revisionTable))
        }
        switch told {
        case nil: break
        case "": findings.append(.headUnknown())
        case let told?: if told != head.id { findings.append(.headDiffers(told: told, head: head)) }
        }
        return findings
    }

    /// Apply what is pending, deploy the build that fits, or mend the schema.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        switch trouble {
        case .notObserved(let error): return .notObserved(error, probes.runbook, verify: definition.id)
        case .judged(let observation, let judgement):
            return .migrations(observation, judgement, probes.runbook, verify: definition.id)
        }
    }
}
