import Readiness
import Survey
import Testing

/// What one file shows.
struct FinderTests {
    private func kinds(_ path: String, _ text: String) -> [Sighting.Kind] { sightings(path, text).map(\.kind) }

    private func sightings(_ path: String, _ text: String) -> [Sighting] {
        var survey = RepositorySurvey()
        survey.look(at: SurveyedFile(path: path, text: text))
        return survey.sightings
    }

    private func databases(_ path: String, _ text: String) -> [DatabaseURL] {
        kinds(path, text).compactMap { if case .database(let url) = $0 { url } else { nil } }
    }

    @Test func `a URL of a server gives its parts and never its password`() throws {
        let url = try #require(
            databases(
                ".env", "A=1\nDATABASE_URL=postgresql+psycopg2://trader:s3cr%40t@db.example:5433/desk?sslmode=require\n"
            ).first)
        #expect(url.engine == "postgresql")
        #expect(url.host == "db.example")
        #expect(url.port == 5_433)
        #expect(url.database == "desk")
        #expect(url.user == "trader")
        #expect(url.hasPassword)
        #expect(sightings(".env", "\nX=postgres://a@b/c").first?.location == SourceLocation(file: ".env", line: 2))
    }

    @Test(arguments: [
        "postgresql://u:marker secret@db.example/desk", "postgresql://u:mar@ker/se@cret@db.example/desk",
        "postgresql://u:marker'secret@db.example/desk", "postgresql://u:marker#secret@db.example/desk",
        "postgresql://u:marker:secret@db.example/desk", "postgresql://u:5432 marker@db.example/desk",
        "postgresql://u:marker?secret@db.example/desk", "postgresql://:marker@db.example/desk",
        "postgresql://marker-user:x@/desk?password=marker", "host=h dbname=d user=u password=marker",
    ])
    func `no piece of a password is taken for something else`(text: String) throws {
        for url in databases(".env", "DATABASE_URL=\(text)\n") {
            for part in [url.host, url.database, url.file, url.passwordVariable].compactMap(\.self) {
                for piece in ["marker", "secret", "mar", "ker", "5432"] { #expect(!part.contains(piece), "\(part)") }
            }
            #expect(url.user != "marker")
            #expect(url.port != 5_432 || !text.contains("5432"))
            #expect(url.hasPassword || text.contains("/desk?"))
        }
    }

    @Test func `a placeholder is no value`() throws {
        let url = try #require(databases("app.py", #"url = f"postgresql://{user}:{pw}@{host}/{name}""#).first)
        #expect(url.host == nil && url.user == nil && url.database == nil)
        #expect(!url.isWhole)
    }

    @Test(arguments: [
        (#"engine = create_engine("sqlite:///data/desk.db")"#, "data/desk.db"),
        (#"engine = create_engine("sqlite+aiosqlite:////var/lib/desk.db")"#, "/var/lib/desk.db"),
        (#"con = sqlite3.connect("desk.sqlite3")"#, "desk.sqlite3"),
        (#"con = sqlite3.connect("file:desk.db?mode=ro", uri=True)"#, "desk.db"),
    ])
    func `a file of SQLite is found`(line: String, path: String) throws {
        let url = try #require(databases("app.py", line).first)
        #expect(url.engine == "sqlite")
        #expect(url.file == path)
        #expect(url.isWhole)
    }

    @Test func `a database in memory is none that can be looked at`() {
        #expect(databases("app.py", #"create_engine("sqlite:///:memory:")"#).first?.isWhole != true)
    }

    @Test func `variables in pieces make a database, and the password stays a name`() throws {
        let url = try #require(
            databases(".env", "DB_HOST=10.0.0.5\nDB_NAME=desk\nDB_USER='reader'\nDB_PASSWORD=marker\n").first)
        #expect(url.host == "10.0.0.5")
        #expect(url.user == "reader")
        #expect(url.passwordVariable == "DB_PASSWORD")
        #expect(!"\(url)".contains("marker"))
    }

    @Test func `services of a compose file are read with their ports and the database they make`() throws {
        let text = """
            x-common: &common
              restart: always
            services:
              web:
                <<: *common
                build: .
                ports: ["8080:8000"]
              db:
                image: registry.example:5000/library/postgres:15-alpine
                ports:
                  - "127.0.0.1:5433:5432"
                environment:
                  POSTGRES_DB: desk
                  POSTGRES_USER: trader
                  POSTGRES_PASSWORD: marker
              prometheus:
                image: prom/prometheus
            volumes:
              data:
            """
        let kinds = kinds("docker-compose.yml", text)
        let services = kinds.compactMap { if case .service(let service) = $0 { service } else { nil } }
        #expect(services.map(\.name) == ["web", "db", "prometheus"])
        #expect(services[0].isOwn)
        #expect(services[0].ports.map { [$0.host, $0.container] } == [[8_080, 8_000]])
        #expect(services[1].image == "postgres")
        #expect(services[1].ports.map { [$0.host, $0.container] } == [[5_433, 5_432]])
        let url = try #require(databases("docker-compose.yml", text).first)
        #expect(url.host == "db" && url.database == "desk" && url.user == "trader")
        #expect(url.passwordVariable == "POSTGRES_PASSWORD")
        #expect(!"\(kinds)".contains("marker"))
    }

    @Test(
        arguments: [
            ("app.py", #"@app.get("/healthz")"#, "/healthz", "discovery"),
            ("app.py", #"@app.route('/version', methods=["GET"])"#, "/version", "identity"),
            ("app.py", #"        if self.path == "/readyz":"#, "/readyz", "discovery"),
            ("app.js", #"app.get('/health', (req, res) => {"#, "/health", "discovery"),
            ("main.go", #"  http.HandleFunc("/readyz/risk/limits", limits)"#, "/readyz/risk/limits", "risk.limits"),
            ("main.go", #"  mux.HandleFunc("GET /readyz/orders/{id}", order)"#, "/readyz/orders/{id}", nil),
            ("Api.java", #"@GetMapping("/kill-switch")"#, "/kill-switch", "killswitch"),
        ] as [(String, String, String, String?)])
    func `a route is found in whatever framework`(file: String, line: String, path: String, operation: String?) throws {
        let routes = kinds(file, line).compactMap { if case .route(let route) = $0 { route } else { nil } }
        guard let operation else {
            #expect(routes.allSatisfy { $0.path == path })
            return
        }
        let route = try #require(routes.first)
        #expect(route.path == path)
        #expect(route.operation == operation)
        #expect(route.isContract == path.hasPrefix("/readyz"))
    }

    @Test(arguments: [
        ("app.py", #"app.run(host="0.0.0.0", port=8090)"#), ("app.py", #"HTTPServer(("127.0.0.1", 8090), Handler)"#),
        ("main.go", #"http.ListenAndServe(":8090", nil)"#), ("server.js", "app.listen(8090)"),
        ("Dockerfile", "EXPOSE 8090"), ("desk.service", "ExecStart=/opt/desk/bin --port 8090"),
        ("Procfile", "web: gunicorn --bind 0.0.0.0:8090 app:app"), (".env", "PORT=8090"),
    ])
    func `a port is found`(file: String, line: String) {
        #expect(kinds(file, line).contains(.listener(port: 8_090)))
    }

    @Test func `revisions of Alembic and of SQL are told by what makes them so`() {
        let alembic = "\"\"\"first\"\"\"\nrevision = \"1a\"\ndown_revision = None\n"
        #expect(kinds("db/versions/1a_first.py", alembic) == [.migration(.alembic, folder: "db/versions")])
        #expect(kinds("db/versions/plain.py", "revision_count = 4\n") == [])
        #expect(kinds("migrations/0001_init.sql", "CREATE TABLE t(i int);") == [.migration(.sql, folder: "migrations")])
        #expect(kinds("migrations/0001_init.down.sql", "DROP TABLE t;") == [])
        #expect(kinds("queries/0001_report.sql", "SELECT 1") == [])
        #expect(
            kinds("alembic.ini", "[alembic]\nscript_location = %(here)s/db\n") == [.alembicScripts(folder: "db")])
    }

    @Test func `files of the monitoring are told by their keys`() {
        #expect(kinds("p.yml", "global: {}\nscrape_configs:\n  - job_name: x\n") == [.monitoring(.prometheus)])
        #expect(kinds("a.yml", "route:\n  receiver: x\nreceivers:\n  - name: x\n") == [.monitoring(.alertmanager)])
        #expect(kinds("r.yml", "groups:\n- name: g\n  rules:\n  - alert: Down\n") == [.monitoring(.alertRules)])
        #expect(kinds("x.yml", "rules:\n  - route: 1\n") == [])
    }

    @Test func `a unit is read with its log`() {
        let unit = "[Service]\nExecStart=/opt/desk\nStandardOutput=append:/var/log/desk.log\n"
        let units = kinds("deploy/desk.service", unit).compactMap { if case .unit(let unit) = $0 { unit } else { nil } }
        #expect(units.map(\.name) == ["desk.service"])
        #expect(units.map(\.log) == ["/var/log/desk.log"])
    }

    @Test func `tests and lines of comments show nothing of the system`() {
        #expect(!RepositorySurvey.reads("app/test_db.py"))
        #expect(!RepositorySurvey.reads("app/server_test.go"))
        #expect(kinds(".env", "# DATABASE_URL=postgres://a@b/c\n") == [])
        #expect(kinds("app.py", "    # @app.get(\"/health\")\n") == [])
    }

    @Test func `a line of a megabyte and a file of a hundred thousand URLs cost what they may`() {
        let long = "x = \"" + String(repeating: "postgresql://", count: 80_000) + "\""
        #expect(sightings("app.py", long).count <= 1)
        let many = String(repeating: "u = 'postgres://a@b/c'\n", count: 20_000)
        #expect(sightings("app.py", many).count == RepositorySurvey.sightingsOfAFile)
    }
}
