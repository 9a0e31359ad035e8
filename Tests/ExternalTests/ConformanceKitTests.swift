import FoundationEssentials
import Probes
import Readiness
import TestSupport
import Testing
import Validators

struct ConformanceKitTests {
    private let commands = DeclaredCommands(
        secret: { (_) throws(ProbeError) in throw ProbeError(ourSide: "no secrets here") })

    private func kit(_ probe: any ExternalValidatorProbe) -> ConformanceKit {
        let compensator = TargetCompensator(.offline, clock: ManualClock(), commands: commands)
        return ConformanceKit(probe, context: fakeContext()) { (compensation) throws(ProbeError) in
            try await compensator.perform(compensation)
        }
    }

    @Test(arguments: WrongChild.all)
    func `a wrong child gets its exact outcome, and the kit names its rule`(_ child: WrongChild) async throws {
        let folder = try TemporaryFolder()
        let report = await kit(try child.probe(in: folder)).test()
        let run = try #require(report.trials.first { $0.name == "run" }, "\(report.lines)")
        #expect(run.outcome?.word == child.word, "\(report.lines)")
        #expect(run.outcome?.reason == child.reason, "\(report.lines)")
        #expect(run.broken.contains { $0.rule == child.rule }, "\(report.lines)")
        #expect(!report.conforms)
    }

