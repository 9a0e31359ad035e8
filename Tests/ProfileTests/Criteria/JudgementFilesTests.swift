import FoundationEssentials
import Profile
import Readiness
import Testing

/// A profile and the files that it names, each with a fault of its own.
struct JudgementFilesTests {
    /// A folder that is gone when the test is over, with files in it.
    private func withFiles(_ files: [String: String], _ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("holdpoint-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
        try body(folder.path)
    }

    private static let named = "criteria: criteria.yaml\npolicy: policy.yaml\nlimits: limits.yaml\n"
    private static let head = "version: 1\nid: desk\nenvironment: staging\n" + named
    private static let faulty = [
        "criteria.yaml": "thresholds:\n  smoke: {max_ready_ms: soon}\n", "limits.yaml": "tiers: none\n",
        "policy.yaml": "version: \"2\"\nfail_on_severity: lo\nrequired: [\"smoke.*\"]\n",
    ]
    private static let known = JudgementFiles.Known(names: knownNames, checks: ["smoke.health.ready"])
    private static let unknown = JudgementFiles.Known(names: nil, checks: nil)

    private func shipped() throws -> JudgementFiles.Shipped {
        try JudgementFiles.Shipped(
            criteria: Checkout.text("config/validation_criteria.yaml"),
            limits: Checkout.text("config/limits/genesis-tiers.yaml"),
            policy: Checkout.text("config/policies/default.yaml"))
    }

    /// What the program comes to know of a profile, whatever is wrong with it.
    private func references(_ profile: String, in folder: String) -> ProfileReferences {
        let text = ConfigurationText(name: "t.yaml", text: profile)
        do throws(ConfigurationError) {
            return try TargetProfileFile.load(text, folder: folder, digest: lengthDigest).references
        } catch {
            return ProfileReferences(of: error, in: text, folder: folder)
        }
    }

    private func load(
        _ profile: String, in folder: String, given: JudgementFiles.Given = JudgementFiles.Given(),
        knowing known: JudgementFiles.Known = known
    ) throws -> JudgementFiles {
        try JudgementFiles.load(
            given, over: shipped(), for: references(profile, in: folder), knowing: known, digest: lengthDigest)
    }

    /// File, line and key of each problem, in order; files of the folder without it.
    private func places(
        _ profile: String, in folder: String, given: JudgementFiles.Given = JudgementFiles.Given(),
        knowing known: JudgementFiles.Known = known
    ) throws -> [String] {
        try problems { _ = try load(profile, in: folder, given: given, knowing: known) }.map {
            "\($0.location) \($0.keyPath)".replacing("\(folder)/", with: "")
        }
    }

    private static let ofFiles = [
        "criteria.yaml:2 thresholds.smoke.max_ready_ms", "limits.yaml:1 tiers", "policy.yaml:2 fail_on_severity",
    ]

    @Test func `what is wrong in several files of a profile is told together, file by file`() throws {
        try withFiles(Self.faulty) { (folder) throws in
            #expect(try places(Self.head, in: folder) == Self.ofFiles)
            let own = Self.head + "thresholds:\n  smoke: {max_redy_ms: 70}\n"
            #expect(try places(own, in: folder) == ["t.yaml:8 thresholds.smoke.max_redy_ms"] + Self.ofFiles)
        }
    }

    @Test func `a file that is not there is told beside what is wrong in the others`() throws {
        try withFiles(Self.faulty.filter { $0.key != "criteria.yaml" }) { (folder) throws in
            #expect(try places(Self.head, in: folder) == ["criteria.yaml ", Self.ofFiles[1], Self.ofFiles[2]])
        }
    }

    @Test func `what is wrong with the profile comes first, in the order of its lines, then its files`() throws {
        let profile =
            "version: 1\nid: desk\nenvironment: stagging\nthresholds:\n  smoke: {max_redy_ms: 70}\n" + Self.named
            + "runbok: {}\n"
        try withFiles(Self.faulty) { (folder) throws in
            let own = ["t.yaml:3 environment", "t.yaml:5 thresholds.smoke.max_redy_ms", "t.yaml:9 runbok"]
            #expect(try places(profile, in: folder) == own + Self.ofFiles)
            let given = JudgementFiles.Given(policy: "\(folder)/limits.yaml")
            #expect(try places(profile, in: folder, given: given).contains(Self.ofFiles[2]) == false)
        }
    }

    @Test func `a profile that is no configuration names no files, and those that are given are read`() throws {
        try withFiles(Self.faulty) { (folder) throws in
            #expect(try places("version: [1\n" + Self.named, in: folder).allSatisfy { $0.hasPrefix("t.yaml:") })
            let given = JudgementFiles.Given(criteria: "\(folder)/criteria.yaml")
            let found = try places("version: [1\n", in: folder, given: given)
            #expect(found.first?.hasPrefix("t.yaml:") == true && found.last == Self.ofFiles[0], "\(found)")
        }
    }

    private static let own = """
        checks:
          - id: desk.api.up
            title: it answers
            severity: high
            remediation: start it
            http: {url: "http://127.0.0.1:1/"}

        """

    private static let ofUnknownChecks = [
        "criteria.yaml": "thresholds:\n  smoke: {max_ready_ms: 70}\n  checks:\n    desk.api.up: {latency_ms: 5}\n",
        "policy.yaml": "version: \"2\"\nfail_on_severity: low\nrequired: [desk.api.up]\n",
    ]

    @Test func `nothing is said of checks that may stand in a profile that is no configuration`() throws {
        try withFiles(Self.ofUnknownChecks) { (folder) throws in
            let given = JudgementFiles.Given(criteria: "\(folder)/criteria.yaml", policy: "\(folder)/policy.yaml")
            #expect(references("version: [1\n" + Self.own, in: folder).hasUnknownChecks)
            let found = try places("version: [1\n" + Self.own, in: folder, given: given, knowing: Self.unknown)
            #expect(!found.isEmpty && found.allSatisfy { $0.hasPrefix("t.yaml:") }, "\(found)")
        }
    }

    @Test func `nothing is said of checks that nobody knows because the profile is wrong`() throws {
        let files = Self.ofUnknownChecks
        let profile =
            "version: 1\nid: desk\nenvironment: stagging\ncriteria: criteria.yaml\npolicy: policy.yaml\n" + Self.own
        try withFiles(files) { (folder) throws in
            let references = references(profile, in: folder)
            #expect(references.hasUnknownChecks && references.checks.isEmpty)
            #expect(try places(profile, in: folder, knowing: Self.unknown) == ["t.yaml:3 environment"])
            let mended = self.references(profile.replacing("stagging", with: "staging"), in: folder)
            #expect(!mended.hasUnknownChecks && mended.checks == ["desk.api.up"])
        }
    }

    @Test func `files without faults are loaded, thresholds over criteria, and what is given before what is named`()
        throws
    {
        let files = [
            "criteria.yaml": "thresholds:\n  smoke: {max_ready_ms: 70, max_tick_age_ms: 900}\n",
            "policy.yaml": "version: \"2\"\nfail_on_severity: low\nrequired: [\"smoke.*\"]\n",
            "other.yaml": "version: \"3\"\nfail_on_severity: low\nrequired: [\"smoke.*\"]\n",
        ]
        let profile =
            "version: 1\nid: desk\nenvironment: staging\ncriteria: criteria.yaml\npolicy: policy.yaml\n"
            + "thresholds:\n  smoke: {max_ready_ms: 50}\n"
        try withFiles(files) { (folder) throws in
            let loaded = try load(profile, in: folder)
            #expect(loaded.criteria.criteria["smoke.max_ready_ms"]?.value == "50")
            #expect(loaded.criteria.criteria["smoke.max_tick_age_ms"]?.value == "900")
            #expect(loaded.policy.version == "2" && !loaded.limits.limits.isEmpty)
            let given = JudgementFiles.Given(policy: "\(folder)/other.yaml")
            #expect(try load(profile, in: folder, given: given).policy.version == "3")
        }
    }
}
