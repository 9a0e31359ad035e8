package import Readiness

/// `smoke.data.ticking`: every expected symbol has ticked within its limit, and its price moves.
///
/// It watches and believes no age that the target tells: a symbol has ticked when its sequence rose between two looks
/// of ours. The time is the upper bound that looking every 100 ms gives. Expected symbols only; others are not looked
/// at.
package struct DataTicking: Check {
    /// What was seen of the feed.
    package struct Observation: Codable, Sendable {
        /// What was seen of one symbol.
        package struct Symbol: Codable, Sendable {
            /// The instrument.
            package var name: String
            /// The state at the first look that had it; nil when no look had.
            package var first: SymbolState?
            /// From the first look until its sequence was seen to have risen; nil when it was not.
            package var advanced: Duration?
            /// Whether last price, bid or ask was seen to differ from the first look.
            package var hasMoved: Bool
            /// What was wrong with an answer about it, in words; empty for a sound one.
            package var contradictions: [String]
        }

        /// The expected symbols, in the criteria file's order.
        package var symbols: [Symbol]
        /// From the first look to the last.
        package var watched: Duration
        /// How often was looked.
        package var looks: Int
        /// The first and the last look, and what was seen between.
        package var evidence: Evidence
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "smoke.data.ticking", title: "Every expected symbol ticks within its limit, and its price moves",
        question: "Is market data alive for every symbol?", severity: .high, grade: .observed, fromMode: .quick,
        requires: ["smoke.health.ready"], hooks: [.marketData], criteria: [ageKey, symbolsKey],
        controls: ["A10.2", "A10.4"], faults: ["feed-silent"], estimate: .milliseconds(400))

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Looks until every expected symbol has ticked and moved, at most for the limit and a margin.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let names = context.criteria.names(Self.symbolsKey)?.names ?? []
        let limit = context.criteria[Self.ageKey]?.value ?? "0"
        var answer = try await probes.market.snapshot()
        var text = EvidenceText(answer.transcript)
        let begin = context.clock.now
        // Past the limit by a margin, so that a late tick is told with its time and not as silence.
        let window = Duration(milliseconds: limit) + Self.margin
        var watch = FeedWatch(names, answer.value)
        var looks = 1
        while !watch.isDone, context.clock.now - begin < window {
            try await context.clock.sleep(for: Self.interval)
            answer = try await probes.market.snapshot()
            looks += 1
            watch.look(at: answer.value, after: context.clock.now - begin)
            context.reporter.progress(watch.symbols.count { $0.isDone }, of: names.count, unit: "symbols")
        }
        let watched = context.clock.now - begin
        if looks > 1 { text.add(answer.transcript) }
        for symbol in watch.symbols { text.add(symbol.line) }
        let evidence = try await context.evidence.record(text.text, as: .httpExchange, grade: .observed)
        return Observation(symbols: watch.symbols, watched: watched, looks: looks, evidence: evidence)
    }

    /// One time for each symbol; silence counts as long as we watched.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        guard let limit = criteria[Self.ageKey], let expected = criteria.names(Self.symbolsKey) else {
            return .missing(
                all: [Self.ageKey, Self.symbolsKey].filter { criteria[$0] == nil && criteria.names($0) == nil })
        }
        var judgement = Judgement()
        for symbol in observation.symbols {
            for contradiction in symbol.contradictions {
                judgement.findings.append(.implausible(symbol.name, contradiction))
            }
            guard symbol.first != nil else {
                judgement.findings.append(.missing(symbol.name, observation.watched, expected.source))
                continue
            }
            let waited = symbol.advanced ?? observation.watched
            judgement.measurements.append(
                Measurement(
                    "tick_wait.\(symbol.name)", unit: "ms", DecimalValue(milliseconds: waited),
                    Criterion(.lessOrEqual, limit), from: observation.evidence))
            if symbol.advanced == nil {
                judgement.findings.append(.silent(symbol.name, observation.watched))
            } else if !symbol.hasMoved {
                judgement.findings.append(.frozen(symbol.name, observation.watched))
            }
        }
        judgement.findings = judgement.findings.capped()
        return judgement
    }

    /// Look at the feed and at its connection.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(let observation, _) where observation.symbols.isEmpty:
            return .missingCriteria(["a symbol under \(Self.symbolsKey)"], verify: definition.id)
        case .judged(let observation, let judgement):
            let silent = observation.symbols.count { $0.advanced == nil }
            let whole = silent == observation.symbols.count
            return Remediation(
                summary: whole ? "Bring market data back" : "Mend the feed of single symbols",
                cause: "Watched for \(DurationText.short(observation.watched)): \(judgement.seen). "
                    + (whole
                        ? "No symbol ticks, so the connection to the feed is the first suspect."
                        : "Others tick, so a subscription or the instrument itself is the first suspect."),
                steps: [
                    .init(
                        "Look at the feed twice: the sequence of each symbol must rise.", command: runbook.marketData),
                    .init(
                        "Read the end of the log for a lost session or a refused subscription.", command: runbook.log),
                    .init("If the session does not come back, start the target anew.", command: runbook.restart),
                ],
                verify: [definition.id])
        }
    }

    private static let ageKey = "smoke.max_tick_age_ms"
    private static let symbolsKey = "smoke.expected_symbols"
    private static let interval = Duration.milliseconds(100)
    private static let margin = Duration.milliseconds(500)
}

