import Synchronization

/// What has been asked of a serving desk, from a request or from outside: nothing yet, a stop, or a restart.
final class DeskEnding: Sendable {
    enum Wish: Sendable {
        case stop, restart
    }

    private let wish = Mutex<Wish?>(nil)
    private let asked = OneTimeSignal()

    /// What has been asked. A stop outdoes a restart, whichever came first.
    var wanted: Wish? { wish.withLock(\.self) }

    func ask(for new: Wish) {
        wish.withLock { if $0 != .stop { $0 = new } }
        asked.send()
    }

    /// Asks for a restart; for a surface.
    var restart: @Sendable () -> Void { { self.ask(for: .restart) } }

    /// Returns when something has been asked, or the calling task is cancelled.
    func wait() async { await asked.wait() }
}
