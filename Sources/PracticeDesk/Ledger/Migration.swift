import Crypto

/// One numbered step of the ledger's schema, with the way back, in the words of one engine.
struct Migration: Sendable {
    let revision: String
    /// The revision that it follows; nil for the first.
    let parent: String?
    let name: String
    let up: String
    let down: String

    var fileName: String { "\(revision)_\(name).sql" }

    /// The file that a home keeps of it.
    var file: String {
        "-- revision: \(revision)\n-- revises: \(parent ?? "none")\n\n-- migrate:up\n\(up)\n-- migrate:down\n\(down)"
    }

    static let revisionTable = "schema_revision"

    /// The folder of a home in which the migrations of an engine lie.
    static func folder(_ engine: LedgerEngine) -> String {
        switch engine {
        case .sqlite: "migrations"
        case .postgresql: "migrations-postgresql"
        }
    }

    /// The last one.
    static func head(_ engine: LedgerEngine) -> Migration {
        let all = all(engine)
        return all[all.count - 1]
    }

    /// What is kept of the seeded ledger is valid for exactly this schema and seed.
    static let digest = Hex.text(
        SHA256.hash(data: Array((all(.sqlite).map(\.file).joined() + LedgerSeed.version).utf8))
    ).prefix(16)
}
