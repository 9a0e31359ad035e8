import Glibc
import Readiness

/// The newest part of a log file, read without ever waiting for it, whatever the target says that it is.
struct LogTail: Sendable {
    /// The most that is read: 1 MiB.
    static let windowCap = 1 << 20
    /// The most that is kept of a line, in bytes, beside the marker.
    static let lineCap = 2048
    /// The forms of a log that are known.
    static let formats: Set = ["json-lines", "text"]

    /// What was read.
    var bytes: [UInt8]
    /// How long the file was; nil when it was not there.
    var size: Int64?
    /// Whether the first byte begins the file and so, for certain, a line.
    var beginsFile: Bool

    /// Reads the file that has the name now: after a rotation that is another than before. Blocks.
    ///
    /// - Throws: `ProbeError` of nonsense when it is there and cannot be read. Missing is not trouble: it may come.
    static func read(_ path: String) throws(ProbeError) -> LogTail {
        func trouble(_ text: String) -> ProbeError { ProbeError(.nonsense, at: .surface, "the log \(path) \(text)") }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY)
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT, ENOTDIR: return LogTail(bytes: [], size: nil, beginsFile: true)
            case ELOOP: throw trouble("is a symbolic link")
            // A socket, or a device without a driver.
            case ENXIO, ENODEV: throw trouble("is not a regular file")
            case EMFILE, ENFILE, ENOMEM: throw ProbeError(ourSide: "opening \(path): \(SystemErrorText.of(errno))")
            default: throw trouble("cannot be read: \(SystemErrorText.of(errno))")
            }
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw trouble("cannot be read: \(SystemErrorText.of(errno))") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw trouble("is not a regular file") }
        let size = Int64(status.st_size)
        let start = max(0, size - Int64(windowCap))
        var bytes = [UInt8](repeating: 0, count: Int(size - start))
        var count = 0
        while count < bytes.count {
            let more = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress.map { $0 + count }, $0.count - count, off_t(start) + off_t(count))
            }
            if more < 0 && errno == EINTR { continue }
            guard more >= 0 else { throw trouble("cannot be read: \(SystemErrorText.of(errno))") }
            // It has been cut short meanwhile.
            if more == 0 { break }
            count += more
        }
        bytes.removeLast(bytes.count - count)
        return LogTail(bytes: bytes, size: size, beginsFile: start == 0)
    }

    /// The newest whole line that holds a marker by itself and not as a part of a longer one. A line that has not ended
    /// yet, or whose beginning lies before what was read, is not whole.
    ///
    /// - Parameter isJSON: whether words stand in quotes, so that a full stop or a colon beside one is its part.
    func line(with marker: String, isJSON: Bool) -> String? {
        let wanted = Array(marker.utf8)
        guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return nil }
        let start = beginsFile ? 0 : bytes.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? end
        func isPart(_ byte: UInt8) -> Bool {
            WireText.isWordByte(byte) && (isJSON || (byte != UInt8(ascii: ".") && byte != UInt8(ascii: ":")))
        }
        var found: Int?
        var from = start
        while let place = Self.firstPlace(of: wanted, in: bytes, from: from, to: end) {
            let after = place + wanted.count
            let standsAlone = (place == start || !isPart(bytes[place - 1])) && !isPart(bytes[after])
            if standsAlone { found = place }
            from = place + 1
        }
        guard let found else { return nil }
        let first = bytes[start..<found].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? start
        let last = bytes[found...].firstIndex(of: UInt8(ascii: "\n")) ?? end
        return String(decoding: bytes[first..<last], as: UTF8.self)
    }

    /// A line, or of a long one the part around the marker.
    static func excerpt(_ line: String, around marker: String) -> String {
        let bytes = Array(line.utf8)
        guard bytes.count > lineCap, let place = firstPlace(of: Array(marker.utf8), in: bytes, from: 0, to: bytes.count)
        else { return String(decoding: bytes.prefix(lineCap), as: UTF8.self) }
        let first = max(0, min(place - lineCap / 2, bytes.count - lineCap))
        let last = min(bytes.count, first + lineCap)
        return (first > 0 ? "…" : "") + String(decoding: bytes[first..<last], as: UTF8.self)
            + (last < bytes.count ? "…" : "")
    }

    private static func firstPlace(of wanted: [UInt8], in bytes: [UInt8], from: Int, to: Int) -> Int? {
        bytes.withUnsafeBytes { ByteSearch.place(of: wanted, in: $0, from: from, to: to) }
    }
}
