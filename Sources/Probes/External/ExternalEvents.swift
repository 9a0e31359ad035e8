import Synchronization

/// What comes from a child, until somebody takes it. One poster, one taker.
///
/// Nothing is dropped. Whoever posts asks for room before it reads on: a child that says more than is judged waits to
/// write, and its limit goes on meanwhile.
final class ExternalEvents: Sendable {
    /// Lines that may wait before no more is read. What one read brings comes on top.
    static let mostLines = 1024
    /// Bytes of lines that may wait before no more is read.
    static let mostBytes = 1 << 20

    /// An event, and whether the poster, who waits for room, has it now.
    typealias Next = (event: ExternalChild.Event, makesRoom: Bool)

    private struct State {
        var waiting: [ExternalChild.Event] = []
        /// How many of them have been taken already.
        var taken = 0
        /// Of the lines that wait.
        var bytes = 0
        /// Whether the poster waits for room.
        var isHeld = false
        var taker: CheckedContinuation<Next, Never>?

        mutating func take() -> ExternalChild.Event? {
            guard taken < waiting.count else { return nil }
            let event = waiting[taken]
            taken += 1
            bytes -= event.size
            // What has been taken is let go of, even if the taker never catches up.
            if taken == waiting.count || taken >= max(ExternalEvents.mostLines, waiting.count / 2) {
                waiting.removeFirst(taken)
                taken = 0
            }
            return event
        }

        /// Whether the poster is to be told now. Not before half has been taken, or it would be woken for each line.
        mutating func letsGo() -> Bool {
            guard isHeld, waiting.count - taken <= ExternalEvents.mostLines / 2, bytes <= ExternalEvents.mostBytes / 2
            else { return false }
            isHeld = false
            return true
        }
    }

    private let state = Mutex(State())

    /// Whether more may be read now. Where it may not, an event that is taken later says that there is room.
    func hasRoom() -> Bool {
        state.withLock { state in
            state.isHeld = state.waiting.count - state.taken >= Self.mostLines || state.bytes >= Self.mostBytes
            return !state.isHeld
        }
    }

    func post(_ event: ExternalChild.Event) {
        let taker = state.withLock { state -> CheckedContinuation<Next, Never>? in
            guard let taker = state.taker else {
                state.waiting.append(event)
                state.bytes += event.size
                return nil
            }
            state.taker = nil
            return taker
        }
        taker?.resume(returning: (event: event, makesRoom: false))
    }

    func next() async -> Next {
        await withCheckedContinuation { continuation in
            let next = state.withLock { state -> Next? in
                guard let event = state.take() else {
                    state.taker = continuation
                    return nil
                }
                let makesRoom = state.letsGo()
                return (event: event, makesRoom: makesRoom)
            }
            if let next { continuation.resume(returning: next) }
        }
    }
}

extension ExternalChild.Event {
    /// Bytes of a line; nothing else comes in numbers.
    fileprivate var size: Int { if case .line(let line) = self { line.count } else { 0 } }
}
