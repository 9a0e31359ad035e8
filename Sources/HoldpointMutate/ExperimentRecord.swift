import FoundationEssentials

/// What has been found out so far, one line an experiment, so that an ended run is not begun anew.
struct ExperimentRecord {
    private let path: String
    private var known: [Experiment] = []

    /// Reads what is there; a last line that was cut is left out.
    init(path: String) throws {
        self.path = path
        guard let data = FileManager.default.contents(atPath: path) else { return }
        let decoder = JSONDecoder()
        known = data.split(separator: UInt8(ascii: "\n")).compactMap { try? decoder.decode(Experiment.self, from: $0) }
    }

    /// What is known of a mutant.
    subscript(mutant: Mutant) -> Experiment? { known.first { $0.mutant == mutant } }

    /// How many of these are known.
    func count(of mutants: [Mutant]) -> Int { mutants.count { self[$0] != nil } }

    /// Adds an experiment, on disk first.
    mutating func keep(_ experiment: Experiment) throws {
        known.append(experiment)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let lines = try known.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }
        try Data(lines.joined().utf8).write(to: URL(filePath: path), options: .atomic)
    }
}
