import Glibc
import Readiness

/// The text of a configuration file, from disk or embedded in the program, with the name that messages give it.
package struct ConfigurationText: Sendable, Equatable {
    /// The largest file that is read: 1 MiB. Larger than any honest configuration.
    package static let sizeBound = 1 << 20

    /// What messages and value sources call the file: `config/validation_criteria.yaml`, or the path as it was given.
    package var name: String
    /// The whole text.
    package var text: String

    /// Takes text that is at hand.
    package init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    /// Takes the bytes of a file.
    ///
    /// - Throws: `ConfigurationError` when there are too many or they are not UTF-8, naming the line of the first bad
    ///   byte.
    package init(name: String, bytes: [UInt8]) throws(ConfigurationError) {
        guard bytes.count <= Self.sizeBound else { throw Self.failure(name, Self.tooLarge) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Self.failure(name, "is not UTF-8", line: Self.lineOfFirstBadByte(bytes))
        }
        self.init(name: name, text: text)
    }

    /// Reads a regular file. Blocks for as long as the disk takes: not for the cooperative pool.
    ///
    /// A device or a named pipe is refused and not read: it could be endless, or never answer.
    ///
    /// - Parameters:
    ///   - path: Where the file is.
    ///   - name: What messages call it; the path by default.
    /// - Throws: `ConfigurationError` with one problem: cannot be read and why, not a regular file, too large, not
    ///   UTF-8.
    package init(readingFileAt path: String, name: String? = nil) throws(ConfigurationError) {
        let name = name ?? path
        // Non-blocking, so that opening a named pipe without a writer returns.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.failure(name, "cannot be read: \(Self.reason(errno))") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw Self.failure(name, "cannot be read: \(Self.reason(errno))")
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Self.failure(name, "is not a regular file") }
        try self.init(name: name, bytes: Self.readAll(descriptor, name: name))
    }

    /// The UTF-8 bytes, for a digest.
    package var bytes: [UInt8] { Array(text.utf8) }

    // MARK: -

    private static let tooLarge = "is larger than \(sizeBound >> 20) MiB"

    private static func failure(_ name: String, _ message: String, line: Int = 0) -> ConfigurationError {
        ConfigurationError([ConfigurationProblem(location: SourceLocation(file: name, line: line), message: message)])
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

    /// Reads to the end, or one byte past the bound: the size that `fstat` says can change while we read.
    private static func readAll(_ descriptor: Int32, name: String) throws(ConfigurationError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while bytes.count <= sizeBound {
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 { break }
            if count > 0 {
                bytes.append(contentsOf: chunk[..<count])
            } else if errno != EINTR {
                throw failure(name, "cannot be read: \(reason(errno))")
            }
        }
        return bytes
    }

    private static func lineOfFirstBadByte(_ bytes: [UInt8]) -> Int {
        var decoder = UTF8()
        var input = bytes.makeIterator()
        var line = 1
        while case .scalarValue(let scalar) = decoder.decode(&input) {
            if scalar == "\n" { line += 1 }
        }
        return line
    }
}
