import FoundationEssentials
package import Readiness

/// A declared `http` check: the status, values in the answer's JSON, and a percentile of the time.
///
/// The status is a criterion that the profile states, so another status is a fail. Not so where we were not let look
/// (401, 403), and where a surface does not offer a path at all (404, 405, 501): those rows of "what the probe met" stay
/// what they are, unless the profile asks for just that status.
package struct DeclaredHTTPCheck: Check {
    /// What came back.
    package struct Observation: Codable, Sendable {
        /// The first answer's status.
        package var status: Int
        /// What stood at each path, in the requirement's order; none where the status was another.
        package var values: [SeenValue]
        /// Times of the series; nil where none was asked.
        package var latency: LatencySeries?
        /// How many answers of the series had another status.
        package var otherStatuses: Int
        /// The first exchange.
        package var evidence: Evidence
        /// The series.
        package var samples: Evidence?
    }

    /// As the profile declares it.
    package let definition: CheckDefinition
    private let declared: DeclaredCheck
    private let requirement: HTTPRequirement
    private let web: any WebProbe

    /// Looks through this probe.
    package init(_ declared: DeclaredCheck, _ requirement: HTTPRequirement, _ web: any WebProbe) {
        self.declared = declared
        self.requirement = requirement
        self.web = web
        var hooks: [Capability] = []
        if case .surface = requirement.place { hooks = [.discovery] }
        // A series of slow answers is stopped by its own arithmetic long before this.
        let rounds = requirement.latency == nil ? 1 : min(requirement.latency?.samples ?? 1, 60)
        definition = declared.definition(hooks: hooks, limit: requirement.requestLimit * rounds)
    }

    /// Asks once, and as often as a percentile takes.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let answer = try await web.ask(requirement)
        let status = answer.value.status
        let isExpected = requirement.statuses.contains(status)
        if !isExpected, let meeting = refusal(status) {
            throw error(meeting, "\(requirement.method) \(requirement.shownPlace) answered \(status)")
        }
        let evidence = try await context.evidence.record(
            EvidenceText(answer.transcript).text, as: .httpExchange, grade: .observed)
        var values: [SeenValue] = []
        if isExpected, !requirement.values.isEmpty {
            let root: JSONValue
            do throws(JSONParser.Trouble) { root = try JSONParser.parse(answer.value.body) } catch let trouble {
                throw error(.nonsense, "the answer of \(requirement.shownPlace) is not JSON: \(trouble)")
            }
            values = requirement.values.map { SeenValue($0.path.value(in: root)) }
        }
        var observation = Observation(
            status: status, values: values, latency: nil, otherStatuses: 0, evidence: evidence, samples: nil)
        guard isExpected, let latency = requirement.latency else { return observation }
        let mark = context.noise.begin()
        var nanoseconds: [Int64] = []
        while nanoseconds.count < latency.samples {
            guard !Task.isCancelled else { throw .cancelled }
            let next = try await web.ask(requirement)
            if !requirement.statuses.contains(next.value.status) { observation.otherStatuses += 1 }
            nanoseconds.append(next.elapsed.nanoseconds)
            context.reporter.progress(nanoseconds.count, of: latency.samples, unit: "samples")
            if LatencySeries.isDecided(
                nanoseconds, planned: latency.samples, latency.percentile,
                limitMilliseconds: limit(latency, context.criteria).value)
            {
                break
            }
        }
        let series = LatencySeries(
            nanoseconds: nanoseconds, planned: latency.samples, noise: context.noise.noise(since: mark))
        observation.samples = try await context.evidence.record(series.evidenceText, as: .samples, grade: .observed)
        observation.latency = series
        return observation
    }

    /// Status, values, times.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        var judgement = Judgement()
        if let only = requirement.statuses.first, requirement.statuses.count == 1 {
            judgement.measurements.append(
                Measurement(
                    "status", unit: "1", DecimalValue(observation.status), Criterion(.equal, declared.threshold(only)),
                    from: observation.evidence))
        } else {
            let isExpected = requirement.statuses.contains(observation.status)
            judgement.measurements.append(
                Measurement("status_expected", isTrue: isExpected, from: observation.evidence))
            if !isExpected {
                let wanted = requirement.statuses.map(String.init).joined(separator: ", ")
                judgement.findings.append(
                    .declared(
                        "status-differs", requirement.shownPlace,
                        "\(requirement.shownPlace) answered \(observation.status), must be one of \(wanted)"))
            }
        }
        guard requirement.statuses.contains(observation.status) else { return judgement.withFindingsFirst() }
        for (wanted, seen) in zip(requirement.values, observation.values) {
            let name = wanted.path.description
            let (measurement, finding) = wanted.expectation
                .overridden(by: criteria, under: declared.key(of: name))
                .judged(seen, name: name, from: observation.evidence)
            judgement.measurements.append(measurement)
            if let finding { judgement.findings.append(finding) }
        }
        if let latency = requirement.latency, let series = observation.latency, let samples = observation.samples {
            judgement.measurements.append(
                Measurement(
                    "answers_with_another_status", unit: "1", DecimalValue(observation.otherStatuses),
                    Criterion(definition: .equal, "0"), n: series.nanoseconds.count, from: samples))
            if let time = series.measurement(
                "response_time", latency.percentile, below: limit(latency, criteria), criteria: criteria, from: samples)
            {
                judgement.measurements.append(time)
            }
        }
        // A series that was asked for and is not there proves nothing about time.
        if requirement.latency != nil, observation.latency == nil { return Judgement() }
        return judgement.withFindingsFirst()
    }

    /// The profile's, and the same question by hand.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        declared.remediation(
            for: trouble,
            look: .init("Ask by hand and look at the answer.", command: requirement.curl(at: web.surfaceAddress)))
    }

    private func limit(_ latency: HTTPRequirement.Latency, _ criteria: Criteria) -> Threshold {
        criteria[declared.key(of: "response_time")] ?? latency.limit
    }

    /// The row of the table that a status belongs to where it is no answer to the question.
    private func refusal(_ status: Int) -> ProbeError.Meeting? {
        switch (status, requirement.place) {
        case (401, _), (403, _): .unauthorised
        case (404, .surface), (405, .surface), (501, .surface): .notOffered
        default: nil
        }
    }

    private func error(_ meeting: ProbeError.Meeting, _ detail: String) -> ProbeError {
        if case .surface = requirement.place { return ProbeError(meeting, at: .surface, detail) }
        return ProbeError(meeting, elsewhere: detail)
    }
}

