import Foundation
import Glibc
import PracticeDesk
import Synchronization
import Testing

struct DeskHomeTests {
    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    @Test func `a home is for its owner alone and holds what a desk needs`() async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        #expect(mode(home.path) == 0o700)
        for file in ["ledger.sqlite", "limits.yaml", "killswitch.json"] {
            #expect(mode("\(home.path)/\(file)") == 0o600)
        }
        // Both bytes say write-ahead logging, so that a reader need not convert it.
        let header = try #require(FileManager.default.contents(atPath: home.path + "/ledger.sqlite")?.prefix(20))
        #expect(Array(header.suffix(2)) == [2, 2])
        try await serving(home) { desk async throws in #expect(mode(desk.home.path + "/desk.json") == 0o600) }
    }

    @Test func `a folder with other things in it is refused and left alone`() async throws {
        let path = TestFolder.unused()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "mine".write(toFile: path + "/notes.txt", atomically: true, encoding: .utf8)
        await #expect(throws: HomeError.notADeskHome(path: path)) { try await DeskHome.make(at: path) }
        await #expect(throws: HomeError.notADeskHome(path: path + "/notes.txt")) {
            try await DeskHome.make(at: path + "/notes.txt")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["notes.txt"])
    }

    @Test(arguments: [
        "home.json", "limits.yaml", "killswitch.json", "ledger.sqlite", "migrations/0003_trader_notes.sql",
    ])
    func `serving names what is missing and makes nothing`(file: String) async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        let path = "\(home.path)/\(file)"
        try FileManager.default.removeItem(atPath: path)
        let before = try FileManager.default.subpathsOfDirectory(atPath: home.path).sorted()
        await #expect(throws: HomeError.missing(path: path)) { try await DeskServer.start(home: home) }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: home.path).sorted() == before)
    }

    @Test func `making a home again completes it and keeps what somebody edited`() async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        try "edited".write(toFile: home.path + "/limits.yaml", atomically: true, encoding: .utf8)
        try FileManager.default.removeItem(atPath: home.path + "/killswitch.json")
        _ = try await DeskHome.make(at: home.path)
        #expect(try String(contentsOfFile: home.path + "/limits.yaml", encoding: .utf8) == "edited")
        #expect(FileManager.default.fileExists(atPath: home.path + "/killswitch.json"))
    }

    @Test func `a second desk on one home is refused, and the first goes on`() async throws {
        try await withDesk { desk async throws in
            await #expect(throws: HomeError.busy(path: desk.home.path)) { try await DeskServer.start(home: desk.home) }
            await #expect(throws: HomeError.busy(path: desk.home.path)) { try await DeskHome.make(at: desk.home.path) }
            #expect(try await desk.get("/readyz").status == 200)
            #expect(try DeskRecord.read(home: desk.home) == desk.record)
        }
    }

    @Test func `a port that is taken is an error, and the home is free again`() async throws {
        let other = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: other.path) }
        try await withDesk { desk async throws in
            let error = await #expect(throws: HomeError.self) {
                try await DeskServer.start(home: other, options: DeskOptions(port: desk.port))
            }
            #expect("\(try #require(error))".hasPrefix("cannot listen on 127.0.0.1:\(desk.port)"))
        }
        try await serving(other) { desk async throws in #expect(try await desk.get("/readyz").status == 200) }
    }

    @Test func `status tells stopped, serving and dead apart`() async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        guard case .stopped = try await DeskStatus.read(home: home) else { return #expect(Bool(false), "not stopped") }
        try await serving(home, faults: ["risk-off"]) { desk async throws in
            guard case .serving(let record, let faults, _) = try await DeskStatus.read(home: home) else {
                return #expect(Bool(false), "not serving")
            }
            #expect(record == desk.record)
            #expect(faults.filter(\.active).map(\.name) == ["risk-off"])
            // As a killed process leaves it, whose id another process has got since.
            var stale = try String(contentsOfFile: home.path + "/desk.json", encoding: .utf8)
            stale = stale.replacingOccurrences(
                of: "\"pid_start_ticks\":\(record.pidStartTicks)", with: "\"pid_start_ticks\":1")
            try stale.write(toFile: home.path + "/desk.json", atomically: true, encoding: .utf8)
            guard case .dead = try await DeskStatus.read(home: home) else { return #expect(Bool(false), "not dead") }
        }
        guard case .stopped = try await DeskStatus.read(home: home) else { return #expect(Bool(false), "not stopped") }
    }

    @Test func `the seeded ledger is kept, used again, and older ones are removed`() async throws {
        let folder = TestFolder.unused()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let old = folder + "/desk-ledger-0000000000000000-1999-01-01.sqlite"
        try "old".write(toFile: old, atomically: true, encoding: .utf8)
        try "other".write(toFile: folder + "/other.txt", atomically: true, encoding: .utf8)
        let steps = Mutex<[Double]>([])
        let first = try await DeskHome.make(at: TestFolder.unused(), cacheFolder: folder) { part, _ in
            steps.withLock { $0.append(part) }
        }
        defer { try? FileManager.default.removeItem(atPath: first.path) }
        let fractions = steps.withLock(\.self)
        #expect(fractions.count > 10)
        #expect(fractions == fractions.sorted())
        #expect(fractions.last == 1)
        let kept = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(kept.count == 2)
        #expect(kept[0].hasPrefix("desk-ledger-") && kept[1] == "other.txt")
        let made = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(kept[0])")[.modificationDate] as? Date
        let texts = Mutex<[String]>([])
        let second = try await DeskHome.make(at: TestFolder.unused(), cacheFolder: folder) { _, text in
            texts.withLock { $0.append(text) }
        }
        defer { try? FileManager.default.removeItem(atPath: second.path) }
        #expect(!texts.withLock(\.self).contains { $0.contains("seeding") })
        let now = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(kept[0])")[.modificationDate] as? Date
        #expect(made == now)
    }

    @Test func `a served desk stops when its task is cancelled, and leaves no record`() async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        let (lines, line) = AsyncStream.makeStream(of: String.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Desk.serve(home: home) { line.yield($0.record.startLine) } }
            var iterator = lines.makeAsyncIterator()
            let start = try #require(await iterator.next())
            let told = try JSONDecoder().decode(JSONNode.self, from: Data(start.utf8))
            #expect(told["event"] == .text("serving"))
            #expect(told["token"] == .null, "the token is for desk.json alone")
            #expect(!start.contains("\n"))
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(!FileManager.default.fileExists(atPath: home.path + "/desk.json"))
        // Flushed and closed: the write-ahead log is folded in.
        #expect(!FileManager.default.fileExists(atPath: home.path + "/ledger.sqlite-wal"))
        #expect(try String(contentsOfFile: home.path + "/desk.log", encoding: .utf8).contains("desk.stopped"))
    }
}
