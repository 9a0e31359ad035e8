package import Readiness

/// What a migration file says of its place among the others: its own name, and the names of those that it follows.
package struct MigrationRevision: Sendable, Codable, Equatable {
    /// Why a file's place cannot be told.
    package struct Unreadable: Error, Codable, Equatable {
        /// A lower-case fragment that reads after the file's name.
        package var reason: String
        /// From 1.
        package var line: Int
    }

    /// Unique among the files.
    package var id: String
    /// Those that it follows: none for the first, two or more for a merge.
    package var parents: [String]
    /// Folder and name of the file.
    package var path: String
    /// Where the id stands, from 1.
    package var idLine: Int
    /// Where the parents stand, from 1.
    package var parentsLine: Int

    /// Reads a file by what its name ends in. Never runs it.
    ///
    /// - Throws: `Unreadable` for whatever leaves the place open: a file that cannot be placed is a fault of the
    ///   migrations, and never simply left out.
    package init(reading file: MigrationFile) throws(Unreadable) {
        let (id, parents): (Stated<String>, Stated<[String]>)
        if file.name.hasSuffix(".py") {
            (id, parents) = try AlembicFile.place(in: file.text)
        } else if SQLFile.isOne(file.name) {
            (id, parents) = try SQLFile.place(in: file.text)
        } else {
            throw Unreadable(reason: "is neither an Alembic revision nor an SQL file", line: 1)
        }
        guard Self.isName(id.value) else { throw Unreadable(reason: "has an id that is no name", line: id.line) }
        guard parents.value.count <= Self.mostParents, parents.value.allSatisfy(Self.isName) else {
            throw Unreadable(reason: "names parents that are no names", line: parents.line)
        }
        self.id = id.value
        self.parents = parents.value
        path = file.path
        idLine = id.line
        parentsLine = parents.line
    }

    /// Where its id stands.
    package var location: SourceLocation { SourceLocation(file: path, line: idLine) }

    /// Where its parents stand.
    package var parentsLocation: SourceLocation { SourceLocation(file: path, line: parentsLine) }

    /// A value with the line that it stands on.
    struct Stated<Value> {
        var value: Value
        var line: Int
    }

    private static let mostParents = 100

    /// What can be shown in one line and compared byte by byte.
    private static func isName(_ text: String) -> Bool {
        (1...200).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }
}
