import Synchronization

/// Gives every part of the desk something to do at least once a second, so that an idle part and a dead one differ.
///
/// Each beat goes the way that the part's real work goes: through the core's lock, on the ledger's own thread, to the
/// ledger's file. A part that is stuck there does not beat.
final class Heartbeat: Sendable {
    private let system: TradingSystem
    private let ledger: any Ledger
    private let writer: LedgerWriter
    private let work: WorkCounters
    /// The last read of the schema's revision failed.
    private let modelsFail = Mutex(false)
    /// A beat waits on the ledger's thread; another one behind it would say nothing more.
    private let beatWaits = Mutex(false)

    init(system: TradingSystem, ledger: any Ledger, writer: LedgerWriter, work: WorkCounters) {
        self.system = system
        self.ledger = ledger
        self.writer = writer
        self.work = work
    }

    /// One beat; returns at once.
    func beat() {
        system.beat(work)
        let mustAsk = beatWaits.withLock { waits in
            defer { waits = true }
            return !waits
        }
        guard mustAsk else { return }
        writer.thread.enqueue { [self] in
            beatWaits.withLock { $0 = false }
            work.did(.repositories)
            do throws(HomeError) {
                let revision = try ledger.revision()
                modelsFail.withLock { $0 = revision == nil }
                if revision != nil { work.did(.databaseModels) }
            } catch {
                modelsFail.withLock { $0 = true }
            }
        }
    }

    /// Each part's own word on its state, and what it has done since the start.
    func components() -> JSONValue {
        .array(
            Component.allCases.map { component in
                let events = events(component)
                return [
                    "name": .text(component.rawValue), "state": .text(events == 0 ? "starting" : state(component)),
                    "events": .integer(events),
                ]
            })
    }

    private func events(_ component: Component) -> Int64 {
        switch component {
        case .stateMachine: system.with(\.strategy.events)
        case .repositories: writer.written + work.count(.repositories)
        case .marketData, .risk, .gateway, .databaseModels: work.count(component)
        }
    }

    private func state(_ component: Component) -> String {
        switch component {
        case .repositories where writer.isOverfull: "behind"
        case .databaseModels where modelsFail.withLock({ $0 }): "unreadable"
        case .marketData, .stateMachine, .risk, .gateway, .repositories, .databaseModels: "running"
        }
    }
}
