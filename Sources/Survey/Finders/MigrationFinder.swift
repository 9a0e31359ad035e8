import Readiness

/// Revisions of Alembic, the folder that `alembic.ini` names, and numbered files of SQL.
struct MigrationFinder: Finder {
    func reads(_ file: SurveyedFile) -> Bool {
        file.name == "alembic.ini" || file.suffix == "sql" || file.suffix == "py"
    }

    func sightings(in file: SurveyedFile) -> [Sighting] {
        if file.name == "alembic.ini" { return scripts(in: file) }
        return file.suffix == "sql" ? statements(in: file) : revision(in: file)
    }

    private func scripts(in file: SurveyedFile) -> [Sighting] {
        file.lines.compactMap { line in
            guard let (key, value) = line.text.pair(around: "="), key == "script_location" else { return nil }
            // `%(here)s` is the folder of alembic.ini itself.
            let path = value.after("%(here)s/") ?? value
            guard DatabaseURL.isPath(path), !path.hasPrefix("/") else { return nil }
            return file.sighting(.alembicScripts(folder: PathText.joined(file.folder, String(path))), at: line)
        }
    }

    private func revision(in file: SurveyedFile) -> [Sighting] {
        func assigns(_ line: SurveyedFile.Line, _ name: StaticString) -> Bool {
            guard let rest = line.text.after(name), line.text.place(of: name) == line.text.startIndex else {
                return false
            }
            return rest.trimmed.first == "=" || rest.first == ":"
        }
        guard let line = file.lines.first(where: { assigns($0, "revision") }),
            file.lines.contains(where: { assigns($0, "down_revision") })
        else { return [] }
        return [file.sighting(.migration(.alembic, folder: file.folder), at: line)]
    }

    /// Only in folders that are called so: any other SQL may be a query or a dump.
    private func statements(in file: SurveyedFile) -> [Sighting] {
        let folder = file.folder.split(separator: "/").last.map { $0.lowercased() } ?? ""
        let parent = file.folder.lowercased()
        let isFolder =
            ["migration", "migrations", "migrate", "versions"].contains(folder) || parent.hasSuffix("db/changes")
            || parent.hasSuffix("sql/migrations")
        let digits = file.name.drop { $0 == "V" || $0 == "v" }.prefix { $0.isASCII && $0.isNumber }
        // The way back belongs to the revision that leads forward.
        guard isFolder, !digits.isEmpty, !file.name.hasSuffix(".down.sql") else { return [] }
        return [file.sighting(.migration(.sql, folder: file.folder))]
    }
}

/// Paths within a repository.
enum PathText {
    /// A path below a folder of the repository, `.` left out.
    static func joined(_ folder: String, _ path: String) -> String {
        let parts = (folder.split(separator: "/") + path.split(separator: "/")).filter { $0 != "." }
        return parts.joined(separator: "/")
    }
}
