import FoundationEssentials
import Probes
import Readiness
import TestSupport
import Testing
import Validators

/// A child that does one thing wrong, as a Python script in a folder of its own, and what must come of it.
struct WrongChild: Sendable, CustomTestStringConvertible {
    var name: String
    /// What it does when it has been asked to run.
    var body: String
    var limit: Duration = .seconds(20)
    var word: Outcome.Word
    var reason: String?
    /// The rule that the kit must name.
    var rule: String

    var testDescription: String { name }

    /// What all have in common. `keep` leaves sound evidence, `good` passes as it should.
    static let prelude = """
        import sys, json, os, hashlib, time, signal
        def say(kind, **fields): print(json.dumps({"v": 1, "kind": kind, **fields}), flush=True)
        hello = json.loads(sys.stdin.readline())
        ID = "wrong.child.check"
        say("describe", name="wrong", version="1", checks=[{"id": ID, "question": "Is it right?", "severity": "high",
            "effects": "read", "hard_limit_ms": LIMIT}])
        line = sys.stdin.readline()
        if '"run"' not in line: sys.exit(0)
        def keep():
            data = b"seen"
            open(os.path.join(hello["evidence_dir"], "e"), "wb").write(data)
            say("evidence", id=ID, evidence_id="e", path="e", sha256=hashlib.sha256(data).hexdigest(), provenance="live")
        def good():
            keep()
            say("result", id=ID, outcome="pass", grade="E2", evidence=["e"])

        """

    /// Three processes that leave its group, say a message over and over, and outlive it. They end when nobody listens.
    static func writers(_ message: String) -> String {
        """
        lines = (json.dumps(\(message)) + "\\n").encode() * 3
        assert len(lines) <= 4096  # what a pipe takes in one piece: none writes into another's line
        ready, begun = os.pipe()
        for _ in range(3):
            if os.fork() == 0:
                os.setsid()
                os.write(1, lines)
                os.write(begun, b"1")
                while True: os.write(1, lines)
        os.read(ready, 1)
        os._exit(0)
        """
    }

