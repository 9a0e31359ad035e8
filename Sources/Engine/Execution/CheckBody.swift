import Readiness

/// What a body came to: collected, judged and put into words, or stopped by what a probe met.
struct BodyResult: Sendable {
    var outcome: Outcome
    var message: String
    var grade: Grade
    var measurements: [Measurement] = []
    var findings: [Finding] = []
    var remediation: Remediation?
    /// The endpoint that could not be reached, where that is what ended it.
    var unreachable: Endpoint?
}

/// Runs a check once: permission, collect, judge. Has no opinion on time.
enum CheckBody {
    static func run<Body: Check>(_ check: Body, in context: CollectContext, interlock: any Interlock) async
        -> BodyResult
    {
        let definition = check.definition
        if definition.effects > .read {
            switch await interlock.permits(definition.effects) {
            case .granted: break
            case .refused(let why):
                return BodyResult(outcome: .unverified(.notPermitted), message: why, grade: .none)
            case .unknown(let error): return result(of: error, for: check)
            }
        }
        let observation: Body.Observation
        do throws(ProbeError) { observation = try await check.collect(in: context) } catch {
            return result(of: error, for: check)
        }
        let judgement = check.judge(observation, by: context.criteria)
        let outcome = judgement.outcome(requiring: definition.requiredGrade(in: context.mode))
        var remediation: Remediation?
        if outcome.word != .pass { remediation = check.remediation(for: .judged(observation, judgement)) }
        return BodyResult(
            outcome: outcome, message: judgement.sentence(for: outcome, title: definition.title),
            grade: judgement.grade, measurements: judgement.measurements, findings: judgement.findings,
            remediation: remediation)
    }

    private static func result<Body: Check>(of error: ProbeError, for check: Body) -> BodyResult {
        BodyResult(
            outcome: error.outcome(whereReachabilityIsSubject: check.definition.isReachability),
            message: error.description, grade: .none,
            remediation: error.meeting == .cancelled ? nil : check.remediation(for: .notObserved(error)),
            unreachable: error.meeting == .unreachable ? error.endpoint : nil)
    }
}
