import Readiness

/// The services of a compose file: images, published ports, and the database that an image is told to make.
///
/// Read by indentation and not as YAML: such files use anchors and tags that a configuration of ours refuses.
struct ComposeFinder: Finder {
    func reads(_ file: SurveyedFile) -> Bool {
        guard file.isYAML else { return false }
        let name = file.name.lowercased()
        return name.hasPrefix("docker-compose") || name.hasPrefix("compose")
    }

    func sightings(in file: SurveyedFile) -> [Sighting] {
        var found: [Sighting] = []
        var isInServices = false
        var serviceIndent: Int?
        var current: (service: ComposeService, line: SurveyedFile.Line, database: DatabaseURL)?
        /// The key that the lines below belong to.
        var key: Substring = ""
        func finish() {
            guard let (service, line, database) = current else { return }
            found.append(file.sighting(.service(service), at: line))
            if Self.isPostgreSQL(service.image), database.database != nil || database.user != nil {
                var database = database
                database.host = service.name
                // PostgreSQL's image calls the database as the user unless it is told otherwise.
                database.database = database.database ?? database.user
                found.append(file.sighting(.database(database), at: line))
            }
            current = nil
        }
        for line in file.lines where !line.text.isBlank() {
            let text = line.text
            let indent = text.indent
            if indent == 0 {
                finish()
                isInServices = text.hasPrefix("services:")
                serviceIndent = nil
                continue
            }
            guard isInServices else { continue }
            let own = serviceIndent ?? indent
            serviceIndent = own
            if indent == own, text.trimmed.hasSuffix(":") {
                finish()
                let name = text.trimmed.dropLast()
                key = ""
                guard DatabaseURL.isName(name) else { continue }
                current = (
                    ComposeService(name: String(name), image: ""), line, DatabaseURL(engine: "postgresql")
                )
                continue
            }
            guard current != nil else { continue }
            let item = text.trimmed
            if !item.hasPrefix("-"), let (name, value) = item.pair(around: ":"), !name.hasPrefix("\"") {
                if value.isEmpty { key = name } else { read(name, value, under: key, into: &current!) }
            } else if item.hasPrefix("-") {
                readItem(item.dropFirst().trimmed, under: key, into: &current!)
            }
        }
        finish()
        return found
    }

    static func isPostgreSQL(_ image: String) -> Bool {
        ["postgres", "postgresql", "timescaledb", "timescaledb-ha", "postgis"].contains(image)
    }

    private typealias Seen = (service: ComposeService, line: SurveyedFile.Line, database: DatabaseURL)

    private func read(_ key: Substring, _ value: Substring, under parent: Substring, into seen: inout Seen) {
        switch key {
        case "image":
            // registry.example:5000/team/postgres:15@sha256:… is postgres.
            let last = value.plainValue.split(separator: "/").last ?? ""
            seen.service.image = String(last.prefix { $0 != ":" && $0 != "@" })
        case "ports":
            // ["5432:5432", "9187:9187"]
            for text in value.quotedTexts { readItem(text, under: "ports", into: &seen) }
        case "published": break
        default: if parent == "environment" { readVariable(key, value.plainValue, into: &seen.database) }
        }
    }

    private func readItem(_ item: Substring, under key: Substring, into seen: inout Seen) {
        let text = item.plainValue
        switch key {
        case "ports":
            // 5432, 5432:5432, 127.0.0.1:5433:5432, 8080:80/tcp
            let parts = text.prefix { $0 != "/" }.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count >= 2, let host = port(parts[parts.count - 2]), let inside = port(parts[parts.count - 1])
            else { return }
            seen.service.ports.append(ComposeService.Port(host: host, container: inside))
        case "environment":
            guard let (name, value) = text.pair(around: "=") else { return }
            readVariable(name, value, into: &seen.database)
        default: break
        }
    }

    private func port(_ text: Substring) -> Int? {
        text.allSatisfy { $0.isASCII && $0.isNumber } ? text.leadingPort : nil
    }

    private func readVariable(_ key: Substring, _ value: Substring, into database: inout DatabaseURL) {
        switch key {
        case "POSTGRES_DB": database.database = DatabaseURL.isName(value) ? String(value) : nil
        case "POSTGRES_USER": database.user = DatabaseURL.isName(value) ? String(value) : nil
        case "POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE":
            database.hasPassword = true
            if key == "POSTGRES_PASSWORD" { database.passwordVariable = "POSTGRES_PASSWORD" }
        default: break
        }
    }
}
