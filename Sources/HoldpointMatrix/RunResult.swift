import FoundationEssentials

/// The part of `holdpoint run --format json` that the matrix holds against its table.
struct RunResult: Decodable, Sendable {
    struct Check: Decodable, Sendable {
        struct Finding: Decodable, Sendable { var kind: String }
        struct Step: Decodable, Sendable { var command: String? }
        struct Remediation: Decodable, Sendable {
            var steps: [Step]
            var verify: [String]
        }
        struct Evidence: Decodable, Sendable {
            var sha256: String
            var size: Int
            var path: String
        }

        var check_id: String
        var outcome: String?
        var reason: String?
        var grade: String?
        var findings: [Finding]
        var evidence: [Evidence]
        var remediation: Remediation?

        var kinds: Set<String> { Set(findings.map(\.kind)) }

        /// Whether it says that the host is too noisy to measure.
        var isNoise: Bool { outcome == "unverified" && reason == "noisy_host" }

        /// What a row compares with the healthy run.
        var shown: String { "\(outcome ?? "none")(\(reason ?? "")) \(grade ?? "") \(kinds.sorted())" }
    }

    struct Log: Decodable, Sendable {
        var path: String
        var missing: Int
    }

    var verdict: String
    var exit_code: Int32
    var checks: [Check]
    var log: Log

    /// Reads the program's output.
    init(parsing output: String) throws { self = try JSONDecoder().decode(RunResult.self, from: Data(output.utf8)) }
}
