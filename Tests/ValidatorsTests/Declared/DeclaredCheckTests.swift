import Readiness
import Synchronization
import TestSupport
import Testing
import Validators

/// Answers every question with what it was given.
private struct Canned: WebProbe, CommandProbe, FileProbe, PortProbe, CertificateProbe {
    var web: Result<WebAnswer, ProbeError> = .failure(ProbeError(ourSide: "not asked"))
    var elapsed: [Duration] = [.milliseconds(1)]
    var command: Result<CommandAnswer, ProbeError> = .failure(ProbeError(ourSide: "not asked"))
    var file = FileFacts(exists: false)
    var content = FileContent(bytes: [], ageMicroseconds: 0, sha256: "")
    var port = PortState.open
    var certificate: CertificateFacts?
    var surfaceAddress: String?
    let asked = Counter()

    final class Counter: Sendable {
        private let count = Mutex(0)
        func next() -> Int {
            count.withLock {
                $0 += 1
                return $0 - 1
            }
        }
    }

    func ask(_ requirement: HTTPRequirement) async throws(ProbeError) -> Answer<WebAnswer> {
        Answer(try web.get(), transcript: "GET", elapsed: elapsed[asked.next() % elapsed.count])
    }
    func run(_ requirement: CommandRequirement) async throws(ProbeError) -> Answer<CommandAnswer> {
        Answer(try command.get(), transcript: "$", elapsed: .zero)
    }
    func look(_ requirement: FileRequirement) async throws(ProbeError) -> Answer<FileFacts> {
        Answer(file, transcript: "file", elapsed: .zero)
    }
    func read(_ path: String, cap: Int) async throws(ProbeError) -> Answer<FileContent> {
        Answer(content, transcript: "file", elapsed: .zero)
    }
    func knock(_ requirement: PortRequirement) async throws(ProbeError) -> Answer<PortState> {
        Answer(port, transcript: "port", elapsed: .zero)
    }
    func look(_ requirement: CertificateRequirement) async throws(ProbeError) -> Answer<CertificateFacts> {
        guard let certificate else { throw ProbeError(ourSide: "not asked") }
        return Answer(certificate, transcript: "certificate", elapsed: .zero)
    }

    var probes: DeclaredProbes {
        DeclaredProbes(
            web: self, commands: self, files: self, ports: self, certificates: self, ledger: TargetProbes.offline.ledger
        )
    }
}

struct DeclaredCheckTests {
    private static let place = SourceLocation(file: "acme.yaml", line: 7)

    /// Word and reason, as an engine derives them.
    private func outcome(
        of subject: DeclaredCheck.Subject, seeing canned: Canned, grade: Grade = .observed
    ) async -> String {
        let declared = DeclaredCheck(
            id: "acme.a.b", title: "t", question: "q?", severity: .high, grade: grade, subject: subject,
            mend: .init(summary: "mend"), source: Self.place)
        return await outcome(of: declared.check(canned.probes))
    }

    private func outcome<Body: Check>(of check: Body) async -> String {
        let context = CollectContext(
            criteria: Criteria(), mode: .standard, evidence: FakeEvidence(), reporter: FakeReporter(),
            effects: FakeEffects(), noise: FakeNoise(), clock: ManualClock(), token: "t")
        let outcome: Outcome
        do throws(ProbeError) {
            let observation = try await check.collect(in: context)
            let judgement = check.judge(observation, by: Criteria())
            outcome = judgement.outcome(requiring: check.definition.requiredGrade(in: .standard))
            if outcome.word != .pass {
                let mend = check.remediation(for: .judged(observation, judgement))
                #expect(mend?.verify == ["acme.a.b"])
                #expect(mend?.steps.contains { $0.command != nil } == true)
            }
        } catch {
            outcome = error.outcome(whereReachabilityIsSubject: false)
            #expect(check.remediation(for: .notObserved(error)) != nil)
        }
        return [outcome.word.rawValue, outcome.reason].compactMap(\.self).joined(separator: " ")
    }

