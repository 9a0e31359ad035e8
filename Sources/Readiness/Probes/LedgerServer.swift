/// Where a ledger that a server holds is, and how to get in. Holds no secret: only the names of some.
package struct LedgerServer: Sendable, Codable, Equatable {
    /// How the way to the server is protected.
    package enum Transport: String, Sendable, Codable, CaseIterable {
        /// In plain text. For loopback.
        case plain
        /// Encrypted where the server offers it. For loopback, and the default there.
        case preferred
        /// Encrypted, whoever the server is.
        case encrypted
        /// Encrypted, and the server has proven its name. The default for every host but loopback.
        case verified
    }

    /// The console of a PgBouncer.
    package struct Pooler: Sendable, Codable, Equatable {
        /// A name or address.
        package var host: String
        /// 6432 by custom.
        package var port: Int
        /// A user of `stats_users` or `admin_users`.
        package var user: String
        /// The name of the user's password; nil for none.
        package var passwordName: String?

        /// Names a console.
        package init(host: String, port: Int, user: String, passwordName: String?) {
            self.host = host
            self.port = port
            self.user = user
            self.passwordName = passwordName
        }
    }

    /// A name, an address, or the folder of a Unix socket.
    package var host: String
    /// 5432 by custom.
    package var port: Int
    /// The database in it.
    package var database: String
    /// The role that we come as.
    package var user: String
    /// The name of the role's password, as the profile names secrets (`env:NAME`); nil for none.
    package var passwordName: String?
    /// How the way is protected; nil for the default of the host.
    package var transport: Transport?
    /// A file of certificates of those who may vouch for the server; nil for the machine's own.
    package var rootCertificates: String?
    /// Whether host and port are a pooler's that hands its sessions on after each transaction: then nothing may be set
    /// for longer than one.
    package var isPooled: Bool
    /// Whether the server is expected to follow another one.
    package var isStandby: Bool
    /// The pooler whose queue is looked at; nil for none.
    package var pooler: Pooler?

    /// Names a server.
    package init(
        host: String, port: Int, database: String, user: String, passwordName: String? = nil,
        transport: Transport? = nil, rootCertificates: String? = nil, isPooled: Bool = false, isStandby: Bool = false,
        pooler: Pooler? = nil
    ) {
        self.host = host
        self.port = port
        self.database = database
        self.user = user
        self.passwordName = passwordName
        self.transport = transport
        self.rootCertificates = rootCertificates
        self.isPooled = isPooled
        self.isStandby = isStandby
        self.pooler = pooler
    }

    /// Whether the way never leaves this machine: a Unix socket, or loopback by name or address.
    package var isLocal: Bool {
        host.hasPrefix("/") || host == "localhost" || host == "::1" || Self.isLoopback(host)
    }

    /// Whether the host is an IPv4 address of loopback, and no name that somebody else could turn elsewhere.
    package var isLoopbackAddress: Bool { Self.isLoopback(host) }

    /// How the way is protected, the default of the host where none is said.
    package var chosenTransport: Transport { transport ?? (isLocal ? .preferred : .verified) }

    /// `host:port/database`, for people.
    package var place: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)/\(database)" }

    private static func isLoopback(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

/// What a server says of itself and of our session.
package struct LedgerServerFacts: Sendable, Codable, Equatable {
    /// The version as a number: 150013 for 15.13.
    package var versionNumber: Int
    /// The protocol and cipher of our own connection; nil when it is not encrypted.
    package var encryption: String?
    /// The role that the session has.
    package var role: String
    /// Whether that role may do everything.
    package var isSuperuser: Bool
    /// Whether the server follows another one.
    package var isInRecovery: Bool
    /// Sessions that the role may have; nil for any number.
    package var roleLimit: Int?

    /// States what was said.
    package init(
        versionNumber: Int, encryption: String?, role: String, isSuperuser: Bool, isInRecovery: Bool, roleLimit: Int?
    ) {
        self.versionNumber = versionNumber
        self.encryption = encryption
        self.role = role
        self.isSuperuser = isSuperuser
        self.isInRecovery = isInRecovery
        self.roleLimit = roleLimit
    }

    /// 15 of 150013.
    package var majorVersion: Int { versionNumber / 10_000 }
}
