import Readiness
import TestSupport
import Testing
import Validators

struct IndexSoundTests {
    private let target = FakeTarget()

    private func index(_ name: String, _ columns: [String], unique: Bool = false, partial: Bool = false)
        -> LedgerSchema.Index
    {
        LedgerSchema.Index(name: name, columns: columns, isUnique: unique, isPartial: partial)
    }

    /// A table with the primary key `a`.
    private func table(_ indexes: [LedgerSchema.Index], references: [[String]] = []) -> LedgerSchema {
        LedgerSchema(tables: [
            .init(
                name: "t", rows: 1, columns: [], primaryKey: ["a"], indexes: indexes,
                foreignKeys: references.map { .init(columns: $0, parent: "p") })
        ])
    }

    private func trial(_ schema: LedgerSchema) async -> CheckTrial {
        target.ledger.change { $0.schema = schema }
        return await target.run(IndexSound(target.probes))
    }

    @Test func `a sound schema passes on observed evidence, and says what was not judged`() async {
        let trial = await target.run(IndexSound(target.probes))
        #expect(trial.outcome.word == .pass)
        #expect(trial.judgement.grade == .observed)
        #expect(trial.measurement("indexes")?.value == "2")
        #expect(target.evidence.all.first?.text.contains("unused indexes are not judged") == true)
        #expect(target.ledger.open == 0)
    }

    @Test func `a second index over the same columns fails, with the index that does the same`() async {
        let trial = await trial(table([index("one", ["b", "c"]), index("two", ["B", "c"])]))
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["duplicate-index"])
        #expect(trial.judgement.findings.first?.fingerprint == "duplicate-index/t.two")
        #expect(trial.sentence.contains("as one has"))
        #expect(trial.remediation?.steps.contains { $0.command?.contains("'/desk home/migrations'") == true } == true)
    }

    @Test(arguments: [true, false])
    func `an index over the primary key's columns is one too many, unique or not`(unique: Bool) async {
        #expect(await trial(table([index("one", ["a"], unique: unique)])).kinds == ["duplicate-index"])
    }

    @Test(arguments: [
        (["c", "b"], false, false), (["b"], false, false), (["b", "c", "d"], false, false), (["b", "c"], true, false),
        (["b", "c"], false, true), (["b", ""], false, false),
    ])
    func `another order, more, fewer, another uniqueness or other rows are another index`(
        columns: [String], unique: Bool, partial: Bool
    ) async {
        let other = index("two", columns, unique: unique, partial: partial)
        #expect(await trial(table([index("one", ["b", "c"]), other])).outcome.word == .pass)
    }

    @Test func `two partial indexes, or two over an expression, are not called the same, and are counted`() async {
        let trial = await trial(
            table([
                index("one", ["b"], partial: true), index("two", ["b"], partial: true), index("three", [""]),
                index("four", [""]),
            ]))
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("incomparable_indexes")?.value == "4")
    }

    @Test(arguments: [
        (["b"], ["b"]), (["b"], ["b", "c"]), (["b", "c"], ["c", "b"]), (["b", "c"], ["c", "b", "d"]), (["B"], ["b"]),
    ])
    func `a reference is served by an index that begins with its columns, in any order`(
        reference: [String], columns: [String]
    ) async {
        #expect(await trial(table([index("i", columns)], references: [reference])).outcome.word == .pass)
    }

    @Test func `the primary key serves a reference as well`() async {
        #expect(await trial(table([], references: [["a"]])).outcome.word == .pass)
    }

    @Test(arguments: [
        (["b"], ["c", "b"], false), (["b", "c"], ["b"], false), (["b", "c"], ["b", "d", "c"], false),
        (["b"], ["b"], true), (["b"], [""], false),
    ])
    func `a reference whose columns no whole index begins with fails`(
        reference: [String], columns: [String], partial: Bool
    ) async {
        let trial = await trial(table([index("i", columns, partial: partial)], references: [reference]))
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["foreign-key-unindexed"])
        #expect(trial.remediation?.verify.contains("database.query.plan") == true)
    }

    /// A table whose column `b` refers to `p`, with one index over it.
    private func collated(index: String, column: String, parent: String) -> LedgerSchema {
        LedgerSchema(tables: [
            .init(
                name: "t", rows: 1,
                columns: [.init(name: "b", declaredType: "TEXT", floatValues: 0, collation: column)],
                primaryKey: ["a"], primaryKeyCollations: ["BINARY"],
                indexes: [
                    .init(name: "i", columns: ["B"], isUnique: false, isPartial: false, collations: [index])
                ],
                foreignKeys: [.init(columns: ["b"], parent: "p", parentCollations: [parent])])
        ])
    }

    @Test(arguments: [
        ("BINARY", "BINARY", "BINARY", true), ("NOCASE", "nocase", "NoCase", true),
        ("NOCASE", "BINARY", "BINARY", false),
        ("BINARY", "NOCASE", "NOCASE", false), ("NOCASE", "NOCASE", "BINARY", false),
        ("BINARY", "NOCASE", "BINARY", false),
    ])
    func `an index of another collation than the column's or the parent's serves no reference`(
        index: String, column: String, parent: String, serves: Bool
    ) async {
        let trial = await trial(collated(index: index, column: column, parent: parent))
        #expect(trial.outcome.word == (serves ? .pass : .fail))
        #expect(trial.kinds == (serves ? [] : ["foreign-key-unindexed"]))
    }

    @Test func `one index for each of two collations serves, and they are no duplicates`() async {
        var schema = collated(index: "NOCASE", column: "NOCASE", parent: "BINARY")
        schema.tables[0].indexes.append(
            .init(name: "j", columns: ["b"], isUnique: false, isPartial: false, collations: ["BINARY"]))
        #expect(await trial(schema).outcome.word == .pass)
        schema.tables[0].indexes.append(
            .init(name: "k", columns: ["b"], isUnique: false, isPartial: false, collations: ["binary"]))
        #expect(await trial(schema).kinds == ["duplicate-index"])
    }

    @Test func `an index that was dropped shows as a reference without one, and as nothing else`() async {
        var schema = LedgerSchema.sound
        schema.tables[0].indexes = []
        let trial = await trial(schema)
        #expect(trial.kinds == ["foreign-key-unindexed"])
        #expect(trial.measurement("duplicate_indexes")?.result == .pass)
    }

    @Test func `a ledger without a table, or without index, key and reference, proves nothing`() async {
        #expect(await trial(LedgerSchema(tables: [])).outcome == .unverified(.noSamples))
        var bare = table([])
        bare.tables[0].primaryKey = []
        #expect(await trial(bare).outcome == .unverified(.noSamples))
    }

    @Test(arguments: [
        (ProbeError.Meeting.unreachable, UnverifiedReason.targetUnreachable), (.nonsense, .badAnswer),
        (.notOffered, .hookMissing), (.unauthorised, .credentialMissing),
    ])
    func `a schema that cannot be read is unverified, and the connection is closed`(
        met: ProbeError.Meeting, reason: UnverifiedReason
    ) async {
        target.ledger.change { $0.askFailure = ProbeError(met, at: .ledger, "no") }
        #expect(await target.run(IndexSound(target.probes)).outcome == .unverified(reason))
        #expect(target.ledger.open == 0)
    }
}
