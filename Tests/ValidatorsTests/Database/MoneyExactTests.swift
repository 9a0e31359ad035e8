import Readiness
import TestSupport
import Testing
import Validators

struct MoneyExactTests {
    private let target = FakeTarget()

    private func trial(
        _ name: String, _ type: String, floats: Int = 0, engine: String = "sqlite", criteria: Criteria? = nil
    ) async -> CheckTrial {
        target.ledger.change {
            $0.description.engine = engine
            $0.schema.tables[1].columns = [.init(name: name, declaredType: type, floatValues: floats)]
        }
        return await target.run(MoneyExact(target.probes), criteria: criteria)
    }

    @Test func `whole numbers pass, and a float that is no money does not matter`() async {
        let trial = await target.run(MoneyExact(target.probes))
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("money_columns")?.value == "3")
        #expect(trial.measurement("float_columns")?.value == "0")
    }

    @Test(arguments: ["REAL", "real", "FLOAT", "DOUBLE", "Double Precision", "FLOAT(53)", "UNSIGNED DOUBLE"])
    func `a column for money of a floating type fails, even before it holds anything`(type: String) async {
        let trial = await trial("interest_amount", type)
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["float-money"])
        #expect(trial.judgement.findings.first?.severity == .critical)
        #expect(trial.judgement.findings.first?.fingerprint == "float-money/orders.interest_amount")
        #expect(
            trial.remediation?.steps.first?.command?.contains("SELECT typeof(\"interest_amount\")") == true)
    }

    @Test(arguments: [
        "INTEGER", "BIGINT", "NUMERIC", "DECIMAL(18,8)", "TEXT", "BLOB", "", "FLOATING POINT", "CHARFLOAT", "MONEY",
    ])
    func `any other type passes by SQLite's own rules`(type: String) async {
        #expect(await trial("amount", type).outcome.word == .pass)
    }

    @Test(arguments: ["NUMERIC", "", "INTEGER", "FLOATING POINT"])
    func `one value that is stored as floating point fails, whatever was declared`(type: String) async {
        #expect(await trial("amount", type, floats: 0).outcome.word == .pass)
        let trial = await trial("amount", type, floats: 1)
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["float-money"])
    }

    @Test(arguments: [
        ("real", true), ("double precision", true), ("float8", true), ("float(53)", true), ("numeric(18,8)", false),
        ("bigint", false), ("floating point", false), ("text", false),
    ])
    func `another engine's types go by their names`(type: String, isFloat: Bool) async {
        #expect(await trial("amount", type, engine: "postgresql").outcome.word == (isFloat ? .fail : .pass))
    }

    @Test(arguments: [
        ("amount", true), ("net_AMOUNT", true), ("amounts", true), ("paramount", false), ("am_ount", false),
        ("feeUsd", true), ("avgPx", true), ("lastPxE4", true), ("USDAmount", true), ("netFEE", true), ("coffee", false),
        ("price2", true), ("total", true), ("grandTotal", true), ("total_count", false), ("totalCount", false),
        ("total_seconds", false), ("subtotals", false), ("nav", true), ("navigation", false), ("fee_pct", true),
        ("fee-usd", true), ("fee usd", true), ("fee_currency", false), ("priceAt", false),
    ])
    func `a column counts by a whole word of its name, and not by one that its end takes back`(
        name: String, counts: Bool
    ) async {
        #expect(await trial(name, "REAL").outcome.word == (counts ? .fail : .pass))
    }

    private func trial(
        _ name: String, _ type: String, texts: (decimals: Int, odd: Int, others: Int)
    ) async -> CheckTrial {
        target.ledger.change {
            $0.schema.tables[1].columns = [
                .init(
                    name: name, declaredType: type, floatValues: 0,
                    texts: .init(decimals: texts.decimals, oddNumbers: texts.odd, others: texts.others))
            ]
        }
        return await target.run(MoneyExact(target.probes))
    }

    @Test(arguments: [
        ("TEXT", (3, 0, 0), 0), ("TEXT", (0, 0, 0), 0), ("TEXT", (3, 1, 0), 1), ("TEXT", (0, 1, 0), 1),
        ("TEXT", (3, 0, 1), 1), ("TEXT", (0, 0, 9), 0), ("", (0, 0, 9), 0), ("INTEGER", (0, 0, 1), 1),
        ("NUMERIC(18,8)", (0, 0, 2), 1), ("varchar(40)", (0, 2, 0), 1),
    ])
    func `texts for money are plain decimals, or words alone`(
        type: String, texts: (Int, Int, Int), columns: Int
    ) async {
        let trial = await trial("amount", type, texts: texts)
        #expect(trial.outcome.word == (columns == 0 ? .pass : .fail))
        #expect(trial.kinds == Array(repeating: "inexact-text", count: columns))
        #expect(trial.measurement("inexact_text_columns")?.value.description == "\(columns)")
        #expect(columns == 0 || trial.remediation?.steps.first?.command?.contains("typeof(\"amount\")") == true)
    }

    @Test func `words that were not looked for when it was observed leave their columns' texts open`() async throws {
        let check = MoneyExact(target.probes)
        let seen = try await check.collect(in: target.context())
        var other = CriteriaBuilder()
        other.lists["database.money_columns"] = ["account"]
        let judgement = check.judge(seen, by: other.criteria)
        let unread = judgement.measurements.first { $0.name == "columns_with_unread_texts" }
        #expect(unread?.result == .fail && unread?.value == "1", "\(judgement.measurements)")
    }

    @Test func `texts of a column that is for something else do not matter`() async {
        let trial = await trial("fee_currency", "TEXT", texts: (1, 1, 1))
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("money_columns")?.value == "3")
    }

    @Test func `no column for money is nothing verified`() async {
        var builder = CriteriaBuilder()
        builder.lists["database.money_columns"] = ["nowhere"]
        let trial = await trial("amount", "REAL", criteria: builder.criteria)
        #expect(trial.outcome == .unverified(.noSamples))
        #expect(trial.measurement("money_columns")?.value == "0")
        #expect(trial.remediation?.cause.contains("database.money_columns") == true)
        builder.lists["database.money_columns"] = []
        #expect(await self.trial("amount", "REAL", criteria: builder.criteria).outcome == .unverified(.noSamples))
    }

    @Test(arguments: [
        (ProbeError.Meeting.unreachable, UnverifiedReason.targetUnreachable), (.nonsense, .badAnswer),
        (.notOffered, .hookMissing), (.unauthorised, .credentialMissing),
    ])
    func `a schema that cannot be read is unverified, and the connection is closed`(
        met: ProbeError.Meeting, reason: UnverifiedReason
    ) async {
        target.ledger.change { $0.askFailure = ProbeError(met, at: .ledger, "no") }
        #expect(await target.run(MoneyExact(target.probes)).outcome == .unverified(reason))
        #expect(target.ledger.open == 0)
    }
}
