package import Readiness

/// A declared `command` check: exit code and text must agree (trap 1: a program that prints a failure and exits 0).
package struct DeclaredCommandCheck: Check {
    /// How the command ended and what of its text was right.
    package struct Observation: Codable, Sendable {
        /// Nil when a signal ended it.
        package var exitCode: Int32?
        /// What of the text requirement is not met.
        package var misses: [String]
        /// What a plugin or a test protocol said; nil where exit code and text are stated.
        package var results: ForeignResults?
        /// How many processes it left behind.
        package var leftBehind: Int
        /// The transcript.
        package var evidence: Evidence
    }

    /// As the profile declares it.
    package let definition: CheckDefinition
    private let declared: DeclaredCheck
    private let requirement: CommandRequirement
    private let commands: any CommandProbe

    /// Runs it through this probe.
    package init(_ declared: DeclaredCheck, _ requirement: CommandRequirement, _ commands: any CommandProbe) {
        self.declared = declared
        self.requirement = requirement
        self.commands = commands
        definition = declared.definition(limit: requirement.limit + .seconds(5))
    }

    /// Runs it once.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let answer = try await commands.run(requirement)
        let end = answer.value
        if end.isCut { throw ProbeError(.nonsense, elsewhere: "\(line) said more than is read of a command") }
        var observation = Observation(
            exitCode: end.exitCode, misses: [], results: nil, leftBehind: end.leftBehind,
            evidence: try await context.evidence.record(
                EvidenceText(answer.transcript).text, as: .processTranscript, grade: declared.grade))
        switch requirement.form {
        case .stated(_, let text): observation.misses = text.misses(ofCommand: end.text)
        case .nagios:
            guard let results = NagiosOutput.results(exitCode: end.exitCode, output: end.output) else {
                throw ProbeError(.nonsense, elsewhere: "\(line) is no plugin that knows its state, by code and word")
            }
            observation.results = results
        case .report(let format):
            do throws(ForeignTrouble) { observation.results = try format.results(of: Array(end.output.utf8)) } catch {
                throw ProbeError(
                    .nonsense, elsewhere: "the output of \(line) is no \(format.rawValue) report: \(error)")
            }
        }
        return observation
    }

    /// Both must be right. One alone is a contradiction, and named so.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        var judgement = Judgement()
        let wanted: Int32
        let isTextRight: Bool
        switch requirement.form {
        case .stated(let code, _):
            wanted = code
            isTextRight = observation.misses.isEmpty
            judgement.measurements.append(
                Measurement("text_agrees", isTrue: isTextRight, from: observation.evidence))
        case .nagios:
            guard let results = observation.results else { return Judgement() }
            judgement = results.judgement(from: observation.evidence)
            wanted = results.expectedExitCode ?? 0
            // The word's own meaning is judged as a finding; here it only has to agree with the code.
            isTextRight = true
        case .report:
            guard let results = observation.results else { return Judgement() }
            judgement = results.judgement(from: observation.evidence)
            wanted = 0
            isTextRight = !results.isBad
        }
        let isCodeRight = observation.exitCode == wanted
        let contradicts = observation.exitCode != nil && isCodeRight != isTextRight
        if let code = observation.exitCode {
            let value = DecimalValue(Int(code))
            // In a contradiction neither half is the measure of the other; and where nothing was tried, an exit code
            // alone proves nothing.
            let isSilent = observation.results.map { $0.passed + $0.failed == 0 } ?? false
            judgement.measurements.append(
                contradicts || isSilent
                    ? Measurement(told: "exit_code", unit: "1", value, from: observation.evidence)
                    : Measurement(
                        "exit_code", unit: "1", value, Criterion(.equal, declared.threshold(Int(wanted))),
                        from: observation.evidence))
        } else {
            judgement.findings.append(.declared("signalled", line, "\(line) was ended by a signal"))
        }
        if contradicts {
            let said =
                observation.misses.isEmpty
                ? "its text is right" : "its text " + observation.misses.joined(separator: ", ")
            let text = requirement.form.isStated ? said : "what it reports stands for another"
            judgement.findings.append(
                .declared(
                    "text_exit_mismatch", line,
                    "\(line) ended with exit code \(observation.exitCode ?? -1), but \(text)", severity: .critical))
        }
        if observation.leftBehind > 0 {
            judgement.findings.append(
                .declared(
                    "left-behind", line, "\(line) left \(observation.leftBehind) processes behind", severity: .low))
        }
        return judgement.withFindingsFirst()
    }

    /// The profile's, and the command itself.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let words = requirement.arguments.map(ShellWord.quoted).joined(separator: " ")
        return declared.remediation(
            for: trouble,
            look: .init(
                "Run the command by hand and look at its text and its exit code.", command: "\(words); echo \"exit $?\""
            ))
    }

    private var line: String { requirement.arguments.map(ShellWord.quoted).joined(separator: " ").shortened() }
}

extension CommandRequirement.Form {
    fileprivate var isStated: Bool { if case .stated = self { true } else { false } }
}

extension TextRequirement {
    /// What of it the text of a command does not meet. A command that says nothing lacks every word: where nothing must
    /// stand in its text, its exit code would be all that speaks for it.
    fileprivate func misses(ofCommand text: String) -> [String] {
        let misses = misses(in: text)
        let asksForNothing = contains.allSatisfy(\.isEmpty) && matches.isEmpty
        guard misses.isEmpty, asksForNothing, text.utf8.allSatisfy({ $0 <= 0x20 }) else { return misses }
        return ["is empty"]
    }
}
