package import Readiness

/// A pre-flight of the sample run against a service that offers a part of the surface.
package enum SamplePreflight {
    private static let hooks: [CheckID: [Capability]] = [
        "smoke.health.ready": [.discovery, .identity], "smoke.clock.synchronised": [.discovery],
        "smoke.marketdata.flowing": [.marketData], "smoke.order.roundtrip": [.marketData, .orderSubmit],
        "risk.limit.effective": [.riskLimits], "risk.limit.enforced": [.marketData, .orderSubmit, .dropCopy],
        "risk.killswitch.clear": [.killSwitch], "risk.decision.latency": [.riskEvaluate],
        "database.connection.ready": [.ledger], "database.migration.applied": [.ledger],
        "database.query.latency": [.ledger], "database.integrity.consistent": [.ledger],
    ]

    /// Who answers.
    package static let target = TargetIdentified(
        target: "night-desk", environment: "staging", commit: "4f2a9c1", dirty: true,
        configuration: String(repeating: "0", count: 64), account: "DU12345", instance: "desk-1", paper: .unknown,
        detail: "The venue is not paper: api.binance.com is not a paper host of binance, and lies in a venue's domain.")

    /// As the surface answered.
    package static let capabilities: [CapabilityReport] = Capability.allCases.map { capability in
        let waiting = SampleRun.plan.map(\.id).filter { hooks[$0]?.contains(capability) == true }
        let question = SurfaceOperation.all.first { $0.capability == capability }.map { "\($0.method) \($0.path)" }
        return CapabilityReport(
            .capability(capability), question: question ?? capability.rawValue, finding(capability), isListed: true,
            notes: capability == .discovery ? ["no clock that can be read: the answer to GET /readyz: no clock"] : [],
            waiting: waiting)
    }

    private static func finding(_ capability: Capability) -> CapabilityReport.Finding {
        switch capability {
        case .discovery, .identity, .marketData: .answers(median: .microseconds(812), reads: 5)
        case .ledger: .answers(median: .milliseconds(14), reads: 5)
        case .orderCancel:
            .unlisted("GET /readyz does not list order.cancel, and it cannot be tried without changing the target")
        case .orderSubmit: .untried("GET /readyz lists it; it changes the target")
        case .riskLimits:
            .trouble(ProbeError(.unauthorised, at: .surface, "GET /readyz/risk/limits answered 401"))
        case .riskEvaluate:
            .trouble(
                ProbeError(.nonsense, at: .surface, "the answer to POST /readyz/risk/evaluate: decision is not text"))
        case .dropCopy:
            .trouble(ProbeError(.unreachable, at: .surface, "no whole answer to GET /dropcopy within 2.00 s"))
        case .stops: .trouble(ProbeError(.unreachable, at: .surface, "connection refused"))
        default:
            .trouble(
                ProbeError(.notOffered, at: .surface, "GET /readyz/\(capability.rawValue) answered 404 not_found"))
        }
    }

    /// The plan of the sample run.
    ///
    /// - Parameter target: who answers; by default one that is not proven to trade on paper.
    package static func preflight(
        _ target: TargetIdentified = target, _ capabilities: [CapabilityReport] = capabilities
    ) -> Preflight {
        Preflight(
            target: target, profile: "config/targets/night-desk.yaml", argument: "night-desk", mode: .standard,
            plan: PlanAnnounced(
                checks: SampleRun.plan,
                excluded: [ExcludedCheck(id: "risk.killswitch.effective", reason: "runs from mode thorough")],
                scope: Scope(narrowedBy: [])),
            needs: hooks.mapValues { $0.map(CapabilityReport.Subject.capability) }, capabilities: capabilities,
            predicted: .milliseconds(6240))
    }
}
