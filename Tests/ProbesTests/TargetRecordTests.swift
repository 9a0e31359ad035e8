import FoundationEssentials
import Glibc
import Probes
import Readiness
import Testing

struct TargetRecordTests {
    private func text(_ old: String = "", _ new: String = "") throws -> [UInt8] {
        let text = try DeskHome.text(
            address: "http://127.0.0.1:40123", home: "/home/desk", ledger: "/home/desk/l.sqlite", token: DeskHome.token,
            queries: [SampleLedger.query])
        return Array((old.isEmpty ? text : text.replacing(old, with: new)).utf8)
    }

    @Test func `a record is read, unknown fields and all`() throws {
        let record = try TargetRecord(parsing: text())
        #expect(record.line.pid == 4711 && record.line.pidStartTicks == 88)
        #expect(record.line.address.description == "http://127.0.0.1:40123")
        #expect(record.line.accountPrefix == "READY-")
        #expect(record.line.ledger.criticalQueries == [SampleLedger.query])
        #expect(record.line.migrationsFolder == "/home/desk/migrations")
        #expect(record.line.largeTableRows == 10_000)
        #expect(record.token.reveal() == DeskHome.token)
    }

    @Test func `a start line is the same without a token`() throws {
        let bytes = try text(#","token":"\#(DeskHome.token)""#, "")
        #expect(try DeskStartLine(parsing: bytes) == TargetRecord(parsing: text()).line)
        #expect(throws: ProbeError.self) { try TargetRecord(parsing: bytes) }
    }

    @Test(arguments: [
        (#""serving""#, #""stopping""#, "event"), ("holdpoint-practice-desk", "some-desk", "desk is not"),
        ("4711", "1", "pid"), ("4711", "-1", "pid"), ("4711", "99999999999", "out of range"),
        ("4711", #""4711""#, "pid"),
        (#""home":"/home"#, #""home":"home"#, "home is not an absolute path"),
        (#""path":"/home/desk/l.sqlite""#, #""path":"l.sqlite""#, "ledger.path"),
        (#""path":"/home/desk/l.sqlite""#, #""path":"/home/\u0000x""#, "NUL"),
        ("http://127.0.0.1:40123", "ftp://127.0.0.1:40123", "address"), ("READY-", "ready *", "account_prefix"),
        ("2026-01-02T03:04:05.678Z", "yesterday", "started_at"), (":10000", ":0", "large_table_rows"),
        (#""migrations":"#, #""migration":"#, "ledger.migrations"), (DeskHome.token, "short", "no token"),
        (DeskHome.token, "0123456789 0123456789", "no token"),
        (DeskHome.token, #"0123456789\r\n0123456789"#, "no token"),
        ("\"primary\"", "\"leader\"", "role"), ("desk-1", "", "instance"), ("json-lines", "", "log.format"),
    ])
    func `what matters has to be right, and the complaint names it`(_ old: String, _ new: String, _ says: String) throws
    {
        let bytes = try text(old, new)
        do throws(ProbeError) {
            _ = try TargetRecord(parsing: bytes)
            Issue.record("it was taken")
        } catch {
            #expect(error.meeting == .nonsense)
            #expect(error.detail.contains(says), "\(error.detail)")
            #expect(!error.detail.contains(DeskHome.token))
        }
    }

    /// The fields that a record may leave out, with all that they can hold.
    private static let more = """
        "control":{"restart":["/usr/bin/holdpoint","desk","restart","--home","/home/desk"]},\
        "ledger":{"books":{"fills":"SELECT 1","fills_of_order":"SELECT 2 WHERE x = ?","positions":"SELECT 3",\
        "orders":"SELECT 5","cash":"SELECT 6","contradictions":"SELECT 4","quantity_scale":2,"price_scale":0,"money_scale":18},
        """

    private func whole(_ old: String = "", _ new: String = "") throws -> [UInt8] {
        let more = old.isEmpty ? Self.more : Self.more.replacing(old, with: new)
        #expect(old.isEmpty || more != Self.more, "\(old) is not there")
        return try text(#""ledger":{"#, more)
    }

    @Test func `books and the command that restarts are read where the record has them`() throws {
        let plain = try TargetRecord(parsing: text()).line
        #expect(plain.ledger.books == nil && plain.controlRestart == nil)
        let line = try TargetRecord(parsing: whole()).line
        let expected = LedgerBooks(
            fills: "SELECT 1", fillsOfOrder: "SELECT 2 WHERE x = ?", positions: "SELECT 3", orders: "SELECT 5",
            cash: "SELECT 6", contradictions: "SELECT 4", quantityScale: 2, priceScale: 0, moneyScale: 18)
        #expect(line.ledger.books == expected)
        #expect(line.controlRestart == ["/usr/bin/holdpoint", "desk", "restart", "--home", "/home/desk"])
        #expect(try TargetRecord(parsing: whole(#""restart""#, #""later""#)).line.controlRestart == nil)
    }

    @Test(arguments: [
        (#""quantity_scale":2"#, #""quantity_scale":-1"#, "quantity_scale"),
        (#""money_scale":18"#, #""money_scale":19"#, "money_scale"),
        (#""price_scale":0"#, #""price_scale":"0""#, "price_scale"),
        (#""price_scale":0"#, #""price_scale":1.5"#, "a number"), (#""price_scale":0,"#, "", "price_scale"),
        ("SELECT 1", "", "fills is not"), ("SELECT 3", " ", "positions is not"),
        ("SELECT 5", " ", "orders is not"), ("SELECT 6", "", "cash is not"),
        ("SELECT 6", #"\u0000 6"#, "cash holds a NUL"),
        ("SELECT 4", #"SELECT \u0000 4"#, "contradictions holds a NUL"), (" WHERE x = ?", "", "no parameter"),
        ("SELECT 1", String(repeating: "S", count: 16_385), "fills is not"), (#""SELECT 1""#, "1", "fills"),
        ("/usr/bin/holdpoint", "holdpoint", "control.restart"), ("/usr/bin/holdpoint", "", "control.restart"),
        (#""--home""#, #""a\u0000b""#, "control.restart"), (#""--home""#, "1", "control.restart"),
        (#"["/usr/bin/holdpoint","desk","restart","--home","/home/desk"]"#, "[]", "control.restart"),
        (#"["/usr/bin/holdpoint","desk","restart","--home","/home/desk"]"#, #""holdpoint desk restart""#, "restart"),
        (#""desk","#, String(repeating: #""x","#, count: 32), "control.restart"),
        ("/home/desk\"]", "/" + String(repeating: "d", count: 4096) + "\"]", "control.restart"),
    ])
    func `books and command have to be right where there are any`(_ old: String, _ new: String, _ says: String) throws {
        let bytes = try whole(old, new)
        let error = #expect(throws: ProbeError.self) { try TargetRecord(parsing: bytes) }
        #expect(error?.meeting == .nonsense)
        #expect(error?.detail.contains(says) == true, "\(error?.detail ?? "")")
    }

    /// A record whose ledger is in a server. Keys of an object come once: the sample's own are renamed.
    private func served(_ old: String = "", _ new: String = "") throws -> [UInt8] {
        let place = """
            "engine":"postgresql","server":{"host":"127.0.0.1","port":5433,"database":"desk","user":"holdpoint",\
            "password_file":"/home/desk/reader.password"}
            """
        #expect(old.isEmpty || place.contains(old), "\(old) is not there")
        return try text(#""engine":"sqlite""#, old.isEmpty ? place : place.replacing(old, with: new))
    }

    @Test func `a ledger in a server is read with its place, and its password by the name of a file of the home`()
        throws
    {
        let ledger = try TargetRecord(parsing: served()).line.ledger
        #expect(ledger.engine == "postgresql" && ledger.path == "127.0.0.1:5433/desk")
        let expected = LedgerServer(
            host: "127.0.0.1", port: 5433, database: "desk", user: "holdpoint",
            passwordName: "file:/home/desk/reader.password")
        #expect(ledger.server == expected)
    }

    @Test(arguments: [
        ("127.0.0.1", "10.0.0.1", "loopback"), ("127.0.0.1", "localhost", "loopback"), ("5433", "0", "port"),
        ("/home/desk/reader", "/etc/reader", "password_file"),
        ("/home/desk/reader", "/home/desk/../reader", "password_file"),
        ("\"desk\"", "\"\"", "database"), ("\"server\"", "\"serves\"", "server is missing"),
    ])
    func `a record sends no password to another machine, and none that lies elsewhere`(
        _ old: String, _ new: String, _ says: String
    ) throws {
        let bytes = try served(old, new)
        let error = #expect(throws: ProbeError.self) { try TargetRecord(parsing: bytes) }
        #expect(error?.meeting == .nonsense)
        #expect(error?.detail.contains(says) == true, "\(error?.detail ?? "")")
    }

    @Test func `a standby's record is read from a file of its own, and is not taken for the desk's`() throws {
        let home = try DeskHome()
        #expect(throws: ProbeError.self) { try TargetRecord.readStandby(home: home.path) }
        try home.writeStandby(address: "http://127.0.0.1:2", token: DeskHome.token)
        let standby = try TargetRecord.readStandby(home: home.path)
        #expect(standby.line.role == "standby" && standby.line.instance == "desk-2")
        try home.writeStandby(address: "http://127.0.0.1:2", token: DeskHome.token, role: "primary")
        #expect(throws: ProbeError.self) { try TargetRecord.readStandby(home: home.path) }
        try home.write(address: "http://127.0.0.1:1")
        let source = RecordSource(try home.record())
        try home.writeStandby(address: "http://127.0.0.1:2", token: DeskHome.token)
        try #require(rename(home.path + "/standby.json", home.recordPath) == 0)
        let refused = #expect(throws: ProbeError.self) { try source.address() }
        #expect(refused?.detail.contains("standby") == true)
    }

    @Test func `a pipe or a giant in place of the record is not waited for`() throws {
        let home = try DeskHome()
        try #require(mkfifo(home.recordPath, 0o600) == 0)
        let pipe = #expect(throws: ProbeError.self) { try TargetRecord.read(home: home.path) }
        #expect(pipe?.meeting == .nonsense)
        try home.write(String(repeating: " ", count: TargetRecord.sizeCap + 1))
        let giant = #expect(throws: ProbeError.self) { try TargetRecord.read(home: home.path) }
        #expect(giant?.detail.contains("longer than") == true)
    }

    @Test func `a changed record is followed only where nobody else could have written it`() throws {
        let home = try DeskHome()
        try home.write(address: "http://127.0.0.1:1")
        let source = RecordSource(try home.record())
        try home.write(address: "http://127.0.0.1:2")
        #expect(try source.address().port == 2)
        try home.write(address: "http://127.0.0.1:3", mode: 0o644)
        #expect(throws: ProbeError.self) { try source.address() }
        try home.write(address: "http://10.0.0.1:3")
        #expect(throws: ProbeError.self) { try source.address() }
        try home.write(address: "http://127.0.0.1:3", home: "/tmp")
        #expect(throws: ProbeError.self) { try source.address() }
        try home.write(address: "http://127.0.0.1:3")
        try home.setMode(0o755, of: home.path)
        #expect(throws: ProbeError.self) { try source.address() }
        try home.setMode(0o700, of: home.path)
        #expect(try source.address().port == 3)
        try FileManager.default.removeItem(atPath: home.recordPath)
        #expect(try source.address().port == 3)
        #expect(throws: ProbeError.self) { try source.current(for: .ledger) }
    }
}

struct TargetReachabilityTests {
    @Test func `an endpoint is there or not, and nothing more is said`() async throws {
        try await HostileServer.serving({ _ in .answer(500, "<html>") }) { server in
            let home = try DeskHome()
            try home.write(address: server.address)
            let exchange = HTTPExchange(connections: 1, limit: .seconds(30))
            let source = RecordSource(try home.record())
            let reachability = TargetReachability(
                source: source, exchange: exchange, ledger: SQLiteLedger(source: source), limit: .seconds(30))
            let ledger = try await reachability.isThere(.ledger)
            #expect(!ledger)
            try Data("x".utf8).write(to: URL(filePath: home.ledgerPath))
            let made = try await reachability.isThere(.ledger)
            #expect(made)
            let surface = try await reachability.isThere(.surface)
            #expect(surface)
            await exchange.close()
        }
    }

    @Test func `a silent surface is not there`() async throws {
        try await HostileServer.serving({ _ in .silence }) { server in
            let home = try DeskHome()
            try home.write(address: server.address)
            let exchange = HTTPExchange(connections: 1, limit: .seconds(30))
            let source = RecordSource(try home.record())
            let reachability = TargetReachability(
                source: source, exchange: exchange, ledger: SQLiteLedger(source: source), limit: .milliseconds(100))
            let surface = try await reachability.isThere(.surface)
            #expect(!surface)
            await exchange.close()
        }
    }
}
