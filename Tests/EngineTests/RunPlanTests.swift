import Engine
import Readiness
import Testing

struct RunPlanTests {
    private func catalogue() -> Catalogue {
        func check(_ id: CheckID, from mode: Mode, requires: [CheckID] = []) -> ScriptedCheck {
            var check = ScriptedCheck.valued(id, requires: requires)
            check.definition.fromMode = mode
            return check
        }
        return Catalogue(
            validators: [
                Validator(
                    name: "smoke", title: "",
                    checks: [
                        check("smoke.a.one", from: .quick),
                        check("smoke.b.two", from: .quick, requires: ["smoke.a.one"]),
                    ]),
                Validator(
                    name: "risk", title: "",
                    checks: [
                        check("risk.a.one", from: .standard, requires: ["smoke.b.two"]),
                        check("risk.b.two", from: .thorough),
                    ]),
            ], sets: [Catalogue.NamedSet(name: "health", members: ["smoke.a.one"])], quick: ["health"])
    }

    private func plan(_ selection: Selection) throws -> RunPlan {
        try RunPlan(
            from: catalogue(), selecting: selection, policy: GatePolicy(version: "t", required: ["smoke.*"], digest: "")
        )
    }

    private func ids(_ plan: RunPlan) -> [CheckID] { plan.steps.map(\.check.definition.id) }

    @Test func `standard runs every check whose first mode is standard or earlier, and is a full scope`() throws {
        let plan = try plan(Selection())
        #expect(ids(plan) == ["smoke.a.one", "smoke.b.two", "risk.a.one"])
        #expect(plan.scope.full)
        #expect(plan.excluded == [ExcludedCheck(id: "risk.b.two", reason: "runs from mode thorough")])
        #expect(plan.steps.map(\.announced.required) == [true, true, false])
    }

    @Test func `quick runs the sets that the criteria name, and says that it is partial`() throws {
        let plan = try plan(Selection(mode: .quick))
        #expect(ids(plan) == ["smoke.a.one"])
        #expect(plan.scope == Scope(narrowedBy: ["mode=quick"]))
    }

    @Test func `a selection is closed over what it requires, and says why`() throws {
        let plan = try plan(Selection(checks: ["risk.a.one"]))
        #expect(ids(plan) == ["smoke.a.one", "smoke.b.two", "risk.a.one"])
        #expect(plan.steps.map(\.announced.why) == ["required_by smoke.b.two", "required_by risk.a.one", nil])
        #expect(plan.scope.why == ["check=risk.a.one"])
    }

    @Test func `a check that is named runs in a mode that would not run it`() throws {
        #expect(ids(try plan(Selection(checks: ["risk.b.*"]))) == ["risk.b.two"])
    }

    @Test func `names that are not there are told with those that are`() {
        #expect(throws: PlanError.unknownValidator("rsk", known: ["smoke", "risk"])) {
            try plan(Selection(validators: ["rsk"]))
        }
        #expect(throws: PlanError.unknownSet("helth", known: ["health"])) { try plan(Selection(sets: ["helth"])) }
        #expect(throws: PlanError.self) { try plan(Selection(checks: ["smoke.x.*"])) }
    }

    @Test func `a selection that the mode empties selects nothing`() {
        #expect(throws: PlanError.nothingSelected) {
            try RunPlan(
                from: Catalogue(validators: [], sets: [], quick: []), selecting: Selection(),
                policy: GatePolicy(version: "t", digest: ""))
        }
    }
}
