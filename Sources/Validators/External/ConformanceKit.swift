package import Readiness

/// Runs a child through the rules of `holdpoint-validator/1` and names each that it breaks: the engine of
/// `holdpoint validator test`.
///
/// Each of its checks is run once as an engine would, and once more to be cancelled. Effects are acknowledged and taken
/// back with the child's own undo commands.
package struct ConformanceKit: Sendable {
    /// One thing that was tried.
    package struct Trial: Sendable, Equatable {
        /// The check; nil for the description.
        package var check: CheckID?
        /// `describe`, `run`, `cancel`.
        package var name: String
        /// What an engine would make of it; nil for the description and for cancelling.
        package var outcome: Outcome?
        /// Why, in a sentence.
        package var sentence: String
        /// Rules that were broken, by name, with what broke them. None: it conforms.
        package var broken: [Complaint]
    }

    /// A rule that was broken.
    package struct Complaint: Sendable, Equatable, CustomStringConvertible {
        /// The rule's name.
        package var rule: String
        /// What broke it.
        package var detail: String

        /// Rule and detail.
        package var description: String { "\(rule): \(detail)" }
    }

    /// What came of all trials.
    package struct Report: Sendable, Equatable {
        /// In the order in which they were made.
        package var trials: [Trial]

        /// Whether no rule was broken.
        package var conforms: Bool { trials.allSatisfy(\.broken.isEmpty) }

        /// A line a trial, and one for each rule that was broken.
        package var lines: [String] {
            trials.flatMap { trial -> [String] in
                let name = [trial.check?.description, trial.name].compactMap(\.self).joined(separator: " ")
                let outcome =
                    trial.outcome.map {
                        ": " + [$0.word.rawValue, $0.reason].compactMap(\.self).joined(separator: " ")
                    } ?? ""
                return ["\(trial.broken.isEmpty ? "ok  " : "BAD ") \(name)\(outcome) (\(trial.sentence))"]
                    + trial.broken.map { "       \($0)" }
            }
        }
    }

    private let probe: any ExternalValidatorProbe
    private let context: CollectContext
    private let undo: @Sendable (Compensation) async throws(ProbeError) -> Void
    private let limit: Duration

    /// - Parameters:
    ///   - context: what a check gets; its effects are replaced by the kit's own.
    ///   - limit: the most that a run may take here, where its description allows more. Default 30 s.
    ///   - undo: takes a change back.
    package init(
        _ probe: any ExternalValidatorProbe, context: CollectContext, limit: Duration = .seconds(30),
        undo: @escaping @Sendable (Compensation) async throws(ProbeError) -> Void
    ) {
        self.probe = probe
        self.context = context
        self.limit = limit
        self.undo = undo
    }

    /// Tries everything.
    package func test() async -> Report {
        let described: ExternalDescription
        do throws(ProbeError) { described = try await probe.describe().value } catch {
            return Report(trials: [
                Trial(
                    name: "describe", sentence: "nothing else can be tried",
                    broken: [Complaint(rule: "describe", detail: error.detail)])
            ])
        }
        var trials = [
            Trial(
                name: "describe", sentence: "\(described.name) \(described.version), \(described.checks.count) checks",
                broken: [])
        ]
        for var check in described.checks {
            check.hardLimit = min(check.hardLimit, limit)
            trials.append(await run(check))
            if check.effects <= .read { trials.append(await cancel(check)) }
        }
        return Report(trials: trials)
    }

    private func run(_ described: ExternalCheckDescription) async -> Trial {
        let effects = KitEffects()
        let check = ExternalCheck(described, probe)
        var context = context
        context.effects = effects
        var trial = Trial(check: described.id, name: "run", sentence: "", broken: [])
        do throws(ProbeError) {
            let observation = try await check.collect(in: context)
            let judgement = check.judge(observation, by: context.criteria)
            let outcome = judgement.outcome(requiring: .declared)
            trial.outcome = outcome
            trial.sentence = judgement.sentence(for: outcome, title: described.question)
            trial.broken = Self.complaints(observation.record, outcome, trial.sentence)
        } catch {
            trial.sentence = error.description
            trial.broken = [Complaint(rule: "starts", detail: error.description)]
        }
        for effect in await effects.all.reversed() {
            // Twice, for it must be harmless when the change has been taken back already.
            for time in ["an undo", "a second undo"] {
                do throws(ProbeError) { try await undo(effect.compensation) } catch {
                    trial.broken.append(Complaint(rule: "undo-works-and-may-repeat", detail: "\(time): \(error)"))
                }
            }
        }
        return trial
    }

    /// Asks twice before a child is called wrong: a busy machine may not have let it begin. The limit stays short, or a child
    /// that is merely done soon would pass for one that ends when it is asked to.
    private func cancel(_ described: ExternalCheckDescription) async -> Trial {
        let trial = await cancelOnce(described)
        return trial.broken.isEmpty ? trial : await cancelOnce(described)
    }

    /// Lets the limit pass at once: whoever polls for `cancel` ends in time.
    private func cancelOnce(_ described: ExternalCheckDescription) async -> Trial {
        var trial = Trial(check: described.id, name: "cancel", sentence: "it ended when it was asked to", broken: [])
        do throws(ProbeError) {
            let answer = try await probe.run(
                described, mode: context.mode, seed: 0, limit: .milliseconds(300), reporter: context.reporter,
                effects: KitEffects())
            let record = answer.value.record
            if record.ending == .itself { trial.sentence = "it was done before it could be asked" }
            // What ends by a signal had to be made to.
            if record.ending == .limit, record.exitCode == nil {
                trial.sentence = "it had to be killed"
                trial.broken.append(
                    Complaint(rule: "ends-when-cancelled", detail: "it went on after cancel and its grace"))
            }
        } catch {
            trial.sentence = error.description
        }
        return trial
    }

    private static func complaints(_ record: ExternalRecord, _ outcome: Outcome, _ sentence: String) -> [Complaint] {
        var broken = record.violations.map { Complaint(rule: $0.rule.rawValue, detail: $0.detail) }
        if record.ending == .limit {
            broken.append(Complaint(rule: "done-within-its-limit", detail: sentence))
            if record.exitCode == nil {
                broken.append(Complaint(rule: "ends-when-cancelled", detail: "it had to be killed"))
            }
        }
        if let result = record.result {
            if result.claim == .pass, result.evidence.isEmpty {
                broken.append(Complaint(rule: "pass-with-evidence", detail: "a pass that rests on nothing"))
            }
            if record.violations.isEmpty, record.exitCode != 0 {
                let end = record.exitCode.map { "exit code \($0)" } ?? "a signal"
                broken.append(Complaint(rule: "exit-0-after-result", detail: "it ended with \(end)"))
            }
        }
        if record.leftBehind > 0 {
            broken.append(
                Complaint(rule: "leaves-no-process", detail: "\(record.leftBehind) processes were there after its end"))
        }
        return broken
    }
}

/// Remembers what was registered: nothing outlives the kit, so nothing is written down.
private actor KitEffects: EffectRegistrar {
    private(set) var all: [EffectDescription] = []

    func register(_ effect: EffectDescription) async throws(ProbeError) { all.append(effect) }
}
