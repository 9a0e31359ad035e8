import FoundationEssentials
import Readiness
import TestSupport
import Testing
import Validators

struct SizingKellyTests {
    private let target = FakeTarget()

    private func trial(
        _ mode: Mode = .standard,
        _ shows: @escaping @Sendable (SizeRequest, SizeDecision) -> SizeDecision = { $1 }
    ) async -> CheckTrial {
        target.sizing.show(shows)
        return await target.run(SizingKelly(target.probes), mode: mode)
    }

    @Test func `right sizes pass on exercised evidence, with the greatest error told`() async {
        let trial = await trial()
        #expect(trial.outcome.word == .pass)
        #expect(trial.kinds == [])
        #expect(trial.measurement("wrong_answers")?.value == "0")
        let error = trial.measurement("relative_error_of_fraction")
        #expect(error.map { $0.value <= "0.000000001" && $0.n > 200 } == true)
        #expect(error?.criterion?.op == .lessOrEqual)
        #expect(trial.measurement("questions_without_a_size").map { $0.value > "50" } == true)
        #expect(target.sizing.asked > 450)
    }

    @Test func `thorough asks ten thousand more, and the same in every run`() async throws {
        let check = SizingKelly(target.probes)
        let first = try await check.collect(in: target.context(.thorough))
        #expect(first.samples.count > 10_200)
        let other = FakeTarget()
        let second = try await SizingKelly(other.probes).collect(in: other.context(.thorough, token: "hp-other"))
        #expect(first.samples.map(\.request) == second.samples.map(\.request))
        #expect(check.judge(first, by: target.criteria.criteria).outcome(requiring: .exercised).word == .pass)
    }

    @Test func `the full Kelly fraction instead of a share of it fails`() async {
        let trial = await trial { _, right in
            var wrong = right
            wrong.fraction = DecimalValue(right.fraction.decimal * 4)
            wrong.quantity = DecimalValue(right.quantity.decimal * 4)
            return wrong
        }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["size-too-large"])
        let names = ["win_probability p ", "odds b ", "trades ", "capital ", "price ", "fraction must be "]
        for name in names {
            #expect(trial.sentence.contains(name), "\(name)")
        }
        #expect(
            trial.measurement("relative_error_of_fraction").map { $0.value >= "3" && $0.value < "3.000000001" } == true)
        #expect(trial.remediation?.steps.first?.command == "desk size")
    }

    @Test(
        arguments: [("1.000000001", Outcome.Word.pass), ("1.0000000011", .fail), ("0.999999998", .fail)]
            as [(DecimalValue, Outcome.Word)])
    func `an error at the limit is rounding, beyond it is none`(factor: DecimalValue, word: Outcome.Word) async {
        // One case with an exact share, so that the oracle's rounding is not in the way.
        let trial = await trial { request, right in
            var wrong = right
            if request.winProbability == "0.55", right.fraction == "0.0625" {
                wrong.fraction = DecimalValue(right.fraction.decimal * factor.decimal)
            }
            return wrong
        }
        #expect(trial.outcome.word == word)
    }

    @Test func `a clamp that is missing, and one that is too low, fail`() async {
        #expect(
            await trial { _, right in
                var wrong = right
                if right.fraction == "0.1" { wrong.fraction = "0.11" }
                return wrong
            }.kinds == ["size-too-large"])
        let kinds = await trial { _, right in
            var wrong = right
            if right.fraction == "0.1" { wrong.fraction = "0.09" }
            return wrong
        }.kinds
        #expect(kinds.contains("size-too-small"))
        #expect(kinds.contains("not-monotone"))
    }

    @Test func `a lot too many or too few is a quantity that differs`() async {
        for lot in ["0.01", "-0.01"] as [DecimalValue] {
            let trial = await trial { _, right in
                var wrong = right
                if right.quantity > "1" { wrong.quantity = DecimalValue(right.quantity.decimal + lot.decimal) }
                return wrong
            }
            #expect(trial.outcome == .fail(.criterion))
            #expect(trial.kinds == ["quantity-differs"])
            #expect(trial.measurement("wrong_answers")?.result == .fail)
        }
    }

    @Test(arguments: [(1, false), (2, true)])
    func `one wrong answer is told alone, and of more how many there are`(count: Int, isCounted: Bool) async {
        let wrongs = Counter()
        let trial = await trial { _, right in
            guard right.quantity > "1", wrongs.next() <= count else { return right }
            var wrong = right
            wrong.quantity = DecimalValue(right.quantity.decimal + Decimal(1) / 100)
            return wrong
        }
        #expect(trial.kinds == ["quantity-differs"])
        #expect(trial.measurement("wrong_answers")?.value == DecimalValue(count))
        #expect(trial.sentence.contains("such answers") == isCounted, "\(trial.sentence)")
    }

    @Test(arguments: ["no_edge", "too_few_trades", "invalid_input"])
    func `a size where there must be none, and another reason for none, fail`(reason: String) async {
        let size = await trial { _, right in
            right.reasonCode == reason ? SizeDecision(fraction: "0.01", quantity: "1", reasonCode: nil) : right
        }
        #expect(size.outcome == .fail(.criterion))
        #expect(size.kinds.contains("size-without-edge"))
        let other = await trial { _, right in
            right.reasonCode == reason ? SizeDecision(fraction: "0", quantity: "0", reasonCode: "other") : right
        }
        #expect(other.outcome == .fail(.criterion))
        #expect(other.kinds == ["wrong-reason"])
    }

    @Test func `a target that refuses every size was not seen to size, and fails`() async {
        let trial = await trial { _, _ in SizeDecision(fraction: "0", quantity: "0", reasonCode: "no_edge") }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds.contains("size-refused"))
        #expect(trial.measurement("relative_error_of_fraction") == nil)
    }

    @Test func `an observation goes through JSON and is judged again under another policy`() async throws {
        let check = SizingKelly(target.probes)
        let data = try JSONEncoder().encode(try await check.collect(in: target.context()))
        let observation = try JSONDecoder().decode(SizingKelly.Observation.self, from: data)
        #expect(check.judge(observation, by: target.criteria.criteria).outcome(requiring: .exercised).word == .pass)
        var stricter = CriteriaBuilder()
        stricter.thresholds["risk.kelly_max_fraction"] = "0.05"
        #expect(check.judge(observation, by: stricter.criteria).outcome(requiring: .exercised) == .fail(.criterion))
        stricter.thresholds["risk.kelly_max_fraction"] = "0.10"
        stricter.thresholds["risk.kelly_min_trades"] = "31"
        let kinds = check.judge(observation, by: stricter.criteria).findings.map(\.kind)
        #expect(kinds == ["size-without-edge"])
    }

    @Test(arguments: [
        (ProbeError.Meeting.unreachable, UnverifiedReason.targetUnreachable), (.unauthorised, .credentialMissing),
        (.notOffered, .hookMissing), (.nonsense, .badAnswer),
    ])
    func `sizes that cannot be asked for are unverified`(met: ProbeError.Meeting, reason: UnverifiedReason) async {
        target.sizing.fail(ProbeError(met, at: .surface, "no"))
        #expect(await trial().outcome == .unverified(reason))
    }

    @Test func `a feed without a sound symbol leaves nothing to size`() async {
        target.market.show { _ in [] }
        #expect(await trial().outcome == .unverified(.badAnswer))
    }
}
