package import Readiness

/// Runs a plan: one dispatcher that puts everything into one order, and bodies beside it.
///
/// `send` and `signal` may be called from any thread, before, during and after `run`; what comes after the end is ignored.
package final class RunEngine: Sendable {
    private let plan: RunPlan
    private let setup: EngineSetup
    private let inbox = Inbox()

    /// Prepares a run; nothing happens before `run`.
    package init(plan: RunPlan, setup: EngineSetup) {
        self.plan = plan
        self.setup = setup
    }

    /// Asks for something.
    package func send(_ command: OperatorCommand) { inbox.post(.command(command)) }

    /// Tells of a signal that ends the process: the first cancels cooperatively, the second skips the grace.
    package func signal(_ number: Int32) { inbox.post(.signal(number)) }

    /// Runs until the run is closed: by itself when the setup says so, else by `quit` or a signal.
    ///
    /// - Returns: what the log adds up to. Its `finished` is there even if the disk was full; `RunLog.trouble` tells.
    /// - Throws: `PlanError` when the plan's checks do not form a graph.
    package func run(opening: RunCreated, policy: PolicyLoaded) async throws(PlanError) -> RunSummary {
        let graph = try DependencyGraph(plan.steps.map(\.check.definition).closed())
        var dispatcher = Dispatcher(plan: plan, graph: graph, setup: setup, inbox: inbox)
        let summary = await withDiscardingTaskGroup { group in
            dispatcher.open(opening, policy: policy)
            for job in dispatcher.takeJobs() { group.addTask { await job.run() } }
            for await message in inbox.messages {
                dispatcher.take(message)
                if dispatcher.takeDurabilityDemand() {
                    // What went wrong stands in `RunLog.trouble`, and the gate holds for it.
                    do throws(LogTrouble) { try await setup.log.durable() } catch {}
                }
                for job in dispatcher.takeJobs() { group.addTask { await job.run() } }
                if dispatcher.isClosed { break }
            }
            // A tick or a question to the target may be under way; nobody waits for its answer any more.
            group.cancelAll()
            return dispatcher.summary
        }
        await inbox.close()
        await setup.journal.close()
        return summary
    }
}

extension [CheckDefinition] {
    /// The same definitions without requirements beyond them: a plan is closed over `requires` already.
    fileprivate func closed() -> [CheckDefinition] {
        let ids = Set(map(\.id))
        return map { definition in
            var definition = definition
            definition.requires.removeAll { !ids.contains($0) }
            return definition
        }
    }
}

/// Something that is done beside the dispatcher and ends in a message to it.
struct Job: Sendable {
    var run: @Sendable () async -> Void
}
