import Glibc
import Readiness

/// One run of a command, on a thread that may wait: start, read, end, reap.
struct CommandExecution {
    /// Where a run stands.
    private enum Phase {
        case running
        /// SIGTERM has been sent; SIGKILL follows at this instant.
        case asked(until: ContinuousClock.Instant)
        case killed
    }

    /// How long an output may stay open after its program and the group have ended, before it counts as held by
    /// somebody. What keeps it open for a moment is a process of ours between fork and exec.
    private static let drain = Duration.milliseconds(250)
    /// How long what SIGKILL was sent to may take to be gone.
    private static let vanishing = Duration.seconds(1)

    private let request: CommandRequest
    private let child: ChildProcess
    private let wake: Int32
    private let started: ContinuousClock.Instant
    private var output: OutputReader
    private var errors: OutputReader
    private var phase = Phase.running
    private var isOverLimit = false
    private var elapsed = Duration.zero

    /// Runs a command to its end. Blocks.
    static func run(_ request: CommandRequest, _ stop: StopSignal) throws(ProbeError) -> CommandResult {
        guard !stop.isSent else { throw .cancelled }
        var open: Set<Int32> = []
        defer { for descriptor in open { close(descriptor) } }
        func pipe() throws(ProbeError) -> Pipe {
            let pipe = try Pipe()
            open.formUnion([pipe.reading, pipe.writing])
            return pipe
        }
        let wake = try pipe()
        let output = try pipe()
        let errors = try pipe()
        let started = ContinuousClock.now
        let child = try ChildProcess.start(request, output: output.writing, errors: errors.writing)
        for descriptor in [output.writing, errors.writing] {
            close(descriptor)
            open.remove(descriptor)
        }
        stop.attach(wake.writing)
        defer { stop.detach() }
        var execution = CommandExecution(
            request: request, child: child, wake: wake.reading, started: started,
            output: OutputReader(output.reading, cap: request.outputCap),
            errors: OutputReader(errors.reading, cap: request.outputCap))
        return try execution.run()
    }

    private init(
        request: CommandRequest, child: ChildProcess, wake: Int32, started: ContinuousClock.Instant,
        output: OutputReader, errors: OutputReader
    ) {
        self.request = request
        self.child = child
        self.wake = wake
        self.started = started
        self.output = output
        self.errors = errors
    }

    private mutating func run() throws(ProbeError) -> CommandResult {
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { chunk in
            waitForEnd(chunk)
            elapsed = ContinuousClock.now - started
            waitForCompanions(chunk)
            // The zombie is still there, so this reaches its group and nobody else's.
            child.signalGroup(SIGKILL)
            drainOutputs(chunk)
        }
        let (ending, usage) = try child.reap()
        let isOutputHeld = !output.isAtEnd || !errors.isAtEnd
        return CommandResult(
            ending: ending, isOverLimit: isOverLimit, output: output.captured, errors: errors.captured,
            elapsed: elapsed, processorTime: Self.duration(usage.ru_utime) + Self.duration(usage.ru_stime),
            peakResidentBytes: Self.peak(usage), leftBehind: survivors().union(holders()).sorted(),
            isOutputHeld: isOutputHeld)
    }

    /// Reads until the program has ended, and ends it when it has to.
    private mutating func waitForEnd(_ chunk: UnsafeMutableRawBufferPointer) {
        while true {
            let ready = poll(until: deadline, chunk, ending: child.descriptor)
            if ready.hasEnded { return }
            if ready.isStopped, case .running = phase { ask() }
            guard let deadline, ContinuousClock.now >= deadline else { continue }
            switch phase {
            case .running:
                isOverLimit = true
                ask()
            case .asked, .killed:
                child.signalGroup(SIGKILL)
                phase = .killed
            }
        }
    }

    private var deadline: ContinuousClock.Instant? {
        switch phase {
        case .running: started + request.limit
        case .asked(let until): until
        case .killed: nil
        }
    }

