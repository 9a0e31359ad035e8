package import Readiness

/// Finds out whether a target of a profile trades on paper, so that orders may be placed on it.
///
/// Three have to agree, and none may contradict: the environment that the profile states is not production, the venue
/// that it declares is on a paper side that is publicly known (`PaperJudgement`), and the target itself says the same
/// environment and account. What is merely declared is not enough, and neither is an identity that a command prints, a
/// file holds or a statement selects: that is text of the profile's author, who has said the same already.
package struct ProfileInterlock: Interlock {
    private let environment: TargetEnvironment
    private let paper: PaperDeclaration?
    private let binding: CapabilityBinding?
    private let identity: @Sendable () async throws(ProbeError) -> TargetIdentity

    /// Judges a profile.
    ///
    /// - Parameters:
    ///   - binding: what the profile binds the target's identity to; nil where it is asked as the contract says.
    ///   - identity: asks the target who it is, now.
    package init(
        environment: TargetEnvironment, paper: PaperDeclaration?, binding: CapabilityBinding? = nil,
        identity: @escaping @Sendable () async throws(ProbeError) -> TargetIdentity
    ) {
        self.environment = environment
        self.paper = paper
        self.binding = binding
        self.identity = identity
    }

    /// Looks now: at the profile first, and asks the target only if the profile leaves paper possible.
    package func prove() async -> (PaperProof, String) {
        guard environment != .production else {
            return (.unknown, "The profile says production: nothing is ever changed there.")
        }
        guard let paper else {
            return (.unknown, "The profile declares no venue (paper:): what is behind the target is not known.")
        }
        let known: String
        switch PaperJudgement(paper) {
        case .paper(let words): known = words
        case .live(let words): return (.unknown, "The venue is not paper: \(words).")
        case .unknown(let words): return (.unknown, "Paper is not proven: \(words).")
        }
        if let binding, let kind = binding.kindBesideHTTP {
            return (
                .unknown,
                "Declared as paper (\(known)), and not proven: identity is bound to \(kind) (\(binding.location)), "
                    + "and only what the target itself answers over HTTP counts as its own word."
            )
        }
        let told: TargetIdentity
        do throws(ProbeError) { told = try await identity() } catch {
            return (
                .declared, "Declared as paper (\(known)); the target could not be asked who it is: \(error.detail)."
            )
        }
        if let objection = objection(to: told, paper) { return (.unknown, objection) }
        return (.proven, "Paper: \(known), and the target says so itself (\(environment.rawValue)).")
    }

    private func objection(to told: TargetIdentity, _ paper: PaperDeclaration) -> String? {
        guard told.environment == environment.rawValue else {
            let said = SafeText.line(String(told.environment.prefix(60)))
            return "The profile says \(environment.rawValue), and the target says that it is \(said)."
        }
        // Without an account that both name, nothing ties the venue of the profile to what the target trades on.
        guard let account = paper.account else {
            return "The profile's venue names no account (paper.account:) that the target could confirm."
        }
        guard account != told.account else { return nil }
        return "The profile's venue account is another than the one that the target says it trades on."
    }
}

extension CapabilityBinding {
    /// What answers in place of the target; nil for HTTP.
    fileprivate var kindBesideHTTP: String? {
        switch source {
        case .http: nil
        case .command: "a command"
        case .file: "a file"
        case .sql: "a statement"
        }
    }
}
