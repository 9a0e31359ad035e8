/// A value in a file, at `file:line`.
package struct SourceLocation: Sendable, Codable, Hashable, CustomStringConvertible {
    /// Relative to the project or absolute, as it was given.
    package var file: String
    /// From 1; 0 where a whole file is meant.
    package var line: Int

    /// Names a place.
    package init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    /// `file:line`, or the file alone.
    package var description: String { line > 0 ? "\(file):\(line)" : file }
}

/// A number that the criteria file accepts, with the place it stands at.
package struct Threshold: Sendable, Equatable {
    /// The number, in the unit that its key names.
    package var value: DecimalValue
    /// Where it stands.
    package var source: SourceLocation

    /// Names a number and its place.
    package init(_ value: DecimalValue, source: SourceLocation) {
        self.value = value
        self.source = source
    }
}

/// A limit that the policy declares for a scope.
package struct DeclaredLimit: Sendable, Equatable {
    /// The tier: `sniper`, `hunter`, `strategist`.
    package var scope: String
    /// `max_order_quantity` …
    package var name: String
    /// The number, and where it stands.
    package var threshold: Threshold

    /// Declares a limit.
    package init(scope: String, name: String, threshold: Threshold) {
        self.scope = scope
        self.name = name
        self.threshold = threshold
    }
}

/// The accepted values, each with the place it comes from. Never a literal in a check.
package struct Criteria: Sendable, Equatable {
    /// A list of names that the criteria file expects, with the place it stands at.
    package struct NameList: Sendable, Equatable {
        /// In the file's order.
        package var names: [String]
        /// Where the list begins.
        package var source: SourceLocation

        /// Names a list and its place.
        package init(_ names: [String], source: SourceLocation) {
            self.names = names
            self.source = source
        }
    }

    private var thresholds: [String: Threshold]
    private var lists: [String: NameList]
    /// The limits per tier, in the order of their file.
    package var limits: [DeclaredLimit]

    /// Gathers what the files say. Keys are dotted paths: `performance.max_query_time_ms`.
    package init(
        thresholds: [String: Threshold] = [:], lists: [String: NameList] = [:], limits: [DeclaredLimit] = []
    ) {
        self.thresholds = thresholds
        self.lists = lists
        self.limits = limits
    }

    /// The number under a dotted key, or nil when no file gives it.
    package subscript(key: String) -> Threshold? { thresholds[key] }

    /// The list of names under a dotted key, or nil when no file gives it.
    package func names(_ key: String) -> NameList? { lists[key] }

    /// Puts a list of names in place of what a file gives. For whoever reads configuration.
    package mutating func expect(_ list: NameList, under key: String) { lists[key] = list }

    /// Gives a number under a key.
    mutating func set(_ threshold: Threshold, for key: String) { thresholds[key] = threshold }

    /// Every key that some file gives, sorted. For telling which of them no check uses.
    package var keys: [String] { (Array(thresholds.keys) + Array(lists.keys)).sorted() }
}
