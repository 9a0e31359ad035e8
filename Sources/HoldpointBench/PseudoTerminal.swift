import Glibc
import Readiness

/// A program in a terminal of ours: what a person types goes in, what a terminal would show comes out, with times.
final class PseudoTerminal {
    /// The process.
    let pid: pid_t
    private let master: Int32

    /// Starts a program in a terminal of this size.
    init(
        _ program: String, _ arguments: [String], columns: UInt16 = 120, rows: UInt16 = 36,
        environment: [String: String]
    ) throws {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        // TIOCSPTLCK and TIOCGPTN (ioctl_tty(2)): what unlockpt and ptsname do, which the importer does not see.
        var locked: Int32 = 0
        var number: UInt32 = 0
        guard master >= 0, ioctl(master, 0x4004_5431, &locked) == 0, ioctl(master, 0x8004_5430, &number) == 0 else {
            throw BenchError("cannot open a pseudo terminal: \(String(cString: strerror(errno)))")
        }
        let name = "/dev/pts/\(number)"
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        // A session leader that opens a terminal gets it as its controlling one.
        posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        // POSIX_SPAWN_SETSID (spawn.h), which the importer does not see.
        posix_spawnattr_setflags(&attributes, 0x80)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        var argv = ([program] + arguments).map { strdup($0) } + [nil]
        var envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var child: pid_t = 0
        let status = posix_spawn(&child, program, &actions, &attributes, &argv, &envp)
        guard status == 0 else { throw BenchError("cannot start \(program): \(String(cString: strerror(status)))") }
        pid = child
    }

    /// Ends the program and waits for it.
    func end() {
        kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        close(master)
    }

    /// Types.
    func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(master, bytes, bytes.count)
    }

    /// Reads until something that fits has come, or the limit has passed.
    ///
    /// - Returns: the time it took, or nil; and how many bytes came.
    func read(until isThere: ([UInt8]) -> Bool, limit: Duration) -> (elapsed: Duration?, bytes: Int) {
        let start = ContinuousClock.now
        var seen: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while ContinuousClock.now - start < limit {
            var ready = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            let left = limit - (ContinuousClock.now - start)
            guard poll(&ready, 1, Int32(max(1, left.milliseconds))) > 0 else { continue }
            let count = Glibc.read(master, &buffer, buffer.count)
            guard count > 0 else { return (nil, seen.count) }
            seen += buffer[..<count]
            if isThere(seen) { return (ContinuousClock.now - start, seen.count) }
        }
        return (nil, seen.count)
    }

    /// Reads until nothing has come for a while. Returns how many bytes came.
    func drain(quiet: Duration = .milliseconds(40)) -> Int {
        var total = 0
        while true {
            let (elapsed, bytes) = read(until: { !$0.isEmpty }, limit: quiet)
            total += bytes
            if elapsed == nil { return total }
        }
    }

    /// Processor time that the program has used so far.
    func processorTime() throws -> Duration {
        let file = open("/proc/\(pid)/stat", O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 1024)
        let count = file >= 0 ? Glibc.read(file, &buffer, buffer.count) : -1
        guard count > 0 else { throw BenchError("the program has ended") }
        // proc(5): utime and stime are fields 14 and 15; the name before them may hold anything but ends in ")".
        let fields =
            String(decoding: buffer[..<count], as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Int64(fields[11]), let system = Int64(fields[12]) else {
            throw BenchError("/proc/\(pid)/stat is not as proc(5) says")
        }
        return .nanoseconds((user + system) * 1_000_000_000 / Int64(sysconf(Int32(_SC_CLK_TCK))))
    }
}
