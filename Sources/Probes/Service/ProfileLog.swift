package import Readiness

/// The log of a profile: a file, or a command that prints its newest part. Where it is, the profile says; the marker is
/// written by the target itself, through its surface.
package struct ProfileLog: LogProbe {
    /// Where it is.
    package enum Place: Sendable, Equatable {
        /// A file, absolute.
        case file(String)
        /// A program and its arguments, run without a shell in a folder.
        case command([String], folder: String)
    }

    private let place: Place
    private let format: String
    private let limit: Duration
    private let surface: any LogProbe
    private let redactor: Redactor
    private let processes = ProcessProbe()

    /// Looks into a log.
    ///
    /// - Parameters:
    ///   - format: `text` or `json-lines`.
    ///   - limit: how long the command may take. Default 2 s, as any question to the target.
    ///   - surface: writes markers, and reads files.
    ///   - redactor: takes secrets out of what a command prints.
    package init(
        _ place: Place, format: String, limit: Duration = .seconds(2), surface: any LogProbe, redactor: Redactor
    ) {
        self.place = place
        self.format = format
        self.limit = limit
        self.surface = surface
        self.redactor = redactor
    }

    /// As the profile says; nobody is asked.
    package func describeLog() async throws(ProbeError) -> Answer<LogDescription> {
        let log =
            switch place {
            case .file(let path): LogDescription(path: path, format: format)
            case .command(let words, let folder):
                LogDescription(
                    path: "cd \(ShellWord.quoted(folder)) && \(request(words, folder).line)", format: format,
                    isCommand: true)
            }
        return Answer(log, transcript: "the profile says that the log is \(log.path), \(format)", elapsed: .zero)
    }

    /// Through the surface: a line that we write ourselves would prove nothing.
    package func mark(_ marker: String) async throws(ProbeError) -> Answer<Bool> { try await surface.mark(marker) }

    /// In the file, or in what the command prints, which may be 1 MiB.
    ///
    /// - Throws: `ProbeError`: for a command unreachable past its limit, and nonsense when it fails.
    package func find(_ marker: String, in log: LogDescription) async throws(ProbeError) -> Answer<String?> {
        guard case .command(let words, let folder) = place else { return try await surface.find(marker, in: log) }
        let request = request(words, folder)
        let result = try await processes.run(request)
        guard !result.isOverLimit else {
            throw ProbeError(
                .unreachable, at: .surface, "\(request.line) did not end within \(DurationText.short(limit))")
        }
        guard result.ending == .exited(0) else {
            throw ProbeError(
                .nonsense, at: .surface, redactor.redacted("\(request.line): \(result.ending(of: request))"))
        }
        guard result.output.dropped == 0 else {
            throw ProbeError(
                .nonsense, at: .surface,
                "\(request.line) printed more than \(request.outputCap) bytes: let it print the end only (tail, -n)")
        }
        let bytes = Array(result.output.text.utf8)
        let tail = LogTail(bytes: bytes, size: Int64(bytes.count), beginsFile: true)
        let line = tail.line(with: marker, isJSON: format == "json-lines").map {
            LogTail.excerpt(redactor.redacted($0), around: marker)
        }
        let transcript = """
            \(request.line): \(bytes.count) bytes
            \(marker): \(line ?? "is not in a whole line of it")
            """
        return Answer(line, transcript: redactor.redacted(transcript), elapsed: result.elapsed)
    }

    private func request(_ words: [String], _ folder: String) -> CommandRequest {
        CommandRequest(words, in: folder, limit: limit, outputCap: LogTail.windowCap)
    }
}
