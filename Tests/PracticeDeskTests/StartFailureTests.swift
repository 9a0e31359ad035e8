import Foundation
import GRDB
import Glibc
import PracticeDesk
import Testing

/// A desk that cannot start says every reason: for a program by a code, for a person with the file and what to do.
struct StartFailureTests {
    private func failure(_ home: DeskHome, _ options: DeskOptions = DeskOptions()) async throws -> HomeError {
        try #require(
            await #expect(throws: HomeError.self) { _ = try await DeskServer.start(home: home, options: options) })
    }

    private func withHome(_ body: (DeskHome) async throws -> Void) async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        try await body(home)
    }

    private func write(_ text: String, _ name: String, _ home: DeskHome) throws {
        try text.write(toFile: "\(home.path)/\(name)", atomically: true, encoding: .utf8)
    }

    @Test(arguments: [
        ("limits.yaml", nil, "file_missing", "desk init --home"),
        ("limits.yaml", "tiers: [", "file_invalid", "move it away"),
        ("limits.yaml", "", "file_invalid", "for the limits that are shipped"),
        ("killswitch.json", "{}", "file_invalid", "\"engaged\":true"),
        ("stops.json", "[]", "file_invalid", "without the stops"),
        ("ledger.sqlite", nil, "file_missing", "put it back"),
        ("ledger.sqlite", String(repeating: "no database ", count: 1000), "ledger_corrupt", "PRAGMA integrity_check"),
        ("ledger.sqlite", "", "ledger_unusable", ".schema"),
        ("home.json", nil, "file_missing", "desk init --home"),
    ])
    func `each reason names its file, what is wrong and what to do`(
        file: String, text: String?, code: String, remedy: String
    ) async throws {
        try await withHome { home async throws in
            if let text {
                try write(text, file, home)
            } else {
                try FileManager.default.removeItem(atPath: "\(home.path)/\(file)")
            }
            let error = try await failure(home)
            #expect(error.code == code, "\(error)")
            let reason = try #require(error.reasons.first)
            #expect(error.reasons.count == 1)
            #expect(reason.path == "\(home.path)/\(file)")
            #expect(reason.message.contains("\(home.path)/\(file)") && !reason.message.contains("\n"))
            #expect(reason.remedy.contains(remedy), "\(reason.remedy)")
            let lines = ["the desk cannot start: 1 reason", "1. \(code): \(reason.message)", "   do: \(reason.remedy)"]
            #expect(error.report == lines.joined(separator: "\n"))
        }
    }

    @Test(arguments: DeskRole.allCases)
    func `everything that is wrong is told at once`(role: DeskRole) async throws {
        try await withDesk { other async throws in
            try await withHome { home async throws in
                try write("schema: 2", "limits.yaml", home)
                try write("engaged", "killswitch.json", home)
                try FileManager.default.removeItem(atPath: home.path + "/migrations/0001_books.sql")
                let queue = try DatabaseQueue(path: home.path + "/ledger.sqlite")
                try await queue.write {
                    try $0.execute(sql: "UPDATE cash SET balance_e6 = 'x' WHERE account = 'READY-SNIPER'")
                }
                try queue.close()
                let error = try await failure(home, DeskOptions(port: other.port, role: role))
                let ofPrimary = role == .primary
                let codes =
                    ["file_missing", "file_invalid"]
                    + (ofPrimary ? ["file_invalid", "ledger_value_invalid"] : []) + ["port_taken"]
                #expect(error.reasons.map(\.code) == codes)
                #expect(error.code == codes.joined(separator: ","))
                #expect(error.report.hasPrefix("the desk cannot start: \(codes.count) reasons\n1. file_missing: "))
                #expect(error.report.split(separator: "\n").count == 1 + 2 * codes.count)
                // One line for those who show no more than that.
                #expect("\(error)".hasPrefix("\(codes.count) reasons: ") && !"\(error)".contains("\n"))
                let line = error.failureLine
                #expect(!line.contains("\n"))
                let told = try JSONDecoder().decode(JSONNode.self, from: Data(line.utf8))
                #expect(told.keys == ["desk", "event", "reasons"])
                #expect(told["event"] == .text("not_started"))
                #expect(told["reasons"].items.compactMap { $0["code"].text } == codes)
                #expect(told["reasons"].items.allSatisfy { $0["remedy"].text?.isEmpty == false })
                // The home is free again, and the other desk goes on.
                #expect(try await failure(home, DeskOptions(role: role)).reasons.count == codes.count - 1)
            }
            #expect(try await other.get("/readyz").status == 200)
        }
    }

    @Test func `a port that is taken is one reason, and says how to find who has it`() async throws {
        try await withDesk { other async throws in
            try await withHome { home async throws in
                let error = try await failure(home, DeskOptions(port: other.port))
                #expect(error.code == "port_taken")
                #expect(error.reasons.first?.path == nil)
                #expect(error.report.contains("ss -ltnp 'sport = :\(other.port)'"))
            }
        }
    }

    @Test func `a damaged page of the fills is a corrupt ledger`() async throws {
        try await withHome { home async throws in
            let path = home.path + "/ledger.sqlite"
            let queue = try DatabaseQueue(path: path)
            let root = try await queue.read {
                try Int.fetchOne($0, sql: "SELECT rootpage FROM sqlite_master WHERE name = 'fills'") ?? 0
            }
            try queue.close()
            let handle = try #require(FileHandle(forWritingAtPath: path))
            try handle.seek(toOffset: UInt64(root - 1) * 4096)
            try handle.write(contentsOf: Data(repeating: 0xEE, count: 4096))
            try handle.close()
            let error = try await failure(home)
            #expect(error.code == "ledger_corrupt", "\(error)")
        }
    }

    @Test(arguments: [
        (HomeError.system(path: "/h/desk.json", doing: "write", code: ENOSPC), "no_space", "df -h '/h'"),
        (.system(path: "/h/desk.json", doing: "write", code: EDQUOT), "no_space", "df -h '/h'"),
        (.ledger(path: "/h/ledger.sqlite", message: "full", trouble: .full), "no_space", "df -h '/h'"),
        (.system(path: "/h/desk.lock", doing: "open", code: EACCES), "no_permission", "ls -ld '/h/desk.lock'"),
        (.system(path: "/h/desk.lock", doing: "lock", code: ENOLCK), "system_refused", "ls -ld"),
        (.ledger(path: "/h/ledger.sqlite", message: "busy", trouble: .locked), "ledger_locked", "fuser -v"),
        (.busy(path: "/it's"), "home_busy", "desk status --home '/it'\\''s'"),
        (.notADeskHome(path: "/h"), "not_a_desk_home", "empty"),
        (.missing(path: "/h/desk.json"), "file_missing", "desk serve --home '/h'"),
        (.missing(path: "/h/migrations/0001_books.sql"), "file_missing", "desk init --home '/h'"),
        (.cannotListen(port: 80, message: "denied", code: EACCES), "no_permission", "--port"),
        (.cannotListen(port: 80, message: "odd"), "cannot_listen", "--port"),
    ])
    func `a reason's code and remedy follow from what it is`(error: HomeError, code: String, remedy: String) {
        #expect(error.code == code)
        #expect(error.reasons.count == 1)
        #expect(error.reasons[0].remedy.contains(remedy), "\(error.reasons[0].remedy)")
    }
}
