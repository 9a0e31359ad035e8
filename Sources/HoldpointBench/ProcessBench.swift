import Probes
import Readiness

/// What starting a program costs, beside the leanest that a shell has.
enum ProcessBench {
    private static let count = 1000
    private static let width = 2

    /// 1,000 times `true` at width 2, by us and by `xargs -P2 -n1`, turn about: the median of five of each.
    static func thousandTimesTrue() async throws -> (ours: Duration, xargs: Duration) {
        var (ours, xargs): ([Duration], [Duration]) = ([], [])
        for _ in 0..<5 {
            ours.append(try await time { try await runAll() })
            xargs.append(
                try await time {
                    try await run(["sh", "-c", "seq \(count) | xargs -P\(width) -n1 true"])
                })
        }
        return (ours: ours.sorted()[2], xargs: xargs.sorted()[2])
    }

    private static func time(_ work: () async throws -> Void) async throws -> Duration {
        let start = ContinuousClock.now
        try await work()
        return ContinuousClock.now - start
    }

    private static func runAll() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<width {
                group.addTask { for _ in 0..<(count / width) { try await run(["true"]) } }
            }
            try await group.waitForAll()
        }
    }

    private static func run(_ arguments: [String]) async throws {
        let result = try await ProcessProbe().run(
            CommandRequest(arguments, in: "/", environment: ["PATH": "/usr/bin:/bin"], limit: .seconds(60)))
        guard result.ending == .exited(0) else { throw BenchError("\(arguments[0]) did not end with 0") }
    }
}
