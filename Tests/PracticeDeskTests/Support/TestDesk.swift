import Foundation
import GRDB
import PracticeDesk

/// A desk for one test: a home of its own in the temporary folder, served in this process.
struct TestDesk: Sendable {
    let server: DeskServer
    let home: DeskHome

    var record: DeskRecord { server.record }
    var port: Int { Int(record.address.split(separator: ":").last ?? "") ?? 0 }
    var faults: FaultSwitch { FaultSwitch(home: home) }

    struct Answer: Sendable {
        let status: Int
        let head: String
        let body: JSONNode
    }

    func get(_ target: String, token: String? = nil) async throws -> Answer {
        try await call("GET", target, token: token)
    }

    func post(_ target: String, _ body: String = "", token: String? = nil) async throws -> Answer {
        try await call("POST", target, body, token: token)
    }

    func call(_ method: String, _ target: String, _ body: String = "", token: String? = nil) async throws -> Answer {
        let authorization = token.map { "authorization: Bearer \($0)\r\n" } ?? ""
        let text = try await raw(
            "\(method) \(target) HTTP/1.1\r\nhost: desk\r\nconnection: close\r\n\(authorization)"
                + "content-length: \(body.utf8.count)\r\n\r\n\(body)")
        return try Self.answer(text)
    }

    /// Sends text as it is, and answers what came back until the desk closed the connection.
    func raw(_ text: String, endSending: Bool = false) async throws -> String {
        let port = port
        return try await blocking {
            let client = try RawClient(port: port)
            defer { client.close() }
            client.send(text)
            if endSending { client.endSending() }
            return try client.readToEnd()
        }
    }

    static func answer(_ text: String) throws -> Answer {
        guard let boundary = text.range(of: "\r\n\r\n"), let status = Int(text.split(separator: " ")[1]) else {
            throw RawClient.Failure(doing: "parse '\(text.prefix(80))'")
        }
        let body = try JSONDecoder().decode(JSONNode.self, from: Data(text[boundary.upperBound...].utf8))
        return Answer(status: status, head: String(text[..<boundary.lowerBound]), body: body)
    }

    /// Reads the ledger as anyone would from outside.
    func readLedger<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        let path = home.path + "/ledger.sqlite"
        return try await blocking {
            var configuration = Configuration()
            configuration.readonly = true
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            return try queue.read(work)
        }
    }
}

/// Where the tests of one process keep their files; removed when it ends.
enum TestFolder {
    static let root: String = {
        let path = NSTemporaryDirectory() + "holdpoint-desk-tests-\(getpid())"
        atexit { try? FileManager.default.removeItem(atPath: TestFolder.root) }
        return path
    }()

    /// A new path that nothing is at.
    static func unused() -> String { "\(root)/\(UUID().uuidString)" }

    /// Seeded once for all tests of the process.
    private static let cache = Task {
        let folder = root + "/cache"
        _ = try await DeskHome.make(at: root + "/first", cacheFolder: folder)
        return folder
    }

    static func home() async throws -> DeskHome {
        try await DeskHome.make(at: unused(), cacheFolder: try await cache.value)
    }
}

/// Runs a test with a desk, and takes the desk and its home away again.
func withDesk(
    faults: [String] = [], seed: UInt64 = 7, _ body: (TestDesk) async throws -> Void
) async throws {
    let home = try await TestFolder.home()
    defer { try? FileManager.default.removeItem(atPath: home.path) }
    try await serving(home, faults: faults, seed: seed, body)
}

/// Serves a home while a test runs.
func serving(
    _ home: DeskHome, faults: [String] = [], seed: UInt64 = 7, ledger: LedgerEngine = .sqlite,
    _ body: (TestDesk) async throws -> Void
) async throws {
    let parsed = try faults.map { try Fault.parse($0) }
    var options = DeskOptions(faults: parsed, seed: seed)
    options.ledger = ledger
    let server = try await DeskServer.start(home: home, options: options)
    do {
        try await body(TestDesk(server: server, home: home))
    } catch {
        try await server.stop()
        throw error
    }
    try await server.stop()
}
