package import Readiness

/// `database.connection.ready`: the ledger is reachable, of a supported engine, and read-only for us.
///
/// It is also the check whose subject is whether the ledger can be reached: a file that is not there makes it a fail,
/// and stays not there.
package struct ConnectionReady: Check {
    /// What was found.
    package struct Observation: Codable, Sendable {
        /// Where the target says that its ledger is.
        package var ledger: LedgerDescription
        /// What the connection is; nil for an engine that we do not speak.
        package var facts: LedgerFacts?
        /// The exchange.
        package var evidence: Evidence
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "database.connection.ready", title: "The ledger is reachable, of a supported version, and read-only for us",
        question: "Can the ledger be read, and only read?", severity: .high, grade: .observed, fromMode: .quick,
        hooks: [.ledger], criteria: [versionKey], controls: ["A4.1", "A10.4"], faults: ["database-missing"])

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Finds the ledger, opens it and asks what it is.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let described = try await probes.ledger.describe()
        guard Self.engines.contains(described.value.engine) else {
            let evidence = try await context.evidence.record(
                EvidenceText(described.transcript).text, as: .sqlResult, grade: .observed)
            return Observation(ledger: described.value, facts: nil, evidence: evidence)
        }
        return try await LedgerSession.with(probes.ledger) { connection, described throws(ProbeError) in
            let facts = try await connection.facts()
            let evidence = try await context.evidence.record(
                EvidenceText(described.transcript, facts.transcript).text, as: .sqlResult, grade: .observed)
            return Observation(ledger: described.value, facts: facts.value, evidence: evidence)
        }
    }

    /// A known engine and version, tables, and a write that was refused.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        guard let least = criteria[Self.versionKey] else { return .missing(Self.versionKey) }
        let evidence = observation.evidence
        guard let facts = observation.facts else {
            return Judgement(
                measurements: [Measurement("engine_supported", isTrue: false, from: evidence)],
                findings: [.engineUnsupported(observation.ledger.engine)])
        }
        var judgement = Judgement(measurements: [
            Measurement("engine_supported", isTrue: true, from: evidence),
            Measurement("read_only", isTrue: facts.isReadOnly, from: evidence),
            Measurement(told: "tables", unit: "1", DecimalValue(facts.tables), from: evidence),
        ])
        if !facts.isReadOnly { judgement.findings.append(.writable(observation.ledger.path)) }
        if let server = observation.ledger.server, let told = facts.server {
            judgement.add(ServerJudgement.of(told, expecting: server, least, from: evidence))
        } else if !Self.isSupported(version: facts.version) {
            judgement.findings.append(.versionUnsupported(facts.version))
        }
        if facts.tables <= 0 { judgement.findings.append(.empty(observation.ledger.path)) }
        return judgement
    }

    /// Find the file, or the right to it.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error) where error.meeting == .unreachable && error.endpoint == .ledger:
            return Remediation(
                summary: "Bring the ledger back",
                cause: "The ledger cannot be opened: \(error.description.shortened(to: 300)).",
                steps: [
                    .init("See which file the running target uses, and whether it is there.", command: runbook.status),
                    .init("Read the log for when it was last written.", command: runbook.log),
                    .init(
                        "If the path is right and the file is gone, restore it from the newest backup before anything "
                            + "starts on an empty one; if the path is wrong, correct it. Then start the target anew.",
                        command: runbook.restart),
                ],
                verify: [definition.id])
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(let observation, let judgement) where observation.ledger.isServer:
            return ServerJudgement.remediation(of: observation.ledger, judgement, runbook, verify: definition.id)
        case .judged(let observation, let judgement):
            let path = ShellWord.quoted(observation.ledger.path)
            return Remediation(
                summary: "Let the ledger be readable, and only readable, for us",
                cause: "The ledger was opened: \(judgement.seen).",
                steps: [
                    .init("See whose file it is, how large, and who may write it.", command: "ls -l \(path)"),
                    .init(
                        "See whether it is a sound database.",
                        command: observation.ledger.command("PRAGMA quick_check; SELECT sqlite_version();")),
                    .init("Read the target's log for the database that it opened.", command: runbook.log),
                ],
                verify: [definition.id])
        }
    }

    private static let engines = ["sqlite", "postgresql"]
    private static let versionKey = "database.min_postgresql_version"

    /// Version 3 of SQLite, in numbers and points.
    private static func isSupported(version: String) -> Bool {
        let parts = version.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count >= 2 && parts[0] == "3" && parts.allSatisfy { Int($0).map { $0 >= 0 } ?? false }
    }
}

extension Finding {
    fileprivate static func engineUnsupported(_ engine: String) -> Finding {
        Finding(
            kind: "engine-unsupported", severity: .high, subject: "ledger",
            message: "the ledger is of the engine \(engine.shortened()); supported are sqlite and postgresql")
    }

    fileprivate static func versionUnsupported(_ version: String) -> Finding {
        Finding(
            kind: "version-unsupported", severity: .high, subject: "ledger",
            message: "the ledger's engine says version \(version.shortened()); supported is SQLite 3")
    }

    fileprivate static func writable(_ path: String) -> Finding {
        Finding(
            kind: "connection-writable", severity: .high, subject: "ledger",
            message: "a write through our own connection to \(path.shortened(to: 200)) was not refused")
    }

    fileprivate static func empty(_ path: String) -> Finding {
        Finding(
            kind: "ledger-empty", severity: .high, subject: "ledger",
            message: "\(path.shortened(to: 200)) can be opened and holds no table: that is no ledger")
    }
}