    @Test(arguments: ["example_validator.py", "example_validator.sh"])
    func `the examples of the guide conform`(_ name: String) async throws {
        // The folder may be reached through a link; the guides lie beside what it leads to.
        let guides = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/guides/validators")
        let path = guides.appending(path: name).path
        let probe = ExternalValidator(
            ExternalCommand([path]), engine: "holdpoint test",
            secret: { (_) throws(ProbeError) in throw ProbeError(ourSide: "no secrets here") })
        let report = await kit(probe).test()
        #expect(report.conforms, "\(report.lines)")
        let runs = report.trials.filter { $0.name == "run" }
        #expect(!runs.isEmpty)
        for run in runs { #expect(run.outcome?.word == .pass, "\(report.lines)") }
    }

    @Test func `a child that ignores cancel and is done soon after its grace is told so`() async throws {
        let folder = try TemporaryFolder()
        // Its own run is fine: eight seconds of twenty. Cancelled at once, it goes on beyond the two that it has then. Three
        // would do on a quiet machine; on a busy one the kill comes later than that.
        let child = WrongChild(name: "deaf", body: "time.sleep(8)\ngood()", word: .pass, rule: "ends-when-cancelled")
        let report = await kit(try child.probe(in: folder)).test()
        let run = try #require(report.trials.first { $0.name == "run" }, "\(report.lines)")
        #expect(run.outcome?.word == .pass && run.broken.isEmpty, "\(report.lines)")
        let cancel = try #require(report.trials.first { $0.name == "cancel" }, "\(report.lines)")
        #expect(cancel.broken.map(\.rule) == ["ends-when-cancelled"], "\(report.lines)")
    }

    @Test func `a sound child passes, and its transcript and evidence are kept`() async throws {
        let folder = try TemporaryFolder()
        let child = WrongChild(
            name: "sound", body: "print('noise', file=sys.stderr)\ngood()\nsys.stdin.read()", word: .pass, rule: "")
        let evidence = FakeEvidence()
        let check = try await Self.check(try child.probe(in: folder))
        let observation = try await check.collect(in: fakeContext(evidence: evidence))
        #expect(check.judge(observation, by: Criteria()).outcome(requiring: .observed).word == .pass)
        #expect(evidence.all.contains { $0.text == "seen" })
        let transcript = try #require(evidence.all.first { $0.evidence.kind == .processTranscript })
        #expect(transcript.text.contains("→ {\"v\":1,\"kind\":\"hello\""))
        #expect(transcript.text.contains("noise"))
    }

    @Test func `an effect is registered before the child is acknowledged`() async throws {
        let folder = try TemporaryFolder()
        let script = """
            import sys, json, os, hashlib
            def say(kind, **fields): print(json.dumps({"v": 1, "kind": kind, **fields}), flush=True)
            hello = json.loads(sys.stdin.readline())
            say("describe", name="e", version="1", checks=[{"id": "acme.order.placed", "question": "Is it?", "severity": "high", "effects": "write_paper"}])
            run = json.loads(sys.stdin.readline())
            if run["kind"] != "run": sys.exit(0)
            say("effect", id="acme.order.placed", effect_id="o-1", description="paper order 1", undo={"command": ["acme", "cancel", "1"]}, **{"class": "write_paper"})
            ack = json.loads(sys.stdin.readline())
            outcome = "pass" if ack["kind"] == "ack" and ack["effect_id"] == "o-1" and ack["registered"] else "fail"
            open(os.path.join(hello["evidence_dir"], "e"), "w").write("ack")
            say("evidence", id="acme.order.placed", evidence_id="e", path="e", sha256=hashlib.sha256(b"ack").hexdigest(), provenance="live")
            say("result", id="acme.order.placed", outcome=outcome, grade="E3", evidence=["e"])
            """
        let probe = ExternalValidator(
            ExternalCommand(["python3", try folder.write(script, to: "child.py")], in: folder.path), engine: "test",
            secret: { (_) throws(ProbeError) in throw ProbeError(ourSide: "no secrets here") })
        let check = try await Self.check(probe)
        let effects = FakeEffects()
        let observation = try await check.collect(in: fakeContext(effects: effects))
        #expect(check.judge(observation, by: Criteria()).outcome(requiring: .exercised).word == .pass)
        #expect(
            effects.all.map(\.compensation) == [
                .command(["acme", "cancel", "1"], folder: folder.path, secretEnvironment: [:])
            ])

        // Where it cannot be written down it is our trouble, and the child is told not to.
        let failing = FakeEffects(failing: ProbeError(ourSide: "disk full"))
        await #expect(throws: ProbeError(ourSide: "disk full")) {
            _ = try await check.collect(in: fakeContext(effects: failing))
        }
    }

    @Test func `a secret reaches a child by its environment and no transcript`() async throws {
        let folder = try TemporaryFolder()
        let script =
            WrongChild.prelude.replacing("LIMIT", with: "9000")
            + "print(os.environ['TOKEN'], file=sys.stderr)\nassert os.environ['TOKEN'] == 'marker-8401'\n"
            + "assert 'HOLDPOINT_SECRET' not in os.environ\ngood()\n"
        let probe = ExternalValidator(
            ExternalCommand(
                ["python3", try folder.write(script, to: "child.py")], secretEnvironment: ["TOKEN": "api"]),
            engine: "test", secret: { (_) throws(ProbeError) in Secret("marker-8401") },
            redacting: { [Secret("marker-8401")] })
        let evidence = FakeEvidence()
        let check = try await Self.check(probe)
        let observation = try await check.collect(in: fakeContext(evidence: evidence))
        #expect(check.judge(observation, by: Criteria()).outcome(requiring: .observed).word == .pass)
        #expect(!evidence.all.contains { $0.text.contains("marker-8401") })
    }

    @Test func `a cancelled task ends the child and throws cancelled`() async throws {
        let folder = try TemporaryFolder()
        let child = WrongChild(
            name: "polite", body: "open('\(folder.path)/started', 'w').close()\nsys.stdin.readline()\nsys.exit(0)",
            word: .cancelled, rule: "")
        let check = try await Self.check(try child.probe(in: folder))
        let task = Task { try await check.collect(in: fakeContext()) }
        while !FileManager.default.fileExists(atPath: "\(folder.path)/started") { await Task.yield() }
        task.cancel()
        await #expect(throws: ProbeError.cancelled) { _ = try await task.value }
    }

    private static func check(_ probe: any ExternalValidatorProbe) async throws -> ExternalCheck {
        let description = try await probe.describe().value
        return ExternalCheck(try #require(description.checks.first), probe)
    }
}
