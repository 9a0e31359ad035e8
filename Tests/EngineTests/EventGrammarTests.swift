import Engine
import FoundationEssentials
import Readiness
import Testing

struct EventGrammarTests {
    /// The events of a random run, which keep the grammar.
    private func events(seed: UInt64) async throws -> [ValidationEvent] {
        let run = try TestRun(RandomRun.checks(seed: seed, count: 8), clock: HastyClock())
        _ = try await run.finish()
        return await run.events { _ in false }
    }

    private func complaint(_ events: [ValidationEvent]) -> String? {
        var grammar = EventGrammar()
        for event in events { if let complaint = grammar.take(event) { return complaint } }
        return nil
    }

    @Test func `trap 26: an announced check without an outcome is missing, and every reader holds`() async throws {
        let run = try TestRun([ScriptedCheck.valued("test.a.one"), ScriptedCheck.valued("test.b.two")])
        #expect(try await run.finish().decision.verdict == .go)
        var events = await run.events { _ in false }
        events.removeAll { $0.check == "test.b.two" && $0.body.kind == .checkFinished }
        let summary = RunSummary(folding: events)
        #expect(summary.missing == 1)
        #expect(summary.decision.verdict == .hold)
        #expect(summary.decision.reasons == [VerdictReason(.notFinished)])
        #expect(ExitCode(summary.decision.verdict) == .hold)
        #expect(complaint(events) == "the run is finished while checks are open")
        // The same as a file, with a chain that is whole: whoever wrote it dropped the check before it was written.
        let path = run.folder.file("dropped.ndjson")
        var writer = LogLineWriter()
        var bytes: [UInt8] = []
        for (place, event) in events.enumerated() {
            var event = event
            event.sequence = place + 1
            bytes += writer.bytes(of: event)
        }
        try Data(bytes).write(to: URL(filePath: path))
        #expect {
            try LogVerifier.verify(path: path)
        } throws: { error in
            if case .broken(events.count, _)? = error as? LogVerifier.Finding { true } else { false }
        }
    }

    @Test func `a check that finishes twice holds too`() async throws {
        let run = try TestRun([ScriptedCheck.valued("test.a.one")])
        _ = try await run.finish()
        var events = await run.events { _ in false }
        let place = try #require(events.firstIndex { $0.body.kind == .checkFinished })
        events.insert(events[place], at: place)
        #expect(RunSummary(folding: events).missing != 0)
        #expect(RunSummary(folding: events).decision.verdict == .hold)
    }

    @Test(arguments: 0..<12) func `a run that lost, doubled or swapped an event that matters does not keep the grammar`(
        seed: UInt64
    ) async throws {
        let events = try await events(seed: seed)
        #expect(complaint(events) == nil)
        let strict: Set<EventBody.Kind> = [
            .checkStarted, .checkAttemptFinished, .checkFinished, .effectRegistered, .effectUndone, .effectUndoFailed,
            .lockAcquired, .lockReleased,
        ]
        for (place, event) in events.enumerated() where strict.contains(event.body.kind) {
            var doubled = events
            doubled.insert(event, at: place)
            #expect(complaint(doubled) != nil, "\(event.body.kind) doubled")
            var lost = events
            lost.remove(at: place)
            #expect(complaint(lost) != nil, "\(event.body.kind) lost")
        }
    }

    @Test func `attempts count up, and a pass on a further one is flaky`() async throws {
        let run = try TestRun(
            [ScriptedCheck.stumbling("test.a.b", over: [ProbeError(ourSide: "x")])], clock: HastyClock())
        _ = try await run.finish()
        let events = await run.events { _ in false }
        func changed(_ change: (inout EventBody) -> Void) -> String? {
            complaint(
                events.map { event in
                    var event = event
                    change(&event.body)
                    return event
                })
        }
        #expect(changed { _ in } == nil)
        #expect(changed { if case .checkStarted = $0 { $0 = .checkStarted(CheckStarted(attempt: 1)) } } != nil)
        #expect(
            changed {
                guard case .checkFinished(var finished) = $0 else { return }
                finished.outcome = .pass
                $0 = .checkFinished(finished)
            } == "a pass that took more than one attempt")
        #expect(
            changed {
                guard case .checkFinished(var finished) = $0 else { return }
                finished.attempts = 1
                $0 = .checkFinished(finished)
            } != nil)
        #expect(
            changed {
                guard case .checkAttemptFinished(var ended) = $0 else { return }
                ended.outcome = .fail
                $0 = .checkAttemptFinished(ended)
            } == "an attempt that ended as fail is followed by another")
    }

    @Test(arguments: 0..<8) func `every line is what one encoder would give for the whole event`(seed: UInt64)
        async throws
    {
        let events = try await events(seed: seed)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var writer = LogLineWriter()
        for var event in events {
            if seed == 0 { event.run = "a \"strange\" run/\u{7}ü" }
            let line = String(decoding: writer.bytes(of: event), as: UTF8.self)
            let whole = try JSONDecoder().decode(Members.self, from: Data(line.utf8))
            let expected = String(decoding: try encoder.encode(event), as: UTF8.self)
            #expect(line.hasSuffix(#","hash":"\#(whole.hash)"}"# + "\n"))
            let prev = #""prev":"\#(whole.prev)","#
            #expect(line.contains(prev))
            let without = line.dropLast(#","hash":""}"#.count + 1 + whole.hash.count) + "}"
            #expect(String(without).replacing(prev, with: "") == expected)
        }
    }

    private struct Members: Decodable {
        var prev: String
        var hash: String
    }

    @Test(arguments: 0..<12) func `neither the order of the plan nor the width changes an outcome or the verdict`(
        seed: UInt64
    ) async throws {
        var random = SeededGenerator(seed: seed)
        // Without trouble of a lost endpoint, whose look depends on what runs beside it.
        func checks() -> [ScriptedCheck] {
            RandomRun.checks(seed: seed, count: 10).map { check in
                var check = check
                check.definition.hooks = []
                return check
            }
        }
        var outcomes: Set<[CheckID: String]> = []
        var verdicts: Set<Verdict> = []
        var reasons: Set<Set<VerdictReason>> = []
        for width in [1, 2, 4] {
            let run = try TestRun(checks().shuffled(using: &random), clock: HastyClock(), width: width)
            let summary = try await run.finish()
            outcomes.insert(
                Dictionary(
                    uniqueKeysWithValues: summary.checks.map {
                        ($0.id, "\($0.outcome?.rawValue ?? "none") \($0.reason ?? "")")
                    }))
            verdicts.insert(summary.decision.verdict)
            reasons.insert(Set(summary.decision.reasons))
        }
        #expect(outcomes.count == 1, "\(outcomes)")
        #expect(verdicts.count == 1)
        #expect(reasons.count == 1)
    }
}
