import Glibc
import Readiness
import Synchronization

/// What the thread of an `ExternalChild` does: it writes to the child, reads what it says, climbs the ladder, and tells how
/// it ended.
struct ExternalConversation {
    enum Phase {
        case running
        case asked
        case termed
        case killed
    }

    let child: ExternalChild
    let process: ChildProcess
    let input: Int32
    let output: Int32
    let errors: Int32
    let wake: Int32
    let stopWake: Int32
    var phase = Phase.running
    var deadline: ContinuousClock.Instant?
    var isInputOpen = true
    var isStopped = false
    var wasKilled = false
    var isOutputOpen = true
    var isErrorsOpen = true
    var total = 0
    var isMuted = false
    var pending: [UInt8] = []
    var log: [UInt8] = []
    var outgoing: [UInt8] = []

    static func run(_ child: ExternalChild) {
        // A child that does not read makes a write of ours fail, not end us.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        do throws(ProbeError) {
            let pipes = [try Pipe(), try Pipe(), try Pipe(), try Pipe(), try Pipe()]
            var open = Set(pipes.flatMap { [$0.reading, $0.writing] })
            defer { for descriptor in open { close(descriptor) } }
            let process = try ChildProcess.start(
                child.request, input: pipes[0].reading, output: pipes[1].writing, errors: pipes[2].writing)
            for descriptor in [pipes[0].reading, pipes[1].writing, pipes[2].writing] {
                close(descriptor)
                open.remove(descriptor)
            }
            for descriptor in [
                pipes[0].writing, pipes[1].reading, pipes[2].reading, pipes[3].reading, pipes[3].writing,
            ] {
                _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            }
            child.state.withLock { $0.wake = pipes[3].writing }
            child.stop.attach(pipes[4].writing)
            defer {
                child.state.withLock { $0.wake = nil }
                child.stop.detach()
            }
            var conversation = ExternalConversation(
                child: child, process: process, input: pipes[0].writing, output: pipes[1].reading,
                errors: pipes[2].reading, wake: pipes[3].reading, stopWake: pipes[4].reading)
            conversation.deadline = .now + child.ladder.limit
            let end = try conversation.talk { descriptor in
                close(descriptor)
                open.remove(descriptor)
            }
            child.events.post(.ended(end))
        } catch {
            child.events.post(.trouble(error))
        }
    }

    mutating func talk(closing: (Int32) -> Void) throws(ProbeError) -> ExternalChild.End {
        var left: Set<Int32> = []
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { chunk in
            while true {
                takeOrders(closing)
                write()
                if wait(chunk, forEnd: true) { break }
                climb()
            }
            // What it said last is in the pipe still; whoever holds it open is waited for no longer than this.
            let until = ContinuousClock.now + ExternalChild.drain
            deadline = until
            while isOutputOpen, ContinuousClock.now < until {
                heedKill()
                _ = wait(chunk, forEnd: false)
            }
            left.formUnion(process.companions)
            // The zombie is still there, so this reaches its group and nobody else's.
            process.signalGroup(SIGKILL)
            readRest(chunk)
        }
        if !pending.isEmpty, !isMuted { hand(pending) }
        let (ending, _) = try process.reap()
        for descriptor in [output, errors] {
            var status = stat()
            if fstat(descriptor, &status) == 0 { left.formUnion(ProcessTable.holders(of: FileIdentity(status))) }
        }
        var exitCode: Int32?
        if case .exited(let code) = ending { exitCode = code }
        return ExternalChild.End(exitCode: exitCode, leftBehind: left.count, wasKilled: wasKilled, log: log)
    }

    /// Reads what lies in the pipe when its time is over, whether there is room or not: on a busy machine, or behind a
    /// slow judge, that may be all that the child said. It is counted beforehand, for what has left the group is not
    /// reached by any signal of ours and may write for ever.
    private mutating func readRest(_ chunk: UnsafeMutableRawBufferPointer) {
        let end = total + waitingBytes
        while isOutputOpen, !isMuted, total < end, hasBytes() { readOutput(chunk) }
        heedKill()
        // Whoever waited to write until now, because we read no faster, does so within a moment.
        guard isOutputOpen, !isMuted, hasBytes(within: ExternalChild.drain) else { return }
        violate(ExternalViolation(.tooMuchOutput, "what it left behind went on writing after its end"))
    }

    /// Once somebody has found a broken rule, what is said counts for nothing and is not kept.
    private mutating func heedKill() {
        if child.state.withLock({ $0.kills }) { isMuted = true }
    }

    /// How many bytes lie in the output's pipe.
    private var waitingBytes: Int {
        var count: Int32 = 0
        return ioctl(output, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
    }

    private func hasBytes(within limit: Duration = .zero) -> Bool {
        var list = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        return poll(&list, 1, Int32(limit.milliseconds)) > 0 && list.revents & Int16(POLLIN) != 0
    }

    private mutating func takeOrders(_ closing: (Int32) -> Void) {
        let (new, closes, kills) = child.state.withLock { state in
            defer { state.outgoing = [] }
            return (state.outgoing, state.closesInput, state.kills)
        }
        outgoing += new
        if kills { isMuted = true }
        if kills, phase != .killed { kill() }
        if closes, isInputOpen, outgoing.isEmpty {
            isInputOpen = false
            closing(input)
            if phase == .running {
                // From here on it only has to end.
                phase = .asked
                deadline = .now + child.ladder.shutdownGrace
            }
        }
    }

    private mutating func write() {
        while isInputOpen, !outgoing.isEmpty {
            let count = outgoing.withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) }
            if count > 0 {
                outgoing.removeFirst(count)
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                // It does not read any more; its end will tell the rest.
                outgoing = []
            }
        }
    }

    /// - Returns: whether the child has ended.
    private mutating func wait(_ chunk: UnsafeMutableRawBufferPointer, forEnd: Bool) -> Bool {
        // What is not judged yet waits with us up to a bound, then in the pipe, then the child waits to write.
        let reads = isOutputOpen && (isMuted || child.events.hasRoom())
        var list = [
            pollfd(fd: reads ? output : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: isErrorsOpen ? errors : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: forEnd ? process.descriptor : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
            pollfd(fd: forEnd && !isStopped ? stopWake : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: forEnd && isInputOpen && !outgoing.isEmpty ? input : -1, events: Int16(POLLOUT), revents: 0),
        ]
        let left = deadline.map { max(.zero, $0 - .now).milliseconds + 1 } ?? 60_000
        _ = poll(&list, nfds_t(list.count), Int32(min(left, 60_000)))
        if list[0].revents != 0 { readOutput(chunk) }
        if list[1].revents != 0 { readErrors(chunk) }
        if list[3].revents != 0 { _ = read(wake, chunk.baseAddress, chunk.count) }
        if list[4].revents != 0 {
            isStopped = true
            if phase == .running || (phase == .asked && !isInputOpen) { ask(isLimit: false) }
        }
        return list[2].revents != 0
    }

    private mutating func readOutput(_ chunk: UnsafeMutableRawBufferPointer) {
        let count = read(output, chunk.baseAddress, chunk.count)
        guard count > 0 else {
            if count == 0 || (errno != EAGAIN && errno != EINTR) { isOutputOpen = false }
            return
        }
        total += count
        guard !isMuted else { return }
        var rest = UnsafeRawBufferPointer(rebasing: chunk[..<count])
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            pending.append(contentsOf: rest[..<end])
            rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
            if isTooLong() { return }
            hand(pending)
            pending.removeAll(keepingCapacity: true)
        }
        pending.append(contentsOf: rest)
        if isTooLong() { return }
        if total > ExternalChild.outputCap {
            violate(ExternalViolation(.tooMuchOutput, "more than \(ExternalChild.outputCap) bytes of output"))
        }
    }

    private mutating func isTooLong() -> Bool {
        guard pending.count > ExternalMessage.lineCap else { return false }
        violate(ExternalViolation(.lineTooLong, "a line of more than \(ExternalMessage.lineCap) bytes"))
        return true
    }

    private mutating func violate(_ violation: ExternalViolation) {
        isMuted = true
        pending = []
        child.events.post(.violation(violation))
        kill()
    }

    private func hand(_ line: [UInt8]) {
        var line = line
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        if !line.isEmpty { child.events.post(.line(line)) }
    }

    private mutating func readErrors(_ chunk: UnsafeMutableRawBufferPointer) {
        let count = read(errors, chunk.baseAddress, chunk.count)
        if count > 0 {
            log.append(contentsOf: chunk[..<min(count, ExternalChild.logCap - log.count)])
        } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
            isErrorsOpen = false
        }
    }

    /// The next step of the ladder, when its time has come.
    private mutating func climb() {
        guard let deadline, ContinuousClock.now >= deadline else { return }
        switch phase {
        case .running: ask(isLimit: true)
        case .asked:
            wasKilled = true
            process.signalGroup(SIGTERM)
            process.signalGroup(SIGCONT)
            phase = .termed
            self.deadline = .now + child.ladder.termGrace
        case .termed, .killed: kill()
        }
    }

    private mutating func ask(isLimit: Bool) {
        child.events.post(.stopping(isLimit: isLimit))
        outgoing += child.ladder.cancelLine
        write()
        phase = .asked
        deadline = .now + child.ladder.cancelGrace
    }

    private mutating func kill() {
        wasKilled = true
        process.signalGroup(SIGKILL)
        phase = .killed
        deadline = nil
    }
}
