import Glibc
import Readiness

/// What libpq is told in order to connect. Only its names may be shown; its values hold a password.
struct ServerAccess: Sendable {
    /// Keywords of libpq with their values.
    let values: [(keyword: String, value: String)]
    /// Taken out of whatever is said.
    let password: Secret?
    /// `host:port/database`.
    let place: String

    /// To the database of a ledger.
    ///
    /// On a direct connection the session can only read, and gives up by itself. Through a pooler nothing is asked for
    /// that would stay with the server's session: each transaction says for itself what it is.
    init(
        _ server: LedgerServer, password: Secret?, limit: Duration, lock: Duration
    ) throws(ProbeError) {
        var values = try Self.common(
            host: server.host, port: server.port, database: server.database, user: server.user, password: password)
        values += try Self.transport(server)
        if !server.isPooled {
            let settings = [
                "default_transaction_read_only=on", "statement_timeout=\(limit.milliseconds)",
                "lock_timeout=\(lock.milliseconds)",
                // Should we hang, the server must not keep a snapshot for us.
                "idle_in_transaction_session_timeout=60000",
            ]
            values.append(("options", settings.map { "-c \($0)" }.joined(separator: " ")))
        }
        try Self.refuseEnvironment(isPooled: server.isPooled, hasPassword: password != nil)
        self.values = values
        self.password = password
        place = server.place
    }

    /// To the console of a PgBouncer, which is a database of its own that keeps no rows.
    init(_ pooler: LedgerServer.Pooler, of server: LedgerServer, password: Secret?) throws(ProbeError) {
        var console = server
        console.host = pooler.host
        console.port = pooler.port
        // A protection that was chosen for the server was not chosen for the pooler: each has the default of its host.
        if pooler.host != server.host { console.transport = nil }
        values =
            try Self.common(
                host: pooler.host, port: pooler.port, database: "pgbouncer", user: pooler.user, password: password)
            + Self.transport(console)
        try Self.refuseEnvironment(isPooled: true, hasPassword: password != nil)
        self.password = password
        place = "\(pooler.host):\(pooler.port)/pgbouncer"
    }

    /// A text without the password, should somebody have put it there.
    func redacted(_ text: String) -> String {
        guard let value = password?.reveal(), !value.isEmpty else { return text }
        return text.split(separator: value, omittingEmptySubsequences: false).joined(separator: "<secret>")
    }

    private static func common(
        host: String, port: Int, database: String, user: String, password: Secret?
    ) throws(ProbeError) -> [(keyword: String, value: String)] {
        for (name, value) in [("host", host), ("database", database), ("user", user)] {
            // A comma in a host means several, an empty one another than was said.
            let isFit = !value.isEmpty && value.utf8.count <= 255 && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
            guard isFit, name != "host" || !value.contains(",") else {
                throw ProbeError(.nonsense, at: .ledger, "the \(name) of the ledger's server is not one")
            }
        }
        guard (1...65_535).contains(port) else {
            throw ProbeError(.nonsense, at: .ledger, "the port of the ledger's server is not one")
        }
        if let password, password.reveal().utf8.contains(0) {
            throw ProbeError(ourSide: "the password of the ledger's server holds a NUL")
        }
        return [
            ("host", host), ("port", "\(port)"), ("dbname", database), ("user", user),
            ("password", password?.reveal() ?? ""), ("passfile", "/dev/null"), ("application_name", "holdpoint"),
            ("client_encoding", "UTF8"), ("gssencmode", "disable"), ("target_session_attrs", "any"),
        ]
    }

    private static func transport(_ server: LedgerServer) throws(ProbeError) -> [(keyword: String, value: String)] {
        let mode =
            switch server.chosenTransport {
            case .plain: "disable"
            case .preferred: "prefer"
            case .encrypted: "require"
            case .verified: "verify-full"
            }
        guard server.chosenTransport == .verified else { return [("sslmode", mode)] }
        if let given = server.rootCertificates {
            guard access(given, R_OK) == 0 else {
                throw ProbeError(ourSide: "the file of root certificates \(given) cannot be read")
            }
            return [("sslmode", mode), ("sslrootcert", given)]
        }
        guard let file = machineCertificates.first(where: { access($0, R_OK) == 0 }) else {
            throw ProbeError(ourSide: "this machine has no root certificates; name a file of them for the ledger")
        }
        return [("sslmode", mode), ("sslrootcert", file)]
    }

    /// Debian's, and that of Fedora and its kin.
    private static let machineCertificates = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"]

    /// libpq takes from the environment what it was not told. What would lead elsewhere, give away a password that
    /// nobody named, or set something in a pooled session, is refused rather than followed.
    private static func refuseEnvironment(isPooled: Bool, hasPassword: Bool) throws(ProbeError) {
        var names = ["PGHOSTADDR", "PGSERVICE"]
        if isPooled { names.append("PGOPTIONS") }
        if !hasPassword { names.append("PGPASSWORD") }
        for name in names where getenv(name) != nil {
            throw ProbeError(
                ourSide: "\(name) is set in the environment, and would change what the profile says of the ledger: "
                    + "unset it" + (name == "PGPASSWORD" ? ", or name it as the ledger's password" : ""))
        }
    }
}