    @Test(arguments: [
        ("https://desk:8443", "https://desk:8443/status"), (nil, "\"$TARGET_URL\"/status"),
    ])
    func `the question by hand names the surface's address where it is known`(address: String?, place: String) {
        let command = question(HTTPRequirement(.surface(path: "/status")), at: address)
        #expect(command?.hasPrefix("curl ") == true && command?.hasSuffix(place) == true, "\(command ?? "none")")
    }

    @Test func `the question by hand trusts whom the check trusts`() {
        let command = question(HTTPRequirement(.url("https://x/"), roots: "/etc/our ca.pem"))
        #expect(command?.contains(" --cacert '/etc/our ca.pem' ") == true, "\(command ?? "none")")
        #expect(question(HTTPRequirement(.url("https://x/")))?.contains("--cacert") == false)
    }

    /// The command that asks by hand.
    private func question(_ requirement: HTTPRequirement, at address: String? = nil) -> String? {
        let declared = DeclaredCheck(
            id: "acme.a.b", title: "t", question: "q?", severity: .high, grade: .observed, subject: .http(requirement),
            mend: .init(summary: "mend"), source: Self.place)
        var canned = Canned()
        canned.surfaceAddress = address
        func step<Body: Check>(_ check: Body) -> String? {
            check.remediation(for: .notObserved(ProbeError(ourSide: "it")))?.steps.compactMap(\.command).first
        }
        return step(declared.check(canned.probes))
    }

    private static let stated = CommandRequirement.Form.stated(exitCode: 0, text: .init(contains: ["backup ok"]))

    @Test(arguments: [
        (Int32?(0), "backup ok", "pass"),
        (0, "backup FAILED", "fail text_exit_mismatch"),
        (1, "backup ok", "fail text_exit_mismatch"),
        (1, "backup FAILED", "fail criterion"), (0, "backup ok\nbut not really", "pass"),
        (nil, "backup ok", "fail signalled"),
        (0, "", "fail text_exit_mismatch"),
    ])
    func `trap 1: exit code and text must agree`(_ code: Int32?, _ text: String, _ expected: String) async {
        let canned = Canned(command: .success(CommandAnswer(exitCode: code, output: text)))
        let subject = DeclaredCheck.Subject.command(CommandRequirement(["backup"], form: Self.stated))
        #expect(await outcome(of: subject, seeing: canned) == expected)
    }

    @Test(arguments: [
        (Int32(0), "", "fail text_exit_mismatch"), (0, " \n", "fail text_exit_mismatch"), (1, "", "fail criterion"),
        (0, "all is well", "pass"), (0, "ERROR", "fail text_exit_mismatch"),
    ])
    func `a command that says nothing has only its exit code to speak for it`(
        _ code: Int32, _ text: String, _ expected: String
    ) async {
        let canned = Canned(command: .success(CommandAnswer(exitCode: code, output: text)))
        let form = CommandRequirement.Form.stated(exitCode: 0, text: .init(lacks: ["ERROR"]))
        #expect(await outcome(of: .command(CommandRequirement(["p"], form: form)), seeing: canned) == expected)
    }

    @Test func `a command that says more than is read is not judged by half of it`() async {
        let canned = Canned(command: .success(CommandAnswer(exitCode: 0, output: "backup ok", isCut: true)))
        let subject = DeclaredCheck.Subject.command(CommandRequirement(["backup"], form: Self.stated))
        #expect(await outcome(of: subject, seeing: canned) == "unverified bad_answer")
    }

    @Test func `a command that leaves a process behind is a warning`() async {
        let canned = Canned(command: .success(CommandAnswer(exitCode: 0, output: "backup ok", leftBehind: 1)))
        let subject = DeclaredCheck.Subject.command(CommandRequirement(["backup"], form: Self.stated))
        #expect(await outcome(of: subject, seeing: canned) == "warn band")
    }

    @Test(arguments: [
        (Int32(0), "DISK OK - free 3 GB | /=3GB;1;0", "pass"), (1, "DISK WARNING - low", "warn band"),
        (2, "DISK CRITICAL - full", "fail nagios-critical"), (0, "DISK CRITICAL - full", "fail text_exit_mismatch"),
        (2, "DISK OK", "fail text_exit_mismatch"), (3, "DISK UNKNOWN", "unverified bad_answer"),
        (0, "all is well", "unverified bad_answer"), (127, "DISK OK", "unverified bad_answer"),
        (0, "", "unverified bad_answer"),
    ])
    func `a nagios plugin's code and word must agree`(_ code: Int32, _ text: String, _ expected: String) async {
        let canned = Canned(command: .success(CommandAnswer(exitCode: code, output: text)))
        #expect(await outcome(of: .command(CommandRequirement(["p"], form: .nagios)), seeing: canned) == expected)
    }

