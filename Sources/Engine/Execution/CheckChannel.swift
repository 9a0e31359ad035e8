import Readiness
import Synchronization

/// A body's way to the dispatcher: evidence, progress, log lines, and changes to the target before they happen.
///
/// Progress and log lines are coalesced here, at the source, to ten events a second; what is held back is sent with the
/// next one and at the end.
final class CheckChannel: CheckReporter, EvidenceRecorder, EffectRegistrar {
    fileprivate struct State {
        var evidence = 0
        var lastSent: Duration?
        var progress: CheckProgress?
        var lines: [String] = []
        var dropped = 0
        /// The attempt is being cleaned up after: what it changes from now would not be taken back.
        var isSealed = false
    }

    private let ticket: CheckTicket
    private let place: Int
    private let inbox: Inbox
    private let store: EvidenceStore
    private let log: RunLog
    private let journal: UndoJournal
    private let clock: any RunClock
    private let state = Mutex(State())

    private static let interval = Duration.milliseconds(100)
    /// Lines held back between two events; more are dropped and counted.
    private static let lineCapacity = 64
    private static let lineLength = 2000

    init(ticket: CheckTicket, place: Int, inbox: Inbox, setup: EngineSetup) {
        self.ticket = ticket
        self.place = place
        self.inbox = inbox
        store = setup.evidence
        log = setup.log
        journal = setup.journal
        clock = setup.clock
    }

    func record(
        _ text: String, as kind: Evidence.Kind, mediaType: String, grade: Grade
    ) async throws(ProbeError) -> Evidence {
        let evidence = try await store.keep(text, id: nextID(), kind: kind, mediaType: mediaType, grade: grade)
        inbox.post(.report(ticket, .checkEvidence(evidence)))
        return evidence
    }

    /// Keeps the observation that the attempt will be judged by, whole: a part of it could not be judged again.
    ///
    /// Its grade says that we hold it; measurements rest on the evidence that was kept while looking, never on this.
    func keep(_ observation: String) async throws(ProbeError) -> Evidence {
        let evidence = try await store.keepWhole(
            observation, id: nextID(), kind: .observation, mediaType: "application/json", grade: .observed)
        inbox.post(.report(ticket, .checkEvidence(evidence)))
        return evidence
    }

    /// `r1.c3.e2`; of a further attempt `r1.c3.a2.e1`.
    private func nextID() -> String {
        let count = state.withLock { state -> Int in
            state.evidence += 1
            return state.evidence
        }
        let attempt = ticket.attempt > 1 ? ".a\(ticket.attempt)" : ""
        return "r\(ticket.round).c\(place)\(attempt).e\(count)"
    }

    func progress(_ done: Int, of total: Int, unit: String) {
        hold { $0.progress = CheckProgress(done: done, total: total, unit: unit) }
    }

    func log(_ text: String) {
        hold { state in
            if state.lines.count < Self.lineCapacity {
                state.lines.append(String(text.prefix(Self.lineLength)))
            } else {
                state.dropped += 1
            }
        }
    }

    func register(_ effect: EffectDescription) async throws(ProbeError) {
        let record = await withCheckedContinuation { continuation in
            inbox.post(.register(ticket, effect, continuation))
        }
        guard let record else { throw .cancelled }
        do throws(LogTrouble) { try await log.durable() } catch { throw ProbeError(ourSide: error.description) }
        do throws(UndoJournalError) { try await journal.register(record, of: ticket.check) } catch {
            throw ProbeError(ourSide: error.description)
        }
        // Its limit may have passed while the disk took its time: by now the change may count as taken back.
        guard !state.withLock({ $0.isSealed }) else { throw .cancelled }
    }

    /// Lets no change begin any more. What is registered is about to be taken back.
    func seal() { state.withLock { $0.isSealed = true } }

    /// Sends what is still held back.
    func flush() { send(state.withLock { $0.take(at: clock.now) }) }

    private func hold(_ change: (inout State) -> Void) {
        let now = clock.now
        let due = state.withLock { state -> [EventBody] in
            change(&state)
            if let last = state.lastSent, now - last < Self.interval { return [] }
            return state.take(at: now)
        }
        send(due)
    }

    private func send(_ bodies: [EventBody]) {
        for body in bodies { inbox.post(.report(ticket, body)) }
    }
}

extension CheckChannel.State {
    fileprivate mutating func take(at now: Duration) -> [EventBody] {
        var bodies: [EventBody] = []
        if let progress { bodies.append(.checkProgress(progress)) }
        if !lines.isEmpty { bodies.append(.checkLog(CheckLog(text: lines.joined(separator: "\n"), dropped: dropped))) }
        if !bodies.isEmpty { lastSent = now }
        progress = nil
        if !lines.isEmpty { dropped = 0 }
        lines = []
        return bodies
    }
}
