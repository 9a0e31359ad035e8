import Readiness

/// Paths that a program answers and that Holdpoint could ask: those of the readiness surface, and what other systems
/// commonly call them. FastAPI, Flask, http.server, express, Go's muxes, and what looks like them.
struct RouteFinder: Finder {
    func reads(_ file: SurveyedFile) -> Bool { file.isCode }

    /// What stands on a line that gives a path to a handler, or compares a request's path.
    private static let marks: [StaticString] = [
        ".get(", ".post(", ".route(", ".put(", ".all(", ".api_route(", ".add_route(", ".add_get(", ".HandleFunc(",
        ".Handle(", ".Get(", ".Post(", ".GET(", ".POST(", "Mapping(", ".MapGet(", ".path ==", ".path in", "path ==",
        "pathname ===", ".url ===", ".startswith(", "Path(", "Route(", "case \"", "case '", "path(", "Method(",
    ]

    func sightings(in file: SurveyedFile) -> [Sighting] {
        file.lines.flatMap { line -> [Sighting] in
            guard line.text.has("/"), !line.text.isBlank(comments: ["#", "*"]), !line.text.trimmed.hasPrefix("//"),
                Self.marks.contains(where: { line.text.has($0) })
            else { return [] }
            return line.text.quotedTexts.compactMap { text in
                // Go 1.22 gives the method with the path: "GET /readyz".
                let words = text.split(separator: " ")
                let path = words.last ?? ""
                guard path.hasPrefix("/"), path.utf8.count <= 100, words.count <= 2 else { return nil }
                let method = words.count == 2 ? String(words[0]) : method(line.text)
                return Route(method: method, path: path).map { file.sighting(.route($0), at: line) }
            }
        }
    }

    private func method(_ line: Substring) -> String {
        let posts: [StaticString] = [".post(", ".Post(", ".POST(", "PostMapping(", "\"POST\"", "'POST'", "MethodPost"]
        return posts.contains { line.has($0) } ? "POST" : "GET"
    }
}

extension Route {
    /// What a path may stand for; nil for one that is of no interest here.
    init?(method: String, path: Substring) {
        let asked = path.last == "/" && path.utf8.count > 1 ? path.dropLast() : path
        if let operation = SurfaceOperation.all.first(where: { $0.method == method && Self.isSame($0.path, asked) }) {
            self.init(method: method, path: String(asked), operation: operation.name, isContract: true)
            return
        }
        guard method == "GET", asked.utf8.allSatisfy(Self.isPlain) else { return nil }
        let last = asked.split(separator: "/").last.map { $0.lowercased() } ?? ""
        guard let operation = Self.names[last] else { return nil }
        self.init(
            method: method, path: String(asked), operation: operation.isEmpty ? nil : operation, isContract: false)
    }

    /// What the last part of a path is commonly for; empty for metrics, which no operation is.
    private static let names: [String: String] = [
        "health": "discovery", "healthz": "discovery", "healthcheck": "discovery", "ready": "discovery",
        "readyz": "discovery", "readiness": "discovery", "live": "discovery", "livez": "discovery",
        "liveness": "discovery", "status": "discovery", "ping": "discovery", "metrics": "", "version": "identity",
        "info": "identity", "identity": "identity", "build": "identity", "limits": "risk.limits",
        "risk-limits": "risk.limits", "killswitch": "killswitch", "kill-switch": "killswitch",
        "kill_switch": "killswitch", "components": "components", "services": "components", "positions": "positions",
        "ticker": "marketdata", "tickers": "marketdata", "quotes": "marketdata", "marketdata": "marketdata",
        "market-data": "marketdata", "orders": "order.list", "pool": "pool", "process": "process",
    ]

    /// Whether a path of a program is one of the contract, whatever each calls what stands in braces.
    private static func isSame(_ contract: String, _ path: Substring) -> Bool {
        let own = contract.split(separator: "/")
        let given = path.split(separator: "/")
        return own.count == given.count
            && zip(own, given).allSatisfy { own, given in
                own == given || own.hasPrefix("{") && ["{", ":", "<"].contains(given.first)
            }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
