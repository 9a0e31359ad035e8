import FoundationEssentials
import Subprocess
import SystemPackage
import Testing

/// docs/guides/example-service/README.md, carried out: a reader who types what it says gets what it says.
@Suite(.timeLimit(.minutes(5)))
struct ExampleServiceTests {
    @Test func `the transcript of the guide is what the program says, command by command`() async throws {
        let program = try Program()
        let folder = "\(program.state)/example-service"
        try FileManager.default.copyItem(atPath: "\(Self.guides)/example-service", toPath: folder)
        // A port that nobody has, in the service and in all that is said of it.
        let port = try await Self.freePort()
        for name in ["README.md", "service.py"] {
            let text = try Self.read("\(folder)/\(name)").replacing("8094", with: "\(port)")
            try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
        }
        let guide = GuideTranscript(parsing: try Self.read("\(folder)/README.md"))
        let commands = guide.steps.count { if case .command = $0 { true } else { false } }
        #expect(commands >= 5)
        try await Self.perform(guide.steps[...], in: folder, program)
    }

    /// Carries out steps one after the other; a background one for as long as all that follow it.
    private static func perform(_ steps: ArraySlice<GuideTranscript.Step>, in folder: String, _ program: Program)
        async throws
    {
        for place in steps.indices {
            switch steps[place] {
            case .command(let line, let expected):
                let ended = try await shell(line, in: folder, program)
                let mismatch = GuideTranscript.mismatch(expected, with: ended)
                #expect(mismatch == nil, "$ \(line)\n\(ended)")
            case .append(let text):
                let profile = "\(folder)/holdpoint.yaml"
                try Data((try read(profile) + text).utf8).write(to: URL(filePath: profile))
            case .background(let line, let says):
                let rest = steps[(place + 1)...]
                let ended = try await Subprocess.run(
                    .path("/bin/sh"), arguments: ["-c", "exec \(line)"], environment: environment(program),
                    workingDirectory: FilePath(folder), input: .inputWriter, output: .sequence, error: .discarded
                ) { service in
                    for try await said in service.standardOutput.strings() where said.hasPrefix(says) { break }
                    let result: Swift.Result<Void, any Error>
                    do { result = .success(try await perform(rest, in: folder, program)) } catch {
                        result = .failure(error)
                    }
                    // It may have ended by itself.
                    try? service.send(signal: .kill)
                    try await service.standardInputWriter.finish()
                    return result
                }
                return try ended.closureResult.get()
            }
        }
    }

    private static func shell(_ line: String, in folder: String, _ program: Program) async throws -> String {
        try await Subprocess.run(
            .path("/bin/sh"), arguments: ["-c", "{ \(line); } 2>&1"], environment: environment(program),
            workingDirectory: FilePath(folder), output: .string(limit: 1 << 20), error: .discarded
        ).standardOutput
    }

    private static func environment(_ program: Program) -> Environment {
        program.environment.updating([
            "PATH": "\(Program.folder):/usr/local/bin:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1",
        ])
    }

    private static func freePort() async throws -> Int {
        let line = "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])"
        let said = try await Subprocess.run(
            .path("/usr/bin/python3"), arguments: ["-c", line], output: .string(limit: 100), error: .discarded)
        return try #require(Int(said.standardOutput.prefix { $0 != "\n" }))
    }

    private static func read(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }

    private static let guides = "\(#filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined())/docs/guides"
}

struct GuideTranscriptTests {
    @Test func `commands, what they print, background and appended lines are read; other blocks are not`() {
        let guide = GuideTranscript(
            parsing: """
                # T
                ```console background
                $ serve
                serves
                ```
                ```console
                $ one
                a
                $ two
                ```
                ```yaml append
                k: v
                ```
                ```yaml
                k: w
                ```
                """)
        #expect(
            guide.steps == [
                .background("serve", says: "serves"), .command("one", prints: ["a"]), .command("two", prints: []),
                .append("\nk: v\n"),
            ])
    }

    @Test(arguments: [
        (["a", "b"], "a\nb\n", true), (["a"], "a\nb\n", false), (["a", "b"], "a\n", false),
        (["a … c"], "a   b c\n", true), (["a … c"], "a b d\n", false), (["…", "b", "c"], "x\nb\ny\nb\nc\n", true),
        (["…", "b", "c"], "x\nb\ny\n", false), (["a", "…"], "a\nb\nc\n", true), (["(… ms)"], "(3 s)\n", false),
    ])
    func `what is printed is held against what is told`(_ expected: [String], _ printed: String, _ isAsTold: Bool) {
        #expect((GuideTranscript.mismatch(expected, with: printed) == nil) == isAsTold)
    }
}
