package import Readiness

/// Restarts a target by the command that its record names, and finds out from its surface whether it came back.
package struct CommandControl: ControlProbe {
    private let command: @Sendable () throws(ProbeError) -> [String]?
    private let state: @Sendable () async throws(ProbeError) -> Answer<ProcessState>
    private let processes = ProcessProbe()

    /// How long to wait between two looks at a target that restarts.
    private static let pause = Duration.milliseconds(50)

    /// Restarts whatever a record names.
    package init(source: RecordSource, surface: HTTPSurface) {
        self.init {
            () throws(ProbeError) in
            try source.current(for: .surface).line.controlRestart
        } state: { () async throws(ProbeError) in
            try await surface.processState()
        }
    }

    /// The same from its two parts.
    ///
    /// - Parameters:
    ///   - command: the words that restart the target, asked before each restart; nil where it offers none.
    ///   - state: which process answers, by a limit of its own.
    package init(
        command: @escaping @Sendable () throws(ProbeError) -> [String]?,
        state: @escaping @Sendable () async throws(ProbeError) -> Answer<ProcessState>
    ) {
        self.command = command
        self.state = state
    }

    /// Which process answers.
    package func process() async throws(ProbeError) -> Answer<ProcessState> { try await state() }

    /// Runs the record's command and asks until another life of the target answers. An effect.
    ///
    /// A target that does not answer beforehand is not restarted: which life it had could not be told. `limit` is for
    /// the command and the waiting together; the last look may take a request's own limit more.
    ///
    /// - Returns: the new life. `elapsed` is from the command's start to its answer.
    /// - Throws: `ProbeError`: not offered where the record names no command; of our side when it cannot be run; of the
    ///   target, at the surface: unreachable when no other life answers in time, or when the command fails and nothing
    ///   answers for the rest of it; nonsense when the command fails and the target still answers.
    package func restart(within limit: Duration) async throws(ProbeError) -> Answer<ProcessState> {
        guard let words = try command(), !words.isEmpty else {
            throw ProbeError(.notOffered, at: .surface, "the target's record names no command that restarts it")
        }
        let before = try await state().value
        let started = ContinuousClock.now
        let request = CommandRequest(words, limit: limit)
        let result = try await processes.run(request)
        guard !result.isOverLimit else {
            throw ProbeError(
                .unreachable, at: .surface, "\(request.line) did not end within \(DurationText.short(limit))")
        }
        guard result.ending == .exited(0) else {
            let complaint = "\(request.line): \(result.ending(of: request))\(Self.lastWords(result))"
            guard let silence = try await silence(until: started + limit) else {
                throw ProbeError(.nonsense, at: .surface, complaint)
            }
            throw ProbeError(
                .unreachable, at: .surface, "the target is gone after its restart: \(silence); \(complaint)")
        }
        var last = "it still answers as the life before, \(before.bootID.prefix(64))"
        while true {
            do throws(ProbeError) {
                let now = try await state()
                if now.value.bootID != before.bootID {
                    return Answer(
                        now.value, transcript: result.transcript(of: request) + "\n\n" + now.transcript,
                        elapsed: ContinuousClock.now - started)
                }
            } catch {
                // While it restarts it may refuse, reset, and say anything; our own trouble does not go away.
                guard error.fault == .target else { throw error }
                last = error.detail
            }
            guard ContinuousClock.now - started < limit else { break }
            do { try await Task.sleep(for: Self.pause) } catch { throw .cancelled }
        }
        throw ProbeError(
            .unreachable, at: .surface,
            "the target did not come back within \(DurationText.short(limit)) of its restart: \(last)")
    }

    /// Whether the target is gone behind a command that failed. It may only be on its way back: it is asked until
    /// something answers, whatever it says, and at least once.
    ///
    /// - Returns: what was met last, in words; nil when something answers.
    private func silence(until deadline: ContinuousClock.Instant) async throws(ProbeError) -> String? {
        while true {
            let met: String
            do throws(ProbeError) {
                _ = try await state()
                return nil
            } catch {
                guard error.fault == .target else { throw error }
                guard error.meeting == .unreachable else { return nil }
                met = error.detail
            }
            guard ContinuousClock.now < deadline else { return met }
            do { try await Task.sleep(for: Self.pause) } catch { throw .cancelled }
        }
    }

    /// The last line that the command said, errors first.
    private static func lastWords(_ result: CommandResult) -> String {
        let said = result.errors.total > 0 ? result.errors : result.output
        guard let line = said.text.split(whereSeparator: \.isNewline).last else { return "" }
        return ": " + SafeText.line(String(line.prefix(200)))
    }
}
