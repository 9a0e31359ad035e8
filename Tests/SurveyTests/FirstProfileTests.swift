import Profile
import Readiness
import Survey
import Testing

struct FirstProfileTests {
    private func profile(_ files: [String: String], repository: String = ".") throws -> String {
        FirstProfile(try Repository(files).sketch(), checks: checks, repository: repository).text
    }

    /// The text with every offered setting put in force.
    private func whole(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasPrefix("#") && !line.hasPrefix("##") ? line.dropFirst() : line
        }.joined(separator: "\n")
    }

    @Test(arguments: Fixtures.all.keys.sorted())
    func `what is written is read without a problem`(name: String) throws {
        let text = try profile(try #require(Fixtures.all[name]))
        #expect(throws: Never.self) { _ = try read(text) }
    }

    @Test(arguments: Fixtures.all.keys.sorted())
    func `what is offered is read without a problem when it is put in force`(name: String) throws {
        let text = whole(try profile(try #require(Fixtures.all[name])))
        let profile = try read(text)
        #expect(profile.paper != nil && profile.ledger != nil && profile.restart != nil)
        #expect(!profile.instances.isEmpty && !profile.bindings.isEmpty)
    }

    @Test(arguments: Fixtures.all.keys.sorted())
    func `no secret of the repository is copied, and nothing above reading is declared`(name: String) throws {
        let text = try profile(try #require(Fixtures.all[name]))
        #expect(!text.contains("marker"))
        let profile = try read(text)
        #expect(profile.paper == nil)
        #expect(profile.restart == nil)
        #expect(profile.environment == .staging)
    }

    @Test func `a Python service with Alembic is described`() throws {
        let profile = try read(try profile(Fixtures.python))
        #expect(profile.id == "desk")
        #expect(profile.repository == "/repo")
        #expect(profile.access?.place == .address("http://127.0.0.1:8090"))
        #expect(
            profile.ledger?.place
                == .postgresql(
                    LedgerServer(
                        host: "db.internal", port: 5_433, database: "trading", user: "trader",
                        passwordName: "env:DESK_DB_PASSWORD")))
        #expect(profile.ledger?.migrationsFolder == "/repo/alembic/versions")
        #expect(profile.ledger?.revisionTable == "alembic_version")
        #expect(profile.log == "/repo/logs/desk.log")
        #expect(profile.storage == ["/repo/logs"])
        #expect(profile.runbook["restart"] == "systemctl restart desk.service")
    }

    @Test func `a database behind a compose file is asked where its port is published`() throws {
        let profile = try read(try profile(Fixtures.compose))
        #expect(profile.access?.place == .address("http://127.0.0.1:9100"))
        guard case .postgresql(let server)? = profile.ledger?.place else {
            Issue.record("no server: \(String(describing: profile.ledger))")
            return
        }
        #expect(server.host == "127.0.0.1" && server.port == 5_544)
        #expect(server.database == "desk" && server.user == "desk")
    }

    @Test func `a Go service with a file of SQLite is described`() throws {
        let profile = try read(try profile(Fixtures.go))
        #expect(profile.access?.place == .address("http://127.0.0.1:7070"))
        #expect(profile.ledger?.place == .sqlite(path: "/repo/var/desk.db"))
        #expect(profile.ledger?.migrationsFolder == "/repo/migrations")
        #expect(profile.storage == ["/repo/var"])
    }

    @Test func `each value says where it was read, and each offer which checks wait for it`() throws {
        let text = try profile(Fixtures.python)
        for words in [
            ".env:1: postgresql trading at db.internal:5433", "alembic/versions/1a_first.py:1",
            "app/main.py:6 answers GET /healthz", "smoke.health.ready",
        ] {
            #expect(text.replacing("\n## ", with: " ").contains(words), "\(words)")
        }
    }

    @Test func `every key that a profile may have stands in the file`() throws {
        let text = whole(try profile(Fixtures.nothing))
        for key in [
            "version", "id", "environment", "repository", "surface", "capabilities", "instances", "accounts", "paper",
            "ledger", "log", "storage", "control", "criteria", "policy", "limits", "thresholds", "runbook",
        ] { #expect(text.split(separator: "\n").contains { $0.hasPrefix("\(key):") }, "\(key)") }
    }

    @Test func `the name of a folder becomes an id, whatever it is`() throws {
        for (name, id) in [
            ("Desk 2.0", "desk-2-0"), ("2desk", "target-2desk"), ("日本", "target"), ("a_b", "a_b"), ("--", "target"),
        ] { #expect(SystemSketch(RepositorySurvey(), of: name).id == id) }
        #expect(SystemSketch(RepositorySurvey(), of: String(repeating: "x", count: 300)).id.count == 40)
    }

    @Test(arguments: [
        "/a/\u{1b}[31m", "/a\nid: evil", "/a & *b", "/\u{202e}", "/" + String(repeating: "x", count: 300),
    ])
    func `a path that no profile can hold is offered and not put in force`(path: String) throws {
        let text = try profile(Fixtures.nothing, repository: path)
        #expect(try read(text).repository == nil)
        #expect(try read(text).id == "desk")
    }

    @Test func `a limits file is named where the caller has read one`() throws {
        let sketch = try Repository(Fixtures.python).sketch()
        let text = FirstProfile(sketch, checks: checks, repository: ".", limitsFile: "config/limits.yaml").text
        #expect(try read(text).limitsFile == "/repo/config/limits.yaml")
    }
}
