import Foundation
import PracticeDesk
import Testing

/// Somebody who looks at a desk's PostgreSQL from outside, with psql.
struct LedgerClient: Sendable {
    let server: DeskRecord.LedgerDescription.Server
    let home: DeskHome

    init(_ desk: TestDesk) throws {
        server = try #require(desk.record.ledger.server)
        home = desk.home
    }

    /// The newest psql that Debian has installed.
    static let program: String = {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap(Int.init)
        return "\(root)/\(versions.max() ?? 15)/bin/psql"
    }()

    /// Who comes in.
    enum Role {
        case reader
        /// The desk itself.
        case writer
        /// The server's own, with the desk's password.
        case superuser
    }

    /// The rows of a statement, columns apart by `|`; throws what psql complains of.
    func rows(_ sql: String, as role: Role = .reader) async throws -> [String] {
        let password = try String(
            contentsOfFile: role == .reader ? server.passwordFile : home.path + "/ledger.password", encoding: .utf8)
        let user =
            switch role {
            case .reader: server.user
            case .writer: "desk"
            case .superuser: "postgres"
            }
        let (server, sql) = (server, sql)
        return try await blocking {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: Self.program)
            process.arguments = [
                "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", server.host, "-p", "\(server.port)", "-U", user,
                "-d", server.database, "-c", sql,
            ]
            process.environment = ["PGPASSWORD": password.trimmingCharacters(in: .newlines)]
            let (output, errors) = (Pipe(), Pipe())
            process.standardOutput = output
            process.standardError = errors
            try process.run()
            let said = try output.fileHandleForReading.readToEnd() ?? Data()
            let complaint = try errors.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                throw Complaint(text: String(decoding: complaint, as: UTF8.self))
            }
            return String(decoding: said, as: UTF8.self).split(separator: "\n").map(String.init)
        }
    }

    struct Complaint: Error { var text: String }
}
