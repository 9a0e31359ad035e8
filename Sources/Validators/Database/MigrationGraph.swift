package import Readiness

/// `database.migration.graph`: the migration files make one line of descent, with unique ids, no missing parent, one
/// head and no circle.
///
/// The files are read, never run. It says nothing about what has been applied, which `database.migration.applied`
/// compares with the head, nor about what the migrations do.
package struct MigrationGraph: Check {
    /// What the folder holds.
    package struct Observation: Codable, Sendable {
        /// A file whose place cannot be told.
        package struct UnreadableFile: Codable, Sendable {
            /// Folder and name.
            package var path: String
            /// Why, and on which line.
            package var trouble: MigrationRevision.Unreadable
        }

        /// The place of each file that can be read, in the order of the files.
        package var revisions: [MigrationRevision]
        /// The others.
        package var unreadable: [UnreadableFile]
        /// What the files say.
        package var evidence: Evidence
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "database.migration.graph",
        title: "The migrations have unique ids, no missing parent, one head and no circle",
        question: "Do the migrations lead from one beginning to one head?", severity: .high, grade: .declared,
        hooks: [.ledger], controls: ["A4.3"], faults: ["two-heads", "dangling-parent"])

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Reads each file's place.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let answer = try await probes.migrations.migrationFiles()
        var text = EvidenceText(answer.transcript)
        let (revisions, unreadable) = Self.read(answer.value, into: &text)
        let evidence = try await context.evidence.record(text.text, as: .fileDigest, grade: .declared)
        return Observation(revisions: revisions, unreadable: unreadable, evidence: evidence)
    }

    /// The place of each file, in the order of the files, and what cannot be placed; each with a line of evidence.
    static func read(
        _ files: [MigrationFile], into text: inout EvidenceText
    ) -> (revisions: [MigrationRevision], unreadable: [Observation.UnreadableFile]) {
        var revisions: [MigrationRevision] = []
        var unreadable: [Observation.UnreadableFile] = []
        for file in files where !AlembicFile.isPassedOver(file.name) {
            do throws(MigrationRevision.Unreadable) {
                let revision = try MigrationRevision(reading: file)
                let parents = revision.parents.isEmpty ? "none" : revision.parents.joined(separator: ", ")
                text.add("\(revision.location): \(revision.id) revises \(parents)")
                revisions.append(revision)
            } catch {
                text.add("\(file.path):\(error.line): \(error.reason)")
                unreadable.append(.init(path: file.path, trouble: error))
            }
        }
        return (revisions, unreadable)
    }

    /// The counts that the title names, and a finding with its place for whatever spoils one.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        let evidence = observation.evidence
        let files = observation.revisions.count + observation.unreadable.count
        let told = Measurement(told: "files", unit: "1", DecimalValue(files), from: evidence)
        // Nothing leads nowhere: an empty folder proves no graph sound.
        guard files > 0 else { return Judgement(measurements: [told]) }
        let graph = RevisionGraph(observation.revisions)
        func count(_ name: String, _ op: Criterion.Comparison, _ bound: DecimalValue, _ value: Int) -> Measurement {
            Measurement(name, unit: "1", DecimalValue(value), Criterion(definition: op, bound), from: evidence)
        }
        var findings = observation.unreadable.map(Finding.unreadable)
        findings += graph.duplicates.map(Finding.duplicate)
        findings += graph.dangling.map(Finding.dangling)
        findings += graph.circles.map(Finding.cycle)
        if graph.heads.count > 1 { findings.append(.severalHeads(graph.heads)) }
        return Judgement(
            measurements: [
                count("heads", .equal, "1", graph.heads.count),
                count("roots", .greaterOrEqual, "1", graph.roots.count),
                count("duplicates", .equal, "0", graph.duplicates.count),
                count("dangling", .equal, "0", graph.dangling.count), count("cycles", .equal, "0", graph.cycles), told,
            ],
            findings: findings.capped())
    }

    /// Show what each file says, then the mend that fits what was found.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let folder = ShellWord.quoted(probes.runbook.migrationsFolder)
        switch trouble {
        case .notObserved(let error): return .notObserved(error, probes.runbook, verify: definition.id)
        case .judged(let observation, let judgement):
            guard !(observation.revisions.isEmpty && observation.unreadable.isEmpty) else {
                return Remediation(
                    summary: "Put the migrations where the target says that they are",
                    cause: "The migrations folder holds no revision file, so nothing was looked at.",
                    steps: [
                        .init("See what the folder holds.", command: "ls -l \(folder)"),
                        .init("See which folder the target names.", command: probes.runbook.status),
                    ],
                    verify: [definition.id])
            }
            var steps: [Remediation.Step] = [
                .init(
                    "See what each file says of itself and of its parents.",
                    command: "grep -rnE '^(-- *(revision|revises):|(down_)?revision\\b)' \(folder)")
            ]
            for finding in judgement.findings.prefix(3) {
                guard let place = finding.location else { continue }
                steps.append(
                    .init(
                        Self.advice[finding.kind] ?? "Mend the file.",
                        command: "sed -n '\(max(1, place.line - 3)),\(place.line + 3)p' "
                            + ShellWord.quoted(place.file)))
            }
            return Remediation(
                summary: "Bring the migrations back to one line of descent",
                cause: "The migration files were read: \(judgement.seen).", steps: steps,
                verify: [definition.id, "database.migration.applied"])
        }
    }

    private static let advice = [
        "unreadable-revision": "State the revision and its parents as plain texts in the file.",
        "duplicate-revision": "Give the newer file an id of its own, and let what follows it say so.",
        "dangling-parent": "Bring the missing parent's file back from its branch, or name the parent that is meant.",
        "cycle": "Let one of the files in the circle follow what it really follows.",
        "two-heads": "Join the heads by a migration that has them all as parents, or let one follow the other.",
    ]
}

