import Readiness

/// What a body came to: collected, judged and put into words, or stopped by what a probe met.
struct BodyResult: Sendable {
    var outcome: Outcome
    var message: String
    var grade: Grade
    var measurements: [Measurement] = []
    var findings: [Finding] = []
    var remediation: Remediation?
    /// The evidence that holds what was judged; nil where nothing was.
    var observation: String?
    /// The endpoint that could not be reached, where that is what ended it.
    var unreachable: Endpoint?
    /// Whether the transport declared what ended it transient.
    var isTransient = false
}

/// Runs a check once: permission, collect, keep what was seen, judge. Has no opinion on time.
enum CheckBody {
    static func run<Body: Check>(
        _ check: Body, in context: CollectContext, channel: CheckChannel, interlock: any Interlock
    ) async -> BodyResult {
        let definition = check.definition
        if definition.effects > .read {
            switch await interlock.permits(definition.effects) {
            case .granted: break
            case .refused(let why):
                return BodyResult(
                    outcome: .unverified(.notPermitted), message: why, grade: .none,
                    remediation: interlock.remediation(of: definition.id, refused: why))
            case .unknown(let error): return result(of: error, for: check)
            }
        }
        let observation: Body.Observation
        do throws(ProbeError) { observation = try await check.collect(in: context) } catch {
            return result(of: error, for: check)
        }
        let kept: Evidence
        let text: String
        do { text = try ObservationCoding.encode(observation) } catch {
            return BodyResult(
                outcome: .error(.bug), message: "its observation cannot be written as JSON: \(error)", grade: .none)
        }
        do throws(ProbeError) { kept = try await channel.keep(text) } catch { return result(of: error, for: check) }
        var result = judged(
            observation, of: check, by: context.criteria, requiring: definition.requiredGrade(in: context.mode))
        result.observation = kept.id
        return result
    }

    /// Judges an observation and puts it into words. Pure: a recorded observation is judged by the same path.
    static func judged<Body: Check>(
        _ observation: Body.Observation, of check: Body, by criteria: Criteria, requiring grade: Grade
    ) -> BodyResult {
        let judgement = check.judge(observation, by: criteria)
        let outcome = judgement.outcome(requiring: grade)
        var remediation: Remediation?
        if outcome.word != .pass { remediation = check.remediation(for: .judged(observation, judgement)) }
        return BodyResult(
            outcome: outcome, message: judgement.sentence(for: outcome, title: check.definition.title),
            grade: judgement.grade, measurements: judgement.measurements, findings: judgement.findings,
            remediation: remediation)
    }

    private static func result<Body: Check>(of error: ProbeError, for check: Body) -> BodyResult {
        BodyResult(
            outcome: error.outcome(whereReachabilityIsSubject: check.definition.isReachability),
            message: error.description, grade: .none,
            remediation: error.meeting == .cancelled ? nil : check.remediation(for: .notObserved(error)),
            unreachable: error.meeting == .unreachable ? error.endpoint : nil,
            isTransient: error.isTransient && error.fault == .target)
    }
}
