import Readiness

/// Reads `capabilities`: operations of the surface that are had in another way, or spelled otherwise.
struct BindingReader {
    let top: Section
    /// Whether there is an address that a path can be asked at.
    let hasSurface: Bool

    private static let sources = ["http", "command", "file", "sql"]
    private static let keys = sources + ["body", "columns", "answer", "timeout_ms", "max_age_s"]
    private static let operations = SurfaceOperation.all.map(\.name)

    /// The bindings by the operation's name; what is wrong is stated and left out.
    func bindings(_ value: KeyValueTree) -> [String: CapabilityBinding] {
        guard let section = top.section("capabilities", value, keys: Self.operations) else { return [:] }
        section.refuseKeys(except: Self.operations)
        var bindings: [String: CapabilityBinding] = [:]
        for entry in section.entries {
            guard let operation = SurfaceOperation.named(entry.key),
                let map = section.section(entry.key, entry.value, keys: Self.keys),
                let binding = binding(operation, map, at: entry.line)
            else { continue }
            bindings[operation.name] = binding
        }
        return bindings
    }

    private func binding(_ operation: SurfaceOperation, _ section: Section, at line: Int) -> CapabilityBinding? {
        section.refuseKeys(except: Self.keys)
        let given = Self.sources.filter { section[$0] != nil }
        guard given.count == 1 else {
            let message = given.isEmpty ? "does not say how it is asked" : "is asked in \(given.count) ways"
            section.problems.error(
                line: line, section.path, message, accepted: "one of \(Self.sources.joined(separator: ", "))")
            return nil
        }
        if let body = section["body"], given[0] != "http" {
            section.problem("body", body, "belongs to http only")
        }
        if let columns = section["columns"], given[0] != "sql" {
            section.problem("columns", columns, "belongs to sql only")
        }
        if let age = section["max_age_s"], given[0] != "file" {
            section.problem("max_age_s", age, "belongs to file only")
        }
        if given[0] == "file", operation.capability == .discovery, section["max_age_s"] == nil {
            section.problem(
                "file", section["file"]!, "says that the system is ready when nobody lives",
                accepted: "with max_age_s: how long ago the system may have written it")
        }
        let maxAge = section["max_age_s"].flatMap { section.number("max_age_s", $0, in: Section.seconds) }
        // Read before the source is settled, so that one load reports everything.
        let answer = section["answer"].flatMap { TemplateReader(operation: operation).answer($0, in: section) }
        guard let source = source(given[0], of: operation, in: section) else { return nil }
        if operation.effect > .read, given[0] == "file" || given[0] == "sql" {
            section.problem(
                given[0], section[given[0]]!, "cannot do what changes the target", accepted: "http, command")
            return nil
        }
        let limit = section["timeout_ms"]
            .flatMap { section.number("timeout_ms", $0, in: .milliseconds()) }
            .map(ProfileTime.milliseconds)
        return CapabilityBinding(
            operation: operation.name, source: source, answer: answer, limit: limit,
            maxAge: maxAge.map(ProfileTime.seconds), location: SourceLocation(file: section.problems.file, line: line))
    }

    private func source(
        _ key: String, of operation: SurfaceOperation, in section: Section
    ) -> CapabilityBinding.Source? {
        guard let value = section[key] else { return nil }
        switch key {
        case "http": return http(value, of: operation, in: section)
        case "command":
            guard let words = section.words(key, value) else { return nil }
            for word in words { checkPlaceholders(word, key, value, of: operation, in: section) }
            return .command(words)
        case "file":
            return section.text(key, value, accepted: "the path of a file of JSON").map { .file($0) }
        default:
            let accepted = "a name for each column of the statement, in order"
            let columns = section.required("columns", accepted: accepted)
                .flatMap { section.names("columns", $0, accepted: accepted, where: { !$0.isEmpty && $0.count <= 64 }) }
            let statement = section.longText(key, value, accepted: "one SELECT")
            guard let columns, let statement else { return nil }
            return .sql(statement, columns: columns)
        }
    }

    private static let httpAccepted = "METHOD and path or URL: GET /status, POST https://desk.example/v1/orders"

    private func http(
        _ value: KeyValueTree, of operation: SurfaceOperation, in section: Section
    ) -> CapabilityBinding.Source? {
        guard case .scalar(let text, _, _) = value, !text.isEmpty else {
            section.wrongType("http", value, accepted: Self.httpAccepted)
            return nil
        }
        guard text.utf8.count <= 200, SafeText.line(text) == text else {
            section.problem("http", value, "is no line of at most 200 characters", accepted: Self.httpAccepted)
            return nil
        }
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 2, ["GET", "POST", "PUT", "DELETE", "PATCH"].contains(words[0]),
            words[1].hasPrefix("/") || words[1].hasPrefix("http://") || words[1].hasPrefix("https://")
        else {
            // A URL may hold a password: it is not repeated.
            let message = text.contains("@") ? "is no method and path or URL" : "is \(quoted(text))"
            section.problem("http", value, message, accepted: Self.httpAccepted)
            return nil
        }
        if !words[1].hasPrefix("/"), let objection = SurfaceURL.objection(to: words[1], allowsQuery: true) {
            let isSecret = objection == .userInformation
            section.problem(
                "http", value, isSecret ? SurfaceURL.userInformation : "is asked at \(quoted(words[1]))",
                accepted: SurfaceURL.withQuery)
            return nil
        }
        if words[1].hasPrefix("/"), !hasSurface {
            section.problem("http", value, "is a path, and the profile has no surface.address to ask it at")
            return nil
        }
        if operation.effect == .read, words[0] != "GET", operation.method == "GET" {
            section.problem("http", value, "uses \(words[0]) for a question that changes nothing", accepted: "GET")
            return nil
        }
        checkPlaceholders(words[1], "http", value, of: operation, in: section)
        var body: String?
        if let tree = section["body"] {
            body = section.longText("body", tree, accepted: "a text with {name} for the request's fields")
            if let body { checkPlaceholders(body, "body", tree, of: operation, in: section) }
        }
        return .http(method: words[0], target: words[1], body: body)
    }

    /// States every `{name}` that the request does not carry.
    private func checkPlaceholders(
        _ text: String, _ key: String, _ value: KeyValueTree, of operation: SurfaceOperation, in section: Section
    ) {
        for name in Placeholder.names(in: text) where !operation.parameters.contains(name) {
            let accepted =
                operation.parameters.isEmpty
                ? "no placeholder: \(operation.name) carries nothing"
                : operation.parameters.map { "{\($0)}" }.joined(separator: ", ")
            section.problem(
                key, value, "holds {\(name)}", accepted: accepted,
                nearest: NearestName.of(name, among: operation.parameters).map { "{\($0)}" })
        }
    }
}
