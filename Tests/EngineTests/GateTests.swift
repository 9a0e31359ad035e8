import Engine
import Readiness
import Testing

struct GateTests {
    private static let worsening: [Outcome.Word] = [.pass, .warn, .cancelled, .blocked, .unverified, .error, .fail]

    private func decide(_ outcomes: [Outcome.Word?], severity: Severity = .high, required: Bool = true) -> GateDecision
    {
        let subjects = outcomes.enumerated().map { place, outcome in
            Gate.Subject(id: id(place), severity: severity, isRequired: required, outcome: outcome)
        }
        return Gate.decide(subjects, policy: GatePolicy(version: "t", failOnSeverity: .medium, digest: ""))
    }

    private func id(_ place: Int) -> CheckID { CheckID(parsing: "test.c\(place).holds")! }

    @Test func `all green is go`() { #expect(decide([.pass, .pass]).verdict == .go) }

    @Test func `nothing at all is hold`() { #expect(decide([]).verdict == .hold) }

    @Test(arguments: [
        (Outcome.Word.fail, Verdict.noGo, VerdictReason.Rule.unwaivedFail), (.error, .hold, .requiredError),
        (.unverified, .hold, .requiredUnverified), (.blocked, .hold, .requiredBlocked),
        (.cancelled, .hold, .requiredCancelled), (.warn, .goWithConditions, .warning),
    ])
    func `one outcome that is not green decides`(word: Outcome.Word, verdict: Verdict, rule: VerdictReason.Rule) {
        let decision = decide([.pass, word, .pass])
        #expect(decision.verdict == verdict)
        #expect(decision.reasons == [VerdictReason(rule, id(1))])
    }

    @Test func `a fail below the bar is a condition`() {
        #expect(decide([.pass, .fail], severity: .low).verdict == .goWithConditions)
    }

    @Test func `a fail counts even where the check is not required, an error does not`() {
        #expect(decide([.pass, .fail], required: false).verdict == .noGo)
        #expect(decide([.pass, .error], required: false).verdict == .go)
    }

    @Test func `what has not finished holds`() {
        #expect(decide([.pass, nil]).reasons == [VerdictReason(.notFinished)])
    }

    @Test func `a log with a gap holds and a disturbed target is a no-go, all green`() {
        let green = [Gate.Subject(id: "test.a.b", severity: .high, isRequired: true, outcome: .pass)]
        let policy = GatePolicy(version: "t", digest: "")
        #expect(Gate.decide(green, policy: policy, .init(isLogWhole: false)).verdict == .hold)
        let left = Disturbance(
            check: "test.a.b",
            effect: EffectRecord(
                effectID: "f1", effectClass: .writePaper, description: "1 HUNT bought", compensation: "sell it",
                detail: "refused"))
        let decision = Gate.decide(green, policy: policy, .init(disturbances: [left, left]))
        #expect(decision.verdict == .noGo)
        #expect(
            decision.reasons
                == Array(
                    repeating: VerdictReason(
                        .targetDisturbed, "test.a.b", detail: "1 HUNT bought; to do: sell it; it failed: refused"),
                    count: 2))
    }

    @Test(arguments: 0..<40) func `making any check worse never improves the verdict`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let count = Int.random(in: 1...8, using: &random)
        let severities = (0..<count).map { _ in Severity.allCases.randomElement(using: &random)! }
        let required = (0..<count).map { _ in Bool.random(using: &random) }
        let policy = GatePolicy(
            version: "t", failOnSeverity: Severity.allCases.randomElement(using: &random)!, digest: "")
        var outcomes = (0..<count).map { _ in Self.worsening.randomElement(using: &random)! }
        func verdict() -> Verdict {
            Gate.decide(
                (0..<count).map {
                    Gate.Subject(id: id($0), severity: severities[$0], isRequired: required[$0], outcome: outcomes[$0])
                }, policy: policy
            ).verdict
        }
        for _ in 0..<50 {
            let before = verdict()
            let place = Int.random(in: 0..<count, using: &random)
            let rank = Self.worsening.firstIndex(of: outcomes[place])!
            // For a check that nobody requires, all that is not seen weighs the same as green; a fail weighs more.
            guard rank + 1 < Self.worsening.count, required[place] || Self.worsening[rank] != .warn else { continue }
            // A fail below the bar is a condition, while an error of a required check holds: not comparable.
            if Self.worsening[rank + 1] == .fail, severities[place] < policy.failOnSeverity { continue }
            outcomes[place] = Self.worsening[rank + 1]
            #expect(verdict() >= before)
        }
    }

    @Test(arguments: 0..<20) func `the order of the checks does not change the verdict`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let subjects = (0..<6).map {
            Gate.Subject(
                id: id($0), severity: .high, isRequired: Bool.random(using: &random),
                outcome: Self.worsening.randomElement(using: &random))
        }
        let policy = GatePolicy(version: "t", digest: "")
        #expect(
            Gate.decide(subjects, policy: policy).verdict
                == Gate.decide(subjects.shuffled(using: &random), policy: policy).verdict)
    }
}
