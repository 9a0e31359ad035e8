package import Readiness

/// `database.pool.capacity`: at full use of the target's pool a session is checked out in time, nobody waits, and every
/// session comes back; and the pool ends where it says that it ends.
///
/// A pool without an upper bound passes the first overload on to the database. So at full use one session more is asked
/// for, which has to be refused; others may have to wait for as long as that takes.
///
/// It runs last, because it takes every session for the length of a cycle. Its times are those of a pool under nobody
/// else's load; it does not say how many sessions the target needs.
package struct PoolCapacity: Check {
    /// What became of the sessions.
    package struct Observation: Codable, Sendable {
        /// How full the pool was before.
        package var before: PoolState
        /// Each check-out, from our side.
        package var checkOuts: LatencySeries
        /// Each check-out, as the target timed it.
        package var waits: LatencySeries
        /// How often every session was in use.
        package var fullLooks: Int
        /// The most that waited at full use.
        package var mostWaiting: Int
        /// The most sessions by which the count in use was off the pool's size at full use.
        package var mostOff: Int
        /// Sessions in use when a check-out was refused, although there were more; nil if none was.
        package var refusedAt: Int?
        /// Sessions that had been given back and stayed in use.
        package var leaked: Int
        /// Sessions of which the target said on their return that we had not held them.
        package var lost: Int
        /// Sessions that were had beyond the pool's size; 0 when one more was refused at full use, nil when neither was seen.
        package var beyond: Int?
        /// The sessions of the server that holds the ledger; nil where a file does.
        package var sessions: ServerSessions?
        /// The samples, and the state of the pool before and after.
        package var evidence: Evidence
    }

    /// Its place in the catalogue.
    package let definition: CheckDefinition

    private let probes: TargetProbes

    /// Looks through these probes, after the checks of these ids.
    package init(_ probes: TargetProbes, after others: [CheckID] = []) {
        self.probes = probes
        definition = CheckDefinition(
            id: "database.pool.capacity",
            title: "At full use of the pool a session is had in time, nobody waits, and all come back",
            question: "Does the pool of database sessions hold at full use?", severity: .high, grade: .exercised,
            effects: .load, requires: ["database.connection.ready"], after: others,
            locks: [.targetProcess], hooks: [.pool, .ledger],
            criteria: [Self.limitKey, ServerView.roomKey] + HostNoise.criteriaKeys,
            controls: ["A4.1"],
            faults: ["pool-leak"], softLimit: .seconds(15), hardLimit: .seconds(120), estimate: .seconds(1))
    }

    /// Fills the pool and gives everything back, until there are samples enough.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let prefix = context.token + "-"
        // Before a pool is filled: what is seen then is the doing of others.
        let view = try await ServerView.look(probes.ledger)
        try await context.effects.register(
            EffectDescription(
                .load, "sessions \(prefix)… of the pool", compensation: .returnSessions(prefix: prefix)))
        var filling = try await PoolFilling(probes.pool, prefix: prefix, clock: context.clock)
        var text = EvidenceText(filling.transcript)
        if let view { text.add(view.transcript) }
        let sampler = LatencySampler(context, limitKey: Self.limitKey)
        let series = try await sampler.series { done throws(ProbeError) in
            if done.isMultiple(of: 10) { context.reporter.progress(done, of: sampler.planned, unit: "samples") }
            return try await filling.checkOut()
        }
        context.reporter.progress(sampler.planned, of: sampler.planned, unit: "samples")
        // A series that ended early has shown what there is to see.
        try await filling.finish(filling: series.nanoseconds.count >= sampler.planned)
        let waits = LatencySeries(
            nanoseconds: Array(filling.waits.prefix(series.nanoseconds.count)), planned: series.planned,
            noise: series.noise)
        for line in [
            series.evidenceText, "inside the target: " + waits.evidenceText, filling.transcript,
            "\(filling.fullLooks) times in full use, \(filling.leaked) sessions did not come back",
            filling.beyond.map { "one session more was asked for at full use: \($0 > 0 ? "given" : "refused")" }
                ?? "whether one session more would be refused was not seen",
        ] { text.add(line) }
        let evidence = try await context.evidence.record(text.text, as: .samples, grade: .exercised)
        return Observation(
            before: filling.before, checkOuts: series, waits: waits, fullLooks: filling.fullLooks,
            mostWaiting: filling.mostWaiting, mostOff: filling.mostOff, refusedAt: filling.refusedAt,
            leaked: filling.leaked, lost: filling.lost, beyond: filling.beyond, sessions: view?.value,
            evidence: evidence)
    }

    /// Two p99s, what was seen at full use, and a count and a finding for each session that was refused, had beyond the
    /// size, or did not come back.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        let absent = ([Self.limitKey, ServerView.roomKey] + HostNoise.criteriaKeys).filter { criteria[$0] == nil }
        guard let limit = criteria[Self.limitKey], let room = criteria[ServerView.roomKey], absent.isEmpty else {
            return .missing(all: absent)
        }
        let evidence = observation.evidence
        let times = [
            observation.checkOuts.measurement("check_out", .p99, below: limit, criteria: criteria, from: evidence),
            observation.waits.measurement(
                Self.inside, .p99, below: limit, criteria: criteria, from: evidence, keptBy: .target),
        ].compactMap(\.self)
        func told(_ name: String, _ value: Int) -> Measurement {
            Measurement(told: name, unit: "1", DecimalValue(value), from: evidence)
        }
        func none(_ name: String, _ value: Int) -> Measurement {
            Measurement(name, unit: "1", DecimalValue(value), Criterion(definition: .equal, "0"), from: evidence)
        }
        let telling = [
            observation.checkOuts.median("check_out.p50", from: evidence), told("size", observation.before.size),
            told("in_use_before", observation.before.inUse), told("times_in_full_use", observation.fullLooks),
        ].compactMap(\.self)
        let counts = [
            none("leaked_sessions", observation.leaked), none("lost_sessions", observation.lost),
            none("free_when_refused", observation.refusedAt.map { max(1, observation.before.size - $0) } ?? 0),
            Measurement(
                "free_before", unit: "1", DecimalValue(max(0, observation.before.size - observation.before.inUse)),
                Criterion(definition: .greaterOrEqual, "1"), from: evidence),
        ]
        let full =
            observation.fullLooks > 0
            ? [
                none("waiting_at_full_use", observation.mostWaiting),
                none("miscounted_at_full_use", observation.mostOff),
            ] : []
        let bound = observation.beyond.map { [none("sessions_beyond_size", $0)] } ?? []
        var findings: [Finding] = []
        if observation.leaked > 0 { findings.append(.leaked(observation)) }
        if let inUse = observation.refusedAt { findings.append(.refused(inUse, observation)) }
        if observation.before.inUse >= observation.before.size { findings.append(.full(observation)) }
        if observation.lost > 0 { findings.append(.lost(observation)) }
        if let beyond = observation.beyond, beyond > 0 { findings.append(.unbounded(beyond, observation)) }
        let view =
            observation.sessions.map {
                ServerView.measurements(of: $0, room: room, wait: limit, from: evidence)
            } ?? []
        // Quick check-outs of a pool that was never full, or whose end was never met, say nothing about full use.
        let isWhole = !full.isEmpty && !bound.isEmpty
        let isProven = isWhole || !findings.isEmpty || (times + full + view).contains(where: { $0.result != .pass })
        guard isProven else { return Judgement(measurements: telling) }
        return Judgement(measurements: times + full + bound + counts + view + telling, findings: findings)
    }

    /// See who holds the sessions; then either let them come back, or let there be more.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(_, let judgement) where judgement.isOnlyImplausible:
            guard judgement.measurements.contains(where: { $0.result == .implausible && $0.name == Self.inside }) else {
                return .distrustClock(judgement.seen, verify: definition.id)
            }
            return Remediation(
                summary: "Let the pool time its check-outs itself",
                cause:
                    "The target says of its own check-outs what no clock shows: \(judgement.seen). Either the number "
                    + "is not measured, or it is read from a clock that is too coarse for it.",
                steps: [
                    .init("Ask for the pool by hand.", command: runbook.pool),
                    .init(
                        "Look up what has to be told, and take it from a monotonic clock of a microsecond or finer, "
                            + "around the wait itself, without rounding.",
                        command: "holdpoint explain \(definition.id)\(runbook.targetOption)"),
                    .init("After the change, start the target anew and measure again.", command: runbook.restart),
                ],
                verify: [definition.id])
        case .judged(_, let judgement) where judgement.isOnlyUncertain:
            return .measureAgain(judgement.seen, verify: definition.id)
        case .judged(let observation, let judgement):
            let isLeak = observation.leaked > 0
            if observation.beyond ?? 0 > 0 { return unbounded(observation, judgement) }
            return Remediation(
                summary: isLeak ? "Let sessions go back to the pool" : "Let the pool bear full use",
                cause: "The pool of \(observation.before.size) was filled \(observation.fullLooks) times: "
                    + "\(judgement.seen).",
                steps: [
                    .init("See how full the pool is now, and who holds its sessions.", command: runbook.pool),
                    .init(
                        isLeak
                            ? "Find in the log who takes sessions and ends without giving them back, by an error most "
                                + "often."
                            : "Read the log for statements that hold a session for long, and for errors on connecting.",
                        command: runbook.log),
                    .init(
                        isLeak
                            ? "Start the target anew: that frees the sessions until the next leak, and mends nothing."
                            : "If the pool is too small for what the target does, make it larger in its configuration, "
                                + "and start it anew.",
                        command: runbook.restart),
                ],
                verify: [definition.id])
        }
    }

    private func unbounded(_ observation: Observation, _ judgement: Judgement) -> Remediation {
        Remediation(
            summary: "Give the pool the upper bound that it says it has",
            cause: "All \(observation.before.size) sessions of the pool were taken, and one more was asked for: "
                + "\(judgement.seen). Without a bound the first overload opens sessions until the database refuses "
                + "everybody.",
            steps: [
                .init("See how large the pool says it is, and what is in use.", command: probes.runbook.pool),
                .init(
                    "Set the pool's greatest size in the target's configuration, overflow and unlimited growth "
                        + "included, and start it anew.", command: probes.runbook.restart),
            ],
            verify: [definition.id])
    }

    private static let limitKey = "database.max_checkout_ms"
    private static let inside = "check_out_inside"
}

