import FoundationEssentials
import Glibc
import NIOPosix
import Probes
import Readiness
import Testing

/// One after the other, those of `CommandControl` too, so that what is counted of this process is of one test.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct ProcessProbeTests {
    private let probe = ProcessProbe()

    private func shell(
        _ script: String, in folder: String = "/", environment: [String: String] = [:], limit: Duration = .seconds(30),
        grace: Duration = .seconds(2), outputCap: Int = 1 << 20
    ) -> CommandRequest {
        CommandRequest(
            ["/bin/sh", "-c", script], in: folder, environment: environment, limit: limit, grace: grace,
            outputCap: outputCap)
    }

    // MARK: What a command says and how it ends

    @Test func `a code that is not zero is an answer, and comes with both outputs`() async throws {
        let request = shell("echo out; echo err >&2; exit 3")
        let result = try await probe.run(request)
        #expect(result.ending == .exited(3) && result.exitCode == 3)
        #expect(result.output.text == "out\n" && result.errors.text == "err\n")
        #expect(!result.isOverLimit && result.leftBehind.isEmpty && !result.isOutputHeld)
        #expect(result.elapsed > .zero)
        let text = result.transcript(of: request)
        #expect(text.contains("exit code 3") && text.contains("out") && text.contains("err"))
    }

    @Test func `a failure that is printed with exit code 0 can be told`() async throws {
        let result = try await probe.run(shell("echo 'FATAL: nothing was backed up'; exit 0"))
        #expect(result.exitCode == 0)
        #expect(result.output.text.contains("FATAL"))
    }

    @Test(arguments: [("kill -9 $$", Int32(9)), ("kill -15 $$", 15), ("kill -6 $$", 6)])
    func `a signal is an answer`(_ script: String, _ signal: Int32) async throws {
        let result = try await probe.run(shell(script))
        #expect(result.ending == .signalled(signal) && result.exitCode == nil && !result.isOverLimit)
    }

    @Test func `a bare name is found in the fixed path`() async throws {
        #expect(try await probe.run(CommandRequest(["true"])).exitCode == 0)
        #expect(try await probe.run(CommandRequest(["false"])).exitCode == 1)
    }

    @Test func `bytes that are no text are kept as they are`() async throws {
        let request = shell(#"printf '\377\000\033[2J\300'; printf '\200' >&2"#)
        let result = try await probe.run(request)
        #expect(result.output.bytes == [0xFF, 0, 0x1B, 0x5B, 0x32, 0x4A, 0xC0])
        #expect(result.errors.bytes == [0x80])
        #expect(result.output.text == "\u{FFFD}\0\u{1B}[2J\u{FFFD}")
        #expect(result.transcript(of: request).contains("output, 7 bytes"))
    }

    @Test(arguments: [0, 1, 1000, 65_536])
    func `what is over the cap is counted and dropped, on both outputs at once`(_ cap: Int) async throws {
        let size = 3_000_000
        let script = "head -c \(size) /dev/zero & head -c \(size) /dev/zero >&2 & wait"
        let result = try await probe.run(shell(script, outputCap: cap))
        #expect(result.exitCode == 0)
        for captured in [result.output, result.errors] {
            #expect(captured.bytes.count == cap && captured.dropped == size - cap && captured.total == size)
        }
    }

    // MARK: What a command gets

    @Test func `the environment is the stated list and nothing else`() async throws {
        let plain = try await probe.run(CommandRequest(["env"])).output.text
        let home = getenv("HOME").map { String(cString: $0) } ?? "/"
        let temporary = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        let list = [
            "HOME=\(home)", "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "PATH=\(CommandEnvironment.path)", "TMPDIR=\(temporary)",
            "TZ=UTC",
        ]
        #expect(plain.split(separator: "\n").map(String.init) == list)
        // Which says something only because we have more than that.
        let names = Set(list.map { String($0.prefix { $0 != "=" }) })
        #expect(!Set(ProcessInfo.processInfo.environment.keys).isSubset(of: names))
        let request = CommandRequest(["env"], environment: ["TZ": "Asia/Tokyo", "ACME_TOKEN": "s3cret value"])
        let result = try await probe.run(request)
        let more = ["ACME_TOKEN=s3cret value"] + list.dropLast() + ["TZ=Asia/Tokyo"]
        #expect(result.output.text.split(separator: "\n").map(String.init) == more)
        #expect(!request.line.contains("s3cret"))
    }

    @Test func `it has no terminal, a session and group of its own, and an empty input`() async throws {
        let tty = try await probe.run(CommandRequest(["tty"]))
        #expect(tty.exitCode == 1 && tty.output.text == "not a tty\n")
        let ids = try await probe.run(shell("ps -o pid=,pgid=,sess=,tty= -p $$")).output.text
        let fields = ids.split(whereSeparator: \.isWhitespace)
        try #require(fields.count == 4)
        #expect(fields[0] == fields[1] && fields[1] == fields[2] && fields[3] == "?")
        #expect(fields[2] != "\(getsid(0))")
        let input = try await probe.run(CommandRequest(["cat"]))
        #expect(input.exitCode == 0 && input.output.total == 0)
    }

    @Test func `no descriptor, no signal mask and no ignored signal of ours gets through`() async throws {
        let stray = dup(1)
        defer { close(stray) }
        let open = try await probe.run(shell("ls /proc/$$/fd")).output.text
        #expect(open.split(separator: "\n") == ["0", "1", "2"])
        let before = signal(SIGUSR2, SIG_IGN)
        defer { signal(SIGUSR2, before) }
        let lines = try await probe.run(CommandRequest(["grep", "-E", "SigIgn|SigBlk", "/proc/self/status"]))
        let masks = lines.output.text.split(separator: "\n").map { UInt64($0.suffix(16), radix: 16) }
        // 32 and 33 are glibc's own, between its threads: its posix_spawn ignores them in every program.
        #expect(masks == [0, masks[1].map { $0 & 0x1_8000_0000 }], "\(lines.output.text)")
    }

    @Test func `it runs where it is told to`() async throws {
        let home = try DeskHome()
        #expect(try await probe.run(CommandRequest(["pwd"], in: home.path)).output.text == home.path + "\n")
        #expect(try await probe.run(CommandRequest(["pwd"])).output.text == "/\n")
    }

    @Test func `memory is told only where it is above ours`() async throws {
        #expect(try await probe.run(CommandRequest(["true"])).peakResidentBytes == nil)
        // All tests share one process: it may hold hundreds of MB itself by now.
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        let ours = try #require(Int(line.filter(\.isNumber))) >> 10
        let large = CommandRequest(["dd", "bs=\(ours + 200)M", "count=1", "if=/dev/zero", "of=/dev/null"])
        let result = try await probe.run(large)
        #expect(try #require(result.peakResidentBytes) >= Int64(ours + 200) << 20)
        #expect(result.processorTime > .zero)
    }

    // MARK: What cannot be run

    @Test(arguments: [
        ([], "no words"), ([""], "no words"), (["/nowhere/tool"], "/nowhere/tool is not there"),
        (["no-such-tool-of-ours"], "no-such-tool-of-ours is not in \(CommandEnvironment.path)"),
        (["./tool"], "neither by an absolute path nor by a bare name"), (["/tmp"], "not a program"),
        (["/etc/passwd"], "not a program that may be run"), (["true", "a\0b"], "holds a NUL"),
    ])
    func `a tool that is missing is our side's trouble, and named`(_ words: [String], _ says: String) async {
        let error = await trouble { () throws(ProbeError) in try await probe.run(CommandRequest(words)) }
        #expect(error?.meeting == .ourSide)
        #expect(error?.detail.contains(says) == true, "\(error?.detail ?? "it ran")")
    }

    @Test func `a request that makes no sense is refused before anything is started`() async throws {
        let requests = [
            CommandRequest(["true"], in: "here"), CommandRequest(["true"], in: "/nowhere"),
            CommandRequest(["true"], environment: ["A=B": "x"]), CommandRequest(["true"], environment: ["": "x"]),
            CommandRequest(["true"], environment: ["A": "x\0y"]), CommandRequest(["true"], limit: .zero),
            CommandRequest(["true"], grace: .seconds(-1)), CommandRequest(["true"], outputCap: -1),
        ]
        for request in requests {
            let error = await trouble { () throws(ProbeError) in try await probe.run(request) }
            #expect(error?.meeting == .ourSide, "\(request)")
        }
    }

    @Test func `a script without its interpreter is told as that`() async throws {
        let home = try DeskHome()
        let script = home.path + "/script"
        try Data("#!/nowhere/interpreter\n".utf8).write(to: URL(filePath: script))
        try home.setMode(0o700, of: script)
        let error = await trouble { () throws(ProbeError) in try await probe.run(CommandRequest([script])) }
        #expect(error?.meeting == .ourSide && error?.detail.contains("interpreter") == true, "\(error?.detail ?? "")")
    }

    // MARK: How a command is ended

    // The longer limit is for a shell that has to get as far as its trap on a busy machine.
    @Test(arguments: [
        ("exec sleep 600", 200, CommandResult.Ending.signalled(SIGTERM)),
        ("kill -STOP $$; sleep 600", 200, .signalled(SIGTERM)),
        ("while :; do echo flood; done", 200, .signalled(SIGTERM)),
        ("trap 'echo bye; exit 0' TERM; while :; do sleep 0.01; done", 4000, .exited(0)),
        ("trap '' TERM; while :; do sleep 0.01; done", 4000, .signalled(SIGKILL)),
    ])
    func `a command over its limit is asked, and then made to end`(
        _ script: String, _ limit: Int, _ ending: CommandResult.Ending
    ) async throws {
        // The grace is long where it is not to be used up.
        let grace = ending == .signalled(SIGKILL) ? Duration.milliseconds(200) : .seconds(30)
        let request = shell(script, limit: .milliseconds(limit), grace: grace)
        let result = try await probe.run(request)
        #expect(result.isOverLimit)
        #expect(result.ending == ending)
        #expect(
            result.transcript(of: request).contains("after its limit of \(DurationText.short(.milliseconds(limit)))"))
        #expect(result.leftBehind.isEmpty)
    }

    @Test(arguments: [false, true])
    func `trap 35: a grandchild that ignores SIGTERM dies with its group`(_ leaderIgnoresToo: Bool) async throws {
        let stubborn = "trap \"\" TERM; echo $$; while :; do sleep 0.01; done"
        let script = "\(leaderIgnoresToo ? "trap '' TERM; " : "")sh -c '\(stubborn)' & wait"
        let result = try await probe.run(shell(script, limit: .milliseconds(4000), grace: .milliseconds(200)))
        #expect(result.isOverLimit)
        #expect(result.ending == .signalled(leaderIgnoresToo ? SIGKILL : SIGTERM))
        let grandchild = try #require(Self.number(result.output))
        #expect(!Self.isAlive(grandchild))
        #expect(result.leftBehind.isEmpty && !result.isOutputHeld)
    }

    @Test func `a grandchild that ends tidily when it is asked to has the time for it`() async throws {
        let tidy = "trap \"echo tidy; exit 0\" TERM; echo ready; while :; do sleep 0.01; done"
        let request = shell("sh -c '\(tidy)' & wait", limit: .milliseconds(4000), grace: .seconds(30))
        let result = try await probe.run(request)
        #expect(result.ending == .signalled(SIGTERM))
        #expect(result.output.text == "ready\ntidy\n")
    }

    @Test func `what a command leaves running in its group ends with it`() async throws {
        let result = try await probe.run(shell("sleep 600 & echo $!"))
        #expect(result.exitCode == 0 && !result.isOverLimit)
        #expect(!Self.isAlive(try #require(Self.number(result.output))))
        #expect(result.leftBehind.isEmpty && !result.isOutputHeld)
    }

    @Test func `what has left the group and holds the output is said and not waited for`() async throws {
        let home = try DeskHome()
        let file = home.path + "/pid"
        let script = """
            setsid sh -c 'echo $$ > "$0.new"; mv "$0.new" "$0"; exec sleep 600' '\(file)' &
            while [ ! -e '\(file)' ]; do sleep 0.01; done
            echo done
            """
        let request = shell(script)
        let result = try await probe.run(request)
        let text = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
        let escaped = try #require(Int32(text.prefix { $0.isNumber }))
        defer { kill(escaped, SIGKILL) }
        #expect(result.exitCode == 0)
        #expect(result.output.text == "done\n")
        #expect(result.isOutputHeld)
        #expect(result.leftBehind == [escaped])
        #expect(Self.isAlive(escaped))
        #expect(result.transcript(of: request).contains("left behind: process \(escaped)"))
    }

    @Test func `a cancelled command is ended with its group before the error comes`() async throws {
        let home = try DeskHome()
        let pipe = home.path + "/started"
        try #require(mkfifo(pipe, 0o600) == 0)
        let script = "trap '' TERM; sleep 600 & echo $$ $! > '\(pipe)'; wait; while :; do sleep 0.01; done"
        let request = shell(script, limit: .seconds(600), grace: .milliseconds(100))
        let probe = probe
        let task = Task { await trouble { () throws(ProbeError) in try await probe.run(request) } }
        // The command itself says that it runs.
        let words = try await NIOThreadPool.singleton.runIfActive { Self.line(of: pipe) }
        let ids = words.split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
        try #require(ids.count == 2)
        task.cancel()
        #expect(await task.value == .cancelled)
        for id in ids { #expect(!Self.isAlive(id)) }
        #expect(access("/proc/\(ids[0])", F_OK) != 0, "the command is a zombie")
    }

    @Test func `a command that is cancelled before its turn is not run`() async throws {
        let home = try DeskHome()
        let mark = home.path + "/mark"
        let request = CommandRequest(["touch", mark])
        let probe = probe
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await trouble { () throws(ProbeError) in try await probe.run(request) }
        }
        task.cancel()
        #expect(await task.value == .cancelled)
        #expect(access(mark, F_OK) != 0)
    }

    // MARK: Many of them

    @Test func `200 at once leave no zombie and no descriptor behind`() async throws {
        _ = try await probe.run(shell("true"))
        let before = Self.descriptors()
        let probe = probe
        let ids = try await withThrowingTaskGroup(of: Int32?.self) { group in
            for number in 0..<200 {
                group.addTask {
                    // Every fourth one has to be ended.
                    let script = number % 4 == 0 ? "echo $$; exec sleep 600" : "echo $$"
                    let result = try await probe.run(
                        CommandRequest(["/bin/sh", "-c", script], limit: .milliseconds(number % 4 == 0 ? 200 : 30_000)))
                    #expect(result.isOverLimit == (number % 4 == 0))
                    // On a busy machine one may have been ended before it could say who it is.
                    let id: Int32? = Self.number(result.output)
                    if !result.isOverLimit { try #require(id != nil) }
                    return id
                }
            }
            return try await group.reduce(into: [Int32]()) { ids, id in if let id { ids.append(id) } }
        }
        #expect(ids.count >= 150 && Set(ids).count == ids.count)
        for id in ids { #expect(access("/proc/\(id)", F_OK) != 0, "process \(id) is still there") }
        // Other tests of this process open pipes of their own meanwhile; one left behind by each of the 200 would show.
        #expect(Self.descriptors() < before + 100)
    }

    // MARK: Looking at processes from outside

    private static func number(_ captured: CapturedOutput) -> Int32? {
        Int32(captured.text.prefix { $0.isNumber })
    }

    /// What is written into a named pipe; waits for it.
    private static func line(of pipe: String) -> String {
        let descriptor = open(pipe, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    /// A zombie that its new parent has not waited for yet is not alive.
    private static func isAlive(_ id: Int32) -> Bool {
        guard let status = FileManager.default.contents(atPath: "/proc/\(id)/stat") else { return false }
        let text = String(decoding: status, as: UTF8.self)
        return text.split(separator: ")").last?.split(separator: " ").first != "Z"
    }

    /// How many pipes and process descriptors this process has. Sockets and files are other tests' business.
    private static func descriptors() -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.count { name in
            let target = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")) ?? ""
            return target.hasPrefix("pipe:") || target.contains("pidfd")
        }
    }
}
