import Readiness

/// Ports that the system listens on, as its code and its start commands give them.
struct ListenerFinder: Finder {
    func reads(_ file: SurveyedFile) -> Bool {
        file.isCode || file.isVariables || file.suffix == "service" || ["Dockerfile", "Procfile"].contains(file.name)
    }

    func sightings(in file: SurveyedFile) -> [Sighting] {
        file.lines.compactMap { line in
            guard !line.text.isBlank(), let port = port(in: line.text, of: file) else { return nil }
            return file.sighting(.listener(port: port), at: line)
        }
    }

    private func port(in line: Substring, of file: SurveyedFile) -> Int? {
        if file.isVariables {
            guard let (key, value) = line.pair(around: "="),
                ["PORT", "HTTP_PORT", "APP_PORT", "API_PORT"].contains(key)
            else { return nil }
            return value.plainValue.leadingPort
        }
        if let rest = line.after("EXPOSE "), file.name == "Dockerfile" { return rest.trimmed.leadingPort }
        // Start commands: --port 8090, --bind 0.0.0.0:8090.
        if let rest = line.after("--port") { return rest.drop { " =\"',".contains($0) }.leadingPort }
        if let rest = line.after("--bind") {
            return rest.drop { " =\"',".contains($0) }.prefix { !$0.isWhitespace }.split(separator: ":").last?
                .leadingPort
        }
        guard file.isCode else { return nil }
        // HTTPServer(("127.0.0.1", 8090), Handler)
        if let rest = line.after("HTTPServer(("), let comma = rest.firstIndex(of: ",") {
            return rest[rest.index(after: comma)...].trimmed.leadingPort
        }
        if line.has("ListenAndServe") || line.has("net.Listen(") || line.has("Addr:") {
            return line.quotedTexts.compactMap { $0.split(separator: ":").last?.leadingPort }.first
        }
        if line.has(".run(") || line.has("serve("), let rest = line.after("port=") { return rest.trimmed.leadingPort }
        if let rest = line.after(".listen(") { return rest.trimmed.leadingPort }
        return nil
    }
}