extension Finding {
    fileprivate static func leaked(_ seen: PoolCapacity.Observation) -> Finding {
        Finding(
            kind: "sessions-leaked", severity: .high, subject: "pool",
            message: "\(seen.leaked) of \(seen.before.size) sessions were given back and are still in use")
    }

    fileprivate static func refused(_ inUse: Int, _ seen: PoolCapacity.Observation) -> Finding {
        Finding(
            kind: "pool-exhausted", severity: .high, subject: "pool",
            message: "a session was refused while \(inUse) of \(seen.before.size) were in use")
    }

    fileprivate static func full(_ seen: PoolCapacity.Observation) -> Finding {
        Finding(
            kind: "pool-exhausted", severity: .high, subject: "pool",
            message: "all \(seen.before.size) sessions were in use before the check took one, and stayed so: whoever "
                + "asks now waits")
    }

    fileprivate static func unbounded(_ beyond: Int, _ seen: PoolCapacity.Observation) -> Finding {
        Finding(
            kind: "pool-unbounded", severity: .high, subject: "pool",
            message: "with all \(seen.before.size) sessions in use another was given out: "
                + "\(seen.before.size + beyond) are in use, and nothing shows where the pool ends")
    }

    fileprivate static func lost(_ seen: PoolCapacity.Observation) -> Finding {
        Finding(
            kind: "session-lost", severity: .high, subject: "pool",
            message: "\(seen.lost) sessions that had been given out were not known as held when they came back")
    }
}
