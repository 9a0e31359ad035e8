import Readiness

// What is decided before anything is run.
extension ConsoleModel {
    /// Shows what would be run. Everything is chosen that was asked for, unless somebody has chosen already.
    mutating func show(_ plan: Preflight) {
        let all = Set(plan.steps.map(\.check.id))
        (capabilities, isLooking) = (plan.capabilities, false)
        // A look that was under way when the run began tells what the target offers, and decides nothing any more.
        guard !hasStarted else { return }
        preflight = plan
        guard !isBeforeStart else {
            chosen.formIntersection(all)
            return
        }
        chosen = all
        preflightCameAt = now
        activity = nil
        stack = [.preflight(ListPosition())]
    }

    /// Begins the run with what is chosen.
    mutating func start() -> [ConsoleEffect] {
        // A key that was meant for what was there before must not place orders.
        guard let plan = preflight, now - preflightCameAt >= Dialog.deafness else { return [] }
        stack.removeAll()
        hasStarted = true
        activity = "connecting to the target"
        let checks = plan.steps.map(\.check.id)
        return [.start(chosen.count == checks.count ? nil : checks.filter(chosen.contains))]
    }

    /// The step of the pre-flight that keys act on.
    var stepUnderCursor: Preflight.Step? {
        guard case .preflight(let position) = place, let steps = preflight?.steps,
            steps.indices.contains(position.cursor)
        else { return nil }
        return steps[position.cursor]
    }

    mutating func chooseCheck() {
        guard let plan = preflight, let id = stepUnderCursor?.check.id else { return }
        let before = chosen
        chosen = chosen.contains(id) ? plan.leaving(out: id, of: chosen) : plan.taking(in: id, to: chosen)
        let others = before.symmetricDifference(chosen).count - 1
        if others > 0 {
            let why = before.contains(id) ? "that require it" : "that it requires"
            notice = Notice("\(id), and \(Counted.of(others, "check")) \(why)", .info)
        }
    }

    /// Chooses what holds, and nothing that requires what does not.
    mutating func choose(_ holds: (Preflight.Step) -> Bool) {
        guard let plan = preflight else { return }
        chosen = Set(plan.steps.map(\.check.id))
        for step in plan.steps where !holds(step) { chosen = plan.leaving(out: step.check.id, of: chosen) }
        notice = Notice("\(chosen.count) of \(Counted.of(plan.steps.count, "check"))", .info)
    }

    /// Shows what the target offers, at what the check under the cursor lacks; looks first where nobody has.
    mutating func openTarget() -> [ConsoleEffect] {
        let id = stepUnderCursor?.check.id ?? focusedCheck
        let lacking = capabilities?.firstIndex { report in
            report.isLacking && id.map(report.waiting.contains) == true
        }
        stack.append(.target(ListPosition(lacking ?? 0)))
        return capabilities == nil ? look() : []
    }

    /// Has the target looked at again.
    mutating func look() -> [ConsoleEffect] {
        isLooking = true
        return [.look]
    }

    /// The capability that keys act on.
    var capabilityUnderCursor: CapabilityReport? {
        guard case .target(let position) = place, let all = capabilities,
            all.indices.contains(position.cursor)
        else { return nil }
        return all[position.cursor]
    }

    /// What has to be written for the capability under the cursor, ready to paste; nil where nothing is missing.
    var stubUnderCursor: (label: String, text: String)? {
        guard let report = capabilityUnderCursor, report.isMissing else { return nil }
        let name = report.name
        if let capability = report.capability, let stub = CapabilityStub(of: [capability], as: .http) {
            return ("a handler for \(name)", stub.text)
        }
        let lines = CapabilityStub.profileLines(of: report.subject)
        return lines.isEmpty ? nil : ("the profile's lines for \(name)", lines.joined(separator: "\n") + "\n")
    }
}
