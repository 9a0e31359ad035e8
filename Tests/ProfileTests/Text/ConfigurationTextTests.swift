import FoundationEssentials
import Glibc
import Profile
import Testing

struct ConfigurationTextTests {
    /// A folder that is gone when the test is over.
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("holdpoint-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    private func message(_ path: String) throws -> String {
        let found = try problems { _ = try ConfigurationText(readingFileAt: path, name: "given.yaml") }
        return ConfigurationError(found).description
    }

    @Test func `a file is read to its last byte under the name it is given`() throws {
        try withFolder { (folder) throws in
            let content = String(repeating: "# größe\n", count: 20_000)
            try Data(content.utf8).write(to: URL(filePath: "\(folder)/a.yaml"))
            let text = try ConfigurationText(readingFileAt: "\(folder)/a.yaml", name: "given.yaml")
            #expect(text.name == "given.yaml")
            #expect(text.text == content)
            #expect(text.bytes == Array(content.utf8))
            #expect(try ConfigurationText(readingFileAt: "\(folder)/a.yaml").name == "\(folder)/a.yaml")
        }
    }

    @Test func `what is not a readable file is refused with the reason`() throws {
        try withFolder { (folder) throws in
            #expect(try message("\(folder)/none") == "given.yaml: cannot be read: No such file or directory")
            #expect(try message(folder) == "given.yaml: is not a regular file")
            #expect(try message("/dev/zero") == "given.yaml: is not a regular file")
            // A pipe without a writer would keep us for ever.
            #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
            #expect(try message("\(folder)/pipe") == "given.yaml: is not a regular file")
        }
    }

    @Test func `a file of the largest size is read, one byte more is refused`() throws {
        try withFolder { (folder) throws in
            let path = "\(folder)/large.yaml"
            let largest = [UInt8](repeating: UInt8(ascii: "#"), count: ConfigurationText.sizeBound)
            try Data(largest).write(to: URL(filePath: path))
            #expect(try ConfigurationText(readingFileAt: path).bytes.count == largest.count)
            try Data(largest + [UInt8(ascii: "#")]).write(to: URL(filePath: path))
            #expect(try message(path) == "given.yaml: is larger than 1 MiB")
        }
    }

    @Test func `bytes that are not UTF-8 are refused with the line of the first`() throws {
        let bytes = Array("a: 1\nb: ü\nc: ".utf8) + [0xC3, 0x28] + Array("\nd: ".utf8) + [0xFF]
        let found = try problems { _ = try ConfigurationText(name: "given.yaml", bytes: bytes) }
        #expect(found.map(\.description) == ["given.yaml:3: is not UTF-8"])
    }
}
