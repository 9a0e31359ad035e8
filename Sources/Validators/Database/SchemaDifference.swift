import Readiness

/// What a database lacks, or has otherwise, of that which its migrations make.
struct SchemaDifference: Sendable {
    /// A part that is not as the migrations make it.
    enum Part: Sendable {
        /// The migrations make it, and it is not there.
        case missing(SchemaShape.Part)
        /// It is there with another definition.
        case changed(SchemaShape.Part, found: String)
        /// A trigger that no migration makes: it acts on each write, so it is no harmless addition.
        case stray(SchemaShape.Part)
    }

    /// In order of sort and name. The parts of a table that is missing are not told beside it.
    let parts: [Part]
    /// Parts that are there and that no migration makes, apart from triggers and those of the revision table: a
    /// person's own index or a tool's table keeps no promise of a migration from being kept.
    let additions: [SchemaShape.Part]

    /// Compares what is there with what was expected.
    ///
    /// - Parameter revisionTable: made by the target's tool, not by a migration.
    init(expected: SchemaShape, found: SchemaShape, revisionTable: String) {
        let expectedParts = Self.byKey(expected)
        let foundParts = Self.byKey(found)
        let tables = Set(found.parts.filter { $0.kind == .table }.map { $0.table.lowercased() })
        var parts: [Part] = []
        for (key, part) in expectedParts.sorted(by: { $0.key < $1.key }) {
            if let other = foundParts[key] {
                if !Self.isSame(other.definition, part.definition) {
                    parts.append(.changed(part, found: other.definition))
                }
            } else if part.kind == .table || part.kind == .view || tables.contains(part.table.lowercased()) {
                parts.append(.missing(part))
            }
        }
        let extra = foundParts.filter { expectedParts[$0.key] == nil }.sorted { $0.key < $1.key }.map(\.value)
        parts += extra.filter { $0.kind == .trigger }.map { .stray($0) }
        self.parts = parts
        additions = extra.filter {
            $0.kind != .trigger && $0.table.lowercased() != revisionTable.lowercased()
        }
    }

    private static func byKey(_ shape: SchemaShape) -> [String: SchemaShape.Part] {
        // References may be there twice over; one is as good as two.
        Dictionary(shape.parts.map { ("\($0.kind.rawValue) \($0.name.lowercased())", $0) }) { first, _ in first }
    }

    /// Names are compared without regard to case, as SQLite compares them, and what is put together from them too.
    private static func isSame(_ one: String, _ other: String) -> Bool { one.lowercased() == other.lowercased() }
}

extension SchemaDifference.Part {
    /// What stands for it in a fingerprint.
    var subject: String {
        switch self {
        case .missing(let part), .changed(let part, _), .stray(let part): "\(part.kind.rawValue).\(part.name)"
        }
    }

    /// One clause: what was expected, and what is there.
    var sentence: String {
        switch self {
        case .missing(let part):
            let definition = part.definition.isEmpty ? "" : " (\(part.definition.shortened()))"
            return "the \(part.kind.rawValue) \(part.name.shortened())\(definition) is missing"
        case .changed(let part, let found) where part.kind == .reference:
            // Its name says all of it; what is found beside that is what it lacks.
            return "the reference \(part.name.shortened()) is \(found.inWords), and the migrations make it whole"
        case .changed(let part, let found):
            return "the \(part.kind.rawValue) \(part.name.shortened()) is \(found.inWords), and the migrations make it "
                + part.definition.inWords
        case .stray(let part):
            return
                "the trigger \(part.name.shortened()) on \(part.table.shortened()) comes from no migration, and acts "
                + "on what is written"
        }
    }
}

extension String {
    fileprivate var inWords: String { isEmpty ? "without a type" : shortened() }
}
