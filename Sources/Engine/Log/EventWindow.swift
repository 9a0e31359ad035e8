import Readiness

/// The newest events of a log, a bounded number of them.
struct EventWindow {
    private var events: [ValidationEvent] = []
    /// How many at the front of `events` have left the window; removed in bulk, so that appending stays cheap.
    private var stale = 0
    private let capacity: Int

    init(capacity: Int) { self.capacity = max(1, capacity) }

    mutating func append(_ event: ValidationEvent) {
        events.append(event)
        if events.count - stale > capacity { stale += 1 }
        if stale > capacity {
            events.removeFirst(stale)
            stale = 0
        }
    }

    /// Events from a number on, at most `limit`; nil when the first of them has left the window.
    func events(from sequence: Int, limit: Int) -> ArraySlice<ValidationEvent>? {
        guard stale < events.count, sequence >= events[stale].sequence else { return nil }
        let place = sequence - events[0].sequence
        guard place < events.count else { return [] }
        return events[place..<min(place + limit, events.count)]
    }
}
