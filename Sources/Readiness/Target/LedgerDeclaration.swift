/// What a profile says of the target's database.
package struct LedgerDeclaration: Sendable, Equatable {
    /// Where it is.
    package enum Place: Sendable, Equatable {
        /// As the record of a practice desk says.
        case deskRecord
        /// A file.
        case sqlite(path: String)
        /// A server.
        case postgresql(LedgerServer)
    }

    /// Where it is.
    package var place: Place
    /// The folder of migration files; nil where none is named.
    package var migrationsFolder: String?
    /// The table that holds the applied revision; nil where none is named.
    package var revisionTable: String?
    /// The revision that is expected; nil: the head of the folder.
    package var expectedHead: String?
    /// The statements that are called critical.
    package var criticalQueries: [CriticalQuery]
    /// How its books are read; nil where the profile does not say.
    package var books: LedgerBooks?

    /// What checks are told of the ledger; nil for a desk's, whose record tells it.
    package var description: LedgerDescription? {
        let engine: String
        var path = ""
        var server: LedgerServer?
        switch place {
        case .deskRecord: return nil
        case .sqlite(let file): (engine, path) = ("sqlite", file)
        case .postgresql(let place):
            (engine, server) = ("postgresql", place)
            path = place.place
        }
        return LedgerDescription(
            engine: engine, path: path, server: server, criticalQueries: criticalQueries,
            expectedHead: expectedHead, revisionTable: revisionTable ?? "", books: books)
    }

    /// Begins with a place.
    package init(place: Place) {
        self.place = place
        criticalQueries = []
    }
}
