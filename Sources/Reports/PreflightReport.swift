import FoundationEssentials
package import Readiness

/// A pre-flight as lines and as JSON (`--dry-run`).
package struct PreflightReport: Sendable {
    /// The number in `schema`.
    package static let schema = 1

    private let plan: Preflight

    /// Makes a report.
    package init(_ plan: Preflight) { self.plan = plan }

    // MARK: - Lines

    /// Who is looked at, what proves paper, the checks, what will not be verified and why.
    package var lines: [String] {
        let target = plan.target
        var lines = [
            "pre-flight: nothing has been run",
            "",
            "target       \(safe(target.target))  (\(safe(plan.profile)))",
            "environment  \(safe(target.environment))",
            "build        \(build)",
            "account      \(target.account.map(safe) ?? "not told")"
                + (target.instance.map { "  instance \(safe($0))" } ?? ""),
            "paper        \(target.paper.rawValue): \(safe(target.detail))",
            "mode         \(plan.mode.rawValue)\(plan.scope.full ? "" : "  partial: \(plan.scope.why.joined(separator: ", "))")",
            "",
            "\(plan.steps.count) checks, \(plan.time(for: Set(plan.steps.map(\.check.id)))); "
                + "\(plan.changing.count) may change the target, \(plan.unverified.count) will not be verified",
        ]
        let width = plan.steps.map(\.check.id.description.count).max() ?? 0
        for step in plan.steps {
            let id = step.check.id.description
            let name = id + String(repeating: " ", count: width - id.count)
            let effects = step.check.effects.rawValue
            let padded = effects + String(repeating: " ", count: max(0, 11 - effects.count))
            let time = DurationText.short(.milliseconds(step.check.estMs))
            let aligned = String(repeating: " ", count: max(0, 8 - time.count)) + time
            let mark = step.forecast == .runs ? " " : step.forecast.isExpectedToSee ? "?" : "!"
            lines.append("\(mark) \(name)  \(padded)  \(aligned)  \(outlook(step))")
        }
        return lines + whys
    }

    private func outlook(_ step: Preflight.Step) -> String {
        switch step.forecast {
        case .runs: step.check.required ? "" : "not required"
        case .doubtful(_, let need): "in doubt: \(need.name)"
        case .blocked(let id): "blocked by \(id)"
        case .unverified(let reason, _, let need):
            "unverified (\(reason.rawValue))" + (need.map { " \($0.name)" } ?? "")
        case .fails: "fails"
        case .breaks: "error"
        }
    }

    /// Each reason once, with the checks that it meets.
    private var whys: [String] {
        var order: [String] = []
        var met: [String: [Preflight.Step]] = [:]
        for step in plan.steps where step.forecast != .runs {
            if case .blocked = step.forecast { continue }
            let why = step.forecast.why
            if met[why] == nil { order.append(why) }
            met[why, default: []].append(step)
        }
        guard !order.isEmpty else { return [] }
        var lines = ["", "why:"]
        for why in order {
            let steps = met[why] ?? []
            lines.append("  \(safe(why))  (\(steps.count) \(steps.count == 1 ? "check" : "checks"))")
            if let stub = steps.lazy.compactMap(stub).first { lines.append("    \(stub)") }
        }
        return lines
    }

    /// The command that prints what the target lacks; nil where nothing is to be written.
    private func stub(_ step: Preflight.Step) -> String? {
        let lacking: CapabilityReport.Subject
        switch step.forecast {
        case .unverified(.hookMissing, _, let need?), .doubtful(_, let need): lacking = need
        case .unverified(.badAnswer, _, .part(let part)?): lacking = .part(part)
        default: return nil
        }
        return "holdpoint target check --target \(ShellWord.quoted(plan.argument)) --stub \(lacking.name)"
    }

    private var build: String {
        guard let commit = plan.target.commit else { return "not told" }
        return safe(commit) + (plan.target.dirty == true ? ", with changes that no commit has" : "")
    }

    private func safe(_ text: String) -> String { SafeText.line(String(text.prefix(400))) }

    // MARK: - JSON

    /// One JSON object with sorted keys, ending in a newline.
    package func bytes() -> [UInt8] { ReportEncoding.bytes(Encoded(plan) { stub($0) }) }

    private struct Encoded: Encodable {
        struct Target: Encodable {
            var id: String
            var environment: String
            var profile: String
            var build: [String: String?]
            var dirty: Bool?
            var account: String?
            var instance: String?
            var paper: PaperProof
            var detail: String
        }

        struct Check: Encodable {
            var check_id: CheckID
            var title: String
            var effects: EffectClass
            var required: Bool
            var est_ms: Int64
            var needs: [String]
            var forecast: String
            var reason: String?
            var detail: String
            var lacking: String?
            var blocked_by: CheckID?
            var stub: String?
        }

        struct Excluded: Encodable {
            var check_id: CheckID
            var reason: String
        }

        var schema = PreflightReport.schema
        var dry_run = true
        var target: Target
        var mode: Mode
        var scope: Scope
        var predicted_ms: Int64
        var checks: [Check]
        var excluded: [Excluded]
        var capabilities: [EncodedCapability]

        init(_ plan: Preflight, stub: (Preflight.Step) -> String?) {
            let told = plan.target
            target = Target(
                id: told.target, environment: told.environment, profile: plan.profile, build: ["commit": told.commit],
                dirty: told.dirty, account: told.account, instance: told.instance, paper: told.paper,
                detail: told.detail)
            mode = plan.mode
            scope = plan.scope
            predicted_ms = plan.expected.milliseconds
            checks = plan.steps.map { step in
                var check = Check(
                    check_id: step.check.id, title: step.check.title, effects: step.check.effects,
                    required: step.check.required, est_ms: step.check.estMs, needs: step.needs.map(\.name),
                    forecast: step.forecast.word, detail: step.forecast.why)
                switch step.forecast {
                case .unverified(let reason, let words, let need):
                    (check.reason, check.detail, check.lacking) = (reason.rawValue, words, need?.name)
                case .doubtful(_, let need): check.lacking = need.name
                case .blocked(let id): check.blocked_by = id
                case .runs, .fails, .breaks: break
                }
                check.stub = stub(step)
                return check
            }
            excluded = plan.excluded.map { Excluded(check_id: $0.id, reason: $0.reason) }
            capabilities = plan.capabilities.map { report in
                EncodedCapability(
                    report,
                    stub: "holdpoint target check --target \(ShellWord.quoted(plan.argument)) --stub "
                        + report.name)
            }
        }
    }
}
