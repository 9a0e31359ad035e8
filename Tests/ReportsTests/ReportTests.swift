import FoundationEssentials
import Readiness
import Reports
import Testing

struct ReportTests {
    private let hostile = "\u{1b}]52;c;bad\u{7}line\nbreak\u{202e}"

    /// A run of two checks, one green and one red with hostile text of the target.
    private func events() -> [ValidationEvent] {
        let planned = ["smoke.health.ready", "risk.limit.enforced"].map { id in
            PlannedCheck(
                id: CheckID(parsing: id)!, title: "it holds", question: "does it?", severity: .critical, requires: [],
                after: [], locks: [], effects: .read, estMs: 1, hardLimitMs: 1000, requiredGrade: .observed,
                required: true,
                controls: ["A2.1"])
        }
        let evidence = Evidence(
            id: "r1.c1.e1", kind: .httpExchange, provenance: .live, grade: .observed,
            collectedAt: UTCInstant(microseconds: 0), mediaType: "text/plain", sha256: "00", size: 3,
            path: "evidence/00")
        let decision = GateDecision(
            verdict: .noGo, reasons: [VerdictReason(.unwaivedFail, "risk.limit.enforced")],
            coverage: Coverage(required: 2, verified: 2))
        let bodies: [(EventBody, CheckID?)] = [
            (
                .runCreated(
                    RunCreated(
                        engine: "holdpoint 0", arguments: [], mode: .quick, seed: 1, operatorName: "me",
                        host: Host(fingerprint: "", cores: 1, kernel: ""))), nil
            ),
            (
                .planAnnounced(
                    PlanAnnounced(
                        checks: planned, excluded: [ExcludedCheck(id: "database.query.plan", reason: "not selected")],
                        scope: Scope(narrowedBy: ["mode=quick"]))), nil
            ),
            (.checkStarted(CheckStarted(attempt: 1)), "smoke.health.ready"),
            (.checkEvidence(evidence), "smoke.health.ready"),
            (
                .checkFinished(
                    CheckFinished(outcome: .pass, message: "it holds", grade: .observed, attempts: 1, durationMs: 12)),
                "smoke.health.ready"
            ),
            (.checkStarted(CheckStarted(attempt: 1)), "risk.limit.enforced"),
            (
                .checkFinding(Finding(kind: "limit-differs", severity: .critical, subject: "x", message: hostile)),
                "risk.limit.enforced"
            ),
            (
                .checkFinished(
                    CheckFinished(
                        outcome: .fail, reason: "criterion", message: hostile, grade: .exercised, attempts: 1,
                        durationMs: 1200)), "risk.limit.enforced"
            ),
            (.gateChanged(GateChanged(decision: decision)), nil),
            (.runFinished(RunFinished(decision: decision, announced: 2, missing: 0, rounds: 1, durationMs: 1500)), nil),
        ]
        return bodies.enumerated().map { place, entry in
            ValidationEvent(
                run: "01K", sequence: place + 1, time: UTCInstant(microseconds: Int64(place) * 1_000_000),
                monotonic: Int64(place) * 1_000_000, check: entry.1, round: place > 1 ? 1 : nil, body: entry.0)
        }
    }

