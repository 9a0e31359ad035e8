import FoundationEssentials
package import Readiness

/// Why a foreign report cannot be read. A lower-case fragment with the place; holds no text of the report.
package struct ForeignTrouble: Error, Equatable, CustomStringConvertible {
    /// What is wrong and where.
    package var description: String

    /// States what is wrong.
    package init(_ description: String) { self.description = description }
}

/// What a plugin, a test protocol or another tool's report says, in our words.
package struct ForeignResults: Sendable, Codable, Equatable {
    /// Something that it complains of.
    package struct Item: Sendable, Codable, Equatable {
        /// Stable: `test-failed`, a rule's id.
        package var kind: String
        /// What it is about: a test's name, a file.
        package var subject: String
        /// One sentence.
        package var message: String
        /// How bad it is.
        package var severity: Severity
        /// Where in a file.
        package var location: SourceLocation?

        /// States a complaint.
        package init(
            kind: String, subject: String, message: String, severity: Severity, location: SourceLocation? = nil
        ) {
            self.kind = kind
            self.subject = subject
            self.message = message
            self.severity = severity
            self.location = location
        }
    }

    /// A number that it tells.
    package struct Number: Sendable, Codable, Equatable {
        /// The label.
        package var name: String
        /// The unit as it was spelled; `1` where there is none.
        package var unit: String
        /// The number.
        package var value: DecimalValue

        /// States a number.
        package init(name: String, unit: String, value: DecimalValue) {
            self.name = name
            self.unit = unit
            self.value = value
        }
    }

    /// How many results there are, whatever they say.
    package var total = 0
    /// How many are good.
    package var passed = 0
    /// How many are bad, those that broke included.
    package var failed = 0
    /// How many say nothing: skipped, to do, suppressed.
    package var skipped = 0
    /// Complaints, the first of each kind that a report is full of; at most `itemCap`.
    package private(set) var items: [Item] = []
    /// How many more there were.
    package private(set) var dropped = 0
    /// Numbers that are told.
    package var numbers: [Number] = []
    /// The exit code that the text stands for, where it names one.
    package var expectedExitCode: Int32?

    /// The most complaints that are kept.
    package static let itemCap = 40
    /// The most numbers that are kept.
    package static let numberCap = 100

    /// Begins empty.
    package init() {}

    /// Adds a complaint with its texts made fit to be shown, or counts it.
    package mutating func add(_ item: Item) {
        guard items.count < Self.itemCap else {
            dropped += 1
            return
        }
        var item = item
        item.kind = Self.slug(item.kind)
        item.subject = SafeText.line(item.subject.shortened(to: 200))
        item.message = SafeText.line(item.message.shortened(to: 300))
        items.append(item)
    }

    /// A complaint of ours about the report itself.
    package mutating func contradict(_ kind: String, _ message: String) {
        add(Item(kind: kind, subject: "report", message: message, severity: .medium))
    }

    /// Whether it reports any failure or contradicts itself.
    package var isBad: Bool { failed > 0 || items.contains { $0.severity >= .medium } }

    /// As a judgement. Nothing but skipped results proves nothing.
    package func judgement(from evidence: Evidence) -> Judgement {
        var judgement = Judgement()
        if passed + failed > 0 {
            judgement.measurements.append(
                Measurement(
                    "failed", unit: "1", DecimalValue(failed), Criterion(definition: .equal, "0"), n: passed + failed,
                    from: evidence))
        }
        judgement.measurements.append(Measurement(told: "skipped", unit: "1", DecimalValue(skipped), from: evidence))
        judgement.measurements += numbers.prefix(Self.numberCap).map {
            Measurement(told: SafeText.line($0.name.shortened()), unit: $0.unit, $0.value, from: evidence)
        }
        judgement.findings = items.map {
            Finding(
                kind: $0.kind, severity: $0.severity, subject: $0.subject, message: $0.message, location: $0.location)
        }
        if dropped > 0 {
            judgement.findings.append(
                Finding(
                    kind: "more", severity: items.map(\.severity).max() ?? .low, subject: "report",
                    message: "… and \(dropped) more, which are in the report"))
        }
        return judgement
    }

    /// A kind of ours: lower-case letters, digits, hyphens, dots, slashes, underscores; 60 at most.
    private static func slug(_ text: String) -> String {
        let slug = text.lowercased().unicodeScalars.prefix(60).map { scalar -> Character in
            let isPlain = (97...122).contains(scalar.value) || (48...57).contains(scalar.value)
            return isPlain || "-._/".unicodeScalars.contains(scalar) ? Character(scalar) : "-"
        }
        return slug.isEmpty ? "unnamed" : String(slug)
    }
}
