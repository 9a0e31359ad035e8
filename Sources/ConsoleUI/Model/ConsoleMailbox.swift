package import Readiness
import Synchronization

/// Where everything for the console is put, from any thread, until it draws its next frame.
///
/// Its size depends on how many checks there are, not on how fast events come: of a check's progress only the newest is
/// kept, of its log the newest lines with a count of those that fell out. All other events and all messages are kept in
/// order and never dropped. Posting never waits for the console.
package final class ConsoleMailbox: Sendable {
    /// What was posted since the last time, in order.
    package struct Batch: Sendable {
        /// In the order of their numbers.
        package var events: [ValidationEvent] = []
        /// In the order they were posted; to be told after the events.
        package var messages: [ConsoleMessage] = []

        /// Whether there is nothing in it.
        package var isEmpty: Bool { events.isEmpty && messages.isEmpty }
    }

    /// Log lines of one check that are kept between two frames.
    package static let logCapacity = 500

    private struct Log {
        private var lines: [ValidationEvent] = []
        private var dropped = 0

        mutating func append(_ event: ValidationEvent) {
            lines.append(event)
            // Trimmed in steps, so that a line costs the same on average.
            if lines.count >= 2 * ConsoleMailbox.logCapacity { trim() }
        }

        /// The newest lines; the first of them says how many are missing before it.
        var kept: [ValidationEvent] {
            var log = self
            log.trim()
            guard log.dropped > 0, case .checkLog(var line)? = log.lines.first?.body else { return log.lines }
            line.dropped += log.dropped
            log.lines[0].body = .checkLog(line)
            return log.lines
        }

        private mutating func trim() {
            let surplus = lines.count - ConsoleMailbox.logCapacity
            guard surplus > 0 else { return }
            for case .checkLog(let line) in lines.prefix(surplus).map(\.body) { dropped += line.dropped + 1 }
            lines.removeFirst(surplus)
        }
    }

    private struct State {
        var lifecycle: [ValidationEvent] = []
        var places: [CheckID: Int] = [:]
        var progress: [ValidationEvent] = []
        /// The place that was hit last: checks report in bursts, and comparing one id is cheaper than hashing it.
        var lastPlace = 0
        var logs: [CheckID: Log] = [:]
        var messages: [ConsoleMessage] = []
        var isDirty = false
        var wake: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// An empty one that wakes nobody.
    package init() {}

    /// Says what to call when something comes into the empty mailbox: once, until it is emptied again. Called on the
    /// posting thread; must not block. If something is in it already, it is called at once.
    package func attach(wake: @escaping @Sendable () -> Void) {
        let isDirty = state.withLock { state in
            state.wake = wake
            return state.isDirty
        }
        if isDirty { wake() }
    }

    /// Wakes nobody any more.
    package func detach() { state.withLock { $0.wake = nil } }

    /// Posts an event of the run. Any thread, never blocks.
    package func post(_ event: ValidationEvent) {
        let wake = state.withLock { state -> (@Sendable () -> Void)? in
            switch event.body {
            case .checkProgress: Self.keepProgress(event, &state)
            case .checkLog: Self.keepLog(event, &state)
            default: state.lifecycle.append(event)
            }
            return Self.wakeOnce(&state)
        }
        wake?()
    }

    /// Posts a message. Any thread, never blocks.
    package func post(_ message: ConsoleMessage) {
        let wake = state.withLock { state -> (@Sendable () -> Void)? in
            state.messages.append(message)
            return Self.wakeOnce(&state)
        }
        wake?()
    }

    /// Takes all that was posted.
    package func take() -> Batch {
        let taken = state.withLock { state -> State in
            let taken = state
            state = State()
            state.wake = taken.wake
            return taken
        }
        var batch = Batch(events: taken.lifecycle, messages: taken.messages)
        guard !taken.progress.isEmpty || !taken.logs.isEmpty else { return batch }
        batch.events += taken.progress
        for log in taken.logs.values { batch.events += log.kept }
        // The numbers put what was kept by check back where it happened: a progress must not come after the finish or
        // the new round that followed it.
        batch.events.sort { $0.sequence < $1.sequence }
        return batch
    }

    private static func wakeOnce(_ state: inout State) -> (@Sendable () -> Void)? {
        if state.isDirty { return nil }
        state.isDirty = true
        return state.wake
    }

    private static func keepProgress(_ event: ValidationEvent, _ state: inout State) {
        guard let check = event.check else { return }
        let last = state.lastPlace
        if last < state.progress.count, state.progress[last].check == check {
            state.progress[last] = event
        } else if let place = state.places[check] {
            state.progress[place] = event
            state.lastPlace = place
        } else {
            state.places[check] = state.progress.count
            state.lastPlace = state.progress.count
            state.progress.append(event)
        }
    }

    private static func keepLog(_ event: ValidationEvent, _ state: inout State) {
        guard let check = event.check else { return }
        state.logs[check, default: Log()].append(event)
    }
}
