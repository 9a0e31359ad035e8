import FoundationEssentials
package import Readiness

/// `risk.sizing.kelly`: sizes equal an independent Kelly oracle, times the policy's fraction, clamped; no edge, no size.
///
/// The target is asked for sizes at every border of the rules, in ladders of rising probability and odds, and for cases
/// made up from a fixed seed, the same in every run. Nothing is routed. Whether a strategy asks for the size at all, and
/// whether its probability is any good, is not looked at.
package struct SizingKelly: Check {
    /// What was asked and answered.
    package struct Observation: Codable, Sendable {
        /// One question with its answer.
        package struct Sample: Codable, Sendable {
            /// The question.
            package var request: SizeRequest
            /// The answer.
            package var decision: SizeDecision
            /// The least step of the instrument's quantity.
            package var lot: DecimalValue
            /// The ladder that it is a rung of; the one before it is its neighbour below.
            package var ladder: String?
        }

        /// In the order in which they were asked.
        package var samples: [Sample]
        /// The questions and answers, and where the answer was farthest off.
        package var evidence: Evidence
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "risk.sizing.kelly", title: "Sizes equal the fractional Kelly size, and without an edge there is none",
        question: "Are positions sized as the policy says?", severity: .high, grade: .exercised,
        requires: ["smoke.health.ready"], hooks: [.marketData, .riskSize], criteria: keys, controls: ["A2.3"],
        faults: ["kelly-overbet"], softLimit: .seconds(15), hardLimit: .seconds(60), estimate: .milliseconds(300))

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Asks one question after the other.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let market = try await probes.market.snapshot().value.tradable
        guard !market.isEmpty else {
            throw ProbeError(.nonsense, at: .surface, "the feed has no symbol with sound prices, tick and lot")
        }
        let minimum = context.criteria[Self.tradesKey].flatMap { Steps.floor($0.value.decimal, step: 1) } ?? 0
        var scopes: [String] = []
        for limit in context.criteria.limits where !scopes.contains(limit.scope) { scopes.append(limit.scope) }
        var cases = KellyCases(
            tiers: scopes.isEmpty ? [SmokeTier.name] : scopes, market: market, minTrades: minimum, seed: Self.seed)
        let plan = cases.all(generated: context.mode == .thorough ? 10_000 : 200)
        var samples: [Observation.Sample] = []
        samples.reserveCapacity(plan.count)
        var text = EvidenceText("seed \(Self.seed), \(plan.count) questions")
        for (done, question) in plan.enumerated() {
            guard !Task.isCancelled else { throw .cancelled }
            let answer = try await probes.sizing.size(question.request)
            let sample = Observation.Sample(
                request: question.request, decision: answer.value, lot: question.symbol.lot, ladder: question.ladder)
            text.add(sample.line)
            samples.append(sample)
            if done.isMultiple(of: 100) { context.reporter.progress(done, of: plan.count, unit: "sizes") }
        }
        context.reporter.progress(plan.count, of: plan.count, unit: "sizes")
        let evidence = try await context.evidence.record(text.text, as: .samples, grade: .exercised)
        return Observation(samples: samples, evidence: evidence)
    }

    /// The greatest error of all sizes and how many answers were wrong; of each way to be wrong there is a finding.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        let absent = Self.keys.filter { criteria[$0] == nil }
        guard absent.isEmpty, let fraction = criteria[Self.fractionKey], let most = criteria[Self.maxKey],
            let trades = criteria[Self.tradesKey], let allowed = criteria[Self.errorKey]
        else { return .missing(all: absent) }
        let oracle = KellyOracle(
            fraction: fraction.value.decimal, maxFraction: most.value.decimal,
            minTrades: Steps.floor(trades.value.decimal, step: 1) ?? 0)
        var comparison = KellyComparison(oracle, allowed: allowed.value.decimal)
        for sample in observation.samples { comparison.compare(sample) }
        var judgement = Judgement(findings: comparison.findings)
        if comparison.sizes > 0 {
            judgement.measurements.append(
                Measurement(
                    "relative_error_of_fraction", unit: "1", DecimalValue(Steps.cut(comparison.worst, digits: 18)),
                    Criterion(.lessOrEqual, allowed),
                    n: comparison.sizes, aggregation: .max, from: observation.evidence))
        }
        judgement.measurements.append(
            Measurement(
                "wrong_answers", unit: "1", DecimalValue(comparison.wrong), Criterion(definition: .equal, "0"),
                n: observation.samples.count, aggregation: .count, from: observation.evidence))
        judgement.measurements.append(
            Measurement(
                told: "questions_without_a_size", unit: "1", DecimalValue(observation.samples.count - comparison.sizes),
                n: observation.samples.count, from: observation.evidence))
        return judgement
    }

    /// Compare the formula, the fraction and the clamp.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(let observation, let judgement):
            return Remediation(
                summary: "Size positions by the approved fraction of Kelly",
                cause:
                    "\(observation.samples.count) sizes were asked for: \(judgement.seen). Sizes that are too large by "
                    + "one factor everywhere mean that the fraction or the clamp is not applied.",
                steps: [
                    .init("Ask for one size by hand, and compare it with the criteria.", command: runbook.sizing),
                    .init(
                        "See the policy's numbers and which file each comes from.", command: "holdpoint config show"),
                    .init(
                        "See what the process loads: look for its sizing section.",
                        command: "cat \(ShellWord.quoted(runbook.limitsFile))"),
                    .init(
                        "Correct the number or the formula, deploy it, and start the target anew.",
                        command: runbook.restart),
                ],
                verify: [definition.id])
        }
    }

    private static let fractionKey = "risk.kelly_fraction"
    private static let maxKey = "risk.kelly_max_fraction"
    private static let tradesKey = "risk.kelly_min_trades"
    private static let errorKey = "risk.max_kelly_error"
    private static let keys = [fractionKey, maxKey, tradesKey, errorKey]
    private static let seed: UInt64 = 20_260_101
}

extension SizingKelly.Observation.Sample {
    /// The question and its answer, each part by the name of its field.
    var sentence: String {
        "\(request.tier) was asked for a size in \(request.symbol) with win_probability p "
            + "\(Self.shown(request.winProbability)), odds b \(Self.shown(request.odds)), trades "
            + "\(request.trades), capital \(Self.shown(request.capital)) and price \(Self.shown(request.price)), and answered fraction "
            + "\(decision.fraction), quantity \(decision.quantity)"
            + (decision.reasonCode.map { ", reason_code \($0.shortened(to: 40))" } ?? "")
    }

    /// What was asked for may be no number at all.
    private static func shown(_ text: String) -> String { text.isEmpty ? "(empty)" : text }

    /// The question and its answer, short.
    var line: String {
        "\(request.tier) p=\(request.winProbability) b=\(request.odds) n=\(request.trades) capital=\(request.capital) "
            + "\(request.symbol) at \(request.price): \(decision.fraction) \(decision.quantity) "
            + (decision.reasonCode ?? "").shortened(to: 40)
    }
}
