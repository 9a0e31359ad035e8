package import Readiness

/// `smoke.identity.uniform`: every instance of the list runs the same build with the same configuration.
///
/// One server of eight that ran the old code cost Knight Capital 460 million dollars in 45 minutes: an instance that
/// does not answer is therefore as bad as one that answers wrongly. The first of the list that answers is what the
/// others are held against.
///
/// How many there ought to be and which build was released only the criteria can say (`smoke.min_instances`,
/// `smoke.released_build`). Where they do not, an instance that left the list is not missed and one wrong build
/// everywhere is uniform: the check's log and evidence say what was not looked at. A build with changes that no commit
/// has is red, because nobody can tell or repeat what runs; at a target that calls itself practice it is a warning,
/// because there it is what a developer tries out.
package struct IdentityUniform: Check {
    /// What was answered.
    package struct Observation: Codable, Sendable {
        /// One instance of the list.
        package struct Seen: Codable, Sendable {
            /// As the list has it.
            package var listed: TargetInstance
            /// Who it says that it is; nil when it did not answer.
            package var identity: InstanceIdentity?
            /// Why it did not answer, in words; nil when it did.
            package var trouble: String?
        }

        /// In the list's order.
        package var instances: [Seen]
        /// The list, each answer, and what no criterion is given for.
        package var evidence: Evidence
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "smoke.identity.uniform", title: "Every instance runs the same build with the same configuration",
        question: "Do all instances run the same?", severity: .high, grade: .observed, fromMode: .quick,
        requires: ["smoke.health.ready"], hooks: [.discovery, .identity], parts: [.instances],
        optionalCriteria: [countKey, buildKey], controls: ["A10.1", "A10.2"], faults: ["stale-instance"],
        softLimit: .seconds(10))

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Asks for the list, and then every instance of it, each at its own address.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let list = try await probes.instances.instances()
        guard (1...Self.most).contains(list.value.count) else {
            throw ProbeError(
                .nonsense, at: .surface,
                "the target lists \(list.value.count) instances: there must be itself, and at most \(Self.most)")
        }
        var text = EvidenceText(list.transcript)
        var seen: [Observation.Seen] = []
        var firstTrouble: ProbeError?
        for instance in list.value {
            guard !Task.isCancelled else { throw .cancelled }
            do throws(ProbeError) {
                let answer = try await identity(of: instance)
                text.add(answer.transcript)
                seen.append(.init(listed: instance, identity: answer.value, trouble: nil))
            } catch {
                // Whether each instance can be reached is the thing observed; our own trouble is not.
                guard error.fault == .target else { throw error }
                firstTrouble = firstTrouble ?? error
                text.add("\(instance.id) at \(instance.address): \(error.description)")
                seen.append(.init(listed: instance, identity: nil, trouble: error.description))
            }
            context.reporter.progress(seen.count, of: list.value.count, unit: "instances")
        }
        // Where nobody answers, no instance is proven to be the odd one: that is about the surface.
        if let firstTrouble, seen.allSatisfy({ $0.identity == nil }) { throw firstTrouble }
        for note in Self.notLookedAt(context.criteria) {
            context.reporter.log(note)
            text.add(note)
        }
        let evidence = try await context.evidence.record(text.text, as: .httpExchange, grade: .observed)
        return Observation(instances: seen, evidence: evidence)
    }

    /// What cannot be told without a criterion that no file gives, for a person.
    private static func notLookedAt(_ criteria: Criteria) -> [String] {
        var notes: [String] = []
        if criteria[countKey] == nil {
            notes.append(
                "no file gives \(countKey): no number of instances is expected, and none that is gone is missed")
        }
        if criteria.names(buildKey) == nil {
            notes.append(
                "no file gives \(buildKey): the released build was not named, instances are compared with each other")
        }
        return notes
    }

    /// A connection that was lost on the way is tried once more, so that it does not look like an instance that is gone.
    private func identity(of instance: TargetInstance) async throws(ProbeError) -> Answer<InstanceIdentity> {
        do throws(ProbeError) {
            return try await probes.instances.identity(of: instance)
        } catch {
            guard error.isTransient else { throw error }
            return try await probes.instances.identity(of: instance)
        }
    }

    /// All answer, with one build and one configuration between them, each under its own name; as many as are expected,
    /// with the released build, where the criteria say so.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        let answers = observation.instances.compactMap(\.identity)
        let evidence = observation.evidence
        let one = Criterion(definition: .equal, DecimalValue(1))
        var judgement = Judgement(measurements: [
            Measurement(
                "instances_answering", unit: "1", DecimalValue(answers.count),
                Criterion(definition: .equal, DecimalValue(observation.instances.count)), from: evidence),
            Measurement(
                "distinct_builds", unit: "1", DecimalValue(Set(answers.map(\.buildID)).count), one, n: answers.count,
                from: evidence),
            Measurement(
                "distinct_configurations", unit: "1", DecimalValue(Set(answers.map(\.configurationDigest)).count), one,
                n: answers.count, from: evidence),
        ])
        judgement.measurements += expected(of: observation, answers, by: criteria)
        if let least = criteria[Self.countKey], DecimalValue(observation.instances.count) < least.value {
            judgement.findings.append(.missing(observation.instances, least))
        }
        let released = criteria.names(Self.buildKey)
        for (place, seen) in observation.instances.enumerated() {
            let earlier = observation.instances.prefix(place).map(\.listed)
            if earlier.contains(where: { $0.id == seen.listed.id || $0.address == seen.listed.address }) {
                judgement.findings.append(.duplicate(seen.listed))
            }
            guard let identity = seen.identity, let reference = answers.first else {
                judgement.findings.append(.silent(seen.listed, seen.trouble))
                continue
            }
            judgement.findings += findings(about: identity, of: seen.listed, against: reference)
            if let released, released.names != [identity.buildID] {
                judgement.findings.append(.notReleased(seen.listed, identity, released))
            }
            if identity.dirty == true { judgement.findings.append(.dirty(seen.listed, identity)) }
        }
        judgement.findings = judgement.findings.capped()
        return judgement
    }

    /// What the criteria expect, and that every build can be told from its commit.
    private func expected(
        of observation: Observation, _ answers: [InstanceIdentity], by criteria: Criteria
    ) -> [Measurement] {
        let evidence = observation.evidence
        var measurements: [Measurement] = []
        if let least = criteria[Self.countKey] {
            measurements.append(
                Measurement(
                    "instances_listed", unit: "1", DecimalValue(observation.instances.count),
                    Criterion(.greaterOrEqual, least), from: evidence))
        }
        if let released = criteria.names(Self.buildKey) {
            let count = answers.count { released.names == [$0.buildID] }
            measurements.append(
                Measurement(
                    "instances_of_the_released_build", unit: "1", DecimalValue(count),
                    Criterion(.equal, Threshold(DecimalValue(observation.instances.count), source: released.source)),
                    n: answers.count, from: evidence))
        }
        let dirty = answers.filter { $0.dirty == true }
        measurements.append(
            Measurement(
                "builds_from_uncommitted_code", unit: "1", DecimalValue(dirty.count { !$0.isPractice }),
                Criterion(definition: .equal, "0"), n: answers.count, from: evidence))
        return measurements
    }

    private func findings(
        about identity: InstanceIdentity, of listed: TargetInstance, against reference: InstanceIdentity
    ) -> [Finding] {
        var findings: [Finding] = []
        if identity.instance != listed.id { findings.append(.misnamed(listed, identity)) }
        // Equal emptiness is no equal build.
        if identity.buildID.isEmpty { findings.append(.unknown("build", of: listed)) }
        if identity.configurationDigest.isEmpty { findings.append(.unknown("configuration", of: listed)) }
        if identity.buildID != reference.buildID { findings.append(.build(of: listed, identity, reference)) }
        if identity.configurationDigest != reference.configurationDigest {
            findings.append(.configuration(of: listed, identity, reference))
        }
        return findings
    }

    /// Take the odd one out before it trades, and deploy it anew.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(let observation, let judgement):
            let isGone =
                observation.instances.contains { $0.identity == nil }
                || judgement.findings.contains { $0.kind == Finding.missingKind }
            return Remediation(
                summary: isGone
                    ? "Bring back every instance that is listed, or take it off the list"
                    : "Bring every instance to the same build and configuration",
                cause: "The \(observation.instances.count) listed instances were asked who they are: "
                    + "\(judgement.seen).",
                steps: [
                    .init("See every instance, and where it answers.", command: runbook.instances),
                    .init(
                        "Take the one that differs out of service before anything trades: it may take orders by rules "
                            + "that nobody reviewed.", command: runbook.status),
                    .init(
                        "Deploy the released build and its configuration there, and start it.", command: runbook.restart
                    ),
                    .init("Read its log for the build and the configuration that it loaded.", command: runbook.log),
                ],
                verify: [definition.id])
        }
    }

    private static let countKey = "smoke.min_instances"
    private static let buildKey = "smoke.released_build"
    /// Asked one after the other; a longer list is no list of one target's processes.
    private static let most = 100
}

