import Readiness
import Testing

struct PreflightTests {
    private static func check(
        _ id: CheckID, requires: [CheckID] = [], effects: EffectClass = .read
    ) -> PlannedCheck {
        PlannedCheck(
            id: id, title: "t", question: "q", severity: .high, requires: requires, after: [], locks: [],
            effects: effects, estMs: 100, hardLimitMs: 1000, requiredGrade: .observed, required: true, controls: [])
    }

    private func forecasts(
        _ checks: [PlannedCheck], _ hooks: [CheckID: [Capability]], _ troubles: [Capability: ProbeError],
        paper: PaperProof = .proven
    ) -> Preflight {
        Preflight(
            target: TargetIdentified(target: "t", environment: "staging", paper: paper, detail: "why"),
            profile: "t.yaml", argument: "t", mode: .standard,
            plan: PlanAnnounced(checks: checks, excluded: [], scope: Scope()),
            needs: hooks.mapValues { $0.map(CapabilityReport.Subject.capability) },
            capabilities: Capability.allCases.map { capability in
                CapabilityReport(
                    .capability(capability), question: "",
                    troubles[capability].map(CapabilityReport.Finding.trouble)
                        ?? .answers(median: .milliseconds(1), reads: 5))
            }, predicted: .seconds(1))
    }

    @Test(arguments: [
        (ProbeError.Meeting.unreachable, UnverifiedReason.targetUnreachable), (.unauthorised, .credentialMissing),
        (.notOffered, .hookMissing), (.nonsense, .badAnswer),
    ])
    func `a check that lacks a capability is foretold by the table of what was met`(
        meeting: ProbeError.Meeting, reason: UnverifiedReason
    ) {
        let error = ProbeError(meeting, at: .surface, "words")
        let plan = forecasts([Self.check("a.b.c")], ["a.b.c": [.riskLimits]], [.riskLimits: error])
        #expect(plan.steps[0].forecast == .unverified(reason, "words", lacking: .capability(.riskLimits)))
    }

