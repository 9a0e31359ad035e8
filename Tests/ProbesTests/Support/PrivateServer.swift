import FoundationEssentials
import NIOPosix
import Probes

/// A server behind TLS whose authority no system knows, on loopback under two names. Its answer says whether it was shown a
/// certificate of that authority.
final class PrivateServer: Sendable {
    /// Where it is as `localhost`.
    let address: String
    /// The same server under another name.
    let otherAddress: String
    private let home: DeskHome
    private let server: PythonServer

    /// The authority's certificate.
    var authority: String { home.path + "/root.pem" }
    /// A client's certificate under that authority.
    var certificate: String { home.path + "/us.pem" }
    /// Its key.
    var key: String { home.path + "/us.key" }

    private init(_ home: DeskHome, _ server: PythonServer) {
        self.home = home
        self.server = server
        address = server.address
        otherAddress = server.address.replacing("localhost", with: "127.0.0.1")
    }

    /// Makes the certificates and serves for as long as the object lives.
    static func start() async throws -> PrivateServer {
        let home = try DeskHome()
        // In the tests' own environment, so that the certificates are made by the clock that the tests run by.
        let request = CommandRequest(
            ["sh", "-c", script], in: home.path, environment: ProcessInfo.processInfo.environment, limit: .seconds(60))
        let made = try await ProcessProbe().run(request)
        guard made.ending == .exited(0) else { throw PythonServer.Trouble(words: made.errors.text) }
        let program = program.replacing("FOLDER", with: home.path)
        let server = try await Customer.threads.runIfActive { try PythonServer(program) }
        return PrivateServer(home, server)
    }

    private static let script = """
        set -e
        key='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
        openssl req -x509 $key -keyout root.key -out root.pem -days 30 -subj '/CN=Private Root' \\
            -addext keyUsage=critical,keyCertSign
        for name in host us; do
            openssl req $key -keyout $name.key -out $name.csr -subj /CN=$name
            printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\\nbasicConstraints=critical,CA:FALSE\\n' >$name.ext
            openssl x509 -req -in $name.csr -CA root.pem -CAkey root.key -CAcreateserial -days 30 \\
                -extfile $name.ext -out $name.pem
        done
        """

    private static let program = """
        import http.server, json, ssl

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                body = json.dumps({"shown": bool(self.connection.getpeercert())}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words): pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain("FOLDER/host.pem", "FOLDER/host.key")
        context.load_verify_locations("FOLDER/root.pem")
        context.verify_mode = ssl.CERT_OPTIONAL
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        print(f"serving https://localhost:{server.server_port}", flush=True)
        server.serve_forever()

        """
}