    @Test(arguments: [
        (Int32(0), "TAP version 14\n1..1\nok 1 - a\n", "pass"),
        (0, "TAP version 14\n1..1\nnot ok 1 - a\n", "fail text_exit_mismatch"),
        (1, "TAP version 14\n1..1\nok 1 - a\n", "fail text_exit_mismatch"),
        (0, "TAP version 14\n1..2\nok 1 - a\n", "fail text_exit_mismatch"),
        (0, "all tests passed\n", "unverified bad_answer"),
        (0, "TAP version 14\n1..0 # SKIP no database\n", "pass"),
    ])
    func `a command that speaks TAP is judged by it and by its code`(
        _ code: Int32, _ text: String, _ expected: String
    ) async {
        let canned = Canned(command: .success(CommandAnswer(exitCode: code, output: text)))
        let form = CommandRequirement.Form.report(.tap)
        let seen = await outcome(of: .command(CommandRequirement(["p"], form: form)), seeing: canned)
        // A program that skipped everything proved nothing, whatever its exit code.
        #expect(seen == (text.contains("SKIP") ? "unverified no_samples" : expected))
    }

    private static func limit(_ op: Criterion.Comparison, _ value: DecimalValue) -> Criterion {
        Criterion(op, Threshold(value, source: place))
    }

