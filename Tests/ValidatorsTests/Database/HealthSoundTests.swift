import Readiness
import TestSupport
import Testing
import Validators

struct HealthSoundTests {
    private let target = FakeTarget()

    private func trial(
        criteria: Criteria = CriteriaBuilder().criteria, _ change: (inout DatabaseHealth) -> Void = { _ in }
    ) async -> CheckTrial {
        target.ledger.change {
            $0.moveToServer()
            change(&$0.health)
        }
        return await target.run(HealthSound(target.probes), criteria: criteria)
    }

    @Test func `a sound server passes on observed evidence, and the connection is closed`() async {
        let trial = await trial()
        #expect(trial.outcome.word == .pass, "\(trial.sentence)")
        #expect(trial.judgement.grade == .observed)
        #expect(target.ledger.open == 0)
    }

    @Test(
        arguments: [
            (199_999_999, Outcome.Word.pass), (200_000_000, .warn), (999_999_999, .warn), (1_000_000_000, .fail),
        ] as [(Int64, Outcome.Word)])
    func `the age of transactions warns and fails at its two limits`(age: Int64, word: Outcome.Word) async {
        #expect(await trial { $0.transactionAge = age }.outcome.word == word)
    }

    @Test(arguments: [(6_999, Outcome.Word.pass), (7_000, .warn), (8_999, .warn), (9_000, .fail), (9_500, .fail)])
    func `a sequence warns and fails at its two limits`(basisPoints: Int, word: Outcome.Word) async {
        let trial = await trial { $0.sequences = [.init(name: "s", usedBasisPoints: basisPoints)] }
        #expect(trial.outcome.word == word)
        #expect(trial.kinds == (word == .fail ? ["sequence-exhausted"] : []))
    }

    @Test(
        arguments: [
            (true, 60_000, 1_000, Outcome.Word.pass, [String]()), (true, 60_001, 1_000, .fail, ["idle-in-transaction"]),
            (false, 61_000, 300_000, .pass, []), (false, 61_000, 300_001, .fail, ["long-transaction"]),
        ] as [(Bool, Int64, Int64, Outcome.Word, [String])])
    func `a session fails when it is idle in its transaction, or in it at all, for too long`(
        isIdle: Bool, state: Int64, transaction: Int64, word: Outcome.Word, kinds: [String]
    ) async {
        let trial = await trial {
            $0.sessions = [
                .init(
                    process: 5, user: "desk", application: "engine", isIdle: isIdle,
                    transactionMilliseconds: transaction, stateMilliseconds: state)
            ]
        }
        #expect(trial.outcome.word == word, "\(trial.sentence)")
        #expect(trial.kinds == kinds)
        if word == .fail {
            let commands = trial.remediation?.steps.compactMap(\.command) ?? []
            #expect(commands.contains { $0.contains("psql") && $0.contains("pg_stat_activity") })
        }
    }

    @Test(arguments: [
        (80_001, 20_000, Outcome.Word.pass), (80_000, 20_000, .fail), (0, 10_000, .fail), (1_000, 8_999, .pass),
    ])
    func `dead rows fail at their share, on tables that are large enough`(live: Int, dead: Int, word: Outcome.Word)
        async
    {
        let trial = await trial {
            $0.tables = [.init(name: "t", live: live, dead: dead, isDue: false, secondsSinceVacuum: 1)]
        }
        #expect(trial.outcome.word == word, "\(trial.sentence)")
    }

    @Test(arguments: [(true, 86_401, Outcome.Word.warn), (true, 86_400, .pass), (false, 999_999, .pass)])
    func `a table that is due and was not cleaned up for long is a warning`(
        isDue: Bool, seconds: Int, word: Outcome.Word
    ) async {
        let trial = await trial {
            $0.tables = [.init(name: "t", live: 100_000, dead: 5, isDue: isDue, secondsSinceVacuum: seconds)]
        }
        #expect(trial.outcome.word == word)
    }

    @Test func `a server that does not clean up by itself fails`() async {
        #expect(await trial { $0.cleansItself = false }.kinds == ["autovacuum-off"])
    }

    @Test(arguments: [(999, Outcome.Word.pass), (1_000, .fail), (nil, .warn)] as [(Int64?, Outcome.Word)])
    func `a standby that is too far behind fails, one of which nobody knows is a warning`(
        lag: Int64?, word: Outcome.Word
    ) async {
        #expect(await trial { $0.replicas = [.init(name: "r", lagMilliseconds: lag)] }.outcome.word == word)
    }

    @Test(arguments: [(1_048_576, Outcome.Word.warn), (2_147_483_648, .fail)] as [(Int64, Outcome.Word)])
    func `an unused slot is a warning, and a failure when it keeps much`(bytes: Int64, word: Outcome.Word) async {
        #expect(await trial { $0.unusedSlots = [.init(name: "s", retainedBytes: bytes)] }.outcome.word == word)
    }

    @Test func `what our role may not see is unverified, and the fix says which right is missing`() async {
        let trial = await trial { $0.hiddenSessions = 3 }
        #expect(trial.outcome == .unverified(.gradeBelowRequired))
        #expect(trial.remediation?.steps.contains { $0.text.contains("pg_monitor") } == true)
    }

    @Test func `hidden sessions excuse nothing of what was seen`() async {
        let trial = await trial {
            $0.hiddenSessions = 3
            $0.sequences = [.init(name: "s", usedBasisPoints: 9_500)]
        }
        #expect(trial.outcome == .fail(.criterion))
    }

    @Test(arguments: [(268_435_456, Outcome.Word.pass), (269_484_032, .fail)] as [(Int64, Outcome.Word)])
    func `of a file the log beside it is judged`(bytes: Int64, word: Outcome.Word) async {
        target.ledger.change { $0.health.logBytes = bytes }
        let trial = await target.run(HealthSound(target.probes))
        #expect(trial.outcome.word == word)
        #expect(trial.measurement("free_in_file") != nil)
    }

    @Test func `an engine that counts nothing proves nothing`() async {
        target.ledger.change { $0.health = DatabaseHealth() }
        #expect(await target.run(HealthSound(target.probes)).outcome == .unverified(.noSamples))
    }
}
