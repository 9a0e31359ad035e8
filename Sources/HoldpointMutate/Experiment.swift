import FaultMatrix
import FoundationEssentials

/// What became of a mutant.
struct Experiment: Sendable, Codable {
    /// Who noticed.
    enum Fate: String, Sendable, Codable {
        /// It does not compile: the types noticed.
        case compiler
        /// A unit test failed, or never ended.
        case test
        /// A row of the fault matrix differed.
        case matrix
        /// Nobody.
        case survived

        var isCaught: Bool { self != .survived }
    }

    var mutant: Mutant
    var fate: Fate
    /// Seconds, all steps together.
    var seconds: Int64
    /// The rows that were tried, for one that reached the matrix.
    var rows: [String] = []
}

extension Laboratory {
    /// Makes a mutant and finds out who notices, the cheapest first.
    func experiment(on mutant: Mutant) async throws -> Experiment {
        let clock = ContinuousClock()
        let began = clock.now
        try make(mutant)
        defer {
            // The next mutant is made from the checkout's text: a failure here would show there.
            try? restore(mutant)
        }
        var rows: [String] = []
        func ended(_ fate: Experiment.Fate) -> Experiment {
            Experiment(
                mutant: mutant, fate: fate, seconds: (clock.now - began).components.seconds, rows: rows)
        }
        guard try await buildSmall().succeeded else { return ended(.compiler) }
        guard try await testSmall().succeeded else { return ended(.test) }
        rows = try self.rows(for: mutant)
        guard try await buildWhole().succeeded else { return ended(.compiler) }
        return ended(try await matrix(rows).succeeded ? .survived : .matrix)
    }

    /// The rows of the check that the mutated file holds; for a file that several share, one row of each validator.
    private func rows(for mutant: Mutant) throws -> [String] {
        let text = try String(contentsOf: URL(filePath: "\(checkout)/\(mutant.file)"), encoding: .utf8)
        let own = FaultTable.checks.filter { text.contains("id: \"\($0)\"") }
        let rows = FaultTable.rows.filter { !own.isDisjoint(with: $0.fails.keys) }.map(\.name)
        return rows.isEmpty ? ["limit-off-by-one", "index-dropped", "lost-fill"] : rows
    }
}
