package import Readiness

/// The checks of a run and what is left out, settled before anything runs.
package struct RunPlan: Sendable {
    /// A check with what the plan says of it.
    package struct Step: Sendable {
        /// Looks and judges.
        package var check: any Check
        /// As it is announced.
        package var announced: PlannedCheck
    }

    /// In plan order: as the catalogue lists them.
    package var steps: [Step]
    /// What is left out, with the reason.
    package var excluded: [ExcludedCheck]
    /// How much of the catalogue that is.
    package var scope: Scope
    /// How deep it looks.
    package var mode: Mode

    /// The announcement that opens round 1.
    ///
    /// - Parameters:
    ///   - predictions: how long checks took in earlier runs; what is not named is predicted by its definition.
    ///   - budget: what fits the run's budget; nil without one.
    package func announcement(
        predicting predictions: [CheckID: Duration] = [:], within budget: BudgetPlan? = nil
    ) -> PlanAnnounced {
        let checks = steps.map { step in
            var announced = step.announced
            if let predicted = predictions[announced.id] { announced.estMs = predicted.milliseconds }
            if let budget { announced.fitsBudget = budget.fits(announced.id) }
            return announced
        }
        return PlanAnnounced(checks: checks, excluded: excluded, scope: scope)
    }

    /// Chooses checks, closed over what they require.
    ///
    /// - Parameters:
    ///   - catalogue: every registered check.
    ///   - selection: what was asked for.
    ///   - policy: says which checks are required.
    /// - Throws: `PlanError`. A cycle or an unknown dependency anywhere in the catalogue is one, selected or not.
    package init(from catalogue: Catalogue, selecting selection: Selection, policy: GatePolicy) throws(PlanError) {
        let all = catalogue.validators.flatMap(\.checks)
        let graph = try DependencyGraph(all.map(\.definition))
        let wanted = try Self.wanted(of: selection, in: catalogue)
        var why: [CheckID: String] = [:]
        for check in all where wanted.contains(check.definition.id) { pull(check.definition.id) }
        func pull(_ id: CheckID) {
            for required in graph.requirements(of: id).sorted() where !wanted.contains(required) && why[required] == nil
            {
                why[required] = "required_by \(id)"
                pull(required)
            }
        }
        let chosen = wanted.union(why.keys)
        guard !chosen.isEmpty else { throw .nothingSelected }
        mode = selection.mode
        scope = selection.scope
        steps = all.filter { chosen.contains($0.definition.id) }.map { check in
            Step(
                check: check,
                announced: PlannedCheck(
                    check.definition, mode: selection.mode, required: policy.requires(check.definition.id),
                    why: why[check.definition.id]))
        }
        excluded = all.filter { !chosen.contains($0.definition.id) }.map { check in
            let tooDeep = check.definition.fromMode > selection.mode
            return ExcludedCheck(
                id: check.definition.id,
                reason: tooDeep ? "runs from mode \(check.definition.fromMode.rawValue)" : "not selected")
        }
    }

    /// The ids that the selection itself names.
    private static func wanted(of selection: Selection, in catalogue: Catalogue) throws(PlanError) -> Set<CheckID> {
        let definitions = catalogue.validators.flatMap { $0.checks.map(\.definition) }
        var wanted: Set<CheckID> = []
        func add(_ ids: some Sequence<CheckDefinition>) {
            wanted.formUnion(ids.filter { $0.fromMode <= selection.mode }.map(\.id))
        }
        func addValidator(_ name: String) -> Bool {
            guard let validator = catalogue.validators.first(where: { $0.name == name }) else { return false }
            add(validator.checks.map(\.definition))
            return true
        }
        func addSet(_ name: String) -> Bool {
            guard let set = catalogue.sets.first(where: { $0.name == name }) else { return false }
            add(definitions.filter { set.members.contains($0.id) })
            return true
        }
        for name in selection.validators where !addValidator(name) {
            throw .unknownValidator(name, known: catalogue.validators.map(\.name))
        }
        for name in selection.sets where !addSet(name) {
            throw .unknownSet(name, known: catalogue.sets.map(\.name))
        }
        for pattern in selection.checks {
            let found = definitions.filter { GlobPattern(pattern).matches($0.id.description) }
            guard !found.isEmpty else { throw .unknownCheck(pattern, known: definitions.map(\.id.description)) }
            // A check that is named is run, whatever the mode would do.
            wanted.formUnion(found.map(\.id))
        }
        if !selection.namesSomething {
            if selection.mode == .quick {
                for name in catalogue.quick where !addSet(name) && !addValidator(name) {
                    throw .unknownSet(name, known: catalogue.sets.map(\.name) + catalogue.validators.map(\.name))
                }
            } else {
                add(definitions)
            }
        }
        return wanted
    }
}

extension PlannedCheck {
    fileprivate init(_ definition: CheckDefinition, mode: Mode, required: Bool, why: String?) {
        self.init(
            id: definition.id, title: definition.title, question: definition.question, severity: definition.severity,
            requires: definition.requires, after: definition.after, locks: definition.locks,
            effects: definition.effects, estMs: definition.estimate.milliseconds,
            hardLimitMs: definition.hardLimit.milliseconds, requiredGrade: definition.requiredGrade(in: mode),
            required: required, controls: definition.controls, why: why)
    }
}
