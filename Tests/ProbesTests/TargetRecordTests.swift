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
            let reachability = TargetReachability(
                source: RecordSource(try home.record()), exchange: exchange, limit: .seconds(30))
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
            let reachability = TargetReachability(
                source: RecordSource(try home.record()), exchange: exchange, limit: .milliseconds(100))
            let surface = try await reachability.isThere(.surface)
            #expect(!surface)
            await exchange.close()
        }
    }
}
