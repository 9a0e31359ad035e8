import Readiness

/// Gathers what is wrong in several files, each of which is read whatever is wrong with the others.
struct GatheredProblems {
    /// In the order in which they were met.
    private(set) var problems: [ConfigurationProblem]

    init(_ problems: [ConfigurationProblem] = []) { self.problems = problems }

    /// What a file comes to, or nil after keeping what is wrong with it.
    mutating func keep<Value>(_ read: () throws(ConfigurationError) -> Value) -> Value? {
        do throws(ConfigurationError) { return try read() } catch {
            problems += error.problems
            return nil
        }
    }

    /// Puts problems of one file in the order of its lines; those of one line stay as they are.
    mutating func sortByLine() { problems.sort { $0.location.line < $1.location.line } }

    /// Ends the load if anything was wrong.
    func throwIfAny() throws(ConfigurationError) {
        guard problems.isEmpty else { throw ConfigurationError(problems) }
    }
}
