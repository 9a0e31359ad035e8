import Engine
import FoundationEssentials
import Glibc
import PracticeDesk
import Probes
import Readiness
import Subprocess
import Synchronization
import SystemPackage

/// A practice desk for the length of a run: one that lives already, or two children of ours, its primary and its
/// standby.
///
/// Each child gets a session of its own, so that a Ctrl-C in the terminal reaches us and not it; it ends when the pipe
/// on its standard input closes, which the kernel does for us however we end.
enum DeskProcess {
    /// How the desk is had.
    struct Request: Sendable {
        /// The home: attached to if a desk lives there, else served.
        var home: String
        /// `name` or `name=magnitude`.
        var faults: [String]
        /// What keeps the ledger; nil for the file, or for what a desk that lives has.
        var ledger: LedgerEngine?
        /// What the market is made from; nil draws one.
        var seed: UInt64?
        /// Told what is being done while that takes time.
        var progress: @Sendable (String) -> Void
    }

    /// Runs a body while a desk is there.
    ///
    /// - Throws: `CommandFailure` when there is none: its own words say why.
    static func with<Value: Sendable>(
        _ request: Request, _ body: @escaping @Sendable (TargetRecord) async throws -> Value
    ) async throws -> Value {
        let home = DeskHome(path: request.home)
        guard try isAlive(home) else { return try await serve(home, request, body) }
        let desk = try record(of: home)
        if let wanted = request.ledger, wanted.rawValue != desk.line.ledger.engine {
            throw CommandFailure(
                .usage,
                "--ledger \(wanted.rawValue): the desk that serves \(home.path) keeps its ledger in "
                    + "\(desk.line.ledger.engine); stop it, or leave the option out")
        }
        if !request.faults.isEmpty { try await set(request.faults, at: home) }
        return try await body(try record(of: home))
    }

    /// Whether the process that the home's record names lives. The desk itself is asked nothing: it may be the one
    /// thing that is broken, and its fault switch is nobody's business here.
    private static func isAlive(_ home: DeskHome, _ role: DeskRole = .primary) throws -> Bool {
        do throws(HomeError) { return try DeskRecord.read(home: home, role: role).processLives } catch {
            if case .missing = error { return false }
            throw CommandFailure(.unavailable, "\(error)")
        }
    }

    private static func set(_ faults: [String], at home: DeskHome) async throws {
        for text in faults {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            _ = try await FaultSwitch(home: home).set(parts[0], magnitude: parts.count > 1 ? parts[1] : nil)
        }
    }

    private static func record(of home: DeskHome) throws(CommandFailure) -> TargetRecord {
        do throws(ProbeError) { return try TargetRecord.read(home: home.path) } catch {
            throw CommandFailure(.unavailable, "cannot read the desk's record in \(home.path): \(error.detail)")
        }
    }

    /// Primary and standby for the length of the body, each a child of its own. The standby is started second and ended
    /// first; one that does not come up is a run that does not begin.
    private static func serve<Value: Sendable>(
        _ home: DeskHome, _ request: Request, _ body: @escaping @Sendable (TargetRecord) async throws -> Value
    ) async throws -> Value {
        if access("\(home.path)/home.json", F_OK) != 0 {
            let reported = ProgressLines(request.progress)
            do { _ = try await DeskHome.make(at: home.path) { reported.tell($0, $1) } } catch {
                throw DeskRoom.failure(of: error, making: home.path)
            }
        }
        return try await child(.primary, of: home, request) {
            guard try isAlive(home, .standby) else {
                return try await child(.standby, of: home, request) { try await body(try record(of: home)) }
            }
            // A standby that somebody keeps, whose primary was gone.
            if !request.faults.isEmpty { try await set(request.faults, at: home) }
            return try await body(try record(of: home))
        }
    }

    /// One process of the desk for the length of the body.
    ///
    /// The body and the process are two tasks: a desk that ends in the middle of the run, whoever ended it, is waited for
    /// at once, so that it does not stay behind as a zombie which a person's shell would take for a living process.
    private static func child<Value: Sendable>(
        _ role: DeskRole, of home: DeskHome, _ request: Request, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        var arguments = ["desk", "serve", "--home", home.path, "--role", role.rawValue, "--until-eof"]
        for fault in request.faults { arguments += ["--fault", fault] }
        if role == .primary, let ledger = request.ledger { arguments += ["--ledger", ledger.rawValue] }
        if role == .primary, let seed = request.seed { arguments += ["--seed", "\(seed)"] }
        let words = try DeskWords(path: "\(home.path)/\(wordsName(role))")
        let (starts, starting) = AsyncStream.makeStream(of: DeskStart.self)
        let (stops, stopping) = AsyncStream.makeStream(of: Never.self)
        async let ended: Void = live(arguments, words, starting, until: stops)
        var start = DeskStart.silent
        for await told in starts {
            start = told
            break
        }
        guard start == .serving else {
            stopping.finish()
            try await ended
            throw words.failure(
                "the practice desk's \(role.rawValue) in \(home.path) did not start", reason: start.reason)
        }
        let result: Result<Value, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        stopping.finish()
        try await ended
        return try result.get()
    }

    /// How long a desk may take to end by itself once its standard input is closed.
    private static let endingLimit = Duration.seconds(5)

    /// Starts a process, says whether it serves, and stays until it has ended, by itself or because it was asked to.
    private static func live(
        _ arguments: [String], _ words: DeskWords, _ starting: AsyncStream<DeskStart>.Continuation,
        until stops: AsyncStream<Never>
    ) async throws {
        // Also where it cannot be started at all: nobody is left waiting.
        defer { starting.finish() }
        var options = PlatformOptions()
        options.createSession = true
        let ending: [TeardownStep] = [.send(signal: .terminate, allowedDurationToNextStep: .seconds(2))]
        options.teardownSequence = ending
        let outcome = try await run(
            .path("/proc/self/exe"), arguments: Arguments(arguments), platformOptions: options, input: .inputWriter,
            output: .sequence, error: .fileDescriptor(try words.open(), closeAfterSpawningProcess: true)
        ) { execution in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // Ends when the run is over, and, cancelled, when the process is gone.
                    for await _ in stops {}
                    try await execution.standardInputWriter.finish()
                    // A desk that does not end when its pipe closes is asked, and then made to. One that somebody has
                    // stopped would hear nothing.
                    do { try await Task.sleep(for: endingLimit) } catch { return }
                    try execution.send(signal: .resume)
                    await execution.teardown(using: ending)
                }
                // Its one line, and then nothing until its end.
                for try await line in execution.standardOutput.strings() {
                    starting.yield(DeskStart(line))
                    starting.finish()
                }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        _ = outcome.terminationStatus
    }

    /// Where an instance's complaints go.
    private static func wordsName(_ role: DeskRole) -> String {
        switch role {
        case .primary: "desk.stderr"
        case .standby: "standby.stderr"
        }
    }
}

/// Progress in words, every tenth of a step once, and only of work that has lasted for a second.
private final class ProgressLines: Sendable {
    private let told = Mutex("")
    private let began = SystemClock().now
    private let tell: @Sendable (String) -> Void

    init(_ tell: @escaping @Sendable (String) -> Void) { self.tell = tell }

    func tell(_ fraction: Double, _ text: String) {
        let line = "\(text): \(Int(fraction * 10) * 10) %"
        let isNew = told.withLock { last -> Bool in
            defer { last = line }
            return last != line && SystemClock().now - began > .seconds(1)
        }
        if isNew { tell(line) }
    }
}
