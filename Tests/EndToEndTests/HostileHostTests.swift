import FoundationEssentials
import Testing

/// What a run makes of a profile that points at a host that is not what it should be: the table of domain-model 1.
@Suite(.timeLimit(.minutes(5)))
struct HostileHostTests {
    private static let rows: [(HostileHost, String)] = [
        (.refuses, "unreachable"), (.hangs, "unreachable"), (.resets, "unreachable"), (.expired, "unreachable"),
        (.unauthorised, "bad_answer"), (.redirects, "bad_answer"), (.floods, "bad_answer"), (.html, "bad_answer"),
    ]

    @Test(arguments: rows)
    func `a host that is not what it should be fails readiness in its limit, in little memory, and nothing passes`(
        host: HostileHost, reason: String
    ) async throws {
        let program = try Program()
        let (result, kilobytes) = try await judged(host, by: program)
        let ready = try #require(result["smoke.health.ready"])
        #expect(ready.outcome == "fail")
        #expect(ready.reason == reason)
        #expect(result.verdict == "no_go")
        // Only what needs no host may be judged at all: this machine's disk.
        let judged = result.checks.filter { $0.outcome == "pass" || $0.outcome == "warn" }.map(\.check_id)
        #expect(Set(judged).isSubset(of: ["smoke.disk.space"]), "\(judged)")
        #expect(result.log.missing == 0)
        #expect(kilobytes < 100_000, "\(kilobytes) KiB")
    }

    @Test func `a capability that is not there leaves its checks unverified, and says which`() async throws {
        let program = try Program()
        let (result, kilobytes) = try await judged(.missing, by: program)
        #expect(result["smoke.health.ready"]?.outcome == "pass")
        let limits = try #require(result["risk.limit.effective"])
        #expect(limits.outcome == "unverified")
        #expect(limits.reason == "hook_missing")
        #expect(result["smoke.killswitch.released"]?.reason == "hook_missing")
        #expect(!["go", "go_with_conditions"].contains(result.verdict))
        #expect(kilobytes < 100_000, "\(kilobytes) KiB")
    }

    /// The run's result, and the most memory that it held, in KiB as the kernel counts it.
    private func judged(_ host: HostileHost, by program: Program) async throws -> (JSONResult, Int) {
        let measure = """
            import resource, subprocess, sys
            code = subprocess.run(sys.argv[1:]).returncode
            print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
            sys.exit(code)
            """
        let script = "\(program.state)/measure.py"
        try Data(measure.utf8).write(to: URL(filePath: script))
        return try await host.serving(in: program.state) { profile in
            let ended = try await program.shell(
                "python3 '\(script)' \"$HP\" run --format json --target '\(profile)'")
            let result = try JSONResult(parsing: ended.output, orComplaint: ended.errors)
            let last = ended.errors.split(separator: "\n").last.flatMap { Int($0) }
            return (result, try #require(last, "\(ended.errors)"))
        }
    }
}
