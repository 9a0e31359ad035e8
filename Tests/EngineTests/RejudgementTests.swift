import Engine
import FoundationEssentials
import Readiness
import Testing

/// A check whose number is held against a criterion of the file.
private struct LimitedCheck: Check {
    struct Observation: Codable, Sendable {
        var value: Int
        var evidence: Evidence
    }

    static let key = "test.max_value"
    let definition: CheckDefinition
    let value: Int

    init(_ id: CheckID, _ value: Int, requires: [CheckID] = []) {
        self.value = value
        definition = CheckDefinition(
            id: id, title: "it holds", question: "does it?", severity: .high, grade: .observed, requires: requires,
            criteria: [Self.key])
    }

    func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        Observation(
            value: value, evidence: try await context.evidence.record("\(value)", as: .sqlResult, grade: .observed))
    }

    func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        guard let limit = criteria[Self.key] else { return .missing(Self.key) }
        return Judgement(measurements: [
            Measurement(
                "value", unit: "1", DecimalValue(observation.value), Criterion(.lessOrEqual, limit),
                from: observation.evidence)
        ])
    }

    func remediation(for trouble: Trouble<Observation>) -> Remediation? { nil }

    static func criteria(_ limit: DecimalValue) -> Criteria {
        Criteria(thresholds: [key: Threshold(limit, source: .init(file: "c.yaml", line: 1))])
    }
}

struct RejudgementTests {
    private let policy = GatePolicy(version: "test", digest: "none")

    private func finished(_ checks: [any Check], limit: DecimalValue = "10") async throws -> TestRun {
        let run = try TestRun(checks, clock: HastyClock(), criteria: LimitedCheck.criteria(limit))
        _ = try await run.finish()
        return run
    }

    private func judge(_ run: TestRun, limit: DecimalValue, policy: GatePolicy? = nil) throws -> Rejudgement {
        try Rejudgement(
            log: run.log.path, folder: run.folder.path, checks: run.checks, criteria: LimitedCheck.criteria(limit),
            policy: policy ?? self.policy)
    }

    @Test func `an observation is kept as JSON with sorted keys and named where the check finishes`() async throws {
        let run = try await finished([LimitedCheck("test.a.x", 5)])
        let record = try #require(try LogVerifier.verify(path: run.log.path).summary["test.a.x"])
        let evidence = try #require(record.evidence.last)
        #expect(record.result?.observation == evidence.id)
        #expect(evidence.kind == .observation && evidence.mediaType == "application/json")
        let text = try String(contentsOf: URL(filePath: run.folder.file(evidence.path)), encoding: .utf8)
        #expect(text.hasPrefix(#"{"evidence":{"#) && text.hasSuffix(#","value":5}"#))
    }

    @Test func `a looser limit turns a fail into a pass, and says what changed`() async throws {
        let run = try await finished([LimitedCheck("test.a.x", 12), LimitedCheck("test.b.x", 3)])
        let anew = try judge(run, limit: "20")
        #expect(anew.was.verdict == .noGo && anew.decision.verdict == .go)
        #expect(anew.changed.map(\.id) == ["test.a.x"])
        let entry = try #require(anew.changed.first)
        #expect(entry.was.outcome == .fail && entry.was.reason == "criterion")
        #expect(entry.now.outcome == .pass && entry.now.reason == nil)
        #expect(entry.measured.map(\.criterion?.fail) == ["10"])
        #expect(entry.measurements.map(\.criterion?.fail) == ["20"])
    }

    @Test func `a tighter limit turns a pass into a fail`() async throws {
        let run = try await finished([LimitedCheck("test.a.x", 5)])
        let anew = try judge(run, limit: "4")
        #expect(anew.decision.verdict == .noGo)
        #expect(anew.changed.first?.now.message == "value is 5, must be <= 4")
    }

    @Test func `a criterion that is gone is an error of configuration`() async throws {
        let run = try await finished([LimitedCheck("test.a.x", 5)])
        let anew = try Rejudgement(
            log: run.log.path, folder: run.folder.path, checks: run.checks, criteria: Criteria(), policy: policy)
        #expect(anew.entries.map(\.now.reason) == ["configuration"])
        #expect(anew.decision.verdict == .hold)
    }

    @Test func `another policy decides anew over the same outcomes`() async throws {
        let run = try await finished([LimitedCheck("test.a.x", 12)])
        let lenient = try judge(
            run, limit: "10", policy: GatePolicy(version: "t", failOnSeverity: .critical, digest: ""))
        #expect(lenient.changed.isEmpty)
        #expect(lenient.decision.verdict == .goWithConditions)
        let selective = try judge(
            run, limit: "20", policy: GatePolicy(version: "t", required: ["test.b.*"], digest: ""))
        #expect(selective.decision.coverage == Coverage(required: 0, verified: 0))
    }

    @Test func `what was blocked is unverified once its root cause is green, and stays blocked while it is not`()
        async throws
    {
        let run = try await finished([
            LimitedCheck("test.a.root", 12), LimitedCheck("test.b.middle", 3, requires: ["test.a.root"]),
            LimitedCheck("test.c.leaf", 3, requires: ["test.b.middle"]),
        ])
        let same = try judge(run, limit: "11")
        #expect(same.changed.isEmpty)
        let green = try judge(run, limit: "20")
        #expect(green.entries.map(\.now.outcome) == [.pass, .unverified, .blocked])
        #expect(green.entries[1].now.reason == "no_samples")
        #expect(green.entries[2].now.blockedBy == "test.b.middle")
        #expect(green.entries[2].now.rootCause == "test.b.middle")
        #expect(green.decision.verdict == .hold)
    }

