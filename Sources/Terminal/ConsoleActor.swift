import ConsoleUI
import Glibc

/// Owns the terminal and the model. Its executor is the poll loop of the thread that opened the console.
actor ConsoleActor {
    private let executor: LoopExecutor
    private let settings: ConsoleSettings
    private let mailbox: ConsoleMailbox
    private let perform: @Sendable (ConsoleEffect) -> Void
    private let clipboard: ClipboardRoute
    private let frameTime: Duration

    private var model: ConsoleModel
    private var screen: TerminalScreen?
    private var signals: SignalPipe?
    private var glyphs = GlyphSet(isASCII: true)
    private var parser = KeyParser()
    private var lastInput: Duration = .zero
    private var nextFrame: Duration = .zero
    /// Something came that the next frame shall show.
    private var isDirty = true
    /// A key or a new size: shown at once.
    private var isUrgent = true
    private var isBlocked = false
    private var hasInput = true
    private var signal: Int32?
    private var leaveEnd: Duration?
    private var exit: ConsoleExit?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(
        _ model: ConsoleModel, _ settings: ConsoleSettings, _ mailbox: ConsoleMailbox, _ executor: LoopExecutor,
        _ perform: @escaping @Sendable (ConsoleEffect) -> Void
    ) {
        self.model = model
        self.settings = settings
        self.mailbox = mailbox
        self.executor = executor
        self.perform = perform
        clipboard = ClipboardRoute(environment: settings.environment, folder: settings.clipboardFolder)
        // Over a slow line fewer frames are better than late ones.
        frameTime = settings.environment["SSH_TTY"] == nil ? .milliseconds(33) : .milliseconds(100)
    }

    /// Takes the terminal.
    func open() -> TerminalError? {
        do throws(TerminalError) {
            let screen = try TerminalScreen(theme: settings.theme, environment: settings.environment)
            glyphs = settings.theme.glyphs(isASCII: screen.isASCII)
            parser = KeyParser(sequences: screen.keySequences)
            self.screen = screen
        } catch {
            return error
        }
        tell(.resized(TerminalScreen.size))
        render()
        return nil
    }

    /// Gives it back.
    func close() {
        screen?.close()
        screen = nil
    }

    /// One turn of the loop: waits until something has happened and deals with it. Not nil: the console is left.
    func turn(_ signals: borrowing SignalPipe) -> ConsoleExit? {
        var waits = [
            pollfd(fd: hasInput ? 0 : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: executor.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: isBlocked ? 1 : -1, events: Int16(POLLOUT), revents: 0),
        ]
        _ = poll(&waits, nfds_t(waits.count), timeout)
        if waits[2].revents != 0 { for number in signals.take() { handle(number, signals) } }
        if waits[0].revents != 0 { readKeys() }
        flushKeys()
        if waits[1].revents != 0 {
            executor.drain()
            isDirty = true
        }
        let now = MonotonicClock.now
        if isDirty, now >= nextFrame || exit != nil { absorb() }
        if isUrgent || isTickDue { render() }
        if let end = leaveEnd, now >= end, exit == nil { exit = signal.map { .signal($0) } ?? .timedOut }
        return exit
    }

    // MARK: - Time

    /// How long nothing needs to be done, in milliseconds; -1: for ever.
    private var timeout: Int32 {
        let now = MonotonicClock.now
        var ends: [Duration] = []
        if isDirty { ends.append(nextFrame) }
        if isUrgent, !isBlocked { ends.append(now) }
        switch parser.pending {
        case .nothing: break
        case .sequence: ends.append(lastInput + .milliseconds(25))
        case .paste: ends.append(lastInput + .seconds(1))
        }
        // A terminal that takes nothing is waited for, and shows the time when it takes something again.
        if !isBlocked, let tick = nextTick { ends.append(tick) }
        if let leaveEnd { ends.append(leaveEnd) }
        guard let first = ends.min() else { return -1 }
        return (first - now).pollMilliseconds
    }

    /// The moment at which the run's clock, or the time that an answer is waited for, shows another second; nil while
    /// neither goes on.
    private var nextTick: Duration? {
        if !model.isActive, model.awaitsAnswers { return model.now + .seconds(1) }
        guard model.isActive || model.leaving != nil else { return nil }
        let sinceRender = model.elapsed
        let whole = Duration.seconds(sinceRender.components.seconds + 1)
        return model.now + max(.milliseconds(1), whole - sinceRender)
    }

    private var isTickDue: Bool {
        guard let nextTick, !isBlocked else { return false }
        return MonotonicClock.now >= nextTick
    }

    // MARK: - What happens

    private func handle(_ number: Int32, _ signals: borrowing SignalPipe) {
        switch number {
        case SIGWINCH:
            screen?.resize()
            tell(.resized(TerminalScreen.size))
        case SIGTERM, SIGHUP:
            if signal == nil { signal = number }
            tell(.terminate(signal: number))
        case SIGINT: tell(.key(.control("c")))
        case SIGTSTP: suspend(signals)
        case SIGCONT: screen?.resume()
        case SIGUSR1:
            absorb()
            render()
            writeGrid()
        default: break
        }
        isUrgent = true
    }

    private func readKeys() {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(0, &bytes, bytes.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return }
        guard count > 0 else {
            // The terminal is gone, as if it had hung up.
            hasInput = false
            if signal == nil { signal = SIGHUP }
            return tell(.terminate(signal: SIGHUP))
        }
        lastInput = MonotonicClock.now
        for key in parser.feed(bytes.prefix(count)) { tell(.key(key)) }
        isUrgent = true
    }

    private func flushKeys() {
        let silence = MonotonicClock.now - lastInput
        switch parser.pending {
        case .sequence where silence >= .milliseconds(25), .paste where silence >= .seconds(1):
            for key in parser.flush() { tell(.key(key)) }
            isUrgent = true
        default: break
        }
    }

    private func absorb() {
        let batch = mailbox.take()
        isDirty = false
        if !batch.events.isEmpty { tell(.events(batch.events)) }
        for message in batch.messages {
            tell(message)
            if case .engineEnded = message, leaveEnd != nil { exit = signal.map { .signal($0) } ?? .cancelled }
        }
        if !batch.isEmpty { isUrgent = true }
        nextFrame = MonotonicClock.now + frameTime
    }

    private func tell(_ message: ConsoleMessage) {
        for effect in model.update(message, at: MonotonicClock.now) { carryOut(effect) }
    }

    private func carryOut(_ effect: ConsoleEffect) {
        switch effect {
        case .redraw: screen?.redraw()
        case .suspend: if let signals { suspend(signals) }
        case .copy(let text, let label): copy(text, label)
        case .command, .fault, .loadEvidence, .recover, .start, .look: perform(effect)
        case .leave(let how):
            perform(effect)
            switch how {
            case .finished: exit = signal.map { .signal($0) } ?? .finished
            case .cancelFirst: leaveEnd = MonotonicClock.now + settings.leaveLimit
            case .kill: exit = signal.map { .signal($0) } ?? .killed
            }
        }
    }

    /// Lets the actor stop the process when a key asks for it.
    func listen(to signals: SignalPipe) { self.signals = signals }

    private func suspend(_ signals: borrowing SignalPipe) {
        screen?.suspend()
        signals.stopProcess()
        screen?.resume()
        tell(.resized(TerminalScreen.size))
        isUrgent = true
    }

    private func copy(_ text: String, _ label: String) {
        if let bytes = clipboard.terminalBytes(text) { screen?.write(bytes) }
        let (clipboard, mailbox) = (clipboard, mailbox)
        BackgroundThread.run { mailbox.post(.copied(clipboard.copy(text, label: label))) }
    }

    // MARK: - Showing

    private func render() {
        guard let screen else { return }
        // A terminal that does not take bytes now gets the newest frame later, not this one late.
        guard screen.isWritable else {
            isBlocked = true
            isUrgent = true
            return
        }
        isBlocked = false
        isUrgent = false
        _ = model.update(.tick, at: MonotonicClock.now)
        screen.paint(model.frame(glyphs))
    }

    private func writeGrid() {
        guard let path = settings.environment[ConsoleSettings.gridFileVariable], let screen else { return }
        let new = path + ".new"
        let file = Glibc.open(new, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { return tell(.notice("cannot write \(new): errno \(errno)", .error)) }
        let bytes = Array(screen.text.utf8)
        let count = write(file, bytes, bytes.count)
        Glibc.close(file)
        guard count == bytes.count, rename(new, path) == 0 else {
            return tell(.notice("cannot write \(path): errno \(errno)", .error))
        }
    }
}