    @Test func `a reachability check is foretold red, and what requires it blocked, in any order of the plan`() {
        let plan = forecasts(
            [
                Self.check("a.b.c", requires: ["a.b.d"]), Self.check("a.b.d", requires: ["smoke.health.ready"]),
                Self.check("smoke.health.ready"),
            ], ["smoke.health.ready": [.discovery]],
            [.discovery: ProbeError(.unreachable, at: .surface, "connection refused")])
        #expect(
            plan.steps.map(\.forecast) == [
                .blocked(by: "a.b.d"), .blocked(by: "smoke.health.ready"), .fails("connection refused"),
            ])
    }

    @Test(arguments: [(PaperProof.proven, "runs"), (.unknown, "unverified"), (.declared, "unverified")])
    func `nothing above read is foretold to run unless paper is proven`(paper: PaperProof, word: String) {
        let checks = [Self.check("a.b.c", effects: .writePaper), Self.check("a.b.d")]
        let plan = forecasts(checks, [:], [:], paper: paper)
        #expect(plan.steps[0].forecast.word == word)
        #expect(plan.steps[1].forecast == .runs)
        // What is declared may be proven by the time it runs.
        #expect(plan.changing.map(\.check.id) == (paper == .unknown ? [] : ["a.b.c"]))
    }

    @Test func `what is not listed and cannot be tried leaves a check in doubt, and what requires it is not blocked`() {
        let unlisted = CapabilityReport(.capability(.orderSubmit), question: "", .unlisted("not listed"))
        let plan = Preflight(
            target: TargetIdentified(target: "t", environment: "staging", paper: .proven, detail: "why"),
            profile: "t.yaml", argument: "t", mode: .standard,
            plan: PlanAnnounced(
                checks: [Self.check("a.b.c", effects: .writePaper), Self.check("a.b.d", requires: ["a.b.c"])],
                excluded: [],
                scope: Scope()), needs: ["a.b.c": [.capability(.orderSubmit)]], capabilities: [unlisted],
            predicted: .seconds(1))
        #expect(plan.steps[0].forecast == .doubtful("not listed", lacking: .capability(.orderSubmit)))
        #expect(plan.steps[1].forecast == .runs)
        #expect(plan.unverified.isEmpty && unlisted.isLacking && unlisted.isMissing)
    }

    @Test func `a part that is not there is foretold like a capability`() {
        let storage = CapabilityReport(
            .part(.storage), question: "", .trouble(ProbeError(.notOffered, at: .surface, "no storage:")))
        let plan = Preflight(
            target: TargetIdentified(target: "t", environment: "staging", paper: .proven, detail: "why"),
            profile: "t.yaml", argument: "t", mode: .standard,
            plan: PlanAnnounced(checks: [Self.check("a.b.c")], excluded: [], scope: Scope()),
            needs: ["a.b.c": [.part(.storage)]], capabilities: [storage], predicted: .seconds(1))
        #expect(plan.steps[0].forecast == .unverified(.hookMissing, "no storage:", lacking: .part(.storage)))
    }

    @Test func `what is foretold to end unseen takes no time, and may change the target all the same`() {
        let writing = [Self.check("a.b.c", effects: .writePaper), Self.check("a.b.d", effects: .writePaper)]
        let plan = forecasts(
            writing, ["a.b.c": [.pool]], [.pool: ProbeError(.notOffered, at: .surface, "no pool")])
        #expect(plan.changing.map(\.check.id) == ["a.b.c", "a.b.d"])
        #expect(plan.expected == .milliseconds(100))
    }

    @Test func `where nothing is to be seen, words say that nothing runs, and no time`() {
        let gone = ProbeError(.notOffered, at: .surface, "no pool")
        let checks = [Self.check("a.b.c"), Self.check("a.b.d", requires: ["a.b.c"]), Self.check("a.b.e")]
        let plan = forecasts(checks, ["a.b.c": [.pool]], [.pool: gone])
        #expect(plan.time(for: ["a.b.c", "a.b.d"]) == "nothing will run")
        #expect(plan.time(for: []) == "nothing will run")
        #expect(plan.time(for: ["a.b.c", "a.b.e"]) == "about 100 ms")
        #expect(plan.time(for: ["a.b.e"], isShort: true) == "100 ms")
        #expect(!plan.hasWork(in: ["a.b.c", "a.b.d"]) && plan.hasWork(in: ["a.b.c", "a.b.e"]))
        // What is red before it begins is run all the same.
        let red = forecasts(
            [Self.check("smoke.health.ready"), Self.check("a.b.d", requires: ["smoke.health.ready"])],
            ["smoke.health.ready": [.discovery]],
            [.discovery: ProbeError(.unreachable, at: .surface, "connection refused")])
        #expect(red.time(for: ["smoke.health.ready", "a.b.d"]) == "nothing will run but what fails")
        #expect(red.time(for: ["a.b.d"]) == "nothing will run")
    }

    @Test func `a check that is over within a millisecond runs`() {
        var quick = Self.check("a.b.c")
        quick.estMs = 0
        #expect(forecasts([quick], [:], [:]).time(for: ["a.b.c"]) == "about 1 ms")
    }

    @Test func `trouble of ours is foretold as an error, and what cannot be tried stands in nobody's way`() {
        let plan = forecasts([Self.check("a.b.c")], ["a.b.c": [.pool]], [.pool: ProbeError(ourSide: "no fork")])
        #expect(plan.steps[0].forecast == .breaks("no fork"))
        #expect(forecasts([Self.check("a.b.c")], ["a.b.c": [.orderSubmit]], [:]).steps[0].forecast == .runs)
    }

    @Test func `a narrowed selection stays closed, and takes no longer than all of it`() {
        let plan = forecasts(
            [
                Self.check("a.b.a"), Self.check("a.b.b", requires: ["a.b.a"]), Self.check("a.b.c", requires: ["a.b.b"]),
                Self.check("a.b.d"),
            ], [:], [:])
        let all = Set(plan.steps.map(\.check.id))
        #expect(plan.leaving(out: "a.b.a", of: all) == ["a.b.d"])
        #expect(plan.leaving(out: "a.b.c", of: all) == ["a.b.a", "a.b.b", "a.b.d"])
        #expect(plan.taking(in: "a.b.c", to: []) == ["a.b.a", "a.b.b", "a.b.c"])
        #expect(plan.taking(in: "not.in.plan", to: []) == [])
        #expect(plan.predicted(["a.b.d"]) == .milliseconds(100))
        #expect(plan.predicted(all) == .milliseconds(400))
    }
}