    @Test func `a chain of blocked checks names the root cause that is left`() async throws {
        let run = try await finished([
            LimitedCheck("test.a.root", 12), LimitedCheck("test.b.root", 30),
            LimitedCheck("test.c.middle", 3, requires: ["test.a.root", "test.b.root"]),
            LimitedCheck("test.d.leaf", 3, requires: ["test.c.middle"]),
        ])
        let anew = try judge(run, limit: "20")
        #expect(anew.entries.map(\.now.outcome) == [.pass, .fail, .blocked, .blocked])
        #expect(anew.entries.suffix(2).map(\.now.blockedBy) == ["test.b.root", "test.c.middle"])
        #expect(anew.entries.suffix(2).map(\.now.rootCause) == ["test.b.root", "test.b.root"])
    }

    @Test func `what a probe's trouble left without an observation keeps its outcome`() async throws {
        let run = try await finished([
            ScriptedCheck.stumbling("test.a.x", over: [ProbeError(.nonsense, at: .surface, "html")]),
            LimitedCheck("test.b.x", 12),
        ])
        let anew = try judge(run, limit: "20")
        #expect(anew.entries.map(\.now.outcome) == [.unverified, .pass])
        #expect(anew.entries[0].kept != nil && anew.entries[1].kept == nil)
    }

    @Test func `a pass that took two attempts stays flaky`() async throws {
        let run = try await finished([ScriptedCheck.stumbling("test.a.x", over: [ProbeError(ourSide: "x")])])
        let anew = try judge(run, limit: "20")
        #expect(anew.changed.isEmpty)
        #expect(anew.entries.map(\.now.reason) == ["flaky"])
        #expect(anew.entries.map(\.now.message) == anew.entries.map(\.was.message))
    }

    @Test func `an observation that was edited is named and nothing is judged`() async throws {
        let run = try await finished([LimitedCheck("test.a.x", 12)])
        let evidence = try #require(try LogVerifier.verify(path: run.log.path).summary["test.a.x"]?.evidence.last)
        let path = run.folder.file(evidence.path)
        let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
        try Data(text.replacing("12}", with: "11}").utf8).write(to: URL(filePath: path))
        #expect {
            try judge(run, limit: "20")
        } throws: { error in
            guard case .evidence(let trouble)? = error as? RejudgementError else { return false }
            return trouble.path == path && trouble.why.contains("changed")
        }
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: RejudgementError.self) { try judge(run, limit: "20") }
    }

    @Test func `a log that is not finished is not judged`() async throws {
        let run = try await finished([LimitedCheck("test.a.x", 5)])
        let lines = try String(contentsOf: URL(filePath: run.log.path), encoding: .utf8).split(separator: "\n")
        let cut = run.folder.file("cut.ndjson")
        try Data((lines.dropLast().joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: cut))
        #expect {
            try Rejudgement(
                log: cut, folder: run.folder.path, checks: run.checks, criteria: Criteria(), policy: policy)
        } throws: { error in
            if case .log(.incomplete)? = error as? RejudgementError { true } else { false }
        }
    }

    @Test func `a check that this program does not have, or whose observation it cannot read, is named`() async throws {
        let run = try await finished([LimitedCheck("test.a.x", 5)])
        for checks in [[], [OtherCheck("test.a.x")]] as [[any Check]] {
            #expect {
                try Rejudgement(
                    log: run.log.path, folder: run.folder.path, checks: checks, criteria: Criteria(), policy: policy)
            } throws: { error in
                if case .observation("test.a.x", _)? = error as? RejudgementError { true } else { false }
            }
        }
    }

    @Test(arguments: 0..<30) func `judging by the same criteria and policy gives the log's outcomes and verdict`(
        seed: UInt64
    ) async throws {
        var random = SeededGenerator(seed: seed)
        let checks: [any Check] = RandomRun.checks(seed: seed, count: 12).map { check in
            guard Bool.random(using: &random) else { return check }
            return LimitedCheck(
                check.definition.id, Int.random(in: 8...12, using: &random), requires: check.definition.requires)
        }
        let run = try TestRun(
            checks, clock: HastyClock(), closesWhenSettled: false, width: Int.random(in: 1...4, using: &random),
            criteria: LimitedCheck.criteria("10"))
        async let ended = run.finish()
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            run.engine.send(.rerun(checks.randomElement(using: &random)!.definition.id))
        }
        _ = await run.events { $0.gate.map { $0.coverage.required == 12 } ?? false }
        run.engine.send(.quit)
        let summary = try await ended
        let anew = try judge(run, limit: "10")
        #expect(anew.changed.isEmpty)
        #expect(anew.entries.map(\.now.message) == summary.checks.map { $0.result?.message })
        #expect(anew.entries.map(\.measurements) == summary.checks.map(\.measurements))
        #expect(anew.entries.map(\.findings) == summary.checks.map(\.findings))
        #expect(anew.decision == summary.decision)
    }
}

/// A check of the same name that sees something else.
private struct OtherCheck: Check {
    struct Observation: Codable, Sendable { var other: Int }
    let definition: CheckDefinition
    init(_ id: CheckID) {
        definition = CheckDefinition(
            id: id, title: "it holds", question: "does it?", severity: .high, grade: .observed)
    }
    func collect(in context: CollectContext) async throws(ProbeError) -> Observation { Observation(other: 1) }
    func judge(_ observation: Observation, by criteria: Criteria) -> Judgement { Judgement() }
    func remediation(for trouble: Trouble<Observation>) -> Remediation? { nil }
}
