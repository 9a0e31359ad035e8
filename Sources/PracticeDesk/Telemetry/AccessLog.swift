/// The log of every request that was answered, refused ones too: `access.log`, one JSON object a line.
final class AccessLog: Sendable {
    static let fileName = "access.log"

    private let file: LineFile

    init(path: String, thread: BlockingThread) throws(HomeError) {
        file = try LineFile(path: path, sizeBound: 64 << 20, thread: thread) { lost in
            ["time": .text(DeskClock.wallText()), "event": "lines.lost", "lines_lost": .integer(lost)]
        }
    }

    /// A request; method and path are `-` when they could not be read. The query is left out.
    func write(method: String, path: String, status: Int, microseconds: Int64) {
        file.write([
            "time": .text(DeskClock.wallText()), "method": .text(method.shortened),
            "path": .text(String(path.unicodeScalars.prefix(256))), "status": .integer(Int64(status)),
            "us": .integer(microseconds),
        ])
    }

    /// Writes what waits and closes; on the files' thread.
    func close() { file.close() }
}
