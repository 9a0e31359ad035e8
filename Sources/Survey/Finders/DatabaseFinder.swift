import Readiness

/// Databases that code and configuration connect to: URLs of SQLAlchemy and of variables, `key=value` strings of libpq,
/// and the files that SQLite is opened with.
struct DatabaseFinder: Finder {
    private static let configuration: Set = ["ini", "cfg", "toml", "json", "conf", "sh", "service", "properties"]

    func reads(_ file: SurveyedFile) -> Bool {
        file.isVariables || file.isCode || file.isYAML || Self.configuration.contains(file.suffix)
    }

    func sightings(in file: SurveyedFile) -> [Sighting] {
        file.lines.compactMap { line in
            // A comment in a file of variables is somebody's example.
            if file.isVariables, line.text.isBlank() { return nil }
            return database(in: line.text).map { file.sighting(.database($0), at: line) }
        }
    }

    private func database(in line: Substring) -> DatabaseURL? {
        if line.has("://"), let url = DatabaseURL(in: line) { return url }
        if line.has("dbname="), let place = keywords(in: line) { return place }
        let opens =
            line.has("sqlite3.connect(") || line.has("aiosqlite.connect(") || line.has("sql.Open(\"sqlite")
            || line.has("new Database(") || line.has("sqlite3.Database(")
        guard opens, let path = line.quotedTexts.compactMap(file).first else { return nil }
        var url = DatabaseURL(engine: "sqlite")
        url.file = path
        return url
    }

    private func file(_ text: Substring) -> String? {
        let path = (text.hasPrefix("file:") ? text.dropFirst(5) : text).prefix { $0 != "?" }
        let endings = [".db", ".sqlite", ".sqlite3"]
        guard endings.contains(where: path.hasSuffix), DatabaseURL.isPath(path) else { return nil }
        return String(path)
    }

    /// `host=localhost port=5432 user=desk dbname=desk`: libpq's other spelling.
    private func keywords(in line: Substring) -> DatabaseURL? {
        var url = DatabaseURL(engine: "postgresql")
        for word in line.split(whereSeparator: { $0.isWhitespace || $0 == "\"" || $0 == "'" || $0 == "`" }) {
            guard let (key, value) = word.pair(around: "=") else { continue }
            switch key {
            case "host", "hostaddr": url.host = DatabaseURL.isHost(value) ? String(value) : nil
            case "port": url.port = value.leadingPort
            case "user": url.user = DatabaseURL.isName(value) ? String(value) : nil
            case "dbname": url.database = DatabaseURL.isName(value) ? String(value) : nil
            case "password": url.hasPassword = true
            default: break
            }
        }
        return url.database == nil && url.host == nil ? nil : url
    }
}
