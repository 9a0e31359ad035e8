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
            _ = try await DeskHome.make(at: home.path) { fraction, text in reported.tell(fraction, text) }
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
    private static func child<Value: Sendable>(
        _ role: DeskRole, of home: DeskHome, _ request: Request, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        var arguments = ["desk", "serve", "--home", home.path, "--role", role.rawValue, "--until-eof"]
        for fault in request.faults { arguments += ["--fault", fault] }
        if role == .primary, let seed = request.seed { arguments += ["--seed", "\(seed)"] }
        var options = PlatformOptions()
        options.createSession = true
        // A desk that does not end when its pipe closes is asked, and then made to.
        options.teardownSequence = [.send(signal: .terminate, allowedDurationToNextStep: .seconds(2))]
        let errorsPath = "\(home.path)/\(errorsName(role))"
        let errors = try FileDescriptor.open(
            FilePath(errorsPath), .writeOnly, options: [.create, .append, .closeOnExec],
            permissions: [.ownerReadWrite])
        let outcome = try await run(
            .path("/proc/self/exe"), arguments: Arguments(arguments), platformOptions: options, input: .inputWriter,
            output: .sequence, error: .fileDescriptor(errors, closeAfterSpawningProcess: true)
        ) { execution in
            var startLine: String?
            for try await line in execution.standardOutput.strings() {
                startLine = line
                break
            }
            guard let startLine, startLine.contains("\"serving\"") else {
                try await execution.standardInputWriter.finish()
                return Result<Value, any Error>.failure(CommandFailure(.unavailable, Self.complaint(of: role, home)))
            }
            let result: Result<Value, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            try await execution.standardInputWriter.finish()
            return result
        }
        return try outcome.closureResult.get()
    }

    /// Where an instance's complaints go.
    private static func errorsName(_ role: DeskRole) -> String {
        switch role {
        case .primary: "desk.stderr"
        case .standby: "standby.stderr"
        }
    }

    /// The last words of a desk that did not come up.
    private static func complaint(of role: DeskRole, _ home: DeskHome) -> String {
        let text = FileManager.default.contents(atPath: "\(home.path)/\(errorsName(role))").map {
            String(decoding: $0, as: UTF8.self)
        }
        let words = text.flatMap { $0.split(separator: "\n").last }.map { SafeText.line(String($0)) }
        return "the practice desk's \(role.rawValue) in \(home.path) did not start: \(words ?? "it said nothing")"
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
