/// What a profile says of the target's database.
package struct LedgerDeclaration: Sendable, Equatable {
    /// Where it is.
    package enum Place: Sendable, Equatable {
        /// As the record of a practice desk says.
        case deskRecord
        /// A file.
        case sqlite(path: String)
        /// A server.
        case postgresql(PostgreSQLAddress)
    }

    /// A PostgreSQL server and how we sign in.
    package struct PostgreSQLAddress: Sendable, Equatable {
        /// How far TLS is insisted on.
        package enum TLS: String, Sendable, CaseIterable {
            /// None; accepted on loopback only.
            case disable
            /// The chain and the name are checked. The default.
            case verifyFull = "verify-full"
        }

        /// A name, a literal address, or the folder of a Unix socket.
        package var host: String
        /// 1…65535.
        package var port: Int
        /// Which database.
        package var database: String
        /// The role that reads.
        package var user: String
        /// Its password; nil where the server asks for none.
        package var password: SecretReference?
        /// How far TLS is insisted on.
        package var tls: TLS
        /// A file of PEM certificates to trust; nil for the system's.
        package var authority: String?
        /// Whether this is a pooler, so that nothing may be set for longer than a transaction.
        package var isPooler: Bool

        /// Describes a server.
        package init(
            host: String, port: Int, database: String, user: String, password: SecretReference?, tls: TLS,
            authority: String?, isPooler: Bool
        ) {
            self.host = host
            self.port = port
            self.database = database
            self.user = user
            self.password = password
            self.tls = tls
            self.authority = authority
            self.isPooler = isPooler
        }
    }

    /// How migration files are written.
    package enum MigrationFormat: String, Sendable, CaseIterable { case alembic, sql }

    /// Where it is.
    package var place: Place
    /// The folder of migration files; nil where none is named.
    package var migrationsFolder: String?
    /// The table that holds the applied revision; nil where none is named.
    package var revisionTable: String?
    /// The revision that is expected; nil: the head of the folder.
    package var expectedHead: String?
    /// The statements that are called critical.
    package var criticalQueries: [CriticalQuery]
    /// How its books are read; nil where the profile does not say.
    package var books: LedgerBooks?

    /// Begins with a place.
    package init(place: Place) {
        self.place = place
        criticalQueries = []
    }
}
