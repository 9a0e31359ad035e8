/// A guide whose transcript can be carried out: what it has its reader type, and what it says comes back.
///
/// Read from fenced blocks: `console` holds commands behind `$ ` and what each prints, `console background` one command that
/// goes on while the others run, `yaml append` lines for the end of the profile. Other blocks are for people alone.
struct GuideTranscript {
    enum Step: Equatable {
        /// One command, and the lines that it prints.
        case command(String, prints: [String])
        /// A command that runs beside the next ones, and the line by which it is known to be there.
        case background(String, says: String)
        /// Lines for the end of the profile.
        case append(String)
    }

    let steps: [Step]

    init(parsing text: String) {
        var steps: [Step] = []
        var kind: Substring?
        var lines: [Substring] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let open = kind {
                guard line == "```" else {
                    lines.append(line)
                    continue
                }
                steps += Self.steps(of: open, lines)
                kind = nil
            } else if line.hasPrefix("```") {
                kind = line.dropFirst(3)
                lines = []
            }
        }
        self.steps = steps
    }

    private static func steps(of kind: Substring, _ lines: [Substring]) -> [Step] {
        switch kind {
        case "console":
            var steps: [(command: String, prints: [String])] = []
            for line in lines {
                if line.hasPrefix("$ ") {
                    steps.append((String(line.dropFirst(2)), []))
                } else if !steps.isEmpty {
                    steps[steps.count - 1].prints.append(String(line))
                }
            }
            return steps.map { .command($0.command, prints: $0.prints) }
        case "console background":
            guard let first = lines.first, first.hasPrefix("$ ") else { return [] }
            return [.background(String(first.dropFirst(2)), says: lines.dropFirst().joined(separator: "\n"))]
        case "yaml append": return [.append("\n" + lines.joined(separator: "\n") + "\n")]
        default: return []
        }
    }

    /// The first line of `expected` that `printed` does not have in its place; nil where all is as it is told.
    ///
    /// In an expected line `…` stands for any text, and a line of it alone for any lines. Runs of spaces count as one: a
    /// column is as wide as what stands in it.
    static func mismatch(_ expected: [String], with printed: String) -> String? {
        var lines = printed.split(separator: "\n", omittingEmptySubsequences: false).map(squeezed)
        while lines.last?.isEmpty == true { lines.removeLast() }
        var wanted = expected.map(squeezed)
        while wanted.last?.isEmpty == true { wanted.removeLast() }
        return firstUnmatched(wanted[...], lines[...])
    }

    /// Tries each place at which lines behind a `…` could go on; tells the line that the best try was stuck at.
    private static func firstUnmatched(_ wanted: ArraySlice<String>, _ lines: ArraySlice<String>) -> String? {
        var wanted = wanted
        var lines = lines
        while let next = wanted.first {
            if next == "…" {
                let rest = wanted.dropFirst()
                guard let after = rest.first else { return nil }
                var stuck = after
                for start in lines.indices where matches(lines[start], after) {
                    guard let left = firstUnmatched(rest, lines[start...]) else { return nil }
                    stuck = left
                }
                return stuck
            }
            guard let line = lines.first, matches(line, next) else { return next }
            wanted = wanted.dropFirst()
            lines = lines.dropFirst()
        }
        return lines.isEmpty ? nil : "(nothing more, and there is: \(lines.first ?? ""))"
    }

    private static func matches(_ line: String, _ pattern: String) -> Bool {
        let parts = pattern.split(separator: "…", omittingEmptySubsequences: false)
        guard parts.count > 1, let head = parts.first, let tail = parts.last else { return line == pattern }
        guard line.hasPrefix(head), line.hasSuffix(tail), line.count >= head.count + tail.count else { return false }
        var rest = line.dropFirst(head.count).dropLast(tail.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }

    private static func squeezed(_ line: some StringProtocol) -> String {
        line.split(separator: " ").joined(separator: " ")
    }
}