extension Finding {
    fileprivate static func unreadable(_ file: MigrationGraph.Observation.UnreadableFile) -> Finding {
        Finding(
            kind: "unreadable-revision", severity: .high, subject: file.path,
            message: "\(file.path.fileName.shortened()) \(file.trouble.reason)",
            location: SourceLocation(file: file.path, line: file.trouble.line))
    }

    fileprivate static func duplicate(_ files: [MigrationRevision]) -> Finding {
        let id = files.first?.id ?? ""
        return Finding(
            kind: "duplicate-revision", severity: .high, subject: id,
            message: "\(files.count) files have the id \(id.shortened()): \(files.places)",
            location: files.last?.location)
    }

    fileprivate static func dangling(_ reference: RevisionGraph.Dangling) -> Finding {
        let revision = reference.revision
        return Finding(
            kind: "dangling-parent", severity: .high, subject: "\(revision.id).\(reference.parent)",
            message: "\(revision.id.shortened()) follows \(reference.parent.shortened()), which no file has",
            location: revision.parentsLocation)
    }

    fileprivate static func cycle(_ circle: [MigrationRevision]) -> Finding {
        let ids = circle.map { $0.id.shortened() }
        let way = ids.prefix(8).joined(separator: " follows ") + (ids.count > 8 ? " follows …" : "")
        return Finding(
            kind: "cycle", severity: .high, subject: circle.map(\.id).sorted().prefix(8).joined(separator: "."),
            message: "\(way) follows \(ids.first ?? ""): none of them can be the first to be applied",
            location: circle.first?.parentsLocation)
    }

    fileprivate static func severalHeads(_ heads: [MigrationRevision]) -> Finding {
        let named = heads.prefix(8).map { "\($0.id.shortened(to: 60)) (\($0.place))" }
        return Finding(
            kind: "two-heads", severity: .high, subject: "heads",
            message: "\(heads.count) revisions have no successor: \(named.joined(separator: ", "))"
                + (heads.count > 8 ? " …" : ""),
            location: heads.last?.location, suggestion: "a migration whose parents are all of them")
    }
}

extension [MigrationRevision] {
    /// The files, for a sentence.
    fileprivate var places: String { prefix(8).map(\.place).joined(separator: ", ") + (count > 8 ? " …" : "") }
}

extension MigrationRevision {
    /// File and line without the folder, for a sentence: all files have the same folder, and a line that is cut off to
    /// fit a screen would show that and nothing else. The finding's location has the whole path.
    var place: String { "\(path.fileName.shortened(to: 60)):\(idLine)" }
}

extension String {
    /// What follows the last slash.
    fileprivate var fileName: String { String(self[(lastIndex(of: "/").map(index(after:)) ?? startIndex)...]) }
}