extension Finding {
    fileprivate static let missingKind = "instance-missing"

    fileprivate static func missing(_ seen: [IdentityUniform.Observation.Seen], _ least: Threshold) -> Finding {
        let names = seen.map { "\($0.listed.id.shortened()) (\($0.listed.role.shortened()))" }.prefix(8)
        return Finding(
            kind: missingKind, severity: .high, subject: "instances",
            message: "\(seen.count) instances are listed, \(names.joined(separator: ", ")); \(least.source) expects "
                + "\(least.value) at least",
            location: least.source)
    }

    fileprivate static func notReleased(
        _ listed: TargetInstance, _ identity: InstanceIdentity, _ released: Criteria.NameList
    ) -> Finding {
        Finding(
            kind: "build-not-released", severity: .high, subject: listed.id,
            message: "\(listed.id.shortened()) runs build \(identity.build), and the released one is "
                + "\((released.names.first ?? "none").shortened(to: 16)) (\(released.source))",
            location: released.source)
    }

    fileprivate static func dirty(_ listed: TargetInstance, _ identity: InstanceIdentity) -> Finding {
        Finding(
            kind: "dirty-build", severity: identity.isPractice ? .low : .high, subject: listed.id,
            message: "\(listed.id.shortened()) runs build \(identity.build), made from changes that no commit has: "
                + "what runs there can be neither reviewed nor built again")
    }

