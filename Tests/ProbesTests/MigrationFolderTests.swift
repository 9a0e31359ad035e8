import FoundationEssentials
import Glibc
import Probes
import Readiness
import Testing

@Suite(.timeLimit(.minutes(5)))
struct MigrationFolderTests {
    private func home() throws -> DeskHome {
        let home = try DeskHome()
        try home.write(address: "http://127.0.0.1:1")
        try FileManager.default.createDirectory(atPath: home.migrations, withIntermediateDirectories: false)
        return home
    }

    private func write(_ text: String, _ name: String, _ home: DeskHome) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(home.migrations)/\(name)"))
    }

    private func files(_ home: DeskHome) async throws -> [MigrationFile] {
        try await MigrationFolder(source: RecordSource(try home.record())).migrationFiles().value
    }

    private func failing(_ home: DeskHome) async throws -> ProbeError? {
        let folder = MigrationFolder(source: RecordSource(try home.record()))
        return await trouble { () throws(ProbeError) in try await folder.migrationFiles() }
    }

    @Test func `revision files are read in the order of their names, and nothing else`() async throws {
        let home = try home()
        try write("-- revision: 0002\n", "0002_b.sql", home)
        try write("-- revision: 0001\n", "0001_a.sql", home)
        try write("revision = '0003'\n", "0003_c.py", home)
        try write("-- revision: 0007\n", "0007_d.SQL", home)
        for name in ["0008.PY", ".hidden.sql", "notes.txt", "0004.sql~", "sql", ".py", "__init__.py", "0005.pyc"] {
            try write("not a revision", name, home)
        }
        for name in ["__pycache__", "folder.py"] {
            try FileManager.default.createDirectory(
                atPath: "\(home.migrations)/\(name)", withIntermediateDirectories: false)
        }
        try write("not here", "__pycache__/0006.py", home)
        let files = try await files(home)
        #expect(files.map(\.name) == ["0001_a.sql", "0002_b.sql", "0003_c.py", "0007_d.SQL"])
        #expect(files.map(\.path) == files.map { "\(home.migrations)/\($0.name)" })
        #expect(
            files.map(\.text) == [
                "-- revision: 0001\n", "-- revision: 0002\n", "revision = '0003'\n", "-- revision: 0007\n",
            ])
    }

    @Test func `an empty folder has no revisions`() async throws {
        #expect(try await files(try home()).isEmpty)
    }

    @Test func `only the beginning of a long file is read, and bytes that are no text do no harm`() async throws {
        let home = try home()
        try write(String(repeating: "x", count: MigrationFolder.textCap + 1), "a.sql", home)
        try Data([0xFF, 0, 0x41]).write(to: URL(filePath: "\(home.migrations)/b.sql"))
        let files = try await files(home)
        #expect(files[0].text.utf8.count == MigrationFolder.textCap)
        #expect(files[1].text == "\u{FFFD}\0A")
    }

    @Test func `a folder that is missing, or none, or may not be read is nonsense at the ledger`() async throws {
        let missing = try DeskHome()
        try missing.write(address: "http://127.0.0.1:1")
        let error = try await failing(missing)
        #expect(error?.meeting == .nonsense && error?.endpoint == .ledger)
        #expect(error?.detail == "the migrations folder \(missing.migrations) is not there")
        #expect(!FileManager.default.fileExists(atPath: missing.migrations))
        try Data().write(to: URL(filePath: missing.migrations))
        #expect(try await failing(missing)?.meeting == .nonsense)
    }

    @Test func `a link or a pipe with a revision's name is neither opened nor passed over`() async throws {
        let home = try home()
        let outside = home.path + "/outside.sql"
        try Data("secret".utf8).write(to: URL(filePath: outside))
        let link = "\(home.migrations)/0009_link.sql"
        for target in [outside, "/dev/zero", "0001_a.sql", "/nowhere"] {
            try #require(symlink(target, link) == 0)
            let error = try await failing(home)
            #expect(error?.meeting == .nonsense && error?.detail.contains("0009_link.sql is a link") == true)
            try #require(unlink(link) == 0)
        }
        try #require(mkfifo(link, 0o600) == 0)
        #expect(try await failing(home)?.detail.contains("is not a regular file") == true)
    }

    @Test func `more files than make sense are nonsense`() async throws {
        let home = try home()
        for number in 0...MigrationFolder.fileCap {
            let file = open("\(home.migrations)/\(number).sql", O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
            try #require(file >= 0)
            close(file)
        }
        #expect(try await failing(home)?.detail.contains("more than 10000 files") == true)
        try #require(unlink("\(home.migrations)/0.sql") == 0)
        #expect(try await files(home).count == MigrationFolder.fileCap)
    }
}

extension DeskHome {
    /// Where its record says that its migrations are.
    var migrations: String { path + "/migrations" }
}
