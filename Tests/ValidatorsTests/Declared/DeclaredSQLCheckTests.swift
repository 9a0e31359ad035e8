import Readiness
import TestSupport
import Testing
import Validators

struct DeclaredSQLCheckTests {
    private static let place = Readiness.SourceLocation(file: "acme.yaml", line: 7)
    private static let most = ValueRequirement.Expectation.number(
        Criterion(.lessOrEqual, Threshold("3", source: place)), unit: "1")

    private func declared(_ expectation: ValueRequirement.Expectation) -> DeclaredCheck {
        DeclaredCheck(
            id: "acme.a.b", title: "t", question: "q?", severity: .high,
            subject: .sql(SQLRequirement("SELECT n", expectation)), mend: .init(summary: "mend"), source: Self.place)
    }

    /// The outcome in words, and the judgement behind it.
    private func judged(
        _ expectation: ValueRequirement.Expectation, seeing rows: [[LedgerValue]],
        by criteria: Criteria = Criteria(), _ change: (inout FakeLedger.Script) -> Void = { _ in }
    ) async -> (words: String, judgement: Judgement?) {
        let ledger = FakeLedger()
        ledger.change { script in
            script.rows["SELECT n"] = { _ in rows }
            change(&script)
        }
        var probes = DeclaredProbes.offline
        probes.ledger = ledger
        let answer = await judged(declared(expectation).check(probes), by: criteria)
        #expect(ledger.open == 0, "a connection is left open")
        return answer
    }

    private func judged<Body: Check>(_ check: Body, by criteria: Criteria) async -> (String, Judgement?) {
        let context = CollectContext(
            criteria: criteria, mode: .standard, evidence: FakeEvidence(), reporter: FakeReporter(),
            effects: FakeEffects(), noise: FakeNoise(), clock: ManualClock(), token: "t")
        func words(_ outcome: Outcome) -> String {
            [outcome.word.rawValue, outcome.reason].compactMap(\.self).joined(separator: " ")
        }
        do throws(ProbeError) {
            let observation = try await check.collect(in: context)
            let judgement = check.judge(observation, by: criteria)
            return (words(judgement.outcome(requiring: check.definition.requiredGrade(in: .standard))), judgement)
        } catch {
            #expect(check.remediation(for: .notObserved(error))?.steps.isEmpty == false)
            return (words(error.outcome(whereReachabilityIsSubject: false)), nil)
        }
    }

    @Test(arguments: [
        ([[LedgerValue.integer(3)]], "pass"), ([[.integer(4)]], "fail criterion"), ([[.text("2.5")]], "pass"),
        ([[.text("3.0001")]], "fail criterion"), ([[.null]], "fail value-differs"),
        ([[.text("many")]], "fail value-differs"), ([[.unreadable("a blob")]], "fail value-differs"),
        ([], "unverified bad_answer"), ([[.integer(1)], [.integer(1)]], "unverified bad_answer"),
    ])
    func `a number is held against its bound, and anything but one value is no answer`(
        _ rows: [[LedgerValue]], _ words: String
    ) async {
        #expect(await judged(Self.most, seeing: rows).words == words)
    }

    @Test(arguments: [
        (ValueRequirement.Expectation.text("paper"), LedgerValue.text("paper"), "pass"),
        (.text("paper"), .text("live"), "fail value-differs"), (.text("1"), .integer(1), "fail value-differs"),
        (.present, .integer(0), "pass"), (.present, .null, "fail value-differs"),
    ])
    func `a text is the same text, and present is anything but null`(
        _ expectation: ValueRequirement.Expectation, _ value: LedgerValue, _ words: String
    ) async {
        #expect(await judged(expectation, seeing: [[value]]).words == words)
    }

    @Test func `another number of the criteria stands over the profile's`() async throws {
        let place = Readiness.SourceLocation(file: "other.yaml", line: 3)
        let criteria = Criteria(thresholds: ["acme.a.b.value": Threshold("5", source: place)])
        let (words, judgement) = await judged(Self.most, seeing: [[.integer(4)]], by: criteria)
        #expect(words == "pass")
        #expect(judgement?.measurements.first?.criterion?.source == "other.yaml:3")
        #expect(declared(Self.most).check(.offline).definition.criteria == ["acme.a.b.value"])
    }

    @Test func `a ledger that is not there is not the statement's fault`() async {
        let gone = ProbeError(.unreachable, at: .ledger, "no such file")
        #expect(
            await judged(Self.most, seeing: []) { $0.connectFailure = gone }.words == "unverified target_unreachable")
        let wrong = ProbeError(.nonsense, at: .ledger, "no such table: n")
        #expect(await judged(Self.most, seeing: []) { $0.tableFailure = wrong }.words == "unverified bad_answer")
    }
}
