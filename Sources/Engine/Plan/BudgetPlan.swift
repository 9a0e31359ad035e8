package import Readiness

/// What of round 1 fits a budget of time, predicted before anything starts. Pure.
///
/// The schedule itself is walked through with predicted durations in place of bodies, with its width, locks and
/// dependencies: so the schedule's order (longest remaining path first) decides who gets the time there is. A check whose
/// turn comes when it would end after the budget is left out, and what is shorter and comes later may still fit.
///
/// It supposes that every check that runs lets its dependants run, and knows nothing of other runs on the machine.
package struct BudgetPlan: Sendable, Equatable {
    /// How long round 1 may take.
    package let budget: Duration
    /// Checks that are not started, because they would end after the budget.
    package private(set) var leftOut: Set<CheckID> = []
    /// Checks that are blocked by those.
    package private(set) var blocked: Set<CheckID> = []
    /// When each of the others is predicted to end, from the beginning.
    package private(set) var ends: [CheckID: Duration] = [:]

    private let times: [CheckID: Duration]

    /// Predicts.
    ///
    /// - Parameters:
    ///   - definitions: the plan's checks.
    ///   - graph: of these checks.
    ///   - width: bodies that may run at once.
    ///   - predictions: how long checks took in earlier runs; one that is not named takes its definition's estimate.
    ///   - budget: how long the round may take.
    package init(
        _ definitions: [CheckDefinition], graph: DependencyGraph, width: Int, predictions: [CheckID: Duration],
        budget: Duration
    ) {
        self.budget = budget
        times = Dictionary(uniqueKeysWithValues: definitions.map { ($0.id, predictions[$0.id] ?? $0.estimate) })
        var schedule = Schedule(definitions, graph: graph, width: width, predictions: predictions)
        schedule.begin(definitions.map(\.id))
        var now = Duration.zero
        var running: [(id: CheckID, end: Duration)] = []
        while !schedule.isIdle {
            var decisions = schedule.decide()
            while !decisions.isEmpty {
                for decision in decisions {
                    switch decision {
                    case .start(let id):
                        let end = now + predicted(id)
                        if end <= budget {
                            running.append((id, end))
                        } else {
                            leftOut.insert(id)
                            schedule.finish(id, .unverified)
                        }
                    case .block(let id, _): blocked.insert(id)
                    case .wait: break
                    }
                }
                decisions = schedule.decide()
            }
            // Nothing runs and nothing may start: whatever is left waits for what is settled already.
            guard let next = running.min(by: { ($0.end, $0.id) < ($1.end, $1.id) }) else { break }
            now = next.end
            for ended in running.filter({ $0.end == now }).sorted(by: { $0.id < $1.id }) {
                ends[ended.id] = now
                schedule.finish(ended.id, .pass)
            }
            running.removeAll { $0.end == now }
        }
    }

    /// When the last check that fits is predicted to end.
    package var end: Duration { ends.values.max() ?? .zero }

    /// Whether a check will run, as far as can be told.
    package func fits(_ id: CheckID) -> Bool { !leftOut.contains(id) && !blocked.contains(id) }

    /// How long a check is predicted to take.
    package func predicted(_ id: CheckID) -> Duration { times[id] ?? .zero }
}
