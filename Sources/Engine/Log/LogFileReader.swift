import FoundationEssentials
import Glibc
import Readiness

/// Reads a log's file line by line, with bounded memory.
package struct LogFileReader: ~Copyable {
    private let file: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    /// Opens a log at a byte.
    ///
    /// - Throws: `LogTrouble` when it cannot be opened or is a folder.
    package init(path: String, offset: Int64 = 0) throws(LogTrouble) {
        file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw LogTrouble(path: path, code: errno) }
        var facts = stat()
        if fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR {
            close(file)
            throw LogTrouble(path: path, code: EISDIR)
        }
        if offset > 0 { lseek(file, off_t(offset), SEEK_SET) }
    }

    deinit { close(file) }

    /// A line without its newline, and whether it had one.
    package struct Line {
        /// Without the newline.
        package var bytes: ArraySlice<UInt8>
        /// False only for a last line that was cut.
        package var isWhole: Bool
    }

    /// The next line; nil at the end. A line beyond `LogLine.maximumLength` comes out cut, as not whole.
    package mutating func next() -> Line? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return Line(bytes: buffer[start..<end], isWhole: true)
            }
            searched = buffer.count
            if isAtEnd || buffer.count - start > LogLine.maximumLength {
                guard start < buffer.count else { return nil }
                defer { start = buffer.count }
                return Line(bytes: buffer[start...], isWhole: false)
            }
            if start > 0 {
                searched -= start
                buffer.removeFirst(start)
                start = 0
            }
            fill()
        }
    }

    private mutating func fill() {
        let size = 1 << 16
        let count = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: size))
        let got = buffer.withUnsafeMutableBytes { read(file, $0.baseAddress! + count, size) }
        buffer.removeLast(size - max(0, got))
        if got <= 0 { isAtEnd = true }
    }

    /// Events from a place on; those that cannot be read are left out, which only a damaged file brings about.
    static func events(path: String, offset: Int64, skipping: Int, limit: Int) -> [ValidationEvent] {
        var events: [ValidationEvent] = []
        do {
            var reader = try LogFileReader(path: path, offset: offset)
            let decoder = JSONDecoder()
            var skipped = 0
            while events.count < limit, let line = reader.next(), line.isWhole {
                if skipped < skipping {
                    skipped += 1
                    continue
                }
                events.append(try LogLine.event(of: line.bytes, with: decoder))
            }
        } catch {
            return events
        }
        return events
    }
}
