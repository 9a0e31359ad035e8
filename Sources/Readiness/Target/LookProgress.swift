/// What happens in a look at a target, told as it happens.
package enum LookStep: Sendable, Equatable {
    /// A question was asked. The same may be asked again later.
    case asked(CapabilityReport.Subject)
    /// It is settled: there is an answer, or none will come.
    case settled(CapabilityReport.Subject)
}

/// How far a look at a target is: what has not been answered yet, and since when it is waited for.
package struct LookProgress: Sendable, Equatable {
    /// Something that is waited for.
    package struct Question: Sendable, Equatable {
        /// What was asked for.
        package var subject: CapabilityReport.Subject
        /// When it was asked, on the clock of whoever keeps the state.
        package var since: Duration
    }

    /// How long a question may take before anybody is told: most are answered before they could be read.
    package static let patience = Duration.seconds(1)

    /// Questions without an answer, in the order in which they were asked.
    package private(set) var waiting: [Question] = []

    /// Nothing has been asked.
    package init() {}

    /// Takes a step into account.
    ///
    /// - Parameter now: a clock that never goes back.
    package mutating func take(_ step: LookStep, at now: Duration) {
        switch step {
        case .asked(let subject):
            guard !waiting.contains(where: { $0.subject == subject }) else { return }
            waiting.append(Question(subject: subject, since: now))
        case .settled(let subject): waiting.removeAll { $0.subject == subject }
        }
    }

    /// What has been waited for long enough to be told, and how long.
    package func late(at now: Duration) -> [(subject: CapabilityReport.Subject, time: Duration)] {
        waiting.map { ($0.subject, now - $0.since) }.filter { $0.1 >= Self.patience }
    }

    /// How long something has been waited for; nil where it is not, or not for long enough to be told.
    package func time(of subject: CapabilityReport.Subject, at now: Duration) -> Duration? {
        late(at: now).first { $0.subject == subject }?.time
    }

    /// `waiting for risk.limits (3 s), positions (2 s) and 4 more`; nil while nothing has been waited for that long.
    ///
    /// - Parameter cells: as many names as fit, but one at least.
    package func sentence(at now: Duration, within cells: Int) -> String? {
        let late = late(at: now).map { "\($0.subject.name) (\($0.time.components.seconds) s)" }
        guard !late.isEmpty else { return nil }
        var best: String?
        for count in 1...late.count {
            let more = late.count - count
            let text =
                "waiting for " + late.prefix(count).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
            if best == nil || text.count <= cells { best = text }
        }
        return best
    }
}
