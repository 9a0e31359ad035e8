import Readiness

/// A database in pieces: `DB_HOST`, `POSTGRES_USER`, `PGDATABASE` of one file of variables. Of a password only the
/// variable's name is read.
struct DatabaseVariableFinder: Finder {
    func reads(_ file: SurveyedFile) -> Bool { file.isVariables }

    private static let families = ["POSTGRES", "POSTGRESQL", "PG", "DB", "DATABASE"]

    func sightings(in file: SurveyedFile) -> [Sighting] {
        var url = DatabaseURL(engine: "postgresql")
        var first: SurveyedFile.Line?
        for line in file.lines where !line.text.isBlank() {
            let text = line.text.after("export ") ?? line.text
            guard let (key, rest) = text.pair(around: "="), let part = part(of: key) else { continue }
            let value = rest.plainValue
            switch part {
            case "HOST", "SERVER": url.host = DatabaseURL.isHost(value) ? String(value) : nil
            case "PORT": url.port = value.leadingPort
            case "USER", "USERNAME": url.user = DatabaseURL.isName(value) ? String(value) : nil
            case "DB", "NAME", "DATABASE": url.database = DatabaseURL.isName(value) ? String(value) : nil
            case "PASSWORD", "PASS":
                url.hasPassword = true
                url.passwordVariable = SecretReference(parsing: "env:\(key)") == nil ? nil : String(key)
            default: continue
            }
            first = first ?? line
        }
        guard let first, url.database != nil else { return [] }
        return [file.sighting(.database(url), at: first)]
    }

    /// `HOST` of `DB_HOST` and of `PGHOST`.
    private func part(of key: Substring) -> Substring? {
        for family in Self.families where key.hasPrefix(family) {
            let rest = key.dropFirst(family.count)
            if rest.first == "_" { return rest.dropFirst() }
            if family == "PG", !rest.isEmpty { return rest }
        }
        return nil
    }
}
