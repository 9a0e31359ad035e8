import FoundationEssentials
import Probes
import Readiness
import Validators

/// What declared file checks cost beyond checks with an empty body.
enum FileCheckBench {
    /// Pairs of runs. A single difference is smaller than what the disk makes of a run, so that few pairs tell nothing.
    private static let pairs = 15

    /// The differences between 10,000 of each, one for each pair, the least first: the middle one is the cost. Who comes
    /// first changes from pair to pair.
    static func beyondEmpty() async throws -> [Duration] {
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
        for pair in 0..<pairs {
            let before = pair.isMultiple(of: 2) ? try await EngineBench.tenThousandChecks().elapsed : .zero
            let full = try await EngineBench.run(checks).elapsed
            let after = pair.isMultiple(of: 2) ? .zero : try await EngineBench.tenThousandChecks().elapsed
            differences.append(full - before - after)
        }
        return differences.sorted()
    }
}
