import Readiness
import Synchronization

/// One reader's place in a log. It takes events in batches, so that the log's lock is seldom taken.
final class LogCursor: Sendable {
    private struct Place {
        var next: Int
        var batch: ArraySlice<ValidationEvent> = []
    }

    private let log: RunLog
    private let place: Mutex<Place>
    private let file: LogFileCursor

    init(log: RunLog, next: Int) {
        self.log = log
        place = Mutex(Place(next: next))
        file = LogFileCursor(log: log)
    }

    /// The next event; nil after `run.finished` and when the reader's task is cancelled.
    func next() async -> ValidationEvent? {
        while true {
            if let event = place.withLock({ place in
                let event = place.batch.popFirst()
                if event != nil { place.next += 1 }
                return event
            }) {
                return event
            }
            let next = place.withLock { $0.next }
            switch log.find(from: next) {
            case .events(let events): place.withLock { $0.batch = events }
            case .inFile:
                let events = await file.events(from: next)
                // The file cannot be read back: the reader is told by the stream's end before `run.finished`.
                guard !events.isEmpty else { return nil }
                place.withLock { $0.batch = events[...] }
            case .nothingYet:
                await log.waitForEvent(next)
                if Task.isCancelled { return nil }
            case .end: return nil
            }
        }
    }
}
