package import Readiness

extension LedgerDescription {
    /// The description with what it says, for evidence. Holds no secret: a password is there by its name.
    ///
    /// - Parameter place: who says it: a record, a profile.
    package func told(by place: String, after elapsed: Duration) -> Answer<LedgerDescription> {
        let queries = criticalQueries.map { "critical query \($0.name)" }.joined(separator: "\n")
        let text = """
            \(place)
            engine \(engine), \(server.map { "server \($0.place) as \($0.user)" } ?? "path \(path)")
            revision table \(revisionTable), expected head \(expectedHead ?? "not asked for")
            \(queries)
            """
        return Answer(self, transcript: text, elapsed: elapsed)
    }
}
