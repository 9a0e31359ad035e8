import Readiness

/// The text of a piece of evidence, put together from what was said: never empty, and never larger than its cap.
package struct EvidenceText: Sendable {
    /// Bytes of UTF-8. Enough for a whole conversation with a target, small enough to page through.
    package static let cap = 65_536

    private var lines: [String] = []
    private var size = 0
    private var left = 0

    /// Begins with these lines.
    package init(_ lines: String...) {
        for line in lines { add(line) }
    }

    /// Adds a line, or several in one text. What does not fit is counted and not kept.
    package mutating func add(_ line: String) {
        guard size + line.utf8.count < Self.cap else {
            left += 1
            // A single giant answer is still evidence of how it began.
            if lines.isEmpty { lines.append(String(line.prefix(Self.cap / 8))) }
            return
        }
        lines.append(line)
        size += line.utf8.count + 1
    }

    /// The whole text.
    package var text: String {
        let kept = lines.allSatisfy(\.isEmpty) ? ["(the answer was empty)"] : lines
        return (left > 0 ? kept + ["… \(left) more not kept: the cap is \(Self.cap) bytes"] : kept).joined(
            separator: "\n")
    }
}

extension String {
    /// Text of a target as a part of a sentence of ours: at most so many characters.
    package func shortened(to count: Int = 120) -> String {
        let head = prefix(count + 1)
        return head.count > count ? head.dropLast() + "…" : String(head)
    }
}

extension [Finding] {
    /// The first findings, and one that counts the others: a target that answers with a million names floods nobody.
    func capped(at count: Int = 40) -> [Finding] {
        guard self.count > count, let next = dropFirst(count).max(by: { $0.severity < $1.severity }) else {
            return self
        }
        return prefix(count) + [
            Finding(
                kind: next.kind, severity: next.severity, subject: "others",
                message: "… and \(self.count - count) more findings, which are in the evidence")
        ]
    }
}