    @Test(arguments: [
        (200, #"{"ready":true,"depth":12}"#, "pass"), (200, #"{"ready":false,"depth":12}"#, "fail value-differs"),
        (200, #"{"ready":true,"depth":2}"#, "fail criterion"), (200, #"{"ready":true,"depth":"12"}"#, "pass"),
        (200, #"{"ready":true}"#, "fail value-differs"), (200, "<html>", "unverified bad_answer"),
        (503, "<html>", "fail criterion"), (302, "", "fail criterion"), (404, "", "unverified hook_missing"),
        (401, "", "unverified credential_missing"), (403, "", "unverified credential_missing"),
    ])
    func `status and values are criteria, and refusals their rows`(
        _ status: Int, _ body: String, _ expected: String
    ) async throws {
        let requirement = HTTPRequirement(
            .surface(path: "/readyz"),
            values: [
                ValueRequirement(try JSONPath(parsing: "$.ready"), .flag(true)),
                ValueRequirement(
                    try JSONPath(parsing: "$.depth"), .number(Self.limit(.greaterOrEqual, "10"), unit: "1")),
            ])
        let canned = Canned(web: .success(WebAnswer(status: status, body: Array(body.utf8))))
        #expect(await outcome(of: .http(requirement), seeing: canned) == expected)
    }

    @Test(arguments: [
        (#"{"up":true,"depth":12}"#, ["status 200", "$.up as expected 1", "$.depth 12"]),
        (#"{"up":"down","depth":12}"#, ["status 200", "$.up as expected 0", "$.depth 12"]),
        (#"{"up":true}"#, ["status 200", "$.up as expected 1", "$.depth as expected 0"]),
    ])
    func `a number at a path is measured under the path, and of anything else whether it is as expected`(
        _ body: String, _ measured: [String]
    ) async throws {
        let requirement = HTTPRequirement(
            .surface(path: "/readyz"),
            values: [
                ValueRequirement(try JSONPath(parsing: "$.up"), .flag(true)),
                ValueRequirement(
                    try JSONPath(parsing: "$.depth"), .number(Self.limit(.greaterOrEqual, "10"), unit: "1")),
            ])
        let declared = DeclaredCheck(
            id: "acme.a.b", title: "t", question: "q?", severity: .high, grade: .observed,
            subject: .http(requirement), mend: .init(summary: "mend"), source: Self.place)
        let canned = Canned(web: .success(WebAnswer(status: 200, body: Array(body.utf8))))
        func judged<Body: Check>(_ check: Body) async throws(ProbeError) -> Judgement {
            let context = CollectContext(
                criteria: Criteria(), mode: .standard, evidence: FakeEvidence(), reporter: FakeReporter(),
                effects: FakeEffects(), noise: FakeNoise(), clock: ManualClock(), token: "t")
            let observation = try await check.collect(in: context)
            return check.judge(observation, by: Criteria())
        }
        let judgement = try await judged(declared.check(canned.probes))
        #expect(judgement.measurements.map { "\($0.name) \($0.value)" } == measured)
        // What is wrong is said of the place itself.
        for finding in judgement.findings {
            #expect(finding.message.contains(" is ") && !finding.message.contains("as expected"))
        }
    }

    @Test func `a 404 at a URL of the profile is another status and no missing hook`() async {
        let canned = Canned(web: .success(WebAnswer(status: 404, body: [])))
        #expect(await outcome(of: .http(HTTPRequirement(.url("http://x/"))), seeing: canned) == "fail criterion")
    }

    @Test(arguments: [
        (299, 2_000_413, "pass"), (10, 2_000_413, "unverified too_few_samples"), (299, 60_000_413, "fail criterion"),
    ])
    func `a percentile of the time follows the percentile law`(
        _ samples: Int, _ nanoseconds: Int, _ expected: String
    ) async {
        let times = (0..<301).map { Duration.nanoseconds(nanoseconds + $0 * 1013) }
        let requirement = HTTPRequirement(
            .url("http://x/"),
            latency: .init(.p99, below: Threshold("10", source: Self.place), samples: samples))
        let canned = Canned(web: .success(WebAnswer(status: 200, body: [])), elapsed: times)
        #expect(await outcome(of: .http(requirement), seeing: canned) == expected)
    }

    @Test(arguments: [
        (FileFacts(exists: true, mode: 0o600, ageMicroseconds: 5_000_000, misses: [], sha256: "ab"), "pass"),
        (FileFacts(exists: false), "fail file-missing"),
        (FileFacts(exists: true, other: "a folder"), "fail not-a-file"),
        (FileFacts(exists: true, mode: 0o644, ageMicroseconds: 0, misses: [], sha256: "ab"), "fail mode-differs"),
        (FileFacts(exists: true, mode: 0o600, ageMicroseconds: 61_000_000, misses: [], sha256: "ab"), "fail criterion"),
        (
            FileFacts(exists: true, mode: 0o600, ageMicroseconds: -3_600_000_000, misses: [], sha256: "ab"),
            "fail from-the-future"
        ),
        (
            FileFacts(exists: true, mode: 0o600, ageMicroseconds: 0, misses: ["lacks x"], sha256: "ab"),
            "fail content-differs"
        ),
        (FileFacts(exists: true, mode: 0o600, ageMicroseconds: 0, misses: [], sha256: "cd"), "fail digest-differs"),
        (FileFacts(exists: true, mode: 0o600, ageMicroseconds: 0, misses: nil, sha256: nil), "fail content-differs"),
    ])
    func `everything that is asked of a file must hold`(_ facts: FileFacts, _ expected: String) async {
        let requirement = FileRequirement(
            "/etc/acme", mode: 0o600, maximumAge: Threshold("60", source: Self.place), text: .init(contains: ["x"]),
            sha256: "AB")
        let seen = await outcome(of: .file(requirement), seeing: Canned(file: facts))
        #expect(seen == expected)
    }

    @Test func `a file that must not be there`() async {
        let requirement = FileRequirement("/etc/acme", exists: false)
        #expect(await outcome(of: .file(requirement), seeing: Canned(file: FileFacts(exists: false))) == "pass")
        let seen = await outcome(of: .file(requirement), seeing: Canned(file: FileFacts(exists: true)))
        #expect(seen == "fail file-present")
    }

    @Test(arguments: [
        (PortState.open, true, "pass"), (.refused, true, "fail unreachable"), (.silent, true, "fail unreachable"),
        (.open, false, "fail port-open"),
        (.refused, false, "pass"), (.silent, false, "pass"),
    ])
    func `a port is open or it is not`(_ state: PortState, _ isOpen: Bool, _ expected: String) async {
        let requirement = PortRequirement(host: "127.0.0.1", port: 5432, isOpen: isOpen)
        #expect(await outcome(of: .port(requirement), seeing: Canned(port: state)) == expected)
    }

    @Test(arguments: [
        (30.5, String?.none, Bool?(true), "pass"), (29.999, nil, true, "fail criterion"),
        (-1, nil, true, "fail criterion"),
        (90, "its issuer is not known", true, "fail chain-untrusted"), (90, nil, false, "fail name-differs"),
        (90, nil, nil, "fail name-differs"),
    ])
    func `a certificate needs days, a chain and the name`(
        _ days: Double, _ trouble: String?, _ covers: Bool?, _ expected: String
    ) async {
        let facts = CertificateFacts(
            subject: "CN=x", notBefore: UTCInstant(microseconds: 0),
            notAfter: UTCInstant(microseconds: 1_000_000_000_000 + Int64(days * 86_400_000_000)),
            lookedAt: UTCInstant(microseconds: 1_000_000_000_000), chainTrouble: trouble, coversName: covers,
            names: ["x"],
            sha256: "ab")
        let requirement = CertificateRequirement(
            .server(host: "x", port: 443), leastDays: Threshold("30", source: Self.place))
        #expect(await outcome(of: .certificate(requirement), seeing: Canned(certificate: facts)) == expected)
    }

    @Test(arguments: [
        (ReportRequirement.Format.junit, "<testsuite tests=\"1\"><testcase name=\"a\"/></testsuite>", Int64(0), "pass"),
        (.junit, "<testsuite tests=\"1\"><testcase name=\"a\"/></testsuite>", 61_000_000, "fail criterion"),
        (.junit, "<testsuite tests=\"1\"><testcase name=\"a\"/></testsuite>", -59_000_000, "pass"),
        (
            .junit, "<testsuite tests=\"1\"><testcase name=\"a\"/></testsuite>", -61_000_000,
            "fail from-the-future"
        ),
        (.junit, "<testsuite tests=\"0\"/>", 0, "fail criterion"),
        (.sarif, #"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}},"results":[]}]}"#, 0, "pass"),
        (.tap, "no tap", 0, "unverified bad_answer"),
        // Nothing was tried: that it was written just now proves nothing, and neither does its length.
        (.tap, "TAP version 14\n1..2\nok 1 - a # SKIP\nok 2 - b # SKIP\n", 0, "unverified no_samples"),
        (.junit, skipped(2, of: 2), 0, "unverified no_samples"),
        (.junit, skipped(1, of: 2), 0, "pass"),
    ])
    func `a report counts while it is young and holds something`(
        _ format: ReportRequirement.Format, _ text: String, _ age: Int64, _ expected: String
    ) async {
        let requirement = ReportRequirement(
            format, at: "/r", maximumAge: Threshold("60", source: Self.place))
        let canned = Canned(content: FileContent(bytes: Array(text.utf8), ageMicroseconds: age, sha256: "ab"))
        #expect(await outcome(of: .report(requirement), seeing: canned, grade: .declared) == expected)
        if expected == "pass" {
            #expect(await outcome(of: .report(requirement), seeing: canned) == "unverified grade_below_required")
        }
    }

    /// A JUnit report of so many cases.
    private static func skipped(_ count: Int, of total: Int) -> String {
        let cases = (0..<total).map { "<testcase name=\"\($0)\">\($0 < count ? "<skipped/>" : "")</testcase>" }
        return "<testsuite tests=\"\(total)\">\(cases.joined())</testsuite>"
    }

    @Test func `only what was tried counts as a result`() async {
        let requirement = ReportRequirement(
            .junit, at: "/r", maximumAge: Threshold("60", source: Self.place), leastResults: 2)
        for (skipped, expected) in [(0, "pass"), (1, "fail criterion"), (2, "unverified no_samples")] {
            let text = Self.skipped(skipped, of: 2)
            let canned = Canned(content: FileContent(bytes: Array(text.utf8), ageMicroseconds: 0, sha256: "ab"))
            #expect(await outcome(of: .report(requirement), seeing: canned, grade: .declared) == expected)
        }
    }
}
