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
    }

    private let ticket: CheckTicket
    private let place: Int
    private let inbox: Inbox
    private let store: EvidenceStore
    private let log: RunLog
    private let clock: any RunClock
    private let state = Mutex(State())

    private static let interval = Duration.milliseconds(100)
    /// Lines held back between two events; more are dropped and counted.
    private static let lineCapacity = 64
    private static let lineLength = 2000

    init(ticket: CheckTicket, place: Int, inbox: Inbox, store: EvidenceStore, log: RunLog, clock: any RunClock) {
        self.ticket = ticket
        self.place = place
        self.inbox = inbox
        self.store = store
        self.log = log
        self.clock = clock
    }

    func record(
        _ text: String, as kind: Evidence.Kind, mediaType: String, grade: Grade
    ) async throws(ProbeError) -> Evidence {
        let count = state.withLock { state -> Int in
            state.evidence += 1
            return state.evidence
        }
        let evidence = try await store.keep(
            text, id: "r\(ticket.round).c\(place).e\(count)", kind: kind, mediaType: mediaType, grade: grade)
        inbox.post(.report(ticket, .checkEvidence(evidence)))
        return evidence
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

    func register(
        _ effect: EffectDescription, undo: @escaping @Sendable () async throws(ProbeError) -> Void
    ) async throws(ProbeError) {
        let isAccepted = await withCheckedContinuation { continuation in
            inbox.post(.register(ticket, effect, Undo(action: undo), continuation))
        }
        guard isAccepted else { throw .cancelled }
        do { try await log.durable() } catch { throw ProbeError(ourSide: error.description) }
    }

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
