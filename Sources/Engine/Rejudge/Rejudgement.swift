package import Readiness

/// The checks of a finished run judged anew by other criteria or another policy: from what was observed, without looking.
///
/// A check whose observation was kept is judged by the path that judged it live. One that has none (a probe met trouble, it
/// broke, it was cancelled) keeps its outcome. One that was blocked stays so while a check that it requires is red; once
/// that is green it is unverified, because it never looked. A check that did look is judged even where a check that it
/// requires has turned red: what it saw is not undone by that, and the verdict counts both.
package struct Rejudgement: Sendable, Equatable {
    /// One check, then and now.
    package struct Entry: Sendable, Equatable {
        /// Its name.
        package var id: CheckID
        /// How it ended in the log.
        package var was: CheckFinished
        /// How it ends by what it is judged by now.
        package var now: CheckFinished
        /// What it measured, judged as in the log.
        package var measured: [Measurement]
        /// The same, judged anew; as in the log where nothing was.
        package var measurements: [Measurement]
        /// What is found now; as in the log where nothing was judged anew.
        package var findings: [Finding]
        /// Why it was not judged anew; nil when it was.
        package var kept: String?

        /// Whether its outcome or the reason of it is another one.
        package var hasChanged: Bool { was.outcome != now.outcome || was.reason != now.reason }
    }

    /// The run's id.
    package var run: String
    /// In plan order.
    package var entries: [Entry]
    /// The verdict in the log.
    package var was: GateDecision
    /// The verdict now.
    package var decision: GateDecision

    /// Those whose outcome or reason is another one, in plan order.
    package var changed: [Entry] { entries.filter(\.hasChanged) }

    /// Judges anew. Reads files: not on the cooperative pool.
    ///
    /// - Parameters:
    ///   - log: a finished log; it is verified first.
    ///   - folder: the run's folder, where its evidence lies.
    ///   - checks: every registered check, over any probes: none is used.
    ///   - criteria: what is accepted now.
    ///   - policy: what the gate asks for now.
    /// - Throws: `RejudgementError`. Nothing is judged on evidence that is not what was kept.
    package init(
        log: String, folder: String, checks: [any Check], criteria: Criteria, policy: GatePolicy
    ) throws(RejudgementError) {
        let summary: RunSummary
        do throws(LogVerifier.Finding) { summary = try LogVerifier.verify(path: log).summary } catch {
            throw .log(error)
        }
        guard let created = summary.created, let finished = summary.finished else {
            throw .log(.incomplete(lines: summary.lastSequence, why: "it holds no whole run"))
        }
        var known: [CheckID: any Check] = [:]
        for check in checks { known[check.definition.id] = check }
        let reader = EvidenceReader(folder: folder)
        var entries: [CheckID: Entry] = [:]
        for record in summary.checks {
            guard let result = record.result else { continue }
            var entry = Entry(
                id: record.id, was: result, now: result, measured: record.measurements,
                measurements: record.measurements, findings: record.findings)
            if let id = result.observation {
                guard let evidence = record.evidence.last(where: { $0.id == id }) else {
                    throw .observation(record.id, why: "the log names \(id) and does not tell of it")
                }
                guard let check = known[record.id] else {
                    throw .observation(record.id, why: "this program has no check of that name")
                }
                let bytes: [UInt8]
                do throws(EvidenceTrouble) { bytes = try reader.bytes(of: evidence) } catch { throw .evidence(error) }
                try entry.judge(bytes, by: check, criteria, requiring: record.plan.requiredGrade, in: created.mode)
            } else {
                entry.kept = "no observation was kept"
            }
            entries[record.id] = entry
        }
        BlockedAnew.settle(&entries, of: summary)
        run = summary.run
        was = finished.decision
        self.entries = summary.checks.compactMap { entries[$0.id] }
        decision = Gate.decide(
            summary.checks.map { record in
                Gate.Subject(
                    id: record.id, severity: record.plan.severity, isRequired: policy.requires(record.id),
                    outcome: entries[record.id]?.now.outcome)
            }, policy: policy,
            Gate.Circumstances(
                // A log that had a gap when the run ended is no better for having been completed later.
                isLogWhole: !finished.decision.reasons.contains { $0.rule == .logIncomplete },
                disturbances: summary.disturbances))
    }
}

extension Rejudgement.Entry {
    /// Decodes what the check saw and judges it.
    fileprivate mutating func judge<Body: Check>(
        _ bytes: [UInt8], by check: Body, _ criteria: Criteria, requiring grade: Grade, in mode: Mode
    ) throws(RejudgementError) {
        let observation: Body.Observation
        do { observation = try ObservationCoding.decode(bytes) } catch {
            throw .observation(id, why: "what it saw cannot be read by this program: \(error)")
        }
        var result = CheckBody.judged(observation, of: check, by: criteria, requiring: grade)
        if result.outcome.word == .pass, was.attempts > 1 {
            result.outcome = .warn(.flaky)
            result.message =
                was.reason == WarnReason.flaky.rawValue ? was.message : "it passed on a further attempt only"
        }
        now.outcome = result.outcome.word
        now.reason = result.outcome.reason
        now.message = result.message
        now.grade = result.grade
        now.remediation = result.remediation
        measurements = result.measurements
        findings = result.findings
    }
}

/// Why a run cannot be judged anew.
package enum RejudgementError: Error, Equatable, CustomStringConvertible {
    /// The log is not a finished one, or not what was written.
    case log(LogVerifier.Finding)
    /// What was observed is not there, or not what was kept.
    case evidence(EvidenceTrouble)
    /// What a check observed cannot be judged by this program.
    case observation(CheckID, why: String)

    /// A fragment that reads after "failed to ".
    package var description: String {
        switch self {
        case .log(.broken(let line, let why)): "judge the log: line \(line): \(why)"
        case .log(.incomplete(_, let why)): "judge the log: \(why)"
        case .log(.unreadable(let why)): why
        case .evidence(let trouble): trouble.description
        case .observation(let id, let why): "judge \(id) anew: \(why)"
        }
    }
}
