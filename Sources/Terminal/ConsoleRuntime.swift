package import ConsoleUI

/// The console in a terminal.
package enum ConsoleRuntime {
    /// Opens the console and stays until it is left. When it returns, or throws, the terminal is as it was before: the
    /// verdict can be printed on the normal screen.
    ///
    /// To be called synchronously from the main thread: the poll loop blocks it. Signals TERM, HUP, INT, WINCH, TSTP,
    /// CONT and USR1, and crashes, are dealt with meanwhile and given back afterwards.
    ///
    /// - Parameters:
    ///   - model: what the console knows at the beginning.
    ///   - settings: theme, environment and limits.
    ///   - mailbox: where events and messages for the console are posted, from any thread, before and while it runs.
    ///   - perform: carries out what the console wants done, and answers through the mailbox. Called on the calling
    ///     thread; must not block. Gets every effect but `.copy`, `.redraw` and `.suspend`. After
    ///     `.leave(.cancelFirst)` the console stays until `.engineEnded` is posted, at most `settings.leaveLimit`;
    ///     after the others it returns at once.
    /// - Throws: `TerminalError` where there is no usable terminal: exit code 69.
    package static func run(
        _ model: ConsoleModel, settings: ConsoleSettings, mailbox: ConsoleMailbox,
        perform: @escaping @Sendable (ConsoleEffect) -> Void
    ) throws(TerminalError) -> ConsoleExit {
        let executor = try LoopExecutor()
        let actor = ConsoleActor(model, settings, mailbox, executor, perform)
        // Before curses, which leaves alone what is not at its default.
        let signals = try SignalPipe()
        let crash = CrashGuard()
        defer {
            mailbox.detach()
            // In this order: the screen first, so that what was written to standard error is shown on the normal one.
            actor.assumeIsolated { $0.close() }
            crash.close()
            signals.close()
        }
        let pipe = Unchecked(value: signals)
        if let error = actor.assumeIsolated({ actor in
            actor.listen(to: pipe.value)
            return actor.open()
        }) {
            throw error
        }
        mailbox.attach { executor.wake() }
        while true {
            if let exit = actor.assumeIsolated({ $0.turn(pipe.value) }) { return exit }
        }
    }

    /// Hands the signal pipe to the actor on the same thread: it never leaves it, which the compiler cannot see through
    /// the sending closure of `assumeIsolated`.
    private struct Unchecked<Value>: @unchecked Sendable { let value: Value }
}
