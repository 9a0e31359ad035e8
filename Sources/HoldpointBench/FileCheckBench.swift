import FoundationEssentials
import Probes
import Readiness
import Validators

/// What declared file checks cost beyond checks with an empty body.
enum FileCheckBench {
    /// The difference between 10,000 of each, the median of five interleaved pairs.
    static func beyondEmpty() async throws -> Duration {
        let folder = try Scratch()
        let place = SourceLocation(file: "bench.yaml", line: 1)
        var probes = DeclaredProbes.offline
        probes.files = DeclaredFiles()
        var checks: [any Check] = []
        for count in 0..<10_000 {
            let path = folder.file("f\(count)")
            try Data("present \(count)".utf8).write(to: URL(filePath: path))
            guard let id = CheckID(parsing: "bench.c\(count).holds") else { throw BenchError("no id") }
            let declared = DeclaredCheck(
                id: id, title: "it is there", question: "is it there?", severity: .low,
                subject: .file(FileRequirement(path)), mend: .init(summary: "make it"), source: place)
            checks.append(declared.check(probes))
        }
        var differences: [Duration] = []
        for _ in 0..<5 {
            let empty = try await EngineBench.tenThousandChecks().elapsed
            differences.append(try await EngineBench.run(checks).elapsed - empty)
        }
        return differences.sorted()[2]
    }
}
