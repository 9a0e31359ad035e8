import Readiness
import TestSupport
import Testing
import Validators

struct MigrationAppliedTests {
    private let target = FakeTarget()

    private func trial(applied: [String], head: String? = "0003") async -> CheckTrial {
        target.ledger.change {
            $0.applied = applied
            $0.description.expectedHead = head
        }
        return await target.run(MigrationApplied(target.probes))
    }

    @Test func `the head as the newest revision passes`() async {
        let trial = await trial(applied: ["0001", "0002", "0003"])
        #expect(trial.outcome.word == .pass)
        #expect(trial.judgement.grade == .observed)
    }

    @Test func `a pending migration fails and names both revisions`() async {
        let trial = await trial(applied: ["0001", "0002"])
        #expect(trial.isFail(with: "migration-pending"))
        #expect(trial.sentence.contains("0002"))
        #expect(trial.sentence.contains("0003"))
        #expect(trial.remediation?.steps.contains { $0.undo != nil } == true)
    }

    @Test func `no applied revision at all is pending too`() async {
        let trial = await trial(applied: [])
        #expect(trial.isFail(with: "migration-pending"))
        #expect(trial.sentence.contains("none at all"))
    }

    @Test func `a database that is ahead of the build is another thing than a pending migration`() async {
        #expect(await trial(applied: ["0001", "0002", "0003", "0004"]).isFail(with: "migration-ahead"))
    }

    @Test func `a revision that only looks like the head is not it`() async {
        #expect(await trial(applied: ["3"]).isFail(with: "migration-pending"))
        #expect(await trial(applied: ["0003 "]).isFail(with: "migration-pending"))
    }

    // MARK: - The files are the oracle

    private func trial(
        files: [MigrationFile], applied: [String] = ["0001", "0002", "0003"], head: String = "0003"
    ) async -> CheckTrial {
        target.migrations.hold(files)
        return await trial(applied: applied, head: head)
    }

