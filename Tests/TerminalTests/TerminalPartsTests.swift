import CNcurses
import ConsoleUI
import FoundationEssentials
import Glibc
import Synchronization
import Terminal
import Testing

struct ColorDepthTests {
    @Test(
        arguments: [
            ([:], ColorDepth.palette), (["COLORTERM": "truecolor"], .direct), (["COLORTERM": "24bit"], .direct),
            (["NO_COLOR": "1", "COLORTERM": "truecolor"], .none), (["NO_COLOR": ""], .palette),
            (["COLORTERM": "yes"], .palette),
        ] as [([String: String], ColorDepth)])
    func `colours as the environment wants them`(environment: [String: String], depth: ColorDepth) {
        #expect(ColorDepth.wanted(in: environment) == depth)
    }
}

struct TextWidthAgreementTests {
    /// Where the C library knows a character, it must take as many cells as we laid out: otherwise a row would shift.
    @Test func `our widths are the C library's`() throws {
        try #require(setlocale(LC_ALL, "C.UTF-8") != nil)
        var differing: [String] = []
        for value in (UInt32(0x20)...0x1FFFF) where !(0x7F...0x9F).contains(value) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let theirs = Int(hp_wcwidth(value))
            // Unknown to it: the terminal's side draws a question mark of our width instead.
            guard theirs >= 0, !(0xE000...0xF8FF).contains(value) else { continue }
            let ours = TextWidth.of(scalar)
            if ours != theirs { differing.append("U+\(String(value, radix: 16)) ours \(ours) theirs \(theirs)") }
        }
        // Terminals follow newer tables than this library here and there: a handful, drawn as question marks.
        #expect(differing.count <= 120, "\(differing.count): \(differing.prefix(40))")
    }
}

struct ClipboardRouteTests {
    @Test func `a copy is kept in a file of one's own, and sent to the terminal`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "hp-clipboard-\(UInt64.random(in: 0 ... .max))"
        ).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let route = ClipboardRoute(environment: [:], folder: folder)
        #expect(route.terminalBytes("hi") == Array("\u{1B}]52;c;aGk=\u{07}".utf8))
        let outcome = route.copy("the text", label: "the result")
        #expect(
            outcome.text
                == "copied the result, 8 bytes, to the terminal's clipboard (if it allows that) and \(folder)/clipboard.txt"
        )
        let name = URL(filePath: folder).lastPathComponent
        #expect(outcome.short == "copied the result; kept in \(name)/clipboard.txt")
        #expect(FileManager.default.contents(atPath: folder + "/clipboard.txt") == Data("the text".utf8))
        var state = stat()
        #expect(stat(folder + "/clipboard.txt", &state) == 0)
        #expect(state.st_mode & 0o777 == 0o600)
        #expect(stat(folder, &state) == 0)
        #expect(state.st_mode & 0o777 == 0o700)
    }

    @Test func `a long text is only kept in the file`() {
        let route = ClipboardRoute(environment: [:], folder: "/nowhere/at/all")
        #expect(route.terminalBytes(String(repeating: "x", count: ClipboardRoute.terminalCapacity + 1)) == nil)
        #expect(ClipboardRoute(environment: ["TMUX": "/tmp/x,1,0"]).terminalBytes("hi") == nil)
    }

    @Test func `a link in the file's place is not followed`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "hp-clipboard-\(UInt64.random(in: 0 ... .max))"
        ).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        #expect(symlink("\(folder)/victim", "\(folder)/clipboard.txt") == 0)
        let outcome = ClipboardRoute(environment: [:], folder: folder).copy("x", label: "it")
        #expect(outcome.text.contains("cannot write") && outcome.short?.contains("cannot write") == true)
        #expect(!FileManager.default.fileExists(atPath: folder + "/victim"))
    }
}

struct MonotonicClockTests {
    @Test(arguments: [
        (Duration.zero, Int32(0)), (.nanoseconds(1), 1), (.milliseconds(25), 25), (.microseconds(1001), 2),
        (.seconds(-1), 0),
        (.seconds(10_000_000), .max),
    ])
    func `poll waits at least as long as asked for`(duration: Duration, milliseconds: Int32) {
        #expect(duration.pollMilliseconds == milliseconds)
    }
}

struct TerminalErrorTests {
    @Test(arguments: [
        TerminalError.notATerminal, .noType, .dumb("dumb"), .unknownType("foo"),
    ])
    func `a terminal that cannot be used comes with advice`(error: TerminalError) {
        #expect(error.description.contains("--ui plain"))
    }
}

struct LoopExecutorTests {
    actor Owner {
        private let executor: LoopExecutor
        private var count = 0
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
        init(_ executor: LoopExecutor) { self.executor = executor }
        func add() -> Int {
            count += 1
            return count
        }
    }

    final class Results: Sendable {
        private let values = Mutex<[Int]>([])
        func add(_ value: Int) { values.withLock { $0.append(value) } }
        var all: [Int] { values.withLock { $0 } }
    }

    /// The loop runs on a thread of this test's own, as it runs on the main thread in the product.
    @Test func `jobs from elsewhere run on the loop's thread, and assumeIsolated is legal there`() async throws {
        let results = Results()
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            BackgroundThread.run {
                defer { continuation.resume() }
                guard let executor = try? LoopExecutor() else { return }
                let owner = Owner(executor)
                let first = owner.assumeIsolated { $0.add() }
                results.add(first)
                Task {
                    let second = await owner.add()
                    results.add(second)
                    executor.wake()
                }
                // Ends when both are there; the limit only keeps a broken executor from hanging the suite.
                for _ in 0..<1200 where results.all.count < 2 {
                    var state = pollfd(fd: executor.descriptor, events: Int16(POLLIN), revents: 0)
                    _ = poll(&state, 1, 100)
                    executor.drain()
                }
            }
        }
        #expect(results.all == [1, 2])
    }
}
