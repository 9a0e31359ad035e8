import ConsoleUI
import Engine
import FoundationEssentials
import Glibc
import PracticeDesk
import Readiness
import Synchronization
import Terminal

/// Everything that goes on behind the console's screen: the desk, the engine, the log's pump, and what the screen asks for.
///
/// The screen's thread calls `perform` and never waits; answers come to its mailbox.
final class ConsoleBackground: Sendable {
    private struct State {
        var engine: RunEngine?
        /// The target, while the run has it.
        var target: ConnectedTarget?
        /// Whether it is the operator's turn to say what is to be run.
        var isBeforeStart = false
        /// Set when the run is to be closed before there is an engine.
        var isLeaving = false
        var outcome: Result<RunSession.Ended, any Error>?
    }

    /// What is done one after the other, away from the screen.
    private enum Request: Sendable {
        /// Look at the fault switches, after changing one if there is something to change.
        case faults(FaultChange?)
        /// Read a piece of evidence.
        case evidence(Evidence)
        /// Ask the target again what it offers.
        case look
    }

    private let session: RunSession
    private let mailbox: ConsoleMailbox
    private let state = Mutex(State())
    private let ended = DispatchGate()
    private let recovery = OperatorQuestion<Bool>()
    private let preflight = OperatorQuestion<PreflightAnswer>()
    /// Whether the operator left while the first look at the target was under way.
    private let leftWhileLooking = OperatorQuestion<Bool>()
    private let requests: AsyncStream<Request>
    private let requesting: AsyncStream<Request>.Continuation
    private let reading = BlockingWork()

    init(_ session: RunSession, _ mailbox: ConsoleMailbox) {
        self.session = session
        self.mailbox = mailbox
        // Unbounded: a person's keys, one at a time.
        (requests, requesting) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
    }

    /// Starts it all, beside the screen. Called once, from the main thread, before the screen opens.
    func start() {
        // The root task of the console: it ends with the run, and `waitForEnd` waits for it.
        Task {
            let outcome = await run()
            state.withLock { $0.outcome = outcome }
            ended.open()
        }
    }

    /// Waits on the calling thread until the run is closed and the desk is stopped.
    ///
    /// - Returns: nil when that took longer than the limit.
    func waitForEnd(_ limit: Duration) -> Result<RunSession.Ended, any Error>? {
        guard ended.wait(limit) else { return nil }
        return state.withLock { $0.outcome }
    }

    /// Does what the screen wants done. Never waits.
    func perform(_ effect: ConsoleEffect) {
        switch effect {
        case .command(let command): state.withLock { $0.engine }?.send(command)
        case .leave(.finished), .leave(.cancelFirst):
            state.withLock { state -> RunEngine? in
                state.isLeaving = true
                return state.engine
            }?.send(.quit)
            recovery.answer(false)
            leftWhileLooking.answer(true)
            preflight.answer(.leave)
        case .fault(let change): requesting.yield(.faults(change))
        case .look: requesting.yield(.look)
        case .loadEvidence(let evidence): requesting.yield(.evidence(evidence))
        // The terminal's own business, and the end of the process.
        case .recover(let isWanted): recovery.answer(isWanted)
        case .start(let checks): preflight.answer(.start(checks))
        case .copy, .redraw, .suspend, .leave(.kill): break
        }
    }