extension DataTicking.Observation.Symbol {
    fileprivate var isDone: Bool { advanced != nil && hasMoved }

    fileprivate var line: String {
        let ticked = advanced.map { "sequence rose within \(DurationText.short($0))" } ?? "sequence did not rise"
        return
            "\(name): \(first == nil ? "not in the feed" : ticked), \(hasMoved ? "price moved" : "price did not move")"
    }
}

/// Compares each look at the feed with those before.
private struct FeedWatch {
    var symbols: [DataTicking.Observation.Symbol]
    private var newest: [Int64?]

    init(_ names: [String], _ states: [SymbolState]) {
        symbols = names.map { .init(name: $0, first: nil, advanced: nil, hasMoved: false, contradictions: []) }
        newest = names.map { _ in nil }
        look(at: states, after: .zero)
    }

    var isDone: Bool { symbols.allSatisfy(\.isDone) }

    mutating func look(at states: [SymbolState], after elapsed: Duration) {
        let byName = Dictionary(grouping: states, by: \.symbol)
        for index in symbols.indices {
            let found = byName[symbols[index].name] ?? []
            if found.count > 1 { note("it is in the feed more than once", at: index) }
            guard let state = found.first else { continue }
            if !state.isPlausible { note("bid \(state.bid), ask \(state.ask), last \(state.last)", at: index) }
            guard let first = symbols[index].first else {
                symbols[index].first = state
                newest[index] = state.sequence
                continue
            }
            if let before = newest[index], state.sequence < before {
                note("its sequence fell from \(before) to \(state.sequence)", at: index)
            }
            newest[index] = state.sequence
            if symbols[index].advanced == nil, state.sequence > first.sequence { symbols[index].advanced = elapsed }
            if state.last != first.last || state.bid != first.bid || state.ask != first.ask {
                symbols[index].hasMoved = true
            }
        }
    }

    private mutating func note(_ contradiction: String, at index: Int) {
        // The first of its symbol is enough: a broken feed repeats itself ten times a second.
        if symbols[index].contradictions.isEmpty { symbols[index].contradictions.append(contradiction) }
    }
}

extension Finding {
    fileprivate static func silent(_ symbol: String, _ watched: Duration) -> Finding {
        Finding(
            kind: "symbol-silent", severity: .high, subject: symbol,
            message: "\(symbol) did not tick in the \(DurationText.short(watched)) that we watched")
    }

    fileprivate static func frozen(_ symbol: String, _ watched: Duration) -> Finding {
        Finding(
            kind: "price-frozen", severity: .high, subject: symbol,
            message:
                "\(symbol) ticks, but neither its last price nor its quotes moved in \(DurationText.short(watched))")
    }

    fileprivate static func missing(_ symbol: String, _ watched: Duration, _ source: SourceLocation) -> Finding {
        Finding(
            kind: "symbol-missing", severity: .high, subject: symbol,
            message: "\(symbol), which \(source) expects, was not in the feed for \(DurationText.short(watched))",
            location: source)
    }

    fileprivate static func implausible(_ symbol: String, _ what: String) -> Finding {
        Finding(
            kind: "implausible-quote", severity: .high, subject: symbol,
            message: "the feed contradicts itself about \(symbol): \(what)")
    }
}
