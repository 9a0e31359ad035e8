package import Readiness

/// What the sightings of a repository add up to: one value for each key of a profile, with the place that it was read
/// at. A sketch: nobody was asked whether it is so.
package struct SystemSketch: Sendable, Equatable {
    /// A value with its place.
    package struct Seen<Value: Sendable & Equatable>: Sendable, Equatable {
        /// What is seen.
        package var value: Value
        /// Where.
        package var location: SourceLocation
    }

    /// A folder of revisions.
    package struct Migrations: Sendable, Equatable {
        /// How they are written.
        package var style: MigrationStyle
        /// Relative to the repository.
        package var folder: String
        /// How many there are.
        package var count: Int
    }

    /// The name of the folder as a target's id.
    package var id: String
    /// Where the surface would be: `http://127.0.0.1:8090`; nil where no port is seen.
    package var address: Seen<String>?
    /// The database that the system most likely uses; nil where none of a known engine is seen.
    package var ledger: Seen<DatabaseURL>?
    /// Other databases, and engines that are not looked at.
    package var otherDatabases: [Seen<DatabaseURL>] = []
    /// The folder with the most revisions.
    package var migrations: Seen<Migrations>?
    /// The file that the system logs to.
    package var log: Seen<String>?
    /// The first unit.
    package var unit: Seen<SystemdUnit>?
    /// Routes, each operation's first.
    package var routes: [Seen<Route>] = []
    /// Files of the monitoring.
    package var monitoring: [Seen<MonitoringFile>] = []
    /// Services of compose files.
    package var services: [Seen<ComposeService>] = []
    /// Files of limits.
    package var limits: [SourceLocation] = []
    /// Files of strategies.
    package var strategies: [SourceLocation] = []
    /// A venue's host.
    package var venue: Seen<String>?

    /// Adds a survey up.
    ///
    /// - Parameter name: what the repository's folder is called.
    package init(_ survey: RepositorySurvey, of name: String) {
        id = Self.identifier(name)
        var databases: [Seen<DatabaseURL>] = []
        var listeners: [Seen<Int>] = []
        var folders: [String: Seen<Migrations>] = [:]
        var scripts: [String] = []
        for sighting in survey.sightings {
            let place = sighting.location
            switch sighting.kind {
            case .database(let url): databases.append(Seen(value: url, location: place))
            case .migration(let style, let folder):
                let seen =
                    folders[folder] ?? Seen(value: Migrations(style: style, folder: folder, count: 0), location: place)
                folders[folder] = seen
                folders[folder]?.value.count += 1
            case .alembicScripts(let folder): scripts.append(folder)
            case .service(let service): services.append(Seen(value: service, location: place))
            case .monitoring(let file): monitoring.append(Seen(value: file, location: place))
            case .route(let route):
                let isKnown = routes.contains {
                    $0.value.operation == route.operation && !(route.isContract && !$0.value.isContract)
                }
                if !isKnown {
                    routes.removeAll { $0.value.operation == route.operation }
                    routes.append(Seen(value: route, location: place))
                }
            case .listener(let port): listeners.append(Seen(value: port, location: place))
            case .unit(let seen): unit = unit ?? Seen(value: seen, location: place)
            case .log(let path): log = log ?? Seen(value: path, location: place)
            case .limits: limits.append(place)
            case .strategies: strategies.append(place)
            case .venue(let host): venue = venue ?? Seen(value: host, location: place)
            }
        }
        // What the unit says holds for the system as it runs; code says what it does by itself.
        if let unit, let path = unit.value.log { log = Seen(value: path, location: unit.location) }
        // The folder that alembic.ini names, then the one with the most revisions; a tie goes by name.
        migrations = folders.values.max { one, other in
            let rank = { (seen: Seen<Migrations>) in
                (scripts.contains { seen.value.folder.hasPrefix("\($0)/") } ? 1 : 0, seen.value.count)
            }
            return rank(one) == rank(other) ? one.value.folder > other.value.folder : rank(one) < rank(other)
        }
        chooseAddress(listeners)
        chooseLedger(databases)
    }

    // MARK: -

    /// The port of the file that has the routes, of a service of our own, or the first one.
    private mutating func chooseAddress(_ listeners: [Seen<Int>]) {
        let files = Set(routes.map(\.location.file))
        let published = services.first { $0.value.isOwn && !$0.value.ports.isEmpty }
        var chosen = listeners.first { files.contains($0.location.file) }
        if chosen == nil, let published {
            chosen = Seen(value: published.value.ports[0].host, location: published.location)
        }
        guard let chosen = chosen ?? listeners.first else { return }
        // From outside, a port of a container is where it is published.
        let ports = services.filter(\.value.isOwn).flatMap(\.value.ports)
        let port = ports.first { $0.container == chosen.value }?.host ?? chosen.value
        address = Seen(value: "http://127.0.0.1:\(port)", location: chosen.location)
    }

    private mutating func chooseLedger(_ databases: [Seen<DatabaseURL>]) {
        let ranked = databases.enumerated()
            .sorted { (Self.rank($0.element), $0.offset) < (Self.rank($1.element), $1.offset) }
            .map(\.element)
        guard var chosen = ranked.first(where: { DatabaseURL.engines.contains($0.value.engine) }) else {
            otherDatabases = ranked
            return
        }
        otherDatabases = ranked.filter { $0 != chosen }
        if let service = services.first(where: { $0.value.name == chosen.value.host })?.value,
            let port = service.ports.first(where: { $0.container == chosen.value.port ?? 5_432 })
        {
            // A service's name leads somewhere within its network only.
            (chosen.value.host, chosen.value.port) = ("127.0.0.1", port.host)
        }
        ledger = chosen
    }

    /// Smaller is likelier to be what the running system uses.
    private static func rank(_ seen: Seen<DatabaseURL>) -> Int {
        let file = SurveyedFile(path: seen.location.file, text: "")
        let isWhole = seen.value.isWhole ? 0 : 10
        if file.isVariables { return isWhole + (file.isExample ? 3 : 0) }
        if file.suffix == "ini" { return isWhole + 1 }
        if file.isYAML { return isWhole + 2 }
        return isWhole + (file.isCode ? 4 : 5)
    }

    /// A folder's name as an id: small letters, digits, `-` and `_`, a letter first, at most 40.
    static func identifier(_ name: String) -> String {
        var id = ""
        for byte in name.lowercased().utf8 {
            switch byte {
            case 48...57, 97...122, UInt8(ascii: "_"): id.unicodeScalars.append(Unicode.Scalar(byte))
            default: if !id.isEmpty, id.last != "-" { id += "-" }
            }
        }
        while let last = id.last, last == "-" || last == "_" { id.removeLast() }
        guard let first = id.utf8.first else { return "target" }
        if !(97...122).contains(first) { id = "target-\(id)" }
        return String(id.prefix(40))
    }
}

extension DatabaseURL {
    /// Whether a profile's `ledger` can be made of it without a guess.
    package var isWhole: Bool {
        switch engine {
        case "sqlite": file != nil
        case "postgresql": host != nil && database != nil && user != nil
        default: false
        }
    }

    /// For people: `postgresql desk at db:5432`.
    var words: String {
        if let file { return "\(engine) \(file)" }
        let place = host.map { " at \($0)" + (port.map { ":\($0)" } ?? "") } ?? ""
        return engine + (database.map { " \($0)" } ?? "") + place
    }
}
