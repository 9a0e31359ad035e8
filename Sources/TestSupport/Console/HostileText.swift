package import Readiness

/// Text as a target that wishes us ill would send it.
package enum HostileText {
    /// Random text out of controls, escapes, bidirectional marks, wide, combining and joined characters.
    package static func make(_ dice: inout Dice) -> String {
        let pieces = [
            "\u{1B}[2J", "\u{1B}]0;owned\u{07}", "\u{1B}]52;c;ZXZpbA==\u{07}", "\u{9B}31m", "\u{90}", "\u{202E}",
            "\u{2066}", "\0",
            "\u{07}", "\u{08}", "\t", "\n", "\r\n", "\u{7F}", "検査", "e\u{301}\u{302}\u{303}\u{304}", "👩‍👩‍👧", "🇨🇭", "⚠️",
            "\u{FEFF}",
            "\u{200B}", "plain words", "नि", "\u{E000}", "\u{10FFFF}", "x", " ", "한글", "\u{1160}", "\u{0300}",
        ]
        return (0..<Int.random(in: 0...12, using: &dice)).map { _ in pieces.randomElement(using: &dice) ?? "" }.joined()
    }

    /// The events of the sample run with such text in place of every text that a target can have a say in.
    package static func poisoned(_ events: [ValidationEvent], seed: UInt64) -> [ValidationEvent] {
        var dice = Dice(seed: seed)
        return events.map { event in
            var event = event
            switch event.body {
            case .targetIdentified(var target):
                target.target = make(&dice)
                target.environment = make(&dice)
                target.commit = make(&dice)
                target.detail = make(&dice)
                event.body = .targetIdentified(target)
            case .planAnnounced(var plan):
                for place in plan.checks.indices {
                    plan.checks[place].title = make(&dice)
                    plan.checks[place].question = make(&dice)
                }
                event.body = .planAnnounced(plan)
            case .checkLog: event.body = .checkLog(CheckLog(text: make(&dice), dropped: 0))
            case .checkProgress(var progress):
                progress.unit = make(&dice)
                event.body = .checkProgress(progress)
            case .checkWaiting(var waiting):
                waiting.names = [make(&dice)]
                event.body = .checkWaiting(waiting)
            case .checkMeasurement(var measurement):
                measurement.name = make(&dice)
                measurement.unit = make(&dice)
                event.body = .checkMeasurement(measurement)
            case .checkEvidence(var evidence):
                evidence.path = make(&dice)
                event.body = .checkEvidence(evidence)
            case .checkFinding(var finding):
                finding.kind = make(&dice)
                finding.message = make(&dice)
                finding.suggestion = make(&dice)
                finding.location = SourceLocation(file: make(&dice), line: 3)
                event.body = .checkFinding(finding)
            case .checkFinished(var finish):
                finish.message = make(&dice)
                finish.reason = finish.reason.map { _ in make(&dice) }
                finish.remediation = finish.remediation.map { fix in
                    Remediation(
                        summary: make(&dice), cause: make(&dice),
                        steps: fix.steps.map { _ in .init(make(&dice), command: make(&dice), undo: make(&dice)) },
                        verify: fix.verify)
                }
                event.body = .checkFinished(finish)
            default: break
            }
            return event
        }
    }
}
