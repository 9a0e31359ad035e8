import FoundationEssentials
import Readiness

/// Compares answers with the oracle, one after the other.
struct KellyComparison: Sendable {
    private typealias Sample = SizingKelly.Observation.Sample
    private let oracle: KellyOracle
    private let allowed: Decimal
    private var found: [String: (finding: Finding, count: Int)] = [:]
    private var order: [String] = []
    private var rung: (ladder: String, fraction: Decimal)?
    /// The greatest error, relative to the oracle's size.
    private(set) var worst: Decimal = 0
    /// How many answers were sizes where there had to be one.
    private(set) var sizes = 0
    /// How many answers were wrong in whatever way.
    private(set) var wrong = 0
    private var isWrong = false

    init(_ oracle: KellyOracle, allowed: Decimal) {
        self.oracle = oracle
        self.allowed = allowed
    }

    /// One finding of each kind: the first, or for an error the worst, with how many there are.
    var findings: [Finding] {
        order.compactMap { kind in
            found[kind].map { found in
                var finding = found.finding
                if found.count > 1 { finding.message += "; \(found.count) such answers" }
                return finding
            }
        }
    }

    /// Takes the next answer in.
    mutating func compare(_ sample: SizingKelly.Observation.Sample) {
        isWrong = false
        defer { if isWrong { wrong += 1 } }
        climb(sample)
        let decision = sample.decision
        switch oracle.answer(to: sample.request, lot: sample.lot.decimal) {
        case .none(let reason):
            if decision.fraction != "0" || decision.quantity != "0" {
                add("size-without-edge", .critical, sample, "there must be no position, for \(reason)")
            } else if decision.reasonCode != reason {
                add("wrong-reason", .high, sample, "reason_code must be \(reason)")
            }
        case .size(let fraction, let least, let most):
            guard decision.reasonCode == nil else {
                add("size-refused", .high, sample, "fraction must be \(Steps.cut(fraction, digits: 12))")
                return
            }
            sizes += 1
            let difference = decision.fraction.decimal - fraction
            let error = (difference < 0 ? -difference : difference) / fraction
            if error > allowed {
                let kind = difference > 0 ? "size-too-large" : "size-too-small"
                add(
                    kind, difference > 0 ? .critical : .high, sample,
                    "fraction must be \(Steps.cut(fraction, digits: 12))",
                    isWorse: error > worst)
            } else if !(least...most).contains(decision.quantity.decimal) {
                add("quantity-differs", .high, sample, "quantity must be \(most)")
            }
            worst = max(worst, error)
        }
    }

    private mutating func climb(_ sample: SizingKelly.Observation.Sample) {
        defer { rung = sample.ladder.map { ($0, sample.decision.fraction.decimal) } }
        guard let rung, rung.ladder == sample.ladder, sample.decision.fraction.decimal < rung.fraction else { return }
        add("not-monotone", .high, sample, "with less of an edge fraction was \(rung.fraction)")
    }

    private mutating func add(
        _ kind: String, _ severity: Severity, _ sample: SizingKelly.Observation.Sample, _ expected: String,
        isWorse: Bool = false
    ) {
        isWrong = true
        let count = (found[kind]?.count ?? 0) + 1
        if count == 1 { order.append(kind) }
        guard count == 1 || isWorse else {
            found[kind]?.count = count
            return
        }
        let finding = Finding(
            kind: kind, severity: severity, subject: "sizing", message: "\(sample.sentence); \(expected)")
        found[kind] = (finding, count)
    }
}
