import Glibc
import Profile

/// The folder that holds Package.swift, found from this file; its real path, because developers build through links.
enum Checkout {
    static let root: String = {
        guard let resolved = realpath(#filePath, nil) else { preconditionFailure("no file at \(#filePath)") }
        defer { free(resolved) }
        return String(cString: resolved).split(separator: "/", omittingEmptySubsequences: false)
            .dropLast(4).joined(separator: "/")
    }()

    /// A file of the checkout under its name in messages.
    static func text(_ name: String) throws -> ConfigurationText {
        try ConfigurationText(readingFileAt: "\(root)/\(name)", name: name)
    }
}

/// Not a hash: it shows that the bytes which were read are the ones that are hashed.
func lengthDigest(_ bytes: [UInt8]) -> String { "\(bytes.count) bytes" }

/// The criteria file that is shipped, loaded as ours.
func shippedCriteria() throws -> CriteriaFile {
    try CriteriaFile.load(
        Checkout.text("config/validation_criteria.yaml"), isOurs: true, knownNames: knownNames, digest: lengthDigest)
}

/// Names of sets and validators as the program hands them in.
let knownNames = ["health", "basic_flow", "critical_path", "smoke", "risk", "database"]

/// The problems that a load must end with; none when it succeeds.
func problems(_ load: () throws -> Void) throws -> [ConfigurationProblem] {
    do {
        try load()
        return []
    } catch let error as ConfigurationError {
        return error.problems
    }
}

extension String {
    /// The number of the first line that holds a text, from 1; 0 where none does.
    func line(of text: String) -> Int {
        let lines = split(separator: "\n", omittingEmptySubsequences: false)
        return (lines.firstIndex { $0.contains(text) } ?? -1) + 1
    }

    /// The text with one piece, which must be there, replaced.
    func changing(_ old: String, to new: String) -> String {
        guard let range = firstRange(of: old) else { preconditionFailure("nothing to change: \(old)") }
        return replacingCharacters(in: range, with: new)
    }

    private func replacingCharacters(in range: Range<Index>, with new: String) -> String {
        String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
    }
}
