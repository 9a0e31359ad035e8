import Glibc
import PracticeDesk
import Synchronization

/// A wish to stop a desk that may come before the desk is there.
final class StopRequest: Sendable {
    private struct State {
        var server: DeskServer?
        var isWanted = false
    }

    private let state = Mutex(State())

    /// Asks for the end.
    func request() {
        state.withLock { state -> DeskServer? in
            state.isWanted = true
            return state.server
        }?.requestStop()
    }

    /// Names the desk that is to be stopped.
    func attach(_ server: DeskServer) {
        let isWanted = state.withLock { state -> Bool in
            state.server = server
            return state.isWanted
        }
        if isWanted { server.requestStop() }
    }
}

/// The end of standard input.
enum InputEnd {
    /// Reads and drops everything until there is no more. Blocks.
    static func wait() {
        var buffer = [UInt8](repeating: 0, count: 512)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return }
        }
    }
}
