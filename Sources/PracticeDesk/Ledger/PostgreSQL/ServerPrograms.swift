import FoundationEssentials
import Glibc

/// The programs of an installed PostgreSQL.
struct ServerPrograms: Sendable {
    /// Debian's and Ubuntu's place; a folder for each version in it.
    private static let root = "/usr/lib/postgresql"
    /// The oldest that lets a role that is no superuser turn references off for a transaction.
    private static let oldest = 15

    /// `initdb`, `postgres` and `pg_isready`.
    let folder: String

    /// The newest that is installed.
    ///
    /// - Throws: `HomeError` that says what to install.
    static func find() throws(HomeError) -> ServerPrograms {
        // A folder that is not there lists nothing, which is the right answer, too.
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap(Int.init)
        for version in versions.sorted(by: >) where version >= oldest {
            let folder = "\(root)/\(version)/bin"
            let names = ["initdb", "postgres", "pg_isready"]
            if names.allSatisfy({ access("\(folder)/\($0)", X_OK) == 0 }) { return ServerPrograms(folder: folder) }
        }
        throw .ledger(
            path: root, message: "there is no PostgreSQL from version \(oldest) on", trouble: .serverMissing)
    }
}
