import Readiness
import TestSupport
import Testing
import Validators

/// What a child's claim comes to: the table of docs/guides/external-validators.md.
struct ExternalCheckTests {
    /// Plays what a child said, without a child.
    private struct Played: ExternalValidatorProbe {
        var run: ExternalRun

        var line: String { "played" }

        func describe() async throws(ProbeError) -> Answer<ExternalDescription> {
            throw ProbeError(ourSide: "not asked")
        }

        func run(
            _ check: ExternalCheckDescription, mode: Mode, seed: UInt64, limit: Duration, reporter: any CheckReporter,
            effects: any EffectRegistrar
        ) async throws(ProbeError) -> Answer<ExternalRun> {
            Answer(run, transcript: "both sides", elapsed: .zero)
        }
    }

    private static let evidence = """
        {"v":1,"kind":"evidence","id":"acme.a.b","evidence_id":"e","path":"e","provenance":"live","sha256":"DIGEST"}
        """.replacing("DIGEST", with: String(repeating: "0", count: 64))

    private static func result(_ outcome: String, _ more: String = #","grade":"E3","evidence":["e"]"#) -> String {
        #"{"v":1,"kind":"result","id":"acme.a.b","outcome":"\#(outcome)"\#(more)}"#
    }

    private static func measured(_ value: String, _ more: String = "") -> String {
        #"{"v":1,"kind":"measurement","id":"acme.a.b","name":"lag","unit":"ms","value":"\#(value)"\#(more)}"#
    }

    private static func found(_ severity: String) -> String {
        #"{"v":1,"kind":"finding","id":"acme.a.b","severity":"\#(severity)","fingerprint":"lag/high","message":"m"}"#
    }

    private func record(_ lines: [String], exitCode: Int32? = 0) throws -> ExternalRecord {
        var record = ExternalRecord()
        record.exitCode = exitCode
        for line in lines {
            switch try ExternalMessage.parse(Array(line.utf8), of: "acme.a.b") {
            case .measurement(let measurement)?: record.measurements.append(measurement)
            case .finding(let finding)?: record.findings.append(finding)
            case .evidence(let evidence)?: record.evidence.append(evidence)
            case .result(let result)?: record.result = result
            default: Issue.record("\(line)")
            }
        }
        return record
    }

    private func outcome(
        of record: ExternalRecord, _ criteria: [String: Criterion] = [:], by overrides: Criteria = Criteria()
    ) async throws -> String {
        let described = ExternalCheckDescription(id: "acme.a.b", question: "Is it?", severity: .high)
        let probe = Played(run: ExternalRun(record: record, contents: ["e": Array("seen".utf8)]))
        let check = ExternalCheck(described, probe, criteria: criteria, profile: "own.yaml")
        let context = CollectContext(
            criteria: overrides, mode: .standard, evidence: FakeEvidence(), reporter: FakeReporter(),
            effects: FakeEffects(), noise: FakeNoise(), clock: ManualClock(), token: "t")
        let observation = try await check.collect(in: context)
        let judgement = check.judge(observation, by: overrides)
        let outcome = judgement.outcome(requiring: check.definition.requiredGrade(in: .standard))
        let mend = try #require(check.remediation(for: .judged(observation, judgement)))
        #expect(mend.steps.last?.command == "holdpoint run --target own.yaml --check acme.a.b")
        return [outcome.word.rawValue, outcome.reason].compactMap(\.self).joined(separator: " ")
    }

    private static let below = Criterion(
        .less, Threshold("50", source: Readiness.SourceLocation(file: "own.yaml", line: 7)))

    @Test(arguments: [
        ([evidence, result("pass")], "pass"),
        ([result("pass", #","evidence":[]"#)], "unverified no_samples"),
        ([evidence, result("pass", #","grade":"E1","evidence":["e"]"#)], "unverified grade_below_required"),
        ([evidence.replacing("live", with: "simulated"), result("pass")], "unverified simulated_only"),
        ([evidence.replacing("live", with: "self_reported"), result("pass")], "unverified grade_below_required"),
        ([evidence, found("medium"), result("pass")], "fail lag"),
        ([evidence, found("low"), result("pass")], "warn band"),
        ([evidence, result("warn")], "warn band"),
        ([evidence, result("fail")], "fail criterion"),
        ([evidence, result("fail", #","reason":"late","evidence":["e"]"#)], "fail late"),
        ([result("unverified", #","reason":"too_few_samples""#)], "unverified too_few_samples"),
        ([result("unverified", #","reason":"just because""#)], "unverified no_samples"),
        ([evidence, result("error")], "error tool"),
    ])
    func `a claim is worth what it rests on`(_ lines: [String], _ words: String) async throws {
        #expect(try await outcome(of: record(lines)) == words)
    }

    @Test(arguments: [
        ([measured("49.9")], "pass"), ([measured("50")], "fail criterion"), ([], "unverified no_samples"),
        ([measured("49", #","aggregation":"p95","n":59"#)], "pass"),
        ([measured("49", #","aggregation":"p95","n":58"#)], "unverified too_few_samples"),
        ([measured("51", #","aggregation":"p95","n":3"#)], "fail criterion"),
    ])
    func `a number is held against the profile's criterion, whatever is claimed`(
        _ lines: [String], _ words: String
    ) async throws {
        let record = try record([Self.evidence] + lines + [Self.result("pass")])
        #expect(try await outcome(of: record, ["lag": Self.below]) == words)
    }

    @Test func `another number of the criteria stands over the profile's`() async throws {
        let record = try record([Self.evidence, Self.measured("60"), Self.result("pass")])
        let place = Readiness.SourceLocation(file: "other.yaml", line: 3)
        let criteria = Criteria(thresholds: ["acme.a.b.lag": Threshold("70", source: place)])
        #expect(try await outcome(of: record, ["lag": Self.below]) == "fail criterion")
        #expect(try await outcome(of: record, ["lag": Self.below], by: criteria) == "pass")
    }

    @Test func `a broken rule, a limit, a missing result and an exit code are told apart`() async throws {
        let good = try record([Self.evidence, Self.result("pass")])
        var broken = good
        broken.violations = [ExternalViolation(.twoResults, "a second result")]
        #expect(try await outcome(of: broken) == "error protocol")
        var late = try record([Self.evidence])
        late.ending = .limit
        #expect(try await outcome(of: late) == "error checker_timeout")
        #expect(try await outcome(of: record([Self.evidence])) == "error protocol")
        #expect(
            try await outcome(of: record([Self.evidence, Self.result("pass")], exitCode: 1)) == "warn exit_mismatch")
        #expect(
            try await outcome(of: record([Self.evidence, Self.result("pass")], exitCode: nil)) == "warn exit_mismatch")
        #expect(try await outcome(of: record([Self.evidence, Self.result("fail")], exitCode: 1)) == "fail criterion")
        var left = good
        left.leftBehind = 2
        #expect(try await outcome(of: left) == "warn band")
    }
}
