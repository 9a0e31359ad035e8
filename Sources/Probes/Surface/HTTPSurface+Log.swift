import NIOPosix
package import Readiness

extension HTTPSurface: LogProbe {
    private struct LogWire: Decodable {
        var path: String
        var format: String
        var lines_lost: Int64?
    }

    private struct MarkerWire: Encodable { var marker: String }

    private struct MarkedWire: Decodable { var accepted: Bool }

    /// `GET /readyz/logs`. A path that is not absolute and a format other than `json-lines` or `text` are nonsense.
    package func describeLog() async throws(ProbeError) -> Answer<LogDescription> {
        let request = named(HTTPExchange.Request("GET", "/readyz/logs"))
        let reply = try await ask(request)
        let wire = try Self.decode(LogWire.self, from: reply, to: request)
        try Self.check(WireText.isPath(wire.path), request, "path is not an absolute path")
        try Self.check(LogTail.formats.contains(wire.format), request, "format is not json-lines or text")
        try Self.check(wire.lines_lost ?? 0 >= 0, request, "lines_lost is below zero")
        let log = LogDescription(path: wire.path, format: wire.format, linesLost: wire.lines_lost)
        return Self.answer(log, from: reply)
    }

    /// `POST /readyz/logs/marker`. Not idempotent: asked twice, it stands there twice.
    ///
    /// - Parameter marker: 1 to 128 characters of `A-Z a-z 0-9 . _ : -`.
    /// - Returns: whether the target took it.
    package func mark(_ marker: String) async throws(ProbeError) -> Answer<Bool> {
        try Self.checkMarker(marker)
        let request = try named(Self.post("/readyz/logs/marker", MarkerWire(marker: marker), isIdempotent: false))
        let reply = try await ask(request)
        return Self.answer(try Self.decode(MarkedWire.self, from: reply, to: request).accepted, from: reply)
    }

    /// Reads the newest part of the file, opened anew, on a thread that may block. See `LogTail`.
    ///
    /// - Throws: `ProbeError`: nonsense when the file is there and cannot be read, or is no regular file.
    package func find(_ marker: String, in log: LogDescription) async throws(ProbeError) -> Answer<String?> {
        try Self.checkMarker(marker)
        guard WireText.isPath(log.path) else {
            throw ProbeError(.nonsense, at: .surface, "the log's path is not an absolute path")
        }
        let started = ContinuousClock.now
        let tail: LogTail
        do {
            // These threads are there for reading files; neither Swift's nor the event loops' are held up.
            tail = try await NIOThreadPool.singleton.runIfActive { try LogTail.read(log.path) }
        } catch let error as ProbeError {
            throw carrier.redactor.redacted(error)
        } catch {
            throw Task.isCancelled ? .cancelled : ProbeError(ourSide: "no thread to read \(log.path) on: \(error)")
        }
        // Cleaned before it is cut, so that a secret across the cut does not leave a half.
        let line = tail.line(with: marker, isJSON: log.format == "json-lines").map {
            LogTail.excerpt(carrier.redactor.redacted($0), around: marker)
        }
        let transcript = """
            \(log.path): \(tail.size.map { "the last \(tail.bytes.count) of \($0) bytes" } ?? "is not there")
            \(marker): \(line ?? "is not in a whole line of it")
            """
        return Answer(line, transcript: transcript, elapsed: ContinuousClock.now - started)
    }

    private static func checkMarker(_ marker: String) throws(ProbeError) {
        guard WireText.isWord(marker, cap: 128) else { throw ProbeError(ourSide: "a marker that is none") }
    }
}
