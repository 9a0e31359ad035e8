import FoundationEssentials
package import Readiness

/// `smoke.disk.space`: free space at the places that the target writes to is above its floor.
///
/// Asked of the file systems and not of the target, so that it can be told while the target is down. What counts is the
/// room for a writer without privileges; what the superuser has in reserve does not.
package struct DiskSpace: Check {
    /// What was found.
    package struct Observation: Codable, Sendable {
        /// One for each place that the target writes to.
        package var volumes: [StorageVolume]
        /// What the file systems said.
        package var evidence: Evidence
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "smoke.disk.space", title: "Every place that the target writes to has room left",
        question: "Is there room to write?", severity: .medium, grade: .observed, fromMode: .quick,
        parts: [.storage], criteria: [floorKey], controls: ["A10.1"])

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Asks the file systems.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let answer = try await probes.storage.volumes()
        let evidence = try await context.evidence.record(
            EvidenceText(answer.transcript).text, as: .processTranscript, grade: .observed)
        return Observation(volumes: answer.value, evidence: evidence)
    }

    /// The place with the least room, against the floor.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        guard let floor = criteria[Self.floorKey] else { return .missing(Self.floorKey) }
        guard let least = observation.volumes.map(\.freeGigabytes).min() else { return Judgement() }
        var judgement = Judgement(measurements: [
            Measurement(
                "free_disk", unit: "GB", least, Criterion(.greaterOrEqual, floor), n: observation.volumes.count,
                from: observation.evidence)
        ])
        judgement.findings = observation.volumes.filter { $0.freeGigabytes < floor.value }
            .map { .full($0, floor) }
            .capped()
        return judgement
    }

    /// Make room where it is missing.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(let observation, let judgement):
            let least = observation.volumes.min { $0.freeBytes < $1.freeBytes }
            var steps = [Remediation.Step("See the room at every place.", command: runbook.disk)]
            if let path = least?.path {
                steps.append(
                    .init(
                        "See what of the target's own takes the room at the fullest place.",
                        command: "du -xh -d 1 -- \(ShellWord.quoted(path)) | sort -h"))
            }
            steps.append(
                .init(
                    "Archive what may go and give the file system more room, before the target meets its end: a "
                        + "database without room to write stops in the middle of a day. Then run the check again.",
                    command: "holdpoint run\(runbook.targetOption) --check \(definition.id)"))
            return Remediation(
                summary: "Make room for the target to write",
                cause: "The file systems that the target writes to were asked: \(judgement.seen).", steps: steps,
                verify: [definition.id])
        }
    }

    private static let floorKey = "smoke.min_free_disk_gb"
}

extension StorageVolume {
    /// 10^9 bytes each, exactly.
    fileprivate var freeGigabytes: DecimalValue { DecimalValue(Decimal(freeBytes) / 1_000_000_000) }
}

extension Finding {
    fileprivate static func full(_ volume: StorageVolume, _ floor: Threshold) -> Finding {
        Finding(
            kind: "disk-full", severity: .medium, subject: volume.path,
            message: "\(volume.path.shortened(to: 200)) has room for \(volume.freeGigabytes) GB, at least "
                + "\(floor.value) must be left (\(floor.source))")
    }
}
