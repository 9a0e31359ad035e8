import FoundationEssentials
import Subprocess
import SystemPackage
import Testing

/// A host that a profile may point at, and that does anything but what it should: Python's standard library, on loopback.
enum HostileHost: String, CaseIterable, Sendable {
    case refuses, hangs, resets, redirects, floods, html, expired, unauthorised, missing
    /// Tells in every answer what it was sent, as it is and in other spellings.
    case echoes

    /// Serves for as long as the body runs, which is given the profile's path.
    func serving<Value: Sendable>(
        in folder: String, with lines: String = "",
        _ body: @escaping @Sendable (_ profile: String) async throws -> Value
    ) async throws -> Value {
        let script = "\(folder)/host.py"
        try Data(Self.script.utf8).write(to: URL(filePath: script))
        if self == .expired { try await makeCertificate(in: folder) }
        let ended = try await Subprocess.run(
            .name("python3"), arguments: Arguments([script, rawValue, folder]), input: .inputWriter, output: .sequence,
            error: .discarded
        ) { host in
            var port = ""
            for try await line in host.standardOutput.strings() {
                port = line.filter(\.isNumber)
                break
            }
            try #require(!port.isEmpty, "the host did not start")
            let profile = "\(folder)/host.yaml"
            let scheme = self == .expired ? "https" : "http"
            let text = Self.profile("\(scheme)://127.0.0.1:\(port)", self) + lines
            try Data(text.utf8).write(to: URL(filePath: profile))
            let result: Swift.Result<Value, any Error>
            do { result = .success(try await body(profile)) } catch { result = .failure(error) }
            try await host.standardInputWriter.finish()
            return result
        }
        return try ended.closureResult.get()
    }

    private static func profile(_ address: String, _ host: HostileHost) -> String {
        let authority = host == .expired ? "\n  authority: host.pem" : ""
        return """
            version: 1
            id: hostile
            environment: staging
            surface:
              address: \(address)
              timeout_ms: 400\(authority)
            """
    }

    /// One that was right until yesterday, and that the profile trusts: only its age is wrong.
    private func makeCertificate(in folder: String) async throws {
        let made = try await Subprocess.run(
            .path("/bin/sh"),
            arguments: [
                "-c",
                """
                set -e
                cd '\(folder)'
                openssl req -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -keyout host.key -out host.csr
                printf 'subjectAltName=IP:127.0.0.1\\n' > host.ext
                openssl x509 -req -in host.csr -signkey host.key -days -1 -extfile host.ext -out host.pem
                """,
            ], output: .discarded, error: .string(limit: 1 << 16))
        try #require(made.terminationStatus.isSuccess, "\(made.standardError)")
    }

    private static let script = """
        import base64, http.server, json, os, socket, ssl, struct, sys, threading, urllib.parse
        mode, folder = sys.argv[1], sys.argv[2]

        class Host(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self, status, body, kind="application/json", more=()):
                body = body.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                for name, value in more:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                if mode == "echoes":
                    sent = "\\n".join(self.headers.values())
                    words = [word for line in sent.split("\\n") for word in line.split(" ", 1)]
                    told = " ".join(
                        [sent] + words + [urllib.parse.quote(word, safe="") for word in words]
                        + [base64.b64encode(word.encode()).decode() for word in words])
                    if self.path == "/readyz":
                        self.answer(503, json.dumps({"ready": False, "reason": told, "capabilities": {told: told}}),
                                    more=[("X-Told", " ".join(words))])
                    else:
                        self.answer(500, json.dumps({"error": {"code": told, "message": told}}))
                elif mode == "hangs":
                    threading.Event().wait(60)
                elif mode == "resets":
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.connection.close()
                elif mode == "redirects":
                    self.answer(302, "", more=[("Location", self.path)])
                elif mode == "html":
                    self.answer(200, "<html><body>Sign in</body></html>", "text/html")
                elif mode == "unauthorised":
                    self.answer(401, "{}", more=[("WWW-Authenticate", "Bearer")])
                elif mode == "floods":
                    self.send_response(200)
                    self.send_header("Content-Length", str(1 << 30))
                    self.end_headers()
                    piece = b"x" * 65536
                    try:
                        for _ in range(1 << 14):
                            self.wfile.write(piece)
                    except OSError:
                        pass
                    self.close_connection = True
                elif self.path == "/readyz":
                    self.answer(200, json.dumps({"ready": True, "reason": None, "capabilities": {"identity": "1"}}))
                elif self.path == "/readyz/identity":
                    self.answer(200, json.dumps({
                        "git_commit": None, "dirty": None, "build_id": "1", "config_sha256": "0" * 64,
                        "environment": "staging", "account_id": "none", "instance": "one", "started_at": None}))
                else:
                    self.answer(404, json.dumps({"error": {"code": "not_found", "message": "no"}}))

            def log_message(self, *values):
                pass

            def handle(self):
                try:
                    super().handle()
                except OSError:
                    pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *values):
                pass

        server = Server(("127.0.0.1", 0), Host)
        port = server.server_address[1]
        if mode == "refuses":
            server.server_close()
        else:
            if mode == "expired":
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(folder + "/host.pem", folder + "/host.key")
                server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
            threading.Thread(target=server.serve_forever, daemon=True).start()
        print(port, flush=True)
        sys.stdin.read()
        os._exit(0)
        """
}
