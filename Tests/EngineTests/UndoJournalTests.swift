import Engine
import FoundationEssentials
import Glibc
import Readiness
import Synchronization
import Testing

struct UndoJournalTests {
    private func record(_ id: String) -> EffectRecord {
        EffectRecord(
            effectID: id, effectClass: .writePaper, description: "order \(id)", compensation: "cancel it",
            undo: .order(id))
    }

    /// A journal in which three changes were registered and the second was taken back; its run is over.
    private func left(in folder: TemporaryFolder) async throws -> String {
        let journal = UndoJournal(folder: folder.path, header: TestRun.header)
        for id in ["f1", "f2", "f3"] { try await journal.register(record(id), of: "test.a.b") }
        try await journal.undone("f2")
        await journal.close()
        return journal.path
    }

    private func append(_ text: String, to path: String) throws {
        let bytes = try Data(contentsOf: URL(filePath: path)) + Data(text.utf8)
        try bytes.write(to: URL(filePath: path))
        chmod(path, 0o600)
    }

    @Test func `what was registered and not taken back is pending, newest first`() async throws {
        let folder = try TemporaryFolder()
        let pending = try UndoJournal.pending(at: try await left(in: folder))
        #expect(pending.header == TestRun.header)
        #expect(pending.entries.map(\.effect.effectID) == ["f3", "f1"])
        #expect(pending.entries.map(\.check) == ["test.a.b", "test.a.b"])
        #expect(pending.entries.first?.effect.undo == .order("f3"))
    }

    @Test func `the file is for its owner alone`() async throws {
        let folder = try TemporaryFolder()
        var facts = stat()
        #expect(stat(try await left(in: folder), &facts) == 0)
        #expect(facts.st_mode & 0o777 == 0o600)
    }

    @Test func `recover takes back what is left, writes it down, and finds nothing the second time`() async throws {
        let folder = try TemporaryFolder()
        let path = try await left(in: folder)
        let compensator = RecordingCompensator()
        let report = try await UndoJournal.recover(path, with: compensator, clock: SystemClock())
        #expect(report.header == TestRun.header)
        #expect(report.done.map(\.entry.effect.effectID) == ["f3", "f1"])
        #expect(report.failed.isEmpty)
        let again = try await UndoJournal.recover(path, with: compensator, clock: SystemClock())
        #expect(again.steps.isEmpty)
        #expect(compensator.performed == [.order("f3"), .order("f1")])
    }

    @Test func `what recover cannot take back stays pending, and the rest is done`() async throws {
        let folder = try TemporaryFolder()
        let path = try await left(in: folder)
        let compensator = RecordingCompensator { (compensation) async throws(ProbeError) in
            if compensation == .order("f3") { throw ProbeError(.unreachable, at: .surface, "refused") }
        }
        let report = try await UndoJournal.recover(path, with: compensator, clock: SystemClock())
        #expect(report.done.map(\.entry.effect.effectID) == ["f1"])
        #expect(report.failed.map(\.trouble) == ["surface: refused"])
        #expect(try UndoJournal.pending(at: path).entries.map(\.effect.effectID) == ["f3"])
    }

    @Test func `a compensation that hangs is given up at its limit`() async throws {
        let folder = try TemporaryFolder()
        let path = try await left(in: folder)
        let clock = ManualClock()
        let compensator = RecordingCompensator { (compensation) async throws(ProbeError) in
            if compensation == .order("f3") { try await clock.sleep(for: .seconds(1000)) }
        }
        async let recovered = UndoJournal.recover(path, with: compensator, limit: .seconds(2), clock: clock)
        // The compensation and its limit.
        await clock.sleepers(2)
        clock.advance(by: .seconds(2))
        let report = try await recovered
        #expect(report.failed.map(\.entry.effect.effectID) == ["f3"])
        #expect(report.done.map(\.entry.effect.effectID) == ["f1"])
    }

