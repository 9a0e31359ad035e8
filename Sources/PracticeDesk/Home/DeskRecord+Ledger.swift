extension DeskRecord.LedgerDescription {
    /// The ledger of a home, kept by an engine.
    ///
    /// - Parameter place: where its server is; nil where a file holds it.
    static func of(_ home: DeskHome, in place: LedgerServerPlace?) -> Self {
        let engine: LedgerEngine = place == nil ? .sqlite : .postgresql
        return .init(
            engine: engine.rawValue, path: place?.text ?? home.ledger,
            server: place.map {
                .init(
                    host: LedgerServerPlace.host, port: $0.port, database: LedgerServerPlace.database,
                    user: LedgerServerPlace.reader, passwordFile: home.readerPassword)
            }, role: "reader", migrations: home.migrations(engine), expectedHead: Migration.head(engine).revision,
            revisionTable: Migration.revisionTable, largeTableRows: 10_000, criticalQueries: CriticalQuery.all(engine),
            books: .of(engine))
    }

    /// The same with a place where there is nothing.
    func missing(_ home: DeskHome) -> Self {
        var ledger = self
        if var server {
            server.database = "data"
            ledger.server = server
            ledger.path = "\(server.host):\(server.port)/\(server.database)"
        } else {
            ledger.path = "\(home.path)/data/\(SQLiteLedger.fileName)"
        }
        return ledger
    }
}
