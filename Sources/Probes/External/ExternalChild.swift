import Glibc
import NIOPosix
import Readiness
import Synchronization

/// A validator in another language, as a process that we talk to: lines in, lines out, and its end.
///
/// One thread waits for it. It hands on what comes in the order in which it came, and ends the child by the ladder: the
/// cancel message, after a grace SIGTERM, after another SIGKILL to its whole group.
final class ExternalChild: Sendable {
    /// What comes from the child.
    enum Event: Sendable {
        case line([UInt8])
        /// It broke a rule on the level of bytes, and is being killed.
        case violation(ExternalViolation)
        /// Its time is over, or we were cancelled: it has been asked to stop.
        case stopping(isLimit: Bool)
        case ended(End)
        /// It could not be started, or its end could not be told.
        case trouble(ProbeError)
    }

    /// How it ended.
    struct End: Sendable {
        var exitCode: Int32?
        /// Processes of its group that were there when it ended, and holders of its outputs that are there still.
        var leftBehind: Int
        /// Whether it took a signal of ours.
        var wasKilled: Bool
        /// The beginning of its standard error.
        var log: [UInt8]
    }

    /// Times of the ladder.
    struct Ladder: Sendable {
        /// From the start to the cancel message.
        var limit: Duration
        /// From the cancel message to SIGTERM.
        var cancelGrace: Duration
        /// From SIGTERM to SIGKILL.
        var termGrace: Duration
        /// From closing its input to SIGTERM.
        var shutdownGrace: Duration
        /// Sent when it is to stop.
        var cancelLine: [UInt8]
    }

    struct State {
        var outgoing: [UInt8] = []
        var closesInput = false
        var kills = false
        var wake: Int32?
    }

    /// All that is read of a child's output, bytes.
    static let outputCap = 16 << 20
    /// All that is kept of its standard error, bytes.
    static let logCap = 64 << 10
    /// How long its output may stay open after its end, before it counts as held by somebody that it left behind; and how
    /// long that one then has to show that it goes on writing.
    static let drain = Duration.milliseconds(250)

    private static let threads: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 16)
        pool.start()
        return pool
    }()

    let request: CommandRequest
    let ladder: Ladder
    let events = ExternalEvents()
    let state = Mutex(State())
    let stop = StopSignal()

    init(_ request: CommandRequest, _ ladder: Ladder) {
        self.request = request
        self.ladder = ladder
    }

    /// Starts it. What comes of that is an event.
    func start() {
        Self.threads.submit { [self] state in
            guard case .active = state else {
                return events.post(.trouble(ProbeError(ourSide: "its threads have ended")))
            }
            ExternalConversation.run(self)
        }
    }

    /// The next event. Not ended by cancelling: the last is always `ended` or `trouble`.
    func next() async -> Event {
        let next = await events.next()
        // The thread reads on.
        if next.makesRoom { change { _ in } }
        return next.event
    }

    /// Sends a line.
    func send(_ line: String) { change { $0.outgoing += Array(line.utf8) + [UInt8(ascii: "\n")] } }

    /// Lets it go after its result: nothing more will be sent.
    func closeInput() { change { $0.closesInput = true } }

    /// Ends it at once.
    func kill() { change { $0.kills = true } }

    /// Begins the ladder. From any thread, at any time.
    func cancel() { stop.send() }

    private func change(_ change: (inout State) -> Void) {
        state.withLock { state in
            change(&state)
            guard let wake = state.wake else { return }
            var byte: UInt8 = 1
            // Full is as good as written: somebody is about to look.
            while Glibc.write(wake, &byte, 1) < 0, errno == EINTR {}
        }
    }
}