    private func run() async -> Result<RunSession.Ended, any Error> {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.pump() }
            group.addTask { await self.serveRequests() }
            let outcome: Result<RunSession.Ended, any Error>
            do {
                let left = await offerRecovery()
                if state.withLock({ $0.isLeaving }) {
                    let what = left == 1 ? "1 change of an earlier run is" : "\(left) changes of earlier runs are"
                    let still = left == 0 ? "" : "; \(what) still there: holdpoint recover"
                    throw CommandFailure(.hold, "nothing was run\(still)")
                }
                let checks = try await askWhatToRun()
                mailbox.post(.activity(isPractice ? "starting the practice desk" : "connecting to the target"))
                outcome = .success(
                    try await session.run(
                        checks, closesWhenSettled: false, progress: { [mailbox] in mailbox.post(.activity($0)) },
                        started: { self.began($0, $1) }))
            } catch {
                outcome = .failure(error)
            }
            requesting.finish()
            switch outcome {
            case .success: mailbox.post(.engineEnded(nil))
            case .failure(let error): mailbox.post(.engineEnded(CommandFailure(error).message))
            }
            group.cancelAll()
            return outcome
        }
    }

    private var isPractice: Bool { session.profile.isPracticeDesk }

    /// Shows what would be run against a target that is not ours to break, and waits until somebody wants that.
    ///
    /// - Returns: the checks to run; nil: as planned.
    /// - Throws: `CommandFailure` (hold) when nothing is to be run, and 69 when the target cannot be looked at.
    private func askWhatToRun() async throws -> [CheckID]? {
        guard !isPractice else { return nil }
        mailbox.post(.activity("looking at \(session.profile.id)"))
        if let plan = try await firstLook() {
            state.withLock { $0.isBeforeStart = true }
            mailbox.post(.preflight(plan))
        }
        // Answered already where somebody has left meanwhile.
        let answer = await preflight.wait()
        state.withLock { $0.isBeforeStart = false }
        switch answer {
        case .start(let checks): return checks
        case .leave:
            session.discard()
            throw CommandFailure(.hold, "nothing was run")
        }
    }

    /// What would be run; nil when the operator has left before that was known. A target that says nothing keeps nobody: the
    /// look is cancelled.
    private func firstLook() async throws -> Preflight? {
        try await withThrowingTaskGroup(of: Preflight.self) { group in
            group.addTask {
                defer { self.leftWhileLooking.answer(false) }
                return try await self.session.preflight(telling: self.tellOfLook)
            }
            guard await leftWhileLooking.wait() else { return try await group.next() }
            group.cancelAll()
            // How a cancelled look ended is of no interest any more.
            _ = await group.nextResult()
            return nil
        }
    }

    /// What is asked of the target and what has answered, for whoever waits before the screen.
    private var tellOfLook: @Sendable (LookStep) -> Void {
        { [mailbox] in mailbox.post(.looking($0)) }
    }

    private func began(_ engine: RunEngine, _ target: ConnectedTarget) {
        let isLeaving = state.withLock { state -> Bool in
            state.engine = engine
            state.target = target
            return state.isLeaving
        }
        mailbox.post(.activity(nil))
        if isLeaving { engine.send(.quit) }
        if isPractice { requesting.yield(.faults(nil)) }
    }

    /// Asks whether to take back what earlier runs have left, before this run looks at anything.
    ///
    /// - Returns: how many changes are still there.
    private func offerRecovery() async -> Int {
        let recovery = Recovery(StateFolders())
        let finding: Recovery.Finding
        do throws(CommandFailure) { finding = try recovery.find() } catch { return 0 }
        for words in finding.unreadable { mailbox.post(.notice(words, .warning)) }
        guard !finding.left.isEmpty else { return 0 }
        let compensations = finding.left.flatMap { $0.pending.entries.map(\.effect.compensation) }
        let ended = finding.left.count { $0.hasEnded }
        mailbox.post(
            .recoverable(
                RecoveryOffer(killed: finding.left.count - ended, ended: ended, compensations: compensations)))
        guard await self.recovery.wait() else { return compensations.count }
        mailbox.post(.activity("taking back what earlier runs have left"))
        var isWhole = true
        var last = ""
        for left in finding.left.reversed() {
            let ended = await recovery.perform(left)
            if !ended.isWhole { isWhole = false }
            last = ended.lines.last { !ended.isWhole || $0.contains("done") } ?? last
        }
        let count = compensations.count
        if isWhole {
            mailbox.post(.notice("taken back: \(count) \(count == 1 ? "change" : "changes")", .info))
            return 0
        }
        mailbox.post(.notice("not everything was taken back: \(last)", .error))
        return count
    }

    /// Hands every event to the screen's mailbox, as fast as they come: the mailbox coalesces, the log keeps.
    @concurrent
    private func pump() async {
        for await event in session.log.events() { mailbox.post(event) }
    }

    private func serveRequests() async {
        for await request in requests {
            switch request {
            case .faults(let change): await serve(change)
            case .look: await look()
            case .evidence(let evidence):
                mailbox.post(.evidenceLoaded(id: evidence.id, await text(of: evidence)))
            }
        }
    }

    /// Looks at the target again: at all of the plan before the start, at what it offers later.
    private func look() async {
        let (isBeforeStart, target) = state.withLock { ($0.isBeforeStart, $0.target) }
        do {
            if isBeforeStart {
                let plan = try await session.preflight(telling: tellOfLook)
                // The run may have begun meanwhile.
                mailbox.post(
                    state.withLock { $0.isBeforeStart } ? .preflight(plan) : .looked(plan.capabilities))
            } else if let target {
                let look = TargetLook(target, session.profile, session.configuration, telling: tellOfLook)
                mailbox.post(.looked(try await look.capabilities()))
            } else {
                mailbox.post(.looked(nil))
                mailbox.post(.notice("the target is not there yet", .warning))
            }
        } catch {
            mailbox.post(.looked(nil))
            mailbox.post(.notice("the target cannot be looked at: \(CommandFailure(error).message)", .error))
        }
    }

    // MARK: - Faults

    private func serve(_ change: FaultChange?) async {
        let home = DeskHome(path: session.deskHome)
        let faults = FaultSwitch(home: home)
        let engine = state.withLock { $0.engine }
        do {
            var now = try await faults.list()
            switch change {
            case .set(let name, let magnitude):
                engine?.send(.note(action: "fault", object: "set \(name)" + (magnitude.map { "=\($0)" } ?? "")))
                now = try await faults.set(name, magnitude: magnitude)
            case nil: break
            case .clear(let name):
                engine?.send(.note(action: "fault", object: "clear \(name)"))
                now = try await faults.clear(name)
            case .clearAll:
                for fault in now where fault.active {
                    engine?.send(.note(action: "fault", object: "clear \(fault.name)"))
                    now = try await faults.clear(fault.name)
                }
            }
            let record = try DeskRecord.read(home: home)
            mailbox.post(
                .faults(FaultPanel(home: record.home, pid: record.pid, faults: now.map(FaultPanel.Fault.init))))
        } catch {
            mailbox.post(.faultRefused(name: change?.name ?? "", why: "\(error)"))
        }
    }

    // MARK: - Evidence

    /// The most of a piece of evidence that is shown, bytes; the file has all of it.
    private static let shownBytes = 256 << 10

    private func text(of evidence: Evidence) async -> EvidenceText {
        let folder = session.folder.path
        return await reading.run {
            do throws(EvidenceTrouble) {
                let bytes = try EvidenceReader(folder: folder).bytes(of: evidence)
                let shown = String(decoding: bytes.prefix(Self.shownBytes), as: UTF8.self)
                return .text(
                    bytes.count > Self.shownBytes
                        ? shown + "\n… it has \(bytes.count) bytes: \(folder)/\(evidence.path)" : shown)
            } catch {
                return .failed("cannot \(error)")
            }
        }
    }
}

extension FaultChange {
    fileprivate var name: String {
        switch self {
        case .set(let name, _), .clear(let name): name
        case .clearAll: ""
        }
    }
}

extension FaultPanel.Fault {
    fileprivate init(_ status: FaultStatus) {
        self.init(
            name: status.name, sentence: status.sentence,
            magnitudeHint: status.defaultMagnitude == nil
                ? nil : "\(status.accepts); default \(status.defaultMagnitude ?? "")",
            active: status.active ? status.magnitude ?? "" : nil)
    }
}