    @Test(arguments: ["0004_step.sql", "0004_step.SQL"])
    func `a file that nobody applied fails, whatever head the target tells`(name: String) async {
        var late = MigrationFile.sql("0004", revises: "0003")
        late.name = name
        late.path = "/desk home/migrations/\(name)"
        let trial = await trial(files: MigrationFile.desk + [late])
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["migration-pending", "head-differs"])
        #expect(trial.measurement("pending_revisions")?.value == "1")
        #expect(trial.sentence.contains("0004 (\(name):1)"))
        #expect(trial.judgement.findings.last?.message.contains("the target expects 0003") == true)
    }

    @Test(arguments: [(4, false), (5, true)])
    func `four revisions that are pending are named, and beyond them it is told that there are more`(
        count: Int, hasMore: Bool
    ) async {
        let files = (1...count + 1).map { MigrationFile.sql("\($0)", revises: $0 == 1 ? "none" : "\($0 - 1)") }
        let trial = await trial(files: files, applied: ["1"], head: "\(count + 1)")
        #expect(trial.isFail(with: "migration-pending"))
        #expect(trial.sentence.contains("5 (5_step.sql:1)"), "\(trial.sentence)")
        #expect(trial.sentence.contains("…") == hasMore, "\(trial.sentence)")
    }

    @Test func `a target of another release than its files fails, even when all is applied`() async {
        let trial = await trial(files: MigrationFile.desk, head: "0002")
        #expect(trial.outcome == .fail(.finding("head-differs")))
        #expect(trial.kinds == ["head-differs"])
    }

    @Test func `the newest is found by descent, not by the order of names`() async {
        let files: [MigrationFile] = [.sql("8", revises: "none"), .sql("9", revises: "8"), .sql("10", revises: "9")]
        #expect(await trial(files: files, applied: ["10", "8", "9"], head: "10").outcome.word == .pass)
        #expect(await trial(files: files, applied: ["8", "9"], head: "10").isFail(with: "migration-pending"))
    }

    @Test(arguments: [["0001", "0003"], ["0003"], ["0002", "0003"]])
    func `a row that is missing in the chain fails, with the revision's name`(applied: [String]) async {
        let trial = await trial(files: MigrationFile.desk, applied: applied)
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["revision-missing"])
        #expect(trial.measurement("newest_is_head")?.result == .pass)
        #expect(trial.measurement("missing_revisions")?.value.description == "\(3 - applied.count)")
    }

    @Test func `revisions that were folded into the first file are no fault, and one in between is`() async {
        let files: [MigrationFile] = [.sql("0003", revises: "none"), .sql("0005", revises: "0003")]
        #expect(
            await trial(files: files, applied: ["0001", "0002", "0003", "0005"], head: "0005").outcome.word == .pass)
        #expect(
            await trial(files: files, applied: ["0003", "0004", "0005"], head: "0005").isFail(with: "migration-ahead"))
    }

    @Test(arguments: [
        ([MigrationFile](), "no-one-head"),
        (MigrationFile.desk + [MigrationFile.sql("0004", revises: "0002")], "no-one-head"),
        (MigrationFile.desk + [MigrationFile("0004_x.sql", "CREATE TABLE x (a)")], "no-one-head"),
    ])
    func `a folder without one head is no oracle`(files: [MigrationFile], kind: String) async {
        let trial = await trial(files: files)
        #expect(trial.outcome.word == .fail)
        #expect(trial.kinds.contains(kind))
    }

    // MARK: - The schema is what the files make

    @Test func `what was applied is tried in its order, forward only`() async {
        target.migrations.hold([
            MigrationFile("a.sql", "-- revision: 0002\n-- revises: 0001\n-- migrate:up\nB;\n-- migrate:down\nDROP;\n"),
            MigrationFile("b.sql", "-- revision: 0001\n-- revises: none\nA;"),
            MigrationFile("c.sql", "-- revision: 0003\n-- revises: 0002\nC;"),
        ])
        _ = await trial(applied: ["0001", "0002"])
        #expect(target.migrations.rehearsed.map { $0.map(\.name) } == [["b.sql", "a.sql"]])
        #expect(target.migrations.rehearsed[0][1].sql.contains("B;"))
        #expect(!target.migrations.rehearsed[0][1].sql.contains("DROP"))
    }

    @Test(arguments: [
        ("fills", "table.fills"), ("fills.order_id", "column.fills.order_id"),
        ("fills_by_order", "index.fills_by_order"),
    ])
    func `a part that the migrations made and that is gone fails with its name`(name: String, subject: String) async {
        target.ledger.change { script in
            script.shape.parts.removeAll { $0.name == name || $0.table == name }
        }
        let trial = await trial(applied: ["0001", "0002", "0003"])
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.judgement.findings.map(\.fingerprint) == ["schema-differs/\(subject)"])
        #expect(trial.measurement("schema_differences")?.value == "1")
        #expect(trial.sentence.contains(name))
        #expect(trial.remediation?.summary == "Bring the schema back to what its revision promises")
    }

    @Test func `a column of another type fails, and one in other capitals does not`() async {
        target.ledger.change { $0.shape.parts[2].name = "FILLS.Order_ID" }
        #expect(await trial(applied: ["0001", "0002", "0003"]).outcome.word == .pass)
        target.ledger.change { $0.shape.parts[2].definition = "INTEGER" }
        let trial = await trial(applied: ["0001", "0002", "0003"])
        #expect(trial.kinds == ["schema-differs"])
        #expect(trial.sentence.contains("INTEGER, and the migrations make it TEXT NOT NULL"))
    }

    @Test func `what somebody added is counted and no fault, but for a trigger`() async {
        target.ledger.change { script in
            script.shape.parts += [
                .init(.table, "schema_revision", table: "schema_revision"), .init(.index, "mine", table: "fills"),
            ]
        }
        let trial = await trial(applied: ["0001", "0002", "0003"])
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("schema_additions")?.value == "1")
        target.ledger.change { $0.shape.parts.append(.init(.trigger, "skim", table: "fills", definition: "x")) }
        #expect(await self.trial(applied: ["0001", "0002", "0003"]).isFail(with: "schema-differs"))
    }

    @Test func `a server's schema is held against its migrations by names, where SQLite understands them`() async {
        target.migrations.hold(MigrationFile.desk)
        target.ledger.change {
            $0.description.engine = "postgresql"
            $0.shape = $0.shape.names
        }
        let sound = await trial(applied: ["0001", "0002", "0003"])
        #expect(sound.outcome.word == .pass, "\(sound.sentence)")
        #expect(sound.measurement("schema_compared")?.value == "1")
        target.ledger.change { $0.shape.parts.removeAll { $0.kind == .index } }
        #expect(await self.trial(applied: ["0001", "0002", "0003"]).isFail(with: "schema-differs"))
        // What SQLite does not understand may be right all the same.
        target.migrations.make(.refused(name: "0001_books.sql", reason: "near PARTITION: syntax error"))
        let unclear = await trial(applied: ["0001", "0002", "0003"])
        #expect(unclear.outcome.word == .pass)
        #expect(unclear.measurement("schema_compared")?.value == "0")
    }

    @Test(arguments: [
        (SchemaShape.Kind.index, "on fills (order_id) INVALID", "INVALID, and the migrations make it on fills"),
        (.reference, "NOT VALID", "to orders is NOT VALID, and the migrations make it whole"),
    ])
    func `an index that a server does not use, and a reference that it has not looked through, are not made`(
        kind: SchemaShape.Kind, definition: String, words: String
    ) async {
        target.ledger.change { script in
            script.description.engine = "postgresql"
            script.shape = script.shape.names
            for place in script.shape.parts.indices where script.shape.parts[place].kind == kind {
                script.shape.parts[place].definition = definition
            }
        }
        let trial = await trial(applied: ["0001", "0002", "0003"])
        #expect(trial.isFail(with: "schema-differs"))
        #expect(trial.sentence.contains(words), "\(trial.sentence)")
    }

    @Test func `Alembic's files are compared by name, and that is told`() async {
        target.migrations.hold([.alembic("a", revises: "None"), .alembic("b", revises: "'a'")])
        let trial = await trial(applied: ["b"], head: "b")
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("schema_compared")?.value == "0")
        #expect(target.migrations.rehearsed.isEmpty)
        #expect(target.evidence.all.contains { $0.text.contains("the schema was not compared") })
        #expect(await self.trial(applied: ["a"], head: "b").isFail(with: "migration-pending"))
    }

    @Test func `plain SQL that cannot be tried is a warning, never silence`() async {
        target.migrations.make(.refused(name: "0002_step.sql", reason: "no such function: now"))
        let trial = await trial(applied: ["0001", "0002", "0003"])
        #expect(trial.outcome == .warn(.band))
        #expect(trial.kinds == ["schema-not-compared"])
        target.migrations.hold([MigrationFile("a.sql", "-- revision: 1\n-- revises: none\n-- +goose Up\nA;\n")])
        #expect(await self.trial(applied: ["1"], head: "1").sentence.contains("+goose"))
    }

    @Test(arguments: [(65_531, true), (65_532, false)])
    func `plain SQL is tried only where it is surely read to its end`(bytes: Int, isTried: Bool) async {
        let head = "-- revision: 1\n-- revises: none\n-- "
        target.migrations.hold([MigrationFile("a.sql", head + String(repeating: "x", count: bytes - head.utf8.count))])
        let trial = await trial(applied: ["1"], head: "1")
        #expect(trial.kinds.contains("schema-not-compared") != isTried, "\(trial.sentence)")
        #expect(target.migrations.rehearsed.isEmpty != isTried)
    }

    @Test func `a folder that cannot be read, or tried by fault of ours, is no pass`() async {
        target.migrations.failRehearsal(ProbeError(ourSide: "no memory"))
        #expect(await trial(applied: ["0001", "0002", "0003"]).outcome == .error(.tool))
        target.migrations.fail(ProbeError(.nonsense, at: .ledger, "not there"))
        #expect(await trial(applied: ["0001", "0002", "0003"]).outcome == .unverified(.badAnswer))
        #expect(target.ledger.open == 0)
    }

    @Test func `where nobody names a head the files alone tell`() async {
        #expect(await trial(applied: ["0001", "0002", "0003"], head: nil).outcome.word == .pass)
        #expect(await trial(applied: ["0001", "0002"], head: nil).isFail(with: "migration-pending"))
    }

    @Test func `a target that names no head proves nothing`() async {
        #expect(await trial(applied: [""], head: "").isFail(with: "head-unknown"))
    }

    @Test(arguments: [
        (ProbeError.Meeting.unreachable, UnverifiedReason.targetUnreachable), (.nonsense, .badAnswer),
    ])
    func `a revision table that cannot be read is unverified`(met: ProbeError.Meeting, reason: UnverifiedReason) async {
        target.ledger.change { $0.askFailure = ProbeError(met, at: .ledger, "no such table") }
        #expect(await target.run(MigrationApplied(target.probes)).outcome == .unverified(reason))
        #expect(target.ledger.open == 0)
    }
}

extension CheckTrial {
    /// Whether the criterion was missed, and a finding says how.
    fileprivate func isFail(with kind: String) -> Bool {
        outcome == .fail(.criterion) && judgement.findings.contains { $0.kind == kind }
    }
}
