import Profile
import Readiness
import Testing

struct PolicyFileTests {
    private static let checks: [CheckID] = ["risk.limit.enforced", "database.query.latency"]

    private func messages(_ text: String) throws -> [String] {
        try problems {
            _ = try PolicyFile.load(
                ConfigurationText(name: "p.yaml", text: text), knownChecks: Self.checks, digest: lengthDigest)
        }
        .map(\.description)
    }

    @Test func `the shipped policy requires every check and fails on low`() throws {
        let text = try Checkout.text("config/policies/default.yaml")
        let policy = try PolicyFile.load(text, knownChecks: Self.checks, digest: lengthDigest)
        #expect(
            policy
                == GatePolicy(
                    version: "1", failOnSeverity: .low, required: ["*"], digest: "\(text.bytes.count) bytes"))
        #expect(Self.checks.allSatisfy(policy.requires))
    }

    @Test func `every problem of a policy is reported at once`() throws {
        let severities = "info, low, medium, high, critical"
        let patterns = "check ids such as risk.limit.enforced, in which * stands for any characters"
        #expect(
            try messages("version: [1]\nfail_on_severity: hgih\nrequierd: []\n") == [
                "p.yaml:1: version: is a list; accepted: a version, one line of text",
                "p.yaml:1: required: is missing; accepted: a list of \(patterns)",
                "p.yaml:2: fail_on_severity: is 'hgih'; accepted: \(severities); did you mean high?",
                "p.yaml:3: requierd: is not a known key; accepted: version, fail_on_severity, required;"
                    + " did you mean required?",
            ])
        #expect(
            try messages("version: 2\nfail_on_severity: 3\nrequired:\n  - risk.*\n  - Risk/*\n  - risk.*\n") == [
                "p.yaml:2: fail_on_severity: is '3'; accepted: \(severities)",
                "p.yaml:5: required: holds 'Risk/*'; accepted: \(patterns)",
                "p.yaml:6: required: holds 'risk.*' twice",
            ])
    }

    @Test func `an empty list of required checks is refused`() throws {
        let found = try messages("version: 2\nfail_on_severity: low\nrequired: []\n")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("p.yaml:3: required: is an empty list") == true)
    }

    @Test func `a pattern that fits no check is refused, because it would require nothing`() throws {
        let text = "version: 2\nfail_on_severity: low\nrequired:\n  - risk.*\n  - database.query.latncy\n  - smoke.*\n"
        #expect(
            try messages(text) == [
                "p.yaml:5: required: holds 'database.query.latncy', which fits no check;"
                    + " did you mean database.query.latency?",
                "p.yaml:6: required: holds 'smoke.*', which fits no check",
            ])
    }
}