    private func isClean(_ line: String) -> Bool {
        line.unicodeScalars.allSatisfy {
            $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) && !(0x202A...0x202E).contains($0.value)
        }
    }

    @Test func `each line is plain, and text of the target is sanitised`() {
        var report = PlainReport()
        let lines = events().flatMap { report.lines(for: $0) }
        #expect(lines.allSatisfy(isClean))
        #expect(lines.contains { $0.contains("PASS  smoke.health.ready  12.0 ms") })
        #expect(lines.contains { $0.contains("FAIL  risk.limit.enforced  1.20 s  (criterion)") })
    }

    @Test func `the last word names verdict, scope, reasons, the way to go and the log`() {
        let lines = VerdictReport.lines(of: RunSummary(folding: events()), logPath: "/runs/01K/log.ndjson")
        #expect(lines.first?.hasPrefix("NO-GO (partial: mode=quick)  1 pass, 1 fail of 2 checks") == true)
        #expect(lines.contains { $0.contains("FAIL risk.limit.enforced (criterion)") })
        #expect(lines.contains("  GO if: risk.limit.enforced passes"))
        #expect(lines.last == "log: /runs/01K/log.ndjson")
        #expect(!lines[0].contains("incomplete"))
        #expect(lines.allSatisfy(isClean))
    }

    @Test func `the way to go counts what is blocked: it has to pass as well`() {
        let plan = ["a.b.one", "a.b.two", "a.b.three", "a.b.other"].compactMap(CheckID.init(parsing:)).map { id in
            PlannedCheck(
                id: id, title: "it holds", question: "does it?", severity: .critical, requires: [], after: [],
                locks: [], effects: .read, estMs: 1, hardLimitMs: 1000, requiredGrade: .observed,
                required: id != "a.b.other", controls: [])
        }
        func blocked(_ root: CheckID) -> EventBody {
            .checkFinished(
                CheckFinished(
                    outcome: .blocked, message: "held up", grade: .none, attempts: 0, durationMs: 0, blockedBy: root,
                    rootCause: root))
        }
        let decision = GateDecision(
            verdict: .hold,
            reasons: [
                VerdictReason(.requiredUnverified, "a.b.one"), VerdictReason(.requiredBlocked, "a.b.two"),
                VerdictReason(.requiredBlocked, "a.b.three"),
            ], coverage: Coverage(required: 3, verified: 0))
        let bodies: [(EventBody, CheckID?)] = [
            (.planAnnounced(PlanAnnounced(checks: plan, excluded: [], scope: Scope())), nil),
            (
                .checkFinished(
                    CheckFinished(
                        outcome: .unverified, reason: "hook_missing", message: "none", grade: .none, attempts: 1,
                        durationMs: 1)), "a.b.one"
            ),
            (blocked("a.b.one"), "a.b.two"), (blocked("a.b.one"), "a.b.three"), (blocked("a.b.one"), "a.b.other"),
            (.runFinished(RunFinished(decision: decision, announced: 4, missing: 0, rounds: 1, durationMs: 1)), nil),
        ]
        let summary = RunSummary(
            folding: bodies.enumerated().map { place, entry in
                ValidationEvent(
                    run: "01K", sequence: place + 1, time: UTCInstant(microseconds: 0), monotonic: 0, check: entry.1,
                    round: 1, body: entry.0)
            })
        #expect(summary.heldUp == ["a.b.two", "a.b.three"])
        let lines = VerdictReport.lines(of: summary, logPath: "/l")
        #expect(lines.contains("  GO if: a.b.one passes, and then the 2 blocked by it"), "\(lines)")
    }

    @Test func `a pre-flight of which nothing will be seen says that nothing runs, and no time`() {
        let check = PlannedCheck(
            id: "a.b.c", title: "it holds", question: "does it?", severity: .critical, requires: [], after: [],
            locks: [], effects: .read, estMs: 100, hardLimitMs: 1000, requiredGrade: .observed, required: true,
            controls: [])
        func lines(_ finding: CapabilityReport.Finding) -> [String] {
            PreflightReport(
                Preflight(
                    target: TargetIdentified(target: "t", environment: "staging", paper: .proven, detail: "why"),
                    profile: "t.yaml", argument: "t", mode: .standard,
                    plan: PlanAnnounced(checks: [check], excluded: [], scope: Scope()),
                    needs: [check.id: [.capability(.pool)]],
                    capabilities: [CapabilityReport(.capability(.pool), question: "", finding)], predicted: .seconds(1))
            ).lines
        }
        let gone = lines(.trouble(ProbeError(.notOffered, at: .surface, "no pool")))
        let words = ", nothing will run; 0 may change the target, 1 will not be verified"
        #expect(gone.contains { $0.hasSuffix(words) }, "\(gone)")
        let answered = lines(.answers(median: .milliseconds(1), reads: 5))
        #expect(answered.contains { $0.contains(", about 100 ms; ") }, "\(answered)")
    }

    private struct Result: Decodable {
        struct Reason: Decodable {
            var rule: String
            var check_id: String?
            var detail: String?
        }
        struct Log: Decodable { var complete: Bool }
        var verdict: String
        var reasons: [Reason]
        var log: Log
    }

    private func json(_ summary: RunSummary) throws -> Result {
        let report = JSONReport(
            summary, log: .init(path: "/l", head: "sha256:1"), exitCode: ExitCode(summary.decision.verdict),
            version: "0.1.0")
        return try JSONDecoder().decode(Result.self, from: Data(report.bytes()))
    }

    @Test func `a run that was never closed says so in text and JSON`() throws {
        var events = events()
        #expect(try json(RunSummary(folding: events)).log.complete)
        events.removeLast()
        let summary = RunSummary(folding: events)
        let lines = VerdictReport.lines(of: summary, logPath: "/l")
        #expect(
            lines.first?.hasPrefix("NO-GO (incomplete: the run was never closed; partial: mode=quick)") == true,
            "\(lines)")
        #expect(
            VerdictReport.sentence(for: VerdictReason(.logIncomplete), in: summary)
                == "the log ends before the run was closed")
        let result = try json(summary)
        #expect(result.verdict == "no_go" && !result.log.complete)
    }

    @Test func `what is left on the target is named in text and JSON, with the check and every one of them`() throws {
        var events = events()
        let left = ["cancel every working order of READY", "release the kill switch"].enumerated().map { place, undo in
            Disturbance(
                check: "risk.limit.enforced",
                effect: EffectRecord(
                    effectID: "f\(place)", effectClass: .writePaper, description: "change \(place) \(hostile)",
                    compensation: undo, detail: "refused"))
        }
        let fails = (0..<30).map { _ in VerdictReason(.unwaivedFail, "risk.limit.enforced") }
        let decision = GateDecision(
            verdict: .noGo, reasons: fails + left.map(\.reason), coverage: Coverage(required: 2, verified: 2))
        events.removeLast(2)
        for (place, disturbance) in left.enumerated() {
            events.append(event(20 + place, .effectUndoFailed(disturbance.effect), disturbance.check))
        }
        events.append(event(22, .gateChanged(GateChanged(decision: decision))))
        let summary = RunSummary(folding: events)
        #expect(summary.disturbances == left)
        let lines = VerdictReport.lines(of: summary, logPath: "/l").filter { $0.contains("target left disturbed") }
        #expect(lines.count == 2 && lines.allSatisfy(isClean))
        #expect(lines[0].contains("disturbed by risk.limit.enforced: change 0"))
        #expect(lines[1].hasSuffix("to do: release the kill switch; it failed: refused"))
        let reasons = try json(summary).reasons.filter { $0.rule == "target_left_disturbed" }
        #expect(reasons.map(\.check_id) == ["risk.limit.enforced", "risk.limit.enforced"])
        #expect(reasons.map(\.detail) == left.map(\.sentence))
        // A log whose reasons name nothing is told from its events.
        events.removeLast()
        events.append(
            event(
                22,
                .gateChanged(
                    GateChanged(
                        decision: GateDecision(
                            verdict: .noGo, reasons: [VerdictReason(.targetDisturbed)],
                            coverage: Coverage(required: 2, verified: 2))))))
        let old = VerdictReport.lines(of: RunSummary(folding: events), logPath: "/l")
        #expect(old.count { $0.contains("to do: ") } == 2)
    }

    private func event(_ place: Int, _ body: EventBody, _ check: CheckID? = nil) -> ValidationEvent {
        ValidationEvent(
            run: "01K", sequence: place + 1, time: UTCInstant(microseconds: Int64(place) * 1_000_000),
            monotonic: Int64(place) * 1_000_000, check: check, round: place > 1 ? 1 : nil, body: body)
    }

    @Test func `the JSON result has the fields of schema 1`() throws {
        let report = JSONReport(
            RunSummary(folding: events()), log: .init(path: "/l", head: "sha256:1"), exitCode: .noGo, version: "0.1.0")
        let bytes = report.bytes()
        struct Shape: Decodable {
            struct Check: Decodable {
                var check_id: String
                var outcome: String
                var reason: String?
                var required_grade: String
                var controls: [String]
            }
            var schema: Int
            var run_id: String
            var verdict: String
            var exit_code: Int
            var counts: [String: Int]
            var checks: [Check]
            var scope: Scope
        }
        let shape = try JSONDecoder().decode(Shape.self, from: Data(bytes))
        #expect(shape.schema == 1 && shape.run_id == "01K" && shape.verdict == "no_go" && shape.exit_code == 2)
        #expect(shape.counts["announced"] == 2 && shape.counts["pass"] == 1 && shape.counts["not_selected"] == 1)
        #expect(shape.checks.map(\.outcome) == ["pass", "fail"])
        #expect(shape.checks[1].controls == ["A2.1"])
        #expect(!shape.scope.full)
        // The same events give the same bytes: what a replay prints is what the live run printed.
        let again = JSONReport(
            RunSummary(folding: events()), log: .init(path: "/l", head: "sha256:1"), exitCode: .noGo, version: "0.1.0")
        #expect(again.bytes() == bytes)
    }
}