    private mutating func ask() {
        child.signalGroup(SIGTERM)
        // A stopped process does not get it before it goes on.
        child.signalGroup(SIGCONT)
        phase = .asked(until: .now + request.grace)
    }

    /// The program was asked to end and did; the others of its group were asked as well and have the rest of the grace.
    private mutating func waitForCompanions(_ chunk: UnsafeMutableRawBufferPointer) {
        guard case .asked(let until) = phase else { return }
        while ContinuousClock.now < until, !child.companions.isEmpty {
            // Nothing tells of the end of a process that is not our child.
            poll(until: min(until, .now + .milliseconds(10)), chunk)
        }
    }

    private mutating func drainOutputs(_ chunk: UnsafeMutableRawBufferPointer) {
        let until = ContinuousClock.now + Self.drain
        while !(output.isAtEnd && errors.isAtEnd), ContinuousClock.now < until { poll(until: until, chunk) }
    }

    /// Waits for output, and in `waitForEnd` for the program's end and for a stop as well; reads what has come.
    @discardableResult private mutating func poll(
        until deadline: ContinuousClock.Instant?, _ chunk: UnsafeMutableRawBufferPointer, ending: Int32 = -1
    ) -> (hasEnded: Bool, isStopped: Bool) {
        // Once a stop has been seen its pipe stays readable; a negative descriptor is passed over.
        let isRunning = if case .running = phase { true } else { false }
        var waiting = (
            pollfd(fd: output.isAtEnd ? -1 : output.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errors.isAtEnd ? -1 : errors.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: ending, events: Int16(POLLIN), revents: 0),
            pollfd(fd: ending >= 0 && isRunning ? wake : -1, events: Int16(POLLIN), revents: 0)
        )
        let timeout = Self.milliseconds(until: deadline)
        withUnsafeMutableBytes(of: &waiting) { bytes in
            let list = bytes.bindMemory(to: pollfd.self)
            _ = Glibc.poll(list.baseAddress, nfds_t(list.count), timeout)
        }
        if waiting.0.revents != 0 { output.read(into: chunk) }
        if waiting.1.revents != 0 { errors.read(into: chunk) }
        return (waiting.2.revents != 0, waiting.3.revents != 0)
    }

    /// Rounded up, so that nothing spins in the last millisecond; never more than a minute at once.
    private static func milliseconds(until deadline: ContinuousClock.Instant?) -> Int32 {
        guard let deadline else { return -1 }
        let left = deadline - .now
        return left <= .zero ? 0 : Int32(min(left.milliseconds, 60_000) + (left.milliseconds < 60_000 ? 1 : 0))
    }

    /// What of the group not even SIGKILL has ended. Asked after reaping: a group that is gone costs one call.
    private func survivors() -> Set<Int32> {
        let until = ContinuousClock.now + Self.vanishing
        while kill(-child.id, 0) == 0 || errno == EPERM {
            // Zombies that their new parent has not waited for are none of ours, and do nothing.
            let living = child.companions
            if living.isEmpty { return [] }
            if ContinuousClock.now >= until { return Set(living) }
            usleep(1000)
        }
        return []
    }

    /// Who holds an output open that has not come to its end.
    private func holders() -> Set<Int32> {
        var found: Set<Int32> = []
        for reader in [output, errors] where !reader.isAtEnd {
            var status = stat()
            guard fstat(reader.descriptor, &status) == 0 else { continue }
            found.formUnion(ProcessTable.holders(of: FileIdentity(status)))
        }
        return found
    }

    private static func duration(_ time: timeval) -> Duration {
        .seconds(time.tv_sec) + .microseconds(time.tv_usec)
    }

    /// See `CommandResult.peakResidentBytes`.
    private static func peak(_ usage: rusage) -> Int64? {
        var own = rusage()
        guard getrusage(RUSAGE_SELF.rawValue, &own) == 0, usage.ru_maxrss > own.ru_maxrss else { return nil }
        return Int64(usage.ru_maxrss) * 1024
    }
}