    static let all: [WrongChild] = [
        WrongChild(name: "no result", body: "keep()", word: .error, reason: "protocol", rule: "result-before-exit"),
        WrongChild(
            name: "two results", body: "good()\ngood()\nsys.stdin.read()", word: .error, reason: "protocol",
            rule: "nothing-after-result"),
        WrongChild(
            name: "two results at once",
            body: "good()\nsay('result', id=ID, outcome='pass', grade='E2', evidence=['e'])\nsys.stdin.read()",
            word: .error, reason: "protocol", rule: "one-result"),
        WrongChild(
            name: "pass without evidence", body: "say('result', id=ID, outcome='pass', grade='E2', evidence=[])",
            word: .unverified, reason: "no_samples", rule: "pass-with-evidence"),
        WrongChild(
            name: "a line of 2 MiB", body: "say('progress', id=ID, done=1, unit='x' * (2 << 20))\ngood()", word: .error,
            reason: "protocol", rule: "line-at-most-1-mib"),
        WrongChild(
            name: "endless output", body: "while True: say('progress', id=ID, done=1, unit='x' * 1000)", word: .error,
            reason: "protocol", rule: "output-at-most-16-mib"),
        WrongChild(
            // Five seconds: on a busy machine Python takes one to start, and has to get as far as ignoring.
            name: "ignores cancel", body: "signal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(600)",
            limit: .seconds(5), word: .error, reason: "checker_timeout", rule: "ends-when-cancelled"),
        WrongChild(
            name: "exit code 1 after pass", body: "good()\nsys.exit(1)", word: .warn, reason: "exit_mismatch",
            rule: "exit-0-after-result"),
        WrongChild(
            name: "invalid UTF-8",
            body: "sys.stdout.buffer.write(b'{\"v\":1,\"kind\":\"pr\\xff\"}\\n')\nsys.stdout.flush()\ngood()",
            word: .error, reason: "protocol", rule: "utf-8"),
        WrongChild(
            name: "an id that was not asked for", body: "say('progress', id='other.child.check', done=1)\ngood()",
            word: .error, reason: "protocol", rule: "only-the-check-asked-for"),
        WrongChild(
            name: "a fork that outlives it",
            body: "good()\nsys.stdout.flush()\nif os.fork() == 0:\n    time.sleep(600)\nos._exit(0)", word: .warn,
            reason: "band", rule: "leaves-no-process"),
        WrongChild(
            name: "writers that outlive it and its group",
            body: writers("{'v': 1, 'kind': 'progress', 'id': ID, 'done': 1, 'unit': 'x' * 1000}"), word: .error,
            reason: "protocol", rule: "leaves-no-process"),
        WrongChild(
            name: "1,001 measurements",
            body: "for i in range(1001): say('measurement', id=ID, name=f'm{i}', unit='1', value='1')\ngood()",
            word: .error, reason: "protocol", rule: "at-most-1000-of-a-kind"),
        WrongChild(
            name: "1,001 findings, the last of which counts",
            body: "for i in range(1001):\n"
                + "    say('finding', id=ID, severity='info' if i < 1000 else 'high', fingerprint=f'f/{i}', message='m')\n"
                + "good()", word: .error, reason: "protocol", rule: "at-most-1000-of-a-kind"),
        WrongChild(
            name: "a result that rests on 1,001 ids",
            body: "keep()\nsay('result', id=ID, outcome='pass', grade='E2', evidence=['e'] * 1001)", word: .error,
            reason: "protocol", rule: "at-most-1000-of-a-kind"),
        WrongChild(
            name: "4 MiB of evidence nine times",
            body: "data = b'x' * (4 << 20)\nopen(os.path.join(hello['evidence_dir'], 'e'), 'wb').write(data)\n"
                + "digest = hashlib.sha256(data).hexdigest()\n"
                + "for i in range(9): say('evidence', id=ID, evidence_id=f'e{i}', path='e', sha256=digest)\n"
                + "say('result', id=ID, outcome='pass', grade='E2', evidence=['e0'])", word: .error,
            reason: "protocol", rule: "evidence-at-most-32-mib"),
        WrongChild(
            // The first is live and the second is not: which of them the result rests on could not be told.
            name: "an evidence id announced twice",
            body: "keep()\ndata = b'another'\nopen(os.path.join(hello['evidence_dir'], 'f'), 'wb').write(data)\n"
                + "digest = hashlib.sha256(data).hexdigest()\n"
                + "say('evidence', id=ID, evidence_id='e', path='f', sha256=digest, provenance='imported')\n"
                + "say('result', id=ID, outcome='pass', grade='E2', evidence=['e'])", word: .error,
            reason: "protocol", rule: "evidence-ids-unique"),
        WrongChild(
            name: "the same evidence announced twice", body: "keep()\ngood()", word: .error, reason: "protocol",
            rule: "evidence-ids-unique"),
        WrongChild(
            name: "evidence outside of its folder",
            body: "say('evidence', id=ID, evidence_id='e', path='../e', sha256='0' * 64)\ngood()", word: .error,
            reason: "protocol", rule: "evidence-inside-its-folder"),
        WrongChild(
            name: "evidence by a link that leads out",
            body: "os.symlink('/etc/passwd', os.path.join(hello['evidence_dir'], 'e'))\n"
                + "d = hashlib.sha256(open('/etc/passwd','rb').read()).hexdigest()\n"
                + "say('evidence', id=ID, evidence_id='e', path='e', sha256=d)\ntime.sleep(5)", word: .error,
            reason: "protocol", rule: "evidence-inside-its-folder"),
        WrongChild(
            name: "evidence that differs",
            body: "open(os.path.join(hello['evidence_dir'], 'e'), 'w').write('x')\n"
                + "say('evidence', id=ID, evidence_id='e', path='e', sha256='0' * 64)\ntime.sleep(5)", word: .error,
            reason: "protocol", rule: "evidence-as-its-digest-says"),
        WrongChild(
            name: "an effect beyond its description",
            body:
                "say('effect', id=ID, effect_id='o', description='an order', undo={'command': ['true']}, **{'class': 'write_paper'})\ntime.sleep(5)",
            word: .error, reason: "protocol", rule: "effects-as-described"),
        WrongChild(
            name: "not JSON", body: "print('PASS', flush=True)\ngood()", word: .error, reason: "protocol",
            rule: "one-json-object-a-line"),
    ]

    /// The script in a folder, and a probe of it.
    func probe(in folder: TemporaryFolder) throws -> ExternalValidator {
        let script = Self.prelude.replacing("LIMIT", with: "\(limit.milliseconds)") + body + "\n"
        return ExternalValidator(
            ExternalCommand(["python3", try folder.write(script, to: "child.py")]), engine: "holdpoint test",
            secret: { (_) throws(ProbeError) in throw ProbeError(ourSide: "no secrets here") })
    }
}

/// A folder under the system's temporary one, gone with the value that holds it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/holdpoint-external-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String) throws -> String {
        let file = "\(path)/\(name)"
        try Data(text.utf8).write(to: URL(filePath: file))
        return file
    }
}

/// A context whose parts are fakes.
func fakeContext(
    criteria: Criteria = Criteria(), evidence: FakeEvidence = FakeEvidence(), effects: FakeEffects = FakeEffects()
) -> CollectContext {
    CollectContext(
        criteria: criteria, mode: .standard, evidence: evidence, reporter: FakeReporter(), effects: effects,
        noise: FakeNoise(), clock: ManualClock(), token: "hp-test")
}
