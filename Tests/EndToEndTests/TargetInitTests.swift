import FoundationEssentials
import Glibc
import Readiness
import Testing

/// A first profile for a repository, as a user gets one, and a run with it.
struct TargetInitTests {
    private let program: Program
    private let folder: String

    init() throws {
        program = try Program()
        folder = "\(program.state)/My Desk"
        let files = [
            "app/main.py": "app = FastAPI()\n\n@app.get(\"/healthz\")\ndef health(): return {}\n\napp.run(port=1)\n",
            "app/db.py": "engine = create_engine(\"sqlite:///data/desk.db\")\n",
            "migrations/0001_init.sql": "-- revision: 0001\n-- revises: none\nCREATE TABLE orders(id INTEGER);\n",
            ".env": "DATABASE_URL=sqlite:///data/desk.db\nAPI_SECRET=marker-secret\n",
            "config/strategies.yaml": "strategies: [a]\n",
        ]
        for (name, text) in files {
            let url = URL(filePath: "\(folder)/\(name)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
    }

    private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }

    @Test func `a profile is written, says what it found with file and line, and is used by the next run`() async throws
    {
        let made = try await program.run(["target", "init", folder])
        #expect(made.code == 0, "\(made.errors)")
        for words in [
            ".env:1: sqlite data/desk.db", "app/main.py:3: GET /healthz", "config/strategies.yaml:1", "missing",
            "paper",
        ] {
            #expect(made.output.contains(words), "\(words) in \(made.output)")
        }
        let path = "\(folder)/holdpoint.yaml"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("id: my-desk\n"))
        #expect(!text.contains("marker") && !made.output.contains("marker"))
        var facts = stat()
        // The umask may take more away.
        #expect(lstat(path, &facts) == 0 && facts.st_mode & 0o133 == 0 && facts.st_mode & 0o600 == 0o600)

        let shown = try await program.run(["config", "show", "--target", folder])
        #expect(shown.code == 0, "\(shown.errors)")
        #expect(
            shown.output.split(separator: "\n").contains { $0.hasPrefix("ledger.engine") && $0.contains("profile") })

        // Without a database there is nothing to look at: the check says so, and no green.
        let run = try await program.runJSON(["--target", folder, "--validator", "database"])
        #expect(run.result["database.connection.ready"]?.outcome == "fail")
        #expect(run.result["database.migration.graph"]?.outcome == "pass")
    }

    @Test func `nothing is ever overwritten, a link that leads nowhere neither`() async throws {
        try Data("mine\n".utf8).write(to: URL(filePath: "\(folder)/holdpoint.yaml"))
        let second = try await program.run(["target", "init", folder])
        #expect(second.code == 64)
        #expect(second.errors.contains("holdpoint.yaml: it exists and is not overwritten"), "\(second.errors)")
        #expect(try String(contentsOfFile: "\(folder)/holdpoint.yaml", encoding: .utf8) == "mine\n")
        try #require(symlink("\(program.state)/elsewhere", "\(program.state)/link.yaml") == 0)
        let link = try await program.run(["target", "init", folder, "--output", "\(program.state)/link.yaml"])
        #expect(link.code == 64)
        #expect(!FileManager.default.fileExists(atPath: "\(program.state)/elsewhere"))
    }

    @Test func `a file that cannot be written whole is not there at all`() async throws {
        let before = try names()
        // A limit of no blocks is a full disk for this process.
        let full = try await program.shell("ulimit -f 0; exec \"$HP\" target init '\(folder)' </dev/null | cat")
        #expect(full.errors.contains("cannot write"), "\(full.errors)")
        #expect(try names() == before)
        let nowhere = try await program.run(["target", "init", folder, "--output", "\(folder)/no/such/x.yaml"])
        #expect(nowhere.code == 64)
        #expect(nowhere.errors.contains("No such file or directory"), "\(nowhere.errors)")
    }

    @Test func `the profile can lie elsewhere, and then names the repository`() async throws {
        let path = "\(program.state)/desk.yaml"
        let made = try await program.run(["target", "init", folder, "--output", path, "--format", "json"])
        #expect(made.code == 0, "\(made.errors)")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("/My Desk\""))
        #expect(made.output.contains(#""source" : ".env:1""#))
        #expect(try names().contains("holdpoint.yaml") == false)
        let check = try await program.run(["config", "check", "--target", path])
        #expect(check.code == 0, "\(check.output)")
    }

    @Test func `a repository without a profile is looked at for one run, read only, and says how to keep it`()
        async throws
    {
        let before = try names()
        let run = try await program.run(["run", folder, "--validator", "database", "--ui", "plain"])
        #expect(run.output.contains("holdpoint target init"), "\(run.output)")
        #expect(run.output.contains("database.migration.graph"))
        #expect(try names() == before)
        let json = try await program.run(["run", folder, "--validator", "database", "--format", "json"])
        #expect(json.errors.contains("holdpoint target init"), "\(json.errors)")
        let both = try await program.run(["run", folder, "--target", folder])
        #expect(both.code == 64)
    }

    @Test func `targets are listed with what is wrong with them`() async throws {
        let targets = "\(program.state)/config/holdpoint/targets"
        try FileManager.default.createDirectory(atPath: targets, withIntermediateDirectories: true)
        try Data("version: 1\nid: a\nenvironment: staging\n".utf8).write(to: URL(filePath: "\(targets)/good.yaml"))
        try Data("version: 1\nid: b\nenvironment: stagging\nx: 1\n".utf8).write(
            to: URL(filePath: "\(targets)/bad.yaml"))
        let listed = try await program.shell("XDG_CONFIG_HOME='\(program.state)/config' \"$HP\" list targets")
        #expect(listed.code == 0, "\(listed.errors)")
        let lines = listed.output.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("practice ") && $0.contains("shipped") && $0.hasSuffix("-") })
        #expect(
            lines.contains {
                $0.hasPrefix("good ") && $0.contains("staging") && $0.contains("own") && $0.hasSuffix("-")
            })
        let bad = try #require(lines.first { $0.hasPrefix("bad ") })
        #expect(bad.contains("bad.yaml:3: environment: is 'stagging'") && bad.contains("(and 1 more)"))
    }
}
