import FoundationEssentials
import Readiness
import TestSupport
import Testing
import Validators

struct MigrationGraphTests {
    private let target = FakeTarget()

    private func trial(_ files: [MigrationFile]) async -> CheckTrial {
        target.migrations.hold(files)
        return await target.run(MigrationGraph(target.probes))
    }

    @Test func `three in a line pass on declared evidence`() async {
        let trial = await trial(MigrationFile.desk)
        #expect(trial.outcome.word == .pass)
        #expect(trial.judgement.grade == .declared)
        #expect(trial.measurement("heads")?.value == "1")
        #expect(trial.measurement("files")?.value == "3")
    }

    @Test func `Alembic and SQL files make one graph, a merge is legal, and its own helpers are passed over`() async {
        let trial = await trial([
            .alembic("a", revises: "None"), .alembic("b", revises: "'a'"), .sql("c", revises: "a"),
            .alembic("d", revises: "('b', 'c')"), MigrationFile("__init__.py", ""), MigrationFile(".#b.py", "x ="),
        ])
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("files")?.value == "4")
    }

    @Test func `trap 12: two heads fail, with the place of the newer one`() async {
        let trial = await trial(MigrationFile.desk + [.sql("0004", revises: "0002")])
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["two-heads"])
        #expect(trial.measurement("heads")?.value == "2")
        #expect(trial.judgement.findings.first?.location?.description == "/desk home/migrations/0004_step.sql:1")
        #expect(trial.sentence.contains("0003 (0003_step.sql:1), 0004 (0004_step.sql:1)"))
        #expect(trial.remediation?.steps.last?.command == "sed -n '1,4p' '/desk home/migrations/0004_step.sql'")
    }

    @Test func `trap 12: a dangling parent fails, with the line that names it`() async {
        let trial = await trial([.sql("0001", revises: "none"), .sql("0002", revises: "0001, 0009")])
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["dangling-parent"])
        #expect(trial.judgement.findings.first?.location?.description == "/desk home/migrations/0002_step.sql:2")
        #expect(trial.judgement.findings.first?.fingerprint == "dangling-parent/0002.0009")
    }

    @Test func `an id that two files have fails, even when all else fits`() async {
        let again = MigrationFile("again.sql", "-- revision: 0003\n-- revises: 0002\n")
        let trial = await trial(MigrationFile.desk + [again])
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["duplicate-revision"])
        #expect(trial.measurement("duplicates")?.value == "1")
        #expect(trial.measurement("heads")?.value == "1")
    }

    @Test func `a file twice under one path is told like any other duplicate`() async {
        let trial = await trial(MigrationFile.desk + MigrationFile.desk)
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == Array(repeating: "duplicate-revision", count: 3))
    }

    @Test(arguments: [
        [("1", "none"), ("2", "1, 4"), ("3", "2"), ("4", "3"), ("5", "4")], [("1", "none"), ("2", "1, 2"), ("3", "2")],
    ])
    func `a circle fails, although one head and one beginning are there`(files: [(String, String)]) async {
        let trial = await trial(files.map { .sql($0.0, revises: $0.1) })
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["cycle"])
        #expect(trial.measurement("heads")?.value == "1")
        #expect(trial.measurement("cycles")?.value == "1")
    }

    @Test func `a circle of everything has no head and no beginning`() async {
        let trial = await trial([.sql("1", revises: "2"), .sql("2", revises: "1")])
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.measurement("heads")?.value == "0")
        #expect(trial.measurement("roots")?.value == "0")
    }

    @Test func `a file that cannot be read fails, and is never left out`() async {
        let trial = await trial(
            MigrationFile.desk + [MigrationFile("late.py", "revision = make()\ndown_revision = '0003'")])
        #expect(trial.outcome == .fail(.finding("unreadable-revision")))
        #expect(trial.judgement.findings.first?.location?.description == "/desk home/migrations/late.py:1")
        #expect(trial.remediation?.cause.contains("late.py") == true)
    }

    @Test func `an empty folder proves nothing`() async {
        let trial = await trial([])
        #expect(trial.outcome == .unverified(.noSamples))
        #expect(trial.remediation?.steps.first?.command == "ls -l '/desk home/migrations'")
    }

    @Test(arguments: [
        (ProbeError.Meeting.unreachable, UnverifiedReason.targetUnreachable), (.notOffered, .hookMissing),
        (.unauthorised, .credentialMissing), (.nonsense, .badAnswer),
    ])
    func `a folder that cannot be read is unverified`(met: ProbeError.Meeting, reason: UnverifiedReason) async {
        target.migrations.fail(ProbeError(met, at: .ledger, "no such folder"))
        #expect(await target.run(MigrationGraph(target.probes)).outcome == .unverified(reason))
    }

    @Test func `trouble of ours is an error, and a cancel a cancel`() async {
        target.migrations.fail(ProbeError(ourSide: "no descriptors"))
        #expect(await target.run(MigrationGraph(target.probes)).outcome == .error(.tool))
        target.migrations.fail(.cancelled)
        #expect(await target.run(MigrationGraph(target.probes)).outcome == .cancelled)
    }

    @Test func `a thousand findings are told as forty and a count`() async {
        let trial = await trial(
            (0..<1000).map { .sql("\($0)", revises: "none") } + (0..<1000).map { .sql("\($0)", revises: "x\($0)") })
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.judgement.findings.count == 41)
    }

    @Test func `a line of five thousand is walked without recursion`() async {
        let files = (1...5_000).map { MigrationFile.sql("\($0)", revises: $0 == 1 ? "none" : "\($0 - 1)") }
        #expect(await trial(files).outcome.word == .pass)
        let closed = [MigrationFile.sql("1", revises: "5000")] + files.dropFirst()
        #expect(await trial(closed).measurement("cycles")?.value == "1")
    }

    // MARK: - Whatever a folder holds

    @Test func `a file that is cut anywhere is red, unless all that it says of its place is left`() async {
        for whole in [MigrationFile.alembic("0003", revises: "('0002',)"), .sql("0003", revises: "0002")] {
            let bytes = Array(whole.text.utf8)
            for end in bytes.indices {
                let cut = MigrationFile(whole.name, String(decoding: bytes[..<end], as: UTF8.self))
                let trial = await trial(Array(MigrationFile.desk.prefix(2)) + [cut])
                if trial.outcome.word == .pass {
                    let read = try? MigrationRevision(reading: cut)
                    #expect(read?.id == "0003" && read?.parents == ["0002"], "cut at \(end)")
                } else {
                    #expect(trial.outcome.word == .fail, "cut at \(end)")
                }
            }
        }
    }

    @Test(arguments: 0..<20)
    func `bytes by chance, alone or within a sound file, never end in a pass of a broken graph`(seed: UInt64) async {
        var dice = Dice(seed: seed)
        let pieces = [
            "'", "\"", "'''", "\"\"\"", "(", ")", "[", "]", "\\", "\n", "#", ";", "=", ":", "revision", " ", "\r",
            "down_revision", "None", "-- revision: 1\n", "-- revises: none\n", "é", "\u{0}", "def f():", "if x:", ",",
        ]
        for _ in 0..<40 {
            let noise = (0..<Int.random(in: 0..<40, using: &dice)).map { _ in pieces.randomElement(using: &dice)! }
                .joined()
            // The broken graph: the third file, which joins the two heads, is noise or begins with it.
            let heads: [MigrationFile] = [
                .sql("1", revises: "none"), .sql("2", revises: "1"), .sql("3", revises: "1"),
            ]
            for suffix in ["py", "sql"] {
                #expect(await trial(heads + [MigrationFile("4.\(suffix)", noise)]).outcome.word == .fail)
                // In front of a sound file it may change what the file says, and then it does not follow both.
                let joining = MigrationFile.alembic("4", revises: "('2', '3')").text
                let file = MigrationFile("4.\(suffix)", noise + joining)
                if await trial(heads + [file]).outcome.word == .pass {
                    #expect((try? MigrationRevision(reading: file).parents) == ["2", "3"])
                }
            }
        }
    }
}