    @Test func `a run that lives is left alone`() async throws {
        let folder = try TemporaryFolder()
        let journal = UndoJournal(folder: folder.path, header: TestRun.header)
        try await journal.register(record("f1"), of: "test.a.b")
        #expect(UndoJournal.isLive(journal.path))
        let compensator = RecordingCompensator()
        await #expect(throws: UndoJournalError.live(path: journal.path)) {
            try await UndoJournal.recover(journal.path, with: compensator, clock: SystemClock())
        }
        #expect(compensator.performed.isEmpty)
        await journal.close()
        #expect(!UndoJournal.isLive(journal.path))
        await #expect(throws: UndoJournalError.closed(path: journal.path)) {
            try await journal.register(record("f2"), of: "test.a.b")
        }
    }

    @Test func `half a line at the end was never acknowledged, and recover writes behind the last whole one`()
        async throws
    {
        let folder = try TemporaryFolder()
        let path = try await left(in: folder)
        let whole = try Data(contentsOf: URL(filePath: path))
        // Cut at every place of the last line and of one more that was being written.
        try append(#"{"check":"test.a.b","registered":{"compensation":"c","description":"d","effect_cl"#, to: path)
        #expect(try UndoJournal.pending(at: path).entries.map(\.effect.effectID) == ["f3", "f1"])
        _ = try await UndoJournal.recover(path, with: RecordingCompensator(), clock: SystemClock())
        #expect(try UndoJournal.pending(at: path).entries.isEmpty)
        #expect(try Data(contentsOf: URL(filePath: path)).prefix(whole.count) == whole)
    }

    @Test func `a crash at any byte leaves a journal that names every acknowledged change`() async throws {
        let folder = try TemporaryFolder()
        let path = try await left(in: folder)
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        let headerEnd = bytes.firstIndex(of: 10)! + 1
        let cut = folder.file("cut")
        for length in headerEnd...bytes.count {
            try Data(bytes[..<length]).write(to: URL(filePath: cut))
            chmod(cut, 0o600)
            let lines = bytes[..<length].count { $0 == 10 } - 1
            let expected = lines < 4 ? Array(["f1", "f2", "f3"].prefix(lines).reversed()) : ["f3", "f1"]
            #expect(try UndoJournal.pending(at: cut).entries.map(\.effect.effectID) == expected)
        }
    }

    @Test(arguments: [
        ("garbage\n", 6), ("{}\n", 6), (#"{"undone":{"effect":"f1"}}"# + "\n", 6), ("\n", 6),
        (#"{"registered":{"effect_id":"f9"}}"# + "\n", 6),
    ])
    func `a whole line that is not what was written is named, and nothing is performed`(text: String, line: Int)
        async throws
    {
        let folder = try TemporaryFolder()
        let path = try await left(in: folder)
        try append(text, to: path)
        let compensator = RecordingCompensator()
        await #expect {
            try await UndoJournal.recover(path, with: compensator, clock: SystemClock())
        } throws: { error in
            if case .garbled(_, line, _)? = error as? UndoJournalError { true } else { false }
        }
        #expect(compensator.performed.isEmpty)
    }

    @Test func `a garbled line in the middle, a change registered twice and a missing header are named`() async throws {
        let folder = try TemporaryFolder()
        let path = try await left(in: folder)
        var lines = try String(contentsOf: URL(filePath: path), encoding: .utf8).split(separator: "\n").map(String.init)
        func verdict(_ lines: [String]) throws -> Int? {
            let changed = folder.file("changed")
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: changed))
            chmod(changed, 0o600)
            do throws(UndoJournalError) { _ = try UndoJournal.pending(at: changed) } catch {
                if case .garbled(_, let line, _) = error { return line }
            }
            return nil
        }
        #expect(try verdict(lines) == nil)
        #expect(try verdict(Array(lines.dropFirst())) == 1)
        #expect(try verdict(lines + [lines[1]]) == 6)
        lines[2].removeLast(3)
        #expect(try verdict(lines) == 3)
    }

    @Test func `a journal that others may write to is not trusted`() async throws {
        let folder = try TemporaryFolder()
        let path = try await left(in: folder)
        chmod(path, 0o622)
        #expect(throws: UndoJournalError.notOurs(path: path)) { try UndoJournal.pending(at: path) }
        chmod(path, 0o600)
        symlink(path, folder.file("link"))
        #expect(throws: UndoJournalError.self) { try UndoJournal.pending(at: folder.file("link")) }
    }

    @Test func `a full disk refuses the change and leaves whole lines, and room later is used`() async throws {
        let folder = try TemporaryFolder()
        let isFull = Mutex(false)
        let journal = UndoJournal(folder: folder.path, header: TestRun.header) { file, bytes in
            guard isFull.withLock({ $0 }) else { return write(file, bytes.baseAddress, bytes.count) }
            if bytes.count > 20 { return write(file, bytes.baseAddress, 20) }
            errno = ENOSPC
            return -1
        }
        try await journal.register(record("f1"), of: "test.a.b")
        isFull.withLock { $0 = true }
        // It takes twenty bytes at a time until fewer than that are left.
        await #expect(throws: UndoJournalError.file(FileTrouble(path: journal.path, code: ENOSPC))) {
            try await journal.register(record("f2"), of: "test.a.b")
        }
        isFull.withLock { $0 = false }
        try await journal.register(record("f3"), of: "test.a.b")
        await journal.close()
        #expect(try UndoJournal.pending(at: journal.path).entries.map(\.effect.effectID) == ["f3", "f1"])
    }

    @Test func `a journal that is there already is never replaced`() async throws {
        let folder = try TemporaryFolder()
        let path = try await left(in: folder)
        let before = try Data(contentsOf: URL(filePath: path))
        let second = UndoJournal(folder: folder.path, header: TestRun.header)
        await #expect(throws: UndoJournalError.self) { try await second.register(record("f1"), of: "test.a.b") }
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [UndoJournal.fileName])
    }
}
