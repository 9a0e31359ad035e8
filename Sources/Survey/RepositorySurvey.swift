import Readiness

/// What a repository shows of a system: every sighting with its place, and what was not looked at.
package struct RepositorySurvey: Sendable, Equatable {
    /// Sightings of one file that are kept: 200. A file of thousands of URLs describes no system.
    package static let sightingsOfAFile = 200
    /// Sightings that are kept in all: 5,000.
    package static let mostSightings = 5_000

    /// In the order in which files were looked at.
    package private(set) var sightings: [Sighting] = []
    /// How many files were read.
    package private(set) var filesRead = 0
    /// What was passed over and why, for a person.
    package var notes: [String] = []

    private static let finders: [any Finder] = [
        MigrationFinder(), DatabaseFinder(), DatabaseVariableFinder(), ComposeFinder(), MonitoringFinder(),
        RouteFinder(), ListenerFinder(), SystemdFinder(), LogFinder(), TradingFileFinder(), VenueFinder(),
    ]

    /// Begins with nothing seen.
    package init() {}

    /// Whether any finder has a use for a file of this path; others need not be read.
    package static func reads(_ path: String) -> Bool {
        let file = SurveyedFile(path: path, text: "")
        return !isTest(path) && finders.contains { $0.reads(file) }
    }

    /// Looks at a file.
    package mutating func look(at file: SurveyedFile) {
        filesRead += 1
        var found = Self.finders.filter { $0.reads(file) }.flatMap { $0.sightings(in: file) }
        if found.count > Self.sightingsOfAFile {
            notes.append(
                "\(file.path): only the first \(Self.sightingsOfAFile) of \(found.count) things in it are used")
            found.removeLast(found.count - Self.sightingsOfAFile)
        }
        sightings += found.prefix(Self.mostSightings - sightings.count)
    }

    /// Tests name databases and ports of their own, which are not the system's.
    private static func isTest(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        guard let name = parts.last else { return false }
        return name.hasPrefix("test_") || name.hasPrefix("conftest.")
            || ["_test.go", ".test.js", ".test.ts", ".spec.js", ".spec.ts", "_test.py"].contains { name.hasSuffix($0) }
    }
}
