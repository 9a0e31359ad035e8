/// Something that happens once, which any number of tasks may wait for, before or after.
final class OneTimeSignal: Sendable {
    private let stream: AsyncStream<Never>
    private let continuation: AsyncStream<Never>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(of: Never.self) }

    func send() { continuation.finish() }

    /// Returns when it has happened, or when the calling task is cancelled.
    func wait() async { for await _ in stream {} }
}
