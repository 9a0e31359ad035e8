import FoundationEssentials
import Glibc
import Probes
import Readiness

/// A desk's home in the temporary folder, with a record that can be rewritten. Gone when it is no longer held.
final class DeskHome: Sendable {
    static let token = "f00dfeed-not-to-be-seen-0123456789"

    let path: String

    init() throws {
        var template = Array((FileManager.default.temporaryDirectory.path + "/holdpoint-probes-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil, let real = realpath(template, nil) else { throw Trouble(code: errno) }
        defer { free(real) }
        path = String(cString: real)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    struct Trouble: Error { var code: Int32 }

    var recordPath: String { path + "/desk.json" }
    var ledgerPath: String { path + "/ledger.sqlite" }

    /// Writes a record, by rename as a desk does.
    func write(
        address: String, home: String? = nil, ledger: String? = nil, token: String? = DeskHome.token,
        mode: mode_t = 0o600,
        queries: [CriticalQuery] = []
    ) throws {
        try write(
            Self.text(
                address: address, home: home ?? path, ledger: ledger ?? ledgerPath, token: token, queries: queries),
            mode: mode)
    }

    func write(_ text: String, mode: mode_t = 0o600, to target: String? = nil) throws {
        let draft = path + "/draft"
        try Data(text.utf8).write(to: URL(filePath: draft))
        guard chmod(draft, mode) == 0, rename(draft, target ?? recordPath) == 0 else { throw Trouble(code: errno) }
    }

    /// Writes the record of a standby of this home.
    func writeStandby(address: String, token: String, role: String = "standby") throws {
        let text = try Self.text(address: address, home: path, ledger: ledgerPath, token: token)
        try write(
            text.replacing(#""role":"primary""#, with: #""role":"\#(role)""#).replacing("desk-1", with: "desk-2"),
            to: path + "/standby.json")
    }

    func remove() throws { try FileManager.default.removeItem(atPath: recordPath) }

    func setMode(_ mode: mode_t, of path: String) throws {
        guard chmod(path, mode) == 0 else { throw Trouble(code: errno) }
    }

    static func text(
        address: String, home: String, ledger: String, token: String? = nil, queries: [CriticalQuery] = []
    ) throws -> String {
        let list = String(decoding: try JSONEncoder().encode(queries), as: UTF8.self)
        let secret = token.map { #","token":"\#($0)""# } ?? ""
        return """
            {"event":"serving","desk":"holdpoint-practice-desk","pid":4711,"pid_start_ticks":88,"home":"\(home)",
             "address":"\(address)","started_at":"2026-01-02T03:04:05.678Z","instance":"desk-1","role":"primary",
             "account_prefix":"READY-","log":{"path":"\(home)/desk.log","format":"json-lines"},
             "access_log":"\(home)/access.log","tiers_file":"\(home)/limits.yaml","unknown":{"field":[1,2]},
             "ledger":{"engine":"sqlite","path":"\(ledger)","role":"reader","migrations":"\(home)/migrations",
              "expected_head":"0003","revision_table":"schema_revision","large_table_rows":10000,
              "critical_queries":\(list)}\(secret)}
            """
    }

    func record() throws -> TargetRecord { try TargetRecord.read(home: path) }
}

/// Not a real digest: the same text in, the same text out, and another for another.
@Sendable func testDigest(_ bytes: [UInt8]) -> String {
    let hash = bytes.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    return String(hash, radix: 16)
}

/// The error that work ends with; nil when it does not.
func trouble<Value>(_ work: () async throws(ProbeError) -> Value) async -> ProbeError? {
    do throws(ProbeError) {
        _ = try await work()
        return nil
    } catch {
        return error
    }
}
