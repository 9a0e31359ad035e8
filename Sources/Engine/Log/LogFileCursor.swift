import Readiness

/// One reader's place in a log's file, for events that have left the window. Decoding is what costs time there, so two
/// batches are decoded side by side, each on a thread of its own.
final class LogFileCursor: Sendable {
    private let log: RunLog
    private let left = BlockingWork()
    private let right = BlockingWork()

    /// Events in a batch: as many as lie between two of the places that a log remembers.
    private static let batch = 512

    init(log: RunLog) { self.log = log }

    /// Events from a number on, at most two batches; none when the file cannot be read.
    func events(from sequence: Int) async -> [ValidationEvent] {
        async let first = batch(from: sequence, on: left)
        async let second = batch(from: sequence + Self.batch, on: right)
        let events = await first
        // Behind a batch that came up short there would be a gap.
        guard events.count == Self.batch else {
            _ = await second
            return events
        }
        return events + (await second)
    }

    private func batch(from sequence: Int, on thread: BlockingWork) async -> [ValidationEvent] {
        guard sequence <= log.lastSequence, let place = log.place(of: sequence) else { return [] }
        let path = log.path
        return await thread.run {
            LogFileReader.events(
                path: path, offset: place.offset, skipping: sequence - place.first, limit: Self.batch)
        }
    }
}
