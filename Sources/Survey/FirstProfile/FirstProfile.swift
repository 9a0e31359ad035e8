import Readiness

/// A first profile for a repository, as text: what was seen is in force, what was not seen is offered, each with its
/// place and with the checks that look through it.
///
/// Nothing above `read` comes of it: it declares no paper.
package struct FirstProfile: Sendable {
    /// The text of the file.
    package var text: String { lines.text }

    private let sketch: SystemSketch
    private let checks: CheckIndex
    private var lines = ProfileLines()

    /// Writes a profile.
    ///
    /// - Parameters:
    ///   - sketch: what the repository shows.
    ///   - checks: every check.
    ///   - repository: what `repository:` is to say: `.` beside the profile, otherwise an absolute path.
    ///   - limitsFile: a file that the reader of limits takes, as `limits:` is to name it; nil for none.
    package init(_ sketch: SystemSketch, checks: CheckIndex, repository: String, limitsFile: String? = nil) {
        self.sketch = sketch
        self.checks = checks
        head(repository)
        surface()
        capabilities()
        instances()
        paper()
        ledger()
        places()
        control()
        acceptance(limitsFile)
        runbook()
    }

    // MARK: -

    private mutating func head(_ repository: String) {
        lines.say(
            "A first profile, written by: holdpoint target init. It says where Holdpoint finds the system of this repository. "
                + "What was seen in the repository is in force, with the place that it was read at; nobody has been asked "
                + "whether it is so. A line with two signs explains, a line with one offers a setting: take the sign away "
                + "and put your values in.")
        lines.say("docs/guides/target-profile.md explains every key; an error in this file is told with its line.")
        lines.space()
        lines.put("version: 1")
        lines.say("What the log calls the system.")
        lines.put("id: \(sketch.id)")
        lines.say(
            "practice (a toy), staging (like production, with paper money) or production (nothing is ever changed there). "
                + "The system has to say the same of itself.")
        lines.put("environment: staging")
        lines.say(
            "Where the code is checked out: migrations, logs and relative paths begin there. --repo says it for one run."
        )
        lines.put("repository: \(ProfileLines.value(repository))", isOffered: !ProfileLines.isValue(repository))
    }

    private mutating func surface() {
        lines.space()
        lines.say("The readiness surface: where the system answers over HTTP (docs/guides/readiness-surface.md).")
        let isSeen = sketch.address != nil
        if let address = sketch.address {
            lines.say("Port: \(address.location). Put the right host in, and https:// if it is not on this machine.")
        } else {
            lines.say(
                "No port that the system listens on was seen. Without an address every check but those of the database is "
                    + "unverified.")
        }
        lines.put("surface:", isOffered: !isSeen)
        lines.put("  address: \(sketch.address?.value ?? "http://127.0.0.1:8090")", isOffered: !isSeen)
        lines.say(
            "How long it may be silent, and how Holdpoint shows that it may ask. Secrets by name only: env:NAME, file:PATH "
                + "(mode 0600) or command:WORDS.")
        lines.offer("  timeout_ms: 2000")
        lines.offer("  authentication:")
        lines.offer("    bearer: env:\(variable("TOKEN"))")
        lines.offer("  authority: ca.pem")
    }

    private mutating func capabilities() {
        let routes = sketch.routes.filter { $0.value.operation != nil }
        let own = routes.filter(\.value.isContract)
        let others = routes.filter { !$0.value.isContract }
        lines.space()
        lines.say(
            "Capabilities that are had in another way than the surface's own paths: another path, a command, a file, SQL."
        )
        for route in own {
            lines.say(
                "\(route.value.operation ?? ""): \(route.location) answers \(route.value.path), the surface's own path: nothing to bind."
            )
        }
        if others.isEmpty, own.isEmpty { lines.say("No route was seen that looks like one of them.") }
        lines.offer("capabilities:")
        for route in others {
            guard let name = route.value.operation, let operation = SurfaceOperation.named(name) else { continue }
            lines.say("\(route.location) answers GET \(route.value.path). \(enables(operation.capability))")
            binding(operation, "http: GET \(route.value.path)")
        }
        // One to copy from where none was seen: most systems have such a list, in one form or another.
        if others.isEmpty, let operation = SurfaceOperation.named("risk.limits") {
            lines.say("A command that prints JSON. \(enables(operation.capability))")
            binding(operation, "command: [python3, tools/limits.py, --json]")
        }
    }

    private mutating func binding(_ operation: SurfaceOperation, _ source: String) {
        lines.offer("  \(operation.name):")
        lines.offer("    \(source)")
        lines.say("  Behind each field of the answer stands where the system's own answer has it.")
        lines.offer("    answer:")
        fields(operation.answer, "      ", "$")
    }

    private mutating func fields(_ fields: [SurfaceField], _ indent: String, _ root: String) {
        for field in fields where !field.isOptional {
            switch field.kind {
            case .list(let inner):
                lines.offer("\(indent)\(field.name):")
                lines.offer("\(indent)  each: \(root).\(field.name)")
                lines.offer("\(indent)  as:")
                self.fields(inner, indent + "    ", "$")
            case .object(let inner):
                lines.offer("\(indent)\(field.name):")
                self.fields(inner, indent + "  ", "\(root).\(field.name)")
            default: lines.offer("\(indent)\(field.name): \(root).\(field.name)")
            }
        }
    }

    private mutating func instances() {
        lines.space()
        lines.say("Every process of the system, for smoke.identity.uniform. Without it: those that the surface lists.")
        lines.offer("instances:")
        lines.offer("  - {id: \(sketch.id)-1, address: \"http://127.0.0.1:8090\", role: primary}")
    }

    private mutating func paper() {
        lines.space()
        lines.say(
            "What proves that no real money moves. Without it nothing above reading is done, and these stay unverified: "
                + "\(CheckIndex.words(checks.changing)).")
        if let venue = sketch.venue { lines.say("\(venue.location) names \(venue.value).") }
        lines.offer("paper:")
        lines.offer("  venue: own")
        lines.offer("  address: 127.0.0.1:9000")
        lines.say("What stands before a tier's name in the accounts that checks may trade on, and no others.")
        lines.offer("accounts:")
        lines.offer("  prefix: READY-")
    }

    private mutating func ledger() {
        lines.space()
        lines.say("The database, read only. \(enables(.ledger))")
        let seen = sketch.ledger
        let isWhole = seen?.value.isWhole ?? false
        if let seen {
            lines.say("\(seen.location): \(seen.value.words).")
            if seen.value.hasPassword {
                lines.say(
                    "The password that stands there is not copied: give it to Holdpoint as the variable named below, better "
                        + "that of a role which only reads.")
            }
            if !isWhole { lines.say("Not all of it stands there: put in what is missing.") }
        } else {
            lines.say(
                "No database that this version looks at (\(DatabaseURL.engines.joined(separator: ", "))) was seen.")
        }
        for other in sketch.otherDatabases.prefix(5) {
            lines.say("Also seen: \(other.location): \(other.value.words).")
        }
        lines.put("ledger:", isOffered: !isWhole)
        place(seen?.value ?? DatabaseURL(engine: "postgresql"), isOffered: !isWhole)
        migrations(isOffered: !isWhole)
        lines.say("Statements whose speed and plan matter: database.query.latency, database.query.plan.")
        lines.offer("  critical_queries:")
        lines.offer("    - name: orders-by-account")
        lines.offer("      sql: SELECT id FROM orders WHERE account_id = $1")
        lines.offer("      parameters: [\"1\"]")
    }

    private mutating func place(_ url: DatabaseURL, isOffered: Bool) {
        lines.put("  engine: \(url.engine)", isOffered: isOffered)
        if url.engine == "sqlite" {
            lines.put("  path: \(ProfileLines.value(url.file ?? "\(sketch.id).db"))", isOffered: isOffered)
            return
        }
        lines.put("  host: \(ProfileLines.value(url.host ?? "127.0.0.1"))", isOffered: isOffered)
        lines.put("  port: \(url.port ?? 5_432)", isOffered: isOffered)
        lines.put("  database: \(ProfileLines.value(url.database ?? sketch.id))", isOffered: isOffered)
        lines.put("  user: \(ProfileLines.value(url.user ?? "readonly"))", isOffered: isOffered)
        // A password that nothing shows may still be asked for: then its name is there to be used.
        lines.put(
            "  password: env:\(url.passwordVariable ?? variable("DB_PASSWORD"))",
            isOffered: isOffered || !url.hasPassword)
    }

    private mutating func migrations(isOffered: Bool) {
        guard let seen = sketch.migrations else {
            lines.say("No migrations were seen: without them database.migration.graph and .applied are unverified.")
            lines.offer("  migrations: migrations")
            lines.offer("  revision_table: alembic_version")
            return
        }
        lines.say("Revisions (\(seen.value.style.rawValue)), \(seen.value.count) in all: \(seen.location).")
        let isFolder = ProfileLines.isValue(seen.value.folder)
        lines.put("  migrations: \(ProfileLines.value(seen.value.folder))", isOffered: isOffered || !isFolder)
        switch seen.value.style {
        case .alembic: lines.put("  revision_table: alembic_version", isOffered: isOffered)
        case .sql:
            lines.say("The table that your tool keeps the applied revision in.")
            lines.offer("  revision_table: schema_migrations")
        }
    }

    /// The log, and paths that need room.
    private mutating func places() {
        lines.space()
        lines.say("The log, for smoke.log.visible, where the surface does not say where it is.")
        if let log = sketch.log { lines.say("\(log.location).") }
        let isLog = sketch.log.map { ProfileLines.isValue($0.value) } ?? false
        lines.put(
            "log: \(ProfileLines.value(isLog ? sketch.log?.value ?? "" : "logs/\(sketch.id).log"))", isOffered: !isLog)
        lines.say("Paths that the system writes to, which need room: \(CheckIndex.words(checks.storage)).")
        let paths = storagePaths
        lines.put(
            "storage: [\((paths.isEmpty ? ["data"] : paths).map(ProfileLines.value).joined(separator: ", "))]",
            isOffered: paths.isEmpty)
    }

    private var storagePaths: [String] {
        var paths: [String] = []
        let files = [sketch.ledger?.value.file, sketch.log?.value].compactMap(\.self).filter(ProfileLines.isValue)
        for file in files {
            let folder = file.lastIndex(of: "/").map { $0 == file.startIndex ? "/" : String(file[..<$0]) } ?? "."
            if !paths.contains(folder) { paths.append(folder) }
        }
        return paths
    }

    private mutating func control() {
        lines.space()
        lines.say(
            "The command that restarts the system. It is run only where paper is proven: \(CheckIndex.words(checks.ids(through: [.control])))."
        )
        let unit = sketch.unit?.value.name ?? "\(sketch.id).service"
        if let unit = sketch.unit { lines.say("\(unit.location): \(unit.value.name).") }
        lines.offer("control:")
        lines.offer("  restart: [systemctl, restart, \(ProfileLines.value(unit))]")
    }

    private mutating func acceptance(_ limitsFile: String?) {
        lines.space()
        lines.say("What is accepted. Without these, the values that Holdpoint ships: holdpoint config show.")
        for place in sketch.limits.prefix(5) where limitsFile == nil {
            lines.say(
                "\(place) looks like limits, in a form of its own; Holdpoint's is config/limits/genesis-tiers.yaml.")
        }
        for place in sketch.strategies.prefix(5) {
            lines.say("Strategies: \(place). No check of this version reads them.")
        }
        for file in sketch.monitoring.prefix(10) {
            lines.say("\(file.location): \(file.value.words). No check of this version reads it.")
        }
        if let limitsFile, ProfileLines.isValue(limitsFile) {
            lines.say("The limits that were approved: \(CheckIndex.words(checks.limits)).")
            lines.put("limits: \(ProfileLines.value(limitsFile))")
        } else {
            lines.offer("limits: limits.yaml")
        }
        lines.offer("criteria: criteria.yaml")
        lines.offer("policy: policy.yaml")
        lines.offer("thresholds:")
        lines.offer("  smoke: {max_ready_ms: 200}")
    }

    private mutating func runbook() {
        lines.space()
        lines.say("Commands for people, shown with a remedy and never run by Holdpoint.")
        guard let unit = sketch.unit else {
            lines.offer("runbook:")
            lines.offer("  restart: systemctl restart \(sketch.id)")
            return
        }
        lines.put("runbook:")
        for (key, command) in [("status", "systemctl status"), ("restart", "systemctl restart")] {
            lines.put("  \(key): \(ProfileLines.value("\(command) \(unit.value.name)"))")
        }
        if sketch.log == nil { lines.put("  log: \(ProfileLines.value("journalctl -n 50 -u \(unit.value.name)"))") }
    }

    // MARK: -

    private func enables(_ capability: Capability) -> String {
        "Looked through by \(CheckIndex.words(checks.ids(through: [capability])))."
    }

    /// The name of a variable of this target: `DESK_DB_PASSWORD`.
    private func variable(_ name: String) -> String {
        String(sketch.id.uppercased().map { $0 == "-" ? "_" : $0 }) + "_\(name)"
    }
}

extension MonitoringFile {
    /// For people.
    var words: String {
        switch self {
        case .prometheus: "what Prometheus scrapes"
        case .alertRules: "rules that raise alerts"
        case .alertmanager: "where Alertmanager sends alerts"
        }
    }
}
