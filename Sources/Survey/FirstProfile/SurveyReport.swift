package import Readiness

/// What a survey found and did not find, a row each, with the checks that it is for.
package struct SurveyReport: Sendable, Equatable {
    /// One thing.
    package struct Row: Sendable, Equatable {
        /// The profile's key, or what is looked at by none: `ledger`, `monitoring`.
        package var what: String
        /// File and line; nil for what is missing.
        package var location: SourceLocation?
        /// For people. Sanitised.
        package var words: String
        /// The checks that look through it; none where no check of this version does.
        package var checks: [String]
    }

    /// What was seen, in the profile's order.
    package private(set) var found: [Row] = []
    /// What was not seen and some check needs.
    package private(set) var missing: [Row] = []

    private let checks: CheckIndex

    /// Reports on a sketch.
    ///
    /// - Parameter limitsFile: a file that the reader of limits takes; nil for none.
    package init(_ sketch: SystemSketch, checks: CheckIndex, limitsFile: String? = nil) {
        self.checks = checks
        surface(sketch)
        ledger(sketch)
        places(sketch)
        if let limitsFile {
            add(
                "limits", SourceLocation(file: limitsFile, line: 1), "limits per tier, in Holdpoint's form",
                checks.limits)
        } else {
            for place in sketch.limits { add("limits", place, "limits in a form of their own", []) }
        }
        for place in sketch.strategies { add("strategies", place, "a file of strategies", []) }
        for file in sketch.monitoring { add("monitoring", file.location, file.value.words, []) }
        for service in sketch.services {
            let image = service.value.isOwn ? "built from this repository" : "image \(service.value.image)"
            add("service", service.location, "\(service.value.name), \(image)", [])
        }
        if let venue = sketch.venue {
            add("venue", venue.location, "\(venue.value): whether it is paper is for you to say", [])
        }
        miss("paper", "what proves that no real money moves: paper:", checks.changing)
    }

    /// Two reports are equal when they say the same.
    package static func == (one: SurveyReport, other: SurveyReport) -> Bool {
        one.found == other.found && one.missing == other.missing
    }

    private mutating func surface(_ sketch: SystemSketch) {
        let onSurface = Capability.allCases.filter { $0.endpoint == .surface && $0 != .control }
        if let address = sketch.address {
            add("surface", address.location, address.value, [])
        } else {
            miss("surface", "a port that the system listens on: surface.address", checks.ids(through: Set(onSurface)))
        }
        for route in sketch.routes {
            let operation = route.value.operation.flatMap(SurfaceOperation.named)
            let words =
                switch (operation, route.value.isContract) {
                case (let operation?, true):
                    "\(route.value.method) \(route.value.path) is the surface's \(operation.name)"
                case (let operation?, false): "GET \(route.value.path) may stand for \(operation.name)"
                case (nil, _): "GET \(route.value.path)"
                }
            add("route", route.location, words, operation.map { checks.ids(through: [$0.capability]) } ?? [])
        }
        let seen = Set(sketch.routes.compactMap { $0.value.operation.flatMap(SurfaceOperation.named)?.capability })
        for capability in onSurface where !seen.contains(capability) {
            // Where the log is seen, what is missing is a way to have a marker written to it: any route for logs is that.
            let what = capability == .logs && sketch.log != nil ? "logs.marker" : capability.rawValue
            let ids = checks.ids(through: [capability])
            if !ids.isEmpty { miss(what, "a route, command, file or statement of your own", ids) }
        }
    }

    private mutating func ledger(_ sketch: SystemSketch) {
        let ids = checks.ids(through: [.ledger])
        if let ledger = sketch.ledger {
            let whole = ledger.value.isWhole ? "" : "; not all of it stands there"
            let secret = ledger.value.hasPassword ? "; its password is not copied" : ""
            add("ledger", ledger.location, ledger.value.words + whole + secret, ids)
        } else {
            miss("ledger", "a database of \(DatabaseURL.engines.joined(separator: " or ")): ledger:", ids)
        }
        for other in sketch.otherDatabases { add("database", other.location, "\(other.value.words), not used", []) }
        let graph = ids.filter { $0.hasPrefix("database.migration.") }
        if let seen = sketch.migrations {
            let words = "\(seen.value.folder) (\(seen.value.style.rawValue)), \(seen.value.count) in all"
            add("migrations", seen.location, words, graph)
        } else {
            miss("migrations", "a folder of migrations: ledger.migrations", graph)
        }
    }

    private mutating func places(_ sketch: SystemSketch) {
        if let log = sketch.log {
            add("log", log.location, log.value, checks.ids(through: [.logs]))
        }
        if sketch.ledger?.value.file == nil, sketch.log == nil {
            miss("storage", "paths that the system writes to: storage:", checks.storage)
        }
        if let unit = sketch.unit {
            add("control", unit.location, unit.value.name, checks.ids(through: [.control]))
        } else {
            miss("control", "a command that restarts the system: control.restart", checks.ids(through: [.control]))
        }
    }

    private mutating func add(_ what: String, _ location: SourceLocation, _ words: String, _ ids: [String]) {
        found.append(Row(what: what, location: location, words: SafeText.line(words), checks: ids))
    }

    private mutating func miss(_ what: String, _ words: String, _ ids: [String]) {
        missing.append(Row(what: what, location: nil, words: words, checks: ids))
    }

    /// As text: a row, and under it the checks.
    package var lines: [String] {
        var lines = ["found"]
        if found.isEmpty { lines.append("  nothing that Holdpoint recognises") }
        for row in found { lines += Self.lines(row) }
        lines.append("missing")
        for row in missing { lines += Self.lines(row) }
        return lines
    }

    private static func lines(_ row: Row) -> [String] {
        let name = row.what + String(repeating: " ", count: max(0, 18 - row.what.count))
        let place = row.location.map { "\(SafeText.line($0.description)): " } ?? ""
        var lines = ["  \(name)\(place)\(row.words)"]
        if !row.checks.isEmpty {
            lines.append("  " + String(repeating: " ", count: 18) + "for \(CheckIndex.words(row.checks, most: 4))")
        }
        return lines
    }
}