    fileprivate static func silent(_ listed: TargetInstance, _ trouble: String?) -> Finding {
        Finding(
            kind: "instance-silent", severity: .high, subject: listed.id,
            message: "\(listed.id.shortened()) (\(listed.role.shortened())) at \(listed.address.shortened()) does not "
                + "say who it is: \((trouble ?? "no answer").shortened(to: 200))")
    }

    fileprivate static func build(
        of listed: TargetInstance, _ identity: InstanceIdentity, _ reference: InstanceIdentity
    ) -> Finding {
        Finding(
            kind: "build-differs", severity: .high, subject: listed.id,
            message:
                "\(listed.id.shortened()) runs build \(identity.build), and \(reference.instance.shortened()) runs "
                + reference.build)
    }

    fileprivate static func configuration(
        of listed: TargetInstance, _ identity: InstanceIdentity, _ reference: InstanceIdentity
    ) -> Finding {
        Finding(
            kind: "configuration-differs", severity: .high, subject: listed.id,
            message: "\(listed.id.shortened()) has loaded configuration "
                + "\(identity.configurationDigest.shortened(to: 16)), and \(reference.instance.shortened()) has loaded "
                + reference.configurationDigest.shortened(to: 16))
    }

    fileprivate static func duplicate(_ listed: TargetInstance) -> Finding {
        Finding(
            kind: "instance-duplicate", severity: .high, subject: listed.id,
            message:
                "\(listed.id.shortened()) at \(listed.address.shortened()) is listed a second time, by its name or "
                + "by its address")
    }

    fileprivate static func misnamed(_ listed: TargetInstance, _ identity: InstanceIdentity) -> Finding {
        Finding(
            kind: "instance-misnamed", severity: .high, subject: listed.id,
            message: "at \(listed.address.shortened()), listed as \(listed.id.shortened()), answers "
                + (identity.instance.isEmpty ? "nobody by name" : identity.instance.shortened()))
    }

    fileprivate static func unknown(_ what: String, of listed: TargetInstance) -> Finding {
        Finding(
            kind: "\(what)-unknown", severity: .high, subject: listed.id,
            message: "\(listed.id.shortened()) does not say which \(what) it runs")
    }
}

extension InstanceIdentity {
    /// Whether it calls itself practice. One that does not say where it runs is held to everything.
    fileprivate var isPractice: Bool { environment == "practice" }

    /// The build, with the commit where one is told.
    fileprivate var build: String {
        buildID.shortened(to: 16) + (commit.isEmpty ? "" : " (commit \(commit.shortened(to: 12)))")
    }
}