extension HTTPRequirement {
    /// The place in a message.
    var shownPlace: String {
        switch place {
        case .surface(let path): SafeText.line(path).shortened()
        case .url(let url): SafeText.line(url).shortened()
        }
    }

    /// The same question for a person. Secrets stand as the names of variables, and so does the address of the target's
    /// surface where it is not known.
    func curl(at surface: String?) -> String {
        var words = ["curl", "-sS", "-i", "--max-time", "\(max(1, requestLimit.milliseconds / 1000))"]
        if let roots { words += ["--cacert", ShellWord.quoted(roots)] }
        if method != "GET" { words += ["-X", ShellWord.quoted(method)] }
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            words += ["-H", ShellWord.quoted("\(name): \(value)")]
        }
        for name in secretHeaders.keys.sorted() { words += ["-H", "\"\(ShellWord.quoted(name)): $SECRET\""] }
        if let body { words += ["-H", "'content-type: application/json'", "-d", ShellWord.quoted(body)] }
        switch place {
        case .surface(let path):
            words.append(
                surface.map { ShellWord.quoted($0 + path) } ?? "\"$TARGET_URL\"\(ShellWord.quoted(path))")
        case .url(let url): words.append(ShellWord.quoted(url))
        }
        return words.joined(separator: " ")
    }
}
