import Readiness
import TestSupport
import Testing
import Validators

/// What the checks of a ledger say where a server holds it.
struct ServerLedgerTests {
    private let target = FakeTarget()

    private func ready(_ change: (inout FakeLedger.Script) -> Void) async -> CheckTrial {
        target.ledger.change {
            $0.moveToServer()
            change(&$0)
        }
        return await target.run(ConnectionReady(target.probes))
    }

    @Test func `a server in order passes`() async {
        let trial = await ready { _ in }
        #expect(trial.outcome.word == .pass, "\(trial.sentence)")
        #expect(trial.measurement("major_version")?.value == "15")
    }

    @Test(
        arguments: [
            (110_022, "version-unsupported"), (0, "version-unsupported"), (120_000, nil),
        ] as [(Int, String?)])
    func `a version below the criterion fails`(number: Int, kind: String?) async {
        let trial = await ready { $0.facts.server?.versionNumber = number }
        #expect(trial.kinds == [kind].compactMap(\.self))
    }

    @Test func `a superuser, a standby that was not expected, and a way in plain text over a network fail`() async {
        #expect(await ready { $0.facts.server?.isSuperuser = true }.kinds == ["role-superuser"])
        #expect(await ready { $0.facts.server?.isInRecovery = true }.kinds == ["recovery-unexpected"])
        let plain = await ready { $0.description.server?.host = "db.example.org" }
        #expect(plain.kinds == ["connection-unencrypted"])
        let commands = plain.remediation?.steps.compactMap(\.command) ?? []
        #expect(commands.contains { $0.contains("psql -X -h ") && $0.contains("db.example.org") })
        let encrypted = await ready {
            $0.description.server?.host = "db.example.org"
            $0.facts.server?.encryption = "TLSv1.3"
        }
        #expect(encrypted.outcome.word == .pass)
    }

    @Test func `a standby that was expected passes, and a leader in its place does not`() async {
        let both = await ready {
            $0.description.server?.isStandby = true
            $0.facts.server?.isInRecovery = true
        }
        #expect(both.outcome.word == .pass)
        target.ledger.change { $0.facts.server?.isInRecovery = false }
        #expect(await target.run(ConnectionReady(target.probes)).kinds == ["recovery-unexpected"])
    }

    @Test(arguments: [
        (80, 100, Outcome.Word.pass), (81, 100, .fail), (100, 100, .fail), (0, 1, .pass), (-1, 100, .unverified),
        (0, 0, .unverified),
    ])
    func `a server needs room for more sessions`(inUse: Int, most: Int, word: Outcome.Word) async {
        target.ledger.change {
            $0.moveToServer()
            $0.sessions = ServerSessions(inUse: inUse, most: most, queues: nil)
        }
        #expect(await target.run(PoolCapacity(target.probes)).outcome.word == word)
    }

    @Test(
        arguments: [(0, 49_999, Outcome.Word.pass), (1, 0, .fail), (0, 50_000, .fail)] as [(Int, Int64, Outcome.Word)])
    func `nobody waits at the pooler, and nobody for long`(waiting: Int, wait: Int64, word: Outcome.Word) async {
        target.ledger.change {
            $0.moveToServer()
            $0.sessions = ServerSessions(
                inUse: 1, most: 100,
                queues: [
                    .init(
                        database: "desk", user: "desk", active: 3, waiting: waiting, longestWaitMicroseconds: wait)
                ])
        }
        #expect(await target.run(PoolCapacity(target.probes)).outcome.word == word)
    }

    private func indexes(_ indexes: [LedgerSchema.Index], statistics: Int? = nil) async -> CheckTrial {
        target.ledger.change {
            $0.moveToServer()
            $0.schema = LedgerSchema(
                tables: [
                    .init(name: "t", rows: 1, columns: [], primaryKey: ["a"], indexes: indexes, foreignKeys: [])
                ], statisticsSeconds: statistics)
        }
        return await target.run(IndexSound(target.probes))
    }

    @Test func `an invalid index fails, and serves nobody`() async {
        let broken = LedgerSchema.Index(
            name: "i", columns: ["b"], isUnique: true, isPartial: false, isValid: false)
        let trial = await indexes([broken])
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["invalid-index"])
        #expect(trial.remediation?.steps.contains { $0.command?.contains("indisvalid") == true } == true)
    }

    @Test func `indexes of another kind over the same columns are not the same`() async {
        let one = LedgerSchema.Index(name: "one", columns: ["b"], isUnique: false, isPartial: false)
        let other = LedgerSchema.Index(
            name: "two", columns: ["b"], isUnique: false, isPartial: false, variant: "hash 2 0 1978 0")
        #expect(await indexes([one, other]).outcome.word == .pass)
        #expect(await indexes([one, one]).kinds == ["duplicate-index"])
        #expect(await indexes([other, other]).kinds == ["duplicate-index"])
    }

    @Test(arguments: [
        (7 * 86_400, 0, false, Outcome.Word.warn), (7 * 86_400 - 1, 0, false, .pass), (7 * 86_400, 1, false, .pass),
        (7 * 86_400, 0, true, .pass),
    ])
    func `an unused index is a warning once its use has been counted for a week`(
        seconds: Int, scans: Int, isUnique: Bool, word: Outcome.Word
    ) async {
        let index = LedgerSchema.Index(name: "i", columns: ["b"], isUnique: isUnique, isPartial: false, scans: scans)
        #expect(await indexes([index], statistics: seconds).outcome.word == word)
    }
}
