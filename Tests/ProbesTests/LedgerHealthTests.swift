import GRDB
import Probes
import Readiness
import Testing

@Suite(.timeLimit(.minutes(5)))
struct LedgerHealthTests {
    @Test func `of a file that is written the log beside it is told, and what is free in it`() async throws {
        let home = try DeskHome()
        let writer = try SampleLedger.make(home.ledgerPath, wal: true)
        try await writer.write { try $0.execute(sql: "DELETE FROM fills") }
        let health = try await SampleLedger.connected(home) { try await $0.health() }.value
        #expect(health.logBytes.map { $0 > 0 } == true)
        #expect(health.freeBytes.map { $0 > 0 && $0.isMultiple(of: 4096) } == true)
        #expect(health.transactionAge == nil)
        #expect(health.sessions.isEmpty)
        try writer.close()
    }

    @Test func `a file that was closed cleanly has no log beside it, and gets none by our look`() async throws {
        let home = try DeskHome()
        try SampleLedger.make(home.ledgerPath, wal: true).close()
        let health = try await SampleLedger.connected(home) { try await $0.health() }.value
        #expect(health.logBytes == 0)
        #expect(SampleLedger.sideFiles(home.ledgerPath).isEmpty)
    }

    @Test func `a file has no sessions`() async throws {
        let home = try DeskHome()
        try SampleLedger.make(home.ledgerPath, wal: false).close()
        let sessions = try await SampleLedger.connected(home) { try await $0.sessions() }
        #expect(sessions?.value == nil)
    }
}
