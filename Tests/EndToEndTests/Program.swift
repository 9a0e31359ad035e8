import FoundationEssentials
import Subprocess
import SystemPackage
import Testing

/// The real program, run as a user runs it, with a state folder of its own.
final class Program: Sendable {
    /// The folder of the executables, which is the test bundle's own.
    static let folder: String = {
        let bundle = CommandLine.arguments[0]
        let parts = bundle.split(separator: "/", omittingEmptySubsequences: false)
        // …/release/holdpointPackageTests.xctest, or a path inside it.
        let place = parts.firstIndex { $0.hasSuffix(".xctest") } ?? parts.count - 1
        return parts[..<place].joined(separator: "/")
    }()

    static let path = "\(folder)/holdpoint"

    /// What lies here goes with the object.
    let state: String

    init() throws {
        state = FileManager.default.temporaryDirectory.appending(path: "holdpoint-e2e-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: state, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: state) }

    var environment: Environment {
        .inherit.updating(["XDG_STATE_HOME": state, "CI": "true", "TERM": "xterm-256color"])
    }

    struct Result: Sendable {
        /// The exit code; nil when a signal ended it.
        var code: Int32?
        var output: String
        var errors: String
    }

    /// Runs a command to its end.
    func run(_ arguments: [String]) async throws -> Result {
        let ended = try await Subprocess.run(
            .path(FilePath(Self.path)), arguments: Arguments(arguments), environment: environment,
            output: .string(limit: 1 << 24), error: .string(limit: 1 << 20))
        return Result(code: ended.terminationStatus.code, output: ended.standardOutput, errors: ended.standardError)
    }

    /// Runs a line of shell, in which `$HP` is the program.
    func shell(_ line: String) async throws -> Result {
        let ended = try await Subprocess.run(
            .path("/bin/sh"), arguments: ["-c", line], environment: environment.updating(["HP": Self.path]),
            output: .string(limit: 1 << 24), error: .string(limit: 1 << 20))
        return Result(code: ended.terminationStatus.code, output: ended.standardOutput, errors: ended.standardError)
    }

    /// Runs and reads the JSON result, whatever the verdict.
    func runJSON(_ arguments: [String]) async throws -> (code: Int32?, result: JSONResult) {
        let ended = try await run(["run", "--format", "json"] + arguments)
        return (ended.code, try JSONResult(parsing: ended.output, orComplaint: ended.errors))
    }

    /// Makes a home and gives its path.
    func home() async throws -> String {
        let home = "\(state)/home-\(UUID().uuidString)"
        let made = try await run(["desk", "init", "--home", home])
        try #require(made.code == 0, "desk init: \(made.errors)")
        return home
    }

    /// Serves a home for as long as the body runs.
    func serving<Value: Sendable>(
        _ home: String, faults: [String] = [], ledger: String? = nil,
        _ body: @escaping @Sendable (_ pid: Int32) async throws -> Value
    ) async throws -> Value {
        var arguments = ["desk", "serve", "--home", home, "--until-eof"]
        for fault in faults { arguments += ["--fault", fault] }
        if let ledger { arguments += ["--ledger", ledger] }
        let ended = try await Subprocess.run(
            .path(FilePath(Self.path)), arguments: Arguments(arguments), environment: environment, input: .inputWriter,
            output: .sequence, error: .discarded
        ) { desk in
            for try await line in desk.standardOutput.strings() where line.contains("serving") { break }
            let result: Swift.Result<Value, any Error>
            do { result = .success(try await body(desk.processIdentifier.value)) } catch { result = .failure(error) }
            // A desk that has been stopped reads nothing and ends by no request.
            try? desk.send(signal: .resume)
            try await desk.standardInputWriter.finish()
            return result
        }
        return try ended.closureResult.get()
    }
}

extension TerminationStatus {
    var code: Int32? { if case .exited(let code) = self { Int32(code) } else { nil } }
}

/// The fields of the JSON result that tests look at.
struct JSONResult: Decodable, Sendable {
    struct Criterion: Decodable, Sendable { var source: String }
    struct Measurement: Decodable, Sendable {
        var name: String
        var value: String
        var criterion: Criterion?
        var judgement: String
    }
    struct Location: Decodable, Sendable {
        var file: String
        var line: Int
    }
    struct Finding: Decodable, Sendable {
        var kind: String
        var message: String
        var location: Location?
    }
    struct Evidence: Decodable, Sendable {
        var sha256: String
        var size: Int
        var path: String
    }
    struct Check: Decodable, Sendable {
        var check_id: String
        var outcome: String?
        var reason: String?
        var root_cause: String?
        var round: Int
        var measurements: [Measurement]
        var findings: [Finding]
        var evidence: [Evidence]
    }
    struct Scope: Decodable, Sendable {
        var full: Bool
        var why: [String]
    }
    struct Log: Decodable, Sendable {
        var path: String
        var head: String
        var missing: Int
    }
    struct Counts: Decodable, Sendable { var announced: Int }

    var schema: Int
    var verdict: String
    var exit_code: Int32
    var duration_ms: Int
    var rounds: Int
    var scope: Scope
    var counts: Counts
    var checks: [Check]
    var log: Log

    init(parsing text: String, orComplaint complaint: String) throws {
        try #require(!text.isEmpty, "no output; errors: \(complaint)")
        self = try JSONDecoder().decode(JSONResult.self, from: Data(text.utf8))
    }

    subscript(id: String) -> Check? { checks.first { $0.check_id == id } }

    /// Every check but those whose subject is a latency: no test asserts that one is met on a live desk.
    var withoutLatencies: [Check] { checks.filter { !$0.check_id.hasSuffix(".latency") } }
}
