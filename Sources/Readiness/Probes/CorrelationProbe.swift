/// Asks the target how it judges two series of returns.
package protocol CorrelationProbe: Sendable {
    /// The coefficient of two series and what follows from it. Decides, never routes.
    func correlate(_ request: CorrelationRequest) async throws(ProbeError) -> Answer<CorrelationDecision>
}

/// Two series of returns. Text, so that what is no number can be asked for as well.
package struct CorrelationRequest: Sendable, Codable, Equatable {
    /// The tier whose limit is asked.
    package var tier: String
    /// Returns of what is held, oldest first.
    package var held: [String]
    /// Returns of what is wanted, oldest first.
    package var wanted: [String]

    /// Describes two series.
    package init(tier: String, held: [String], wanted: [String]) {
        self.tier = tier
        self.held = held
        self.wanted = wanted
    }
}

/// What a target makes of two series.
package struct CorrelationDecision: Sendable, Codable, Equatable {
    /// Whether the position would be allowed.
    package var isAccepted: Bool
    /// Pearson's coefficient; nil where there is none (constant, too short, not a number).
    package var coefficient: DecimalValue?
    /// `max_correlation`, `correlation_unknown`; nil when accepted.
    package var reasonCode: String?

    /// States a decision.
    package init(isAccepted: Bool, coefficient: DecimalValue?, reasonCode: String?) {
        self.isAccepted = isAccepted
        self.coefficient = coefficient
        self.reasonCode = reasonCode
    }
}
