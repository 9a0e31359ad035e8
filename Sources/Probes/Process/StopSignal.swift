import Glibc
import Synchronization

/// Tells a thread that waits in `poll` to stop, from any other thread, at any time.
final class StopSignal: Sendable {
    private struct State {
        var isSent = false
        var wake: Int32?
    }

    private let state = Mutex(State())

    /// Whether it has been sent.
    var isSent: Bool { state.withLock { $0.isSent } }

    /// Sends it. Once is as good as often.
    func send() {
        state.withLock { state in
            guard !state.isSent else { return }
            state.isSent = true
            if let wake = state.wake { Self.write(to: wake) }
        }
    }

    /// From here on the signal makes the other end of this pipe readable; at once where it has been sent already.
    func attach(_ descriptor: Int32) {
        state.withLock { state in
            state.wake = descriptor
            if state.isSent { Self.write(to: descriptor) }
        }
    }

    /// From here on the descriptor is not touched any more.
    func detach() { state.withLock { $0.wake = nil } }

    private static func write(to descriptor: Int32) {
        var byte: UInt8 = 1
        // One byte into an empty pipe whose other end we hold: that neither waits nor fails but by EINTR.
        while Glibc.write(descriptor, &byte, 1) < 0, errno == EINTR {}
    }
}
