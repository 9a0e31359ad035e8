import Readiness
import TestSupport
import Testing
import Validators

struct DecisionLatencyTests {
    private let target = FakeTarget()
    /// The calls that warm up and are not measured.
    private static let warmUp = [1.0, 1.0, 1.0]
    /// The limit is 5 ms: 300 times from a nanosecond below it on downwards.
    private static let closeBelowTheLimit = (1...300).map { 5 - Double($0) / 1_000_000 }

    private func trial(
        _ milliseconds: [Double], mode: Mode = .standard, noise: HostNoise = HostNoise(pressure: "0", steal: "0")
    ) async -> CheckTrial {
        var target = target
        target.noise = FakeNoise(noise)
        target.risk.decide(inMilliseconds: Self.warmUp + milliseconds)
        return await target.run(DecisionLatency(target.probes), mode: mode)
    }

    @Test func `quick decisions pass on 299 samples, with a median beside the p99`() async {
        let trial = await trial([1])
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("decision_time")?.n == 299)
        #expect(trial.measurement("decision_time.p50")?.value == "1")
        #expect(target.risk.evaluated.count == 302)
    }

    @Test func `thorough takes 2995`() async {
        #expect(await trial([1], mode: .thorough).measurement("decision_time")?.n == 2995)
    }

    @Test func `two slow decisions of 299 are within a p99, three are not`() async {
        #expect(await trial([25, 25, 1]).outcome.word == .pass)
        #expect(await trial([25, 25, 25, 1]).outcome == .fail(.criterion))
    }

    @Test func `a decision that takes just the limit is over it`() async {
        #expect(await trial([5, 5, 5, 4.999999]).outcome == .fail(.criterion))
        #expect(await trial(Self.closeBelowTheLimit).outcome.word == .pass)
    }

    @Test func `a series that is lost stops early, after five samples at least`() async {
        let measurement = await trial([25]).measurement("decision_time")
        #expect(measurement?.n == 5)
        #expect(measurement?.planned == 299)
        #expect(await trial([25, 25, 25, 1]).measurement("decision_time")?.n == 5)
    }

    @Test func `a warm-up that is slow counts for nothing`() async {
        target.risk.decide(inMilliseconds: [900, 900, 900, 1])
        #expect(await target.run(DecisionLatency(target.probes)).outcome.word == .pass)
    }

    @Test func `trap 34: noise excuses a red, but never withholds a green nor excuses a median twice over`() async {
        let busy = HostNoise(pressure: "80", steal: "0")
        #expect(await trial([6, 6, 6, 1], noise: busy).outcome == .unverified(.noisyHost))
        #expect(await trial([1], noise: busy).outcome.word == .pass)
        #expect(await trial(Array(repeating: 10.000001, count: 6), noise: busy).outcome == .fail(.criterion))
        #expect(await trial([10], noise: busy).outcome == .unverified(.noisyHost))
    }

    @Test func `a host that cannot tell its noise excuses nothing`() async {
        let unknown = HostNoise(pressure: nil, steal: nil)
        #expect(await trial([25, 25, 25, 1], noise: unknown).outcome == .fail(.criterion))
    }

    @Test func `a denial of the smallest order is a finding, and ends the series`() async {
        let accepted = RiskDecision(isAccepted: true, reasonCode: nil, rules: ["kill_switch"])
        let denied = RiskDecision(
            isAccepted: false, reasonCode: "stale_market_data", rules: ["kill_switch", "stale_market_data"])
        target.risk.decide(Array(repeating: accepted, count: 20) + [denied])
        let trial = await target.run(DecisionLatency(target.probes))
        #expect(trial.outcome == .fail(.finding("decision-wrong")))
        #expect(trial.sentence.contains("stale_market_data"))
        #expect(target.risk.evaluated.count == 21)
    }

    @Test func `a denial at once leaves no samples and still fails`() async {
        target.risk.decide([RiskDecision(isAccepted: false, reasonCode: nil, rules: [])])
        #expect(await target.run(DecisionLatency(target.probes)).outcome == .fail(.finding("decision-wrong")))
        #expect(target.risk.evaluated.count == 1)
    }

    @Test(arguments: [0, 1, 20])
    func `an acceptance that tried no rule is no decision, whenever it comes`(after count: Int) async {
        let sound = RiskDecision(isAccepted: true, reasonCode: nil, rules: ["kill_switch", "max_order_quantity"])
        let empty = RiskDecision(isAccepted: true, reasonCode: nil, rules: [])
        target.risk.decide(Array(repeating: sound, count: count) + [empty])
        let trial = await target.run(DecisionLatency(target.probes))
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["no-rule-tried"])
        #expect(trial.measurement("rules_tried_for_acceptance")?.value == "0")
        #expect(trial.remediation?.steps.first?.command == "desk limits")
    }

    @Test func `the fewest rules that an acceptance tried are told`() async {
        let trial = await target.run(DecisionLatency(target.probes))
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("rules_tried_for_acceptance")?.value == "2")
    }

    // MARK: - Times that were not measured

    /// Milliseconds by turns, and what is seen in 299 of them.
    private static let unmeasured: [(turns: [Double], sentence: String)] = [
        ([1], "decision_time is 1.00 ms in each of 299 samples: variance 0, no timer grain"),
        ([1, 2, 3, 4], "decision_time moves in whole steps of 1.00 ms in all 299 samples: no timer grain"),
    ]

    @Test(arguments: unmeasured)
    func `trap 6: constant or quantised decision times are implausible, and it says what was seen`(
        turns: [Double], sentence: String
    ) async {
        let trial = await trial((0..<300).map { turns[$0 % turns.count] })
        #expect(trial.outcome == .unverified(.implausible))
        #expect(trial.sentence == sentence)
        #expect(trial.remediation?.cause.contains(sentence) == true)
        #expect(trial.remediation?.steps.first?.command?.contains("clocksource") == true)
    }

    @Test func `constant times beyond the limit are a proven miss all the same`() async {
        #expect(await trial(Array(repeating: 5, count: 302)).outcome == .fail(.criterion))
        let lateMiss = Array(repeating: 1.0, count: 296) + [25, 25, 25, 25]
        let trial = await trial(lateMiss)
        #expect(trial.measurement("decision_time")?.n == 299)
        #expect(trial.outcome == .fail(.criterion))
    }

    @Test func `an engine that cannot be asked is unverified`() async {
        target.risk.fail(ProbeError(.notOffered, at: .surface, "404"))
        #expect(await target.run(DecisionLatency(target.probes)).outcome == .unverified(.hookMissing))
    }

    @Test func `progress reaches the plan`() async {
        _ = await trial([1])
        #expect(target.reporter.all.last == "299 of 299 samples")
    }
}
