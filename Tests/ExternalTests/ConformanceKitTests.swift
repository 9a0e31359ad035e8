import FoundationEssentials
import Probes
import Readiness
import TestSupport
import Testing
import Validators

@Suite(.timeLimit(.minutes(5)))
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

    @Test func `what goes on writing after a child's end is an answer, and not waited for`() async throws {
        let folder = try TemporaryFolder()
        let noise = WrongChild.writers("{'v': 1, 'kind': 'noise', 'words': 'x' * 1000}")
        let child = WrongChild(name: "writers", body: noise, word: .error, rule: "output-at-most-16-mib")
        let report = await kit(try child.probe(in: folder)).test()
        let run = try #require(report.trials.first { $0.name == "run" }, "\(report.lines)")
        #expect(run.broken.map(\.rule) == ["output-at-most-16-mib", "leaves-no-process"], "\(report.lines)")

        // The same of one that is only to describe itself.
        let early = WrongChild.prelude.replacing("LIMIT", with: "9000").replacing(
            "line = sys.stdin.readline()\n", with: noise + "\n")
        let probe = ExternalValidator(
            ExternalCommand(["python3", try folder.write(early, to: "early.py")]), engine: "test",
            secret: { (_) throws(ProbeError) in throw ProbeError(ourSide: "no secrets here") })
        do throws(ProbeError) {
            _ = try await probe.describe()
            Issue.record("it described itself and nothing was wrong")
        } catch { #expect(error.detail.contains("breaks the protocol: output-at-most-16-mib"), "\(error)") }
    }

    @Test func `a thousand of a kind are all kept`() async throws {
        let folder = try TemporaryFolder()
        let body = """
            for i in range(1000):
                say('measurement', id=ID, name=f'm{i}', unit='1', value='1')
                say('finding', id=ID, severity='info', fingerprint=f'f/{i}', message='m')
            good()
            """
        let child = WrongChild(name: "many", body: body, word: .pass, rule: "")
        let check = try await Self.check(try child.probe(in: folder))
        let observation = try await check.collect(in: fakeContext())
        #expect(observation.record.violations.isEmpty)
        #expect(observation.record.measurements.count == 1000 && observation.record.findings.count == 1000)
        #expect(observation.record.result?.claim == .pass)
    }

    /// With what JSON escapes, and no longer than what a refusal shows of a word.
    private static let token = #"marker-8401"\/-and-so-on-to-the-end"#

    private static func probe(_ body: String, token: String, in folder: TemporaryFolder) throws -> ExternalValidator {
        let script = WrongChild.prelude.replacing("LIMIT", with: "20000") + "T = os.environ['TOKEN']\n" + body + "\n"
        return ExternalValidator(
            ExternalCommand(
                ["python3", try folder.write(script, to: "child.py")], secretEnvironment: ["TOKEN": "api"]),
            engine: "test", secret: { (_) throws(ProbeError) in Secret(token) }, redacting: { [Secret(token)] })
    }

    @Test(arguments: [
        ("say('measurement', id=ID, name=T, unit=T, value='1')\ngood()", "pass"),
        (
            "say('finding', id=ID, severity='low', fingerprint='a/' + T, message=T, remediation={'summary': T})\ngood()",
            "warn"
        ),
        // Across what is kept of each.
        (
            "say('finding', id=ID, severity='low', fingerprint='a/' + 'x' * 188 + T, message='x' * 490 + T)\ngood()",
            "warn"
        ),
        (
            "print(json.dumps({'v': 1, 'kind': 'finding', 'id': ID, 'severity': 'low', 'fingerprint': 'a/b', 'message': T})"
                + ".replace('marker', '\\\\u006darker'), flush=True)\ngood()", "warn"
        ),
        ("keep()\nsay('result', id=ID, outcome='warn', reason='r' * 90 + T, evidence=['e'])", "warn"),
        ("keep()\nsay('result', id=ID, outcome='error', reason=T, evidence=['e'])", "error"),
        ("say('finding', id=ID, severity=T, fingerprint='a/b', message='m')\ntime.sleep(20)", "error"),
        ("say('progress', id=T, done=1)\ntime.sleep(20)", "error"),
        ("say('evidence', id=ID, evidence_id=T, path=T, sha256='0' * 64)\ntime.sleep(20)", "error"),
        ("keep()\nsay('result', id=ID, outcome='pass', evidence=['x' * 90 + T])\ntime.sleep(20)", "error"),
        ("print(T, flush=True)\ntime.sleep(20)", "error"),
        ("for i in range(1900, 2000, 5): say('noise', x='y' * i + T, **{T: T})\ngood()", "pass"),
        // The log is cut at 8 KiB; and it may end anywhere.
        ("sys.stderr.write('y' * 8182 + T)\nsys.stderr.flush()\ngood()", "pass"),
        ("good()\nsys.stderr.write('y' + T[:20])", "pass"),
        // It ends in the middle of a line.
        ("sys.stdout.write('{\"x\":\"marker-8401')\nsys.stdout.flush()\nos._exit(0)", "error"),
    ])
    func `a secret that a child says shows nowhere, not even its beginning`(_ body: String, _ word: String) async throws
    {
        let folder = try TemporaryFolder()
        let evidence = FakeEvidence()
        let check = try await Self.check(try Self.probe(body, token: Self.token, in: folder))
        let observation = try await check.collect(in: fakeContext(evidence: evidence))
        let judgement = check.judge(observation, by: Criteria())
        #expect(judgement.outcome(requiring: .declared).word.rawValue == word, "\(judgement)")
        let shown =
            evidence.all.map(\.text) + [
                String(decoding: try JSONEncoder().encode(observation), as: UTF8.self), "\(observation)",
                "\(judgement)",
            ]
        for text in shown { #expect(!text.contains("marker-8") && !text.contains("arker-8401"), "\(text)") }
    }

    @Test(arguments: [
        "T", "json.dumps(T)", "json.dumps(json.dumps(T))", #"json.dumps(T).replace('/', '\\/')"#,
        #"''.join('\\u%04x' % ord(c) for c in T)"#, "urllib.parse.quote(T, safe='')",
        "urllib.parse.quote(urllib.parse.quote(T, safe=''), safe='')", "html.escape(T)",
        "''.join('&#%d;' % ord(c) for c in T)", "base64.b64encode(T.encode()).decode()",
        "'Authorization: Basic ' + base64.b64encode(('desk:' + T).encode()).decode()",
        "base64.urlsafe_b64encode(('u:' + T + ':v').encode()).decode()",
    ])
    func `a secret in a child's evidence is not kept, however it is spelled`(_ spelling: String) async throws {
        let folder = try TemporaryFolder()
        let token = Self.token + "<&\">"
        let body = """
            import base64, html, urllib.parse
            text = \(spelling)
            data = ('before ' + text + ' after').encode()
            open(os.path.join(hello['evidence_dir'], 'e'), 'wb').write(data)
            digest = hashlib.sha256(data).hexdigest()
            say('evidence', id=ID, evidence_id='e', path='e', sha256=digest, provenance='live')
            say('result', id=ID, outcome='pass', grade='E2', evidence=['e'])
            """
        let evidence = FakeEvidence()
        let check = try await Self.check(try Self.probe(body, token: token, in: folder))
        let observation = try await check.collect(in: fakeContext(evidence: evidence))
        #expect(check.judge(observation, by: Criteria()).outcome(requiring: .observed).word == .pass)
        let piece = try #require(evidence.all.first { $0.evidence.kind == .observation })
        // Quotes are JSON's, and what stands before it in base64 is not the secret's.
        let rest = piece.text.replacing("\"", with: "").replacing("\\", with: "")
        #expect(rest.hasPrefix("before ") && rest.hasSuffix(" after"), "\(piece.text)")
        #expect(rest.contains("<secret>") && rest.utf8.count < 60, "\(piece.text)")
    }

    @Test func `an effect whose undo holds a secret is refused before it is written down`() async throws {
        let folder = try TemporaryFolder()
        let body = """
            say('effect', id=ID, effect_id='o', description='an order ' + T, undo={'command': ['cancel', T]}, **{'class': 'read'})
            time.sleep(20)
            """
        let check = try await Self.check(try Self.probe(body, token: Self.token, in: folder))
        let effects = FakeEffects()
        let observation = try await check.collect(in: fakeContext(effects: effects))
        #expect(observation.record.violations.map(\.rule) == [.effectWithoutUndo])
        #expect(effects.all.isEmpty)
    }

    @Test func `a description that breaks a rule with a secret is told without it`() async throws {
        let folder = try TemporaryFolder()
        let script = """
            import sys, json, os
            sys.stdin.readline()
            print(json.dumps({"v": 1, "kind": "describe", "name": "e", "version": "1", "checks": [
                {"id": "acme.a.b", "question": "Is it?", "severity": os.environ["TOKEN"]}]}), flush=True)
            """
        let token = Self.token
        let probe = ExternalValidator(
            ExternalCommand(
                ["python3", try folder.write(script, to: "child.py")], secretEnvironment: ["TOKEN": "api"]),
            engine: "test", secret: { (_) throws(ProbeError) in Secret(token) }, redacting: { [Secret(token)] })
        do throws(ProbeError) {
            _ = try await probe.describe()
            Issue.record("it described itself")
        } catch {
            #expect(error.detail.contains("fields-as-described: severity is <secret>"), "\(error)")
            #expect(!error.detail.contains("marker-8"))
        }
    }

    @Test(arguments: ["pass", "E2", "live", "evidence", "child", "e"])
    func `a secret that is a word of the protocol leaves it readable`(_ token: String) async throws {
        let folder = try TemporaryFolder()
        let check = try await Self.check(try Self.probe("good()", token: token, in: folder))
        let observation = try await check.collect(in: fakeContext())
        #expect(check.judge(observation, by: Criteria()).outcome(requiring: .observed).word == .pass)
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
