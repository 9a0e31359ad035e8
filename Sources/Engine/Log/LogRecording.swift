import FoundationEssentials
import Glibc
import Readiness

/// The file of a log: lines, their chain, and where they stand. Used by one writer under its lock.
///
/// When the disk is full no line is skipped: lines wait in memory and are written in order as soon as there is room.
struct LogRecording {
    private let path: String
    private let file: Int32
    private let write: @Sendable (Int32, UnsafeRawBufferPointer) -> Int
    private let encoder = LogLine.makeEncoder()
    /// The hash of the newest line.
    private(set) var head = LogLine.origin
    /// Lines handed in so far.
    private var count = 0
    /// Bytes of complete lines in the file.
    private var length: Int64 = 0
    /// Lines that the disk would not take, oldest first.
    private var backlog: [[UInt8]] = []
    /// Why lines wait; nil while the file holds everything.
    private(set) var trouble: LogTrouble?
    /// Where every `stride`th line begins.
    private var offsets: [Int64] = []

    private static let stride = 512

    init(path: String, file: Int32, write: @escaping @Sendable (Int32, UnsafeRawBufferPointer) -> Int) {
        self.path = path
        self.file = file
        self.write = write
    }

    /// Writes the next event's line, or keeps it until there is room.
    mutating func record(_ event: ValidationEvent) {
        do {
            let (bytes, hash) = try LogLine.encode(event, after: head, with: encoder)
            head = hash
            count += 1
            backlog.append(bytes)
        } catch {
            // Every payload is plain data that JSON can hold: there is nothing to do about this but to say it.
            preconditionFailure("an event cannot be encoded: \(error)")
        }
        drain()
    }

    /// Writes waiting lines in order, whole lines only, until the disk refuses one.
    mutating func drain() {
        var written = 0
        for line in backlog {
            let first = count - backlog.count + written
            if let code = writeAll(line) {
                trouble = LogTrouble(path: path, code: code)
                // A part of the line may be there: take it back, so that the file ends with a whole line.
                if ftruncate(file, off_t(length)) != 0 { trouble = LogTrouble(path: path, code: errno) }
                backlog.removeFirst(written)
                return
            }
            if first % Self.stride == 0 { offsets.append(length) }
            length += Int64(line.count)
            written += 1
        }
        backlog.removeAll(keepingCapacity: true)
        trouble = nil
    }

    /// Where to begin to read for an event, and the number of the event that stands there.
    func place(of sequence: Int) -> (offset: Int64, first: Int) {
        let place = min(max(0, (sequence - 1) / Self.stride), offsets.count - 1)
        return place < 0 ? (0, 1) : (offsets[place], place * Self.stride + 1)
    }

    private func writeAll(_ bytes: [UInt8]) -> Int32? {
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                let count = write(file, UnsafeRawBufferPointer(rebasing: buffer[offset...]))
                if count < 0 {
                    if errno == EINTR { continue }
                    return errno
                }
                if count == 0 { return ENOSPC }
                offset += count
            }
            return nil
        }
    }
}

/// Why the log cannot be written.
package struct LogTrouble: Error, Equatable, CustomStringConvertible {
    /// The file.
    package var path: String
    /// `errno`.
    package var code: Int32

    /// Describes trouble with a file.
    package init(path: String, code: Int32) {
        self.path = path
        self.code = code
    }

    /// A fragment that reads after "failed to ".
    package var description: String { "write the log \(path): \(String(cString: strerror(code)))" }
}
