/// A handler for a capability that a target does not offer yet: Python to paste, made from the table of operations.
///
/// It answers examples, and says so in a field of its own (`mark`), so that a stub that nobody has filled in is taken for
/// a capability that is missing and never for evidence.
package struct CapabilityStub: Sendable, Equatable {
    /// What the handler is written for.
    package enum Language: String, Sendable, CaseIterable {
        /// The standard library's `http.server`: a program that runs as it is.
        case http
        /// Routes of a FastAPI application.
        case fastapi
    }

    /// The field of an answer that says that it is an example. `HTTPSurface` takes no such answer.
    package static let mark = "holdpoint_stub"

    private let operations: [SurfaceOperation]
    private let language: Language

    /// Writes the operations of some capabilities.
    ///
    /// - Returns: nil where none of them is asked over the surface: see `profileLines`.
    package init?(of capabilities: [Capability], as language: Language) {
        operations = SurfaceOperation.all.filter { capabilities.contains($0.capability) }
        guard !operations.isEmpty else { return nil }
        self.language = language
    }

    /// What a profile needs in place of a handler, for a capability that is not asked over the surface; empty for others.
    package static func profileLines(of capability: Capability) -> [String] {
        switch capability {
        case .control:
            [
                "# How the target is restarted: a program and its words, without a shell. Leave it out where it may not be.",
                "control:", "  restart: [systemctl, --user, restart, desk]",
            ]
        case .ledger:
            [
                "# The database, read only. A password is named and never written here.", "ledger:",
                "  engine: postgresql      # or sqlite, with path: alone", "  host: 127.0.0.1", "  port: 5432",
                "  database: desk", "  user: holdpoint_reader", "  password: env:DESK_DB_PASSWORD",
                "  migrations: alembic/versions", "  revision_table: alembic_version",
            ]
        default: []
        }
    }

    /// What a profile says about a part, which no handler of its own stands for.
    package static func profileLines(of part: ObservedPart) -> [String] {
        switch part {
        case .clock:
            [
                "# The clock is a field of discovery's answer: a handler gives it (--stub discovery). Where the profile binds",
                "# discovery to an answer of your own, it says where the time stands there: UTC as text, and nanoseconds.",
                "capabilities:", "  discovery:", "    http: GET /status", "    answer:", "      ready: $.ready",
                "      clock: {now: $.utc, now_ns: $.utc_ns}",
            ]
        case .instances:
            [
                "# Every process that must be there, with the name that it says of itself (identity: instance).",
                "instances:", "  - {id: desk-1, address: \"http://127.0.0.1:8090\"}",
            ]
        case .storage:
            [
                "# Paths that the target writes to: their file systems need room. From the profile's folder, or absolute.",
                "storage: [data, /var/lib/desk]",
            ]
        }
    }

    /// What a profile says about something; empty for what only a handler can give.
    package static func profileLines(of subject: CapabilityReport.Subject) -> [String] {
        switch subject {
        case .capability(let capability): profileLines(of: capability)
        case .part(let part): profileLines(of: part)
        }
    }

    /// The program, or the routes.
    package var text: String {
        switch language {
        case .http: httpText
        case .fastapi: fastapiText
        }
    }

    // MARK: - http.server

    private var httpText: String {
        """
        #!/usr/bin/env python3
        \(heading)
        import json
        import re
        import sys
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
        from urllib.parse import parse_qsl, unquote, urlsplit


        \(operations.map { handler($0, "def \(Self.name($0))(given):") }.joined(separator: "\n\n\n"))


        ROUTES = [
        \(operations.map { "    (\"\($0.method)\", \"\($0.path)\", \(Self.name($0)))," }.joined(separator: "\n"))
        ]


        class Readiness(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # head and body leave together: two packets would cost 40 ms of waiting for the first's receipt

            def do_GET(self):
                self.reply()

            def do_POST(self):
                self.reply()

            def reply(self):
                place = urlsplit(self.path)
                given = dict(parse_qsl(place.query))
                status, answer = 404, {"error": {"code": "not_found", "message": "no such path"}}
                try:
                    length = min(int(self.headers.get("Content-Length") or 0), 1 << 20)
                    if length:
                        given.update(json.loads(self.rfile.read(length)))
                except ValueError:
                    status, answer = 400, {"error": {"code": "invalid_body", "message": "the body is not JSON"}}
                else:
                    for method, path, handler in ROUTES:
                        found = re.fullmatch(re.sub(r"\\{(\\w+)\\}", r"(?P<\\1>[^/]+)", path), place.path)
                        if method == self.command and found:
                            given.update({name: unquote(value) for name, value in found.groupdict().items()})
                            status, answer = 200, handler(given)
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)


        if __name__ == "__main__":
            server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8090), Readiness)
            print(f"serving http://127.0.0.1:{server.server_port}", flush=True)
            server.serve_forever()

        """
    }

    // MARK: - FastAPI

    private var fastapiText: String {
        """
        \(heading)
        from fastapi import APIRouter, Body

        router = APIRouter()  # in your application: app.include_router(router)


        \(operations.map { handler($0, route($0)) }.joined(separator: "\n\n\n"))

        """
    }

    private func route(_ operation: SurfaceOperation) -> String {
        let names = Placeholder.names(in: operation.path)
        let asked = operation.parameters.filter { operation.method == "GET" || names.contains($0) }
        var arguments = asked.map { names.contains($0) ? "\($0): str" : "\($0): str = \"\"" }
        if operation.method == "POST" { arguments.append("given: dict = Body(default={})") }
        var lines = [
            "@router.\(operation.method.lowercased())(\"\(operation.path)\")",
            "def \(Self.name(operation))(\(arguments.joined(separator: ", "))):",
        ]
        let fields = asked.map { "\"\($0)\": \($0)" }.joined(separator: ", ")
        if operation.method == "GET" {
            if !asked.isEmpty { lines.append("    given = {\(fields)}") }
        } else if !asked.isEmpty {
            lines.append("    given = {**given, \(fields)}")
        }
        return lines.joined(separator: "\n")
    }

    // MARK: - Both

    private var heading: String {
        let names = operations.map(\.capability.rawValue)
        let unique = names.enumerated().filter { names.firstIndex(of: $1) == $0 }.map(\.element)
        return """
            \"""Holdpoint's readiness surface: \(unique.joined(separator: ", ")).

            Every value below is an example. Put what your system really holds in its place, and then take out the line
            "\(Self.mark)": as long as it is there, Holdpoint takes the capability for missing. Money, prices, quantities
            and limits are decimals as text, times are UTC with "Z". docs/guides/readiness-surface.md says what each means.
            \"""
            """
    }

    private static func name(_ operation: SurfaceOperation) -> String {
        String(operation.name.map { $0 == "." ? "_" : $0 })
    }

    private func handler(_ operation: SurfaceOperation, _ opening: String) -> String {
        var note = "\(operation.method) \(operation.path)"
        if !operation.parameters.isEmpty { note += " with \(operation.parameters.joined(separator: ", "))" }
        if operation.effect > .read { note += "; changes the target" }
        // What FastAPI binds stands after the signature; the note has to be a comment there.
        var lines = [opening, "    # \(note)", "    return {", "        \"\(Self.mark)\": True,"]
        lines += operation.answer.flatMap { field($0, operation.parameters, indent: 8) }
        return (lines + ["    }"]).joined(separator: "\n")
    }

    /// One field of an answer. What the request names is answered as it was asked: an answer about another account or
    /// order is none.
    private func field(_ field: SurfaceField, _ parameters: [String], indent: Int) -> [String] {
        let blanks = String(repeating: " ", count: indent)
        let comment = Self.words(field.kind) + (field.isOptional ? ", or null" : "")
        func inner(_ fields: [SurfaceField], _ deeper: Int) -> [String] {
            fields.flatMap { self.field($0, parameters, indent: indent + deeper) }
        }
        switch field.kind {
        case .list(let fields) where field.example == "[]":
            let each = fields.map { "\"\($0.name)\": \(Self.literal($0.example))" }.joined(separator: ", ")
            return ["\(blanks)# each: {\(each)}", "\(blanks)\"\(field.name)\": [],"]
        case .list(let fields):
            return ["\(blanks)\"\(field.name)\": [", "\(blanks)    {"] + inner(fields, 8)
                + ["\(blanks)    },", "\(blanks)],"]
        case .object(let fields):
            return ["\(blanks)\"\(field.name)\": {"] + inner(fields, 4) + ["\(blanks)},"]
        default:
            var value = Self.literal(field.example)
            if parameters.contains(field.name) { value = "given.get(\"\(field.name)\", \(value))" }
            return ["\(blanks)\"\(field.name)\": \(value),  # \(comment)"]
        }
    }

    private static func words(_ kind: SurfaceField.Kind) -> String {
        switch kind {
        case .text: "text"
        case .decimal: "decimal as text"
        case .whole: "whole number"
        case .wholeText: "whole number as text"
        case .flag: "True or False"
        case .texts: "list of texts"
        case .named: "texts under names"
        case .list: "list"
        case .object: "object"
        }
    }

    /// A JSON value as Python spells it.
    private static func literal(_ json: String) -> String {
        switch json {
        case "null": "None"
        case "true": "True"
        case "false": "False"
        default: json
        }
    }
}
