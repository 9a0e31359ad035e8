import Glibc
import Readiness

/// The console's share: how soon it shows something, how soon it answers a key, how many bytes that takes.
enum ConsoleBench {
    /// The folder of the executables.
    private static let programs: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let path = String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }()

    /// The sign before the focused row, in the standard glyphs.
    private static let focusSign = Array(">".utf8)

    private static func environment(_ state: String) -> [String: String] {
        SyntheticConsole.environment.merging(["XDG_STATE_HOME": state, "PATH": "/usr/bin:/bin"]) { $1 }
    }

    /// From exec to the end of a command that only prints its help: the median of 20.
    static func help(_ program: String = "holdpoint") throws -> Duration {
        try median(
            (0..<20).map { _ in
                let start = ContinuousClock.now
                let terminal = try PseudoTerminal(
                    "\(programs)/\(program)", ["--help"], environment: environment("/tmp"))
                var status: Int32 = 0
                _ = terminal.read(until: { _ in false }, limit: .milliseconds(1))
                while waitpid(terminal.pid, &status, WNOHANG) == 0 {
                    _ = terminal.read(until: { _ in false }, limit: .milliseconds(1))
                }
                return ContinuousClock.now - start
            })
    }

    /// From exec of the product to its first frame on the screen: the median of 10.
    static func firstFrame() throws -> Duration {
        let scratch = try Scratch()
        return try median(
            (0..<10).map { _ in
                let terminal = try PseudoTerminal("\(programs)/holdpoint", [], environment: environment(scratch.path))
                defer { terminal.end() }
                let (elapsed, _) = terminal.read(until: { $0.contains(Array("HOLD".utf8)) }, limit: .seconds(5))
                guard let elapsed else { throw BenchError("no frame came") }
                return elapsed
            })
    }

    /// Bytes that a list move costs in the product itself, with its default theme: the median of 40 moves over the checks
    /// of a run that has ended.
    static func listMove() throws -> Int {
        let scratch = try Scratch()
        let terminal = try PseudoTerminal(
            "\(programs)/holdpoint", ["--set", "critical_path"], environment: environment(scratch.path))
        defer { terminal.end() }
        guard terminal.read(until: { $0.contains(Array("14/14".utf8)) }, limit: .seconds(20)).elapsed != nil else {
            throw BenchError("the run did not end")
        }
        _ = terminal.drain(quiet: .milliseconds(500))
        let bytes = (0..<40).map { place -> Int in
            terminal.type(place / 4 % 2 == 0 ? "j" : "k")
            return terminal.drain()
        }
        return bytes.sorted()[bytes.count / 2]
    }

    struct Keys {
        var p95: Duration
        var missed: Int
    }

    /// From a key to the focused row's new sign, 60 times at different moments.
    static func keys(rate: Int) throws -> Keys {
        let terminal = try synthetic(rate)
        defer { terminal.end() }
        var times: [Duration] = []
        var missed = 0
        for place in 0..<60 {
            usleep(UInt32(7000 + place * 531 % 9000))
            if rate == 0 { _ = terminal.drain(quiet: .milliseconds(20)) }
            // Up and down near the top: further down the list scrolls under a mark that stays where it is.
            terminal.type(place % 2 == 0 ? "j" : "k")
            let (elapsed, _) = terminal.read(until: { $0.contains(focusSign) }, limit: .milliseconds(400))
            if let elapsed { times.append(elapsed) } else { missed += 1 }
        }
        guard !times.isEmpty else { throw BenchError("no key was answered") }
        times.sort()
        return Keys(p95: times[max(0, times.count * 95 / 100 - 1)], missed: missed)
    }

    /// Ten seconds in which nothing happens: bytes written and processor time used.
    static func idle() throws -> (bytes: Int, processor: Duration) {
        let terminal = try synthetic(0)
        defer { terminal.end() }
        let before = try terminal.processorTime()
        let (_, bytes) = terminal.read(until: { _ in false }, limit: .seconds(10))
        return (bytes, try terminal.processorTime() - before)
    }

    private static func synthetic(_ rate: Int) throws -> PseudoTerminal {
        let terminal = try PseudoTerminal(
            "\(programs)/holdpoint-bench", ["--console", "\(rate)"], environment: SyntheticConsole.environment)
        guard terminal.read(until: { $0.contains(focusSign) }, limit: .seconds(5)).elapsed != nil else {
            terminal.end()
            throw BenchError("the console did not open")
        }
        if rate == 0 { _ = terminal.drain(quiet: .milliseconds(300)) }
        return terminal
    }

    private static func median(_ figures: [Duration]) -> Duration { figures.sorted()[figures.count / 2] }
}

extension [UInt8] {
    fileprivate func contains(_ pattern: [UInt8]) -> Bool { firstRange(of: pattern) != nil }
}
