import Readiness

/// What became of a command that ran. It is no judgement: an exit code of 0 is a hint and not evidence, so whoever
/// judges looks at the text as well, and at `isOverLimit`, `leftBehind` and what was dropped.
package struct CommandResult: Sendable, Equatable {
    /// How a program ends.
    package enum Ending: Sendable, Equatable {
        /// By itself, with a code of 0…255.
        case exited(Int32)
        /// By a signal.
        case signalled(Int32)
    }

    /// How the program itself ended, whatever became of what it had started.
    package var ending: Ending
    /// Whether it was ended because its limit was over. It may have ended by itself while it was being asked to.
    package var isOverLimit: Bool
    /// Its standard output.
    package var output: CapturedOutput
    /// Its standard error.
    package var errors: CapturedOutput
    /// From the start to the program's end, monotonic.
    package var elapsed: Duration
    /// Time on a processor, of the program and of those of its children that it waited for.
    package var processorTime: Duration
    /// The most memory that the program, or a child that it waited for, had at once, in bytes. Nil where that is not
    /// above what we had ourselves: the kernel counts a started program's memory from its starter's, so less cannot be
    /// told.
    package var peakResidentBytes: Int64?
    /// Process ids of what it had started and what is still there: what left its process group and holds one of its
    /// outputs open, which is let live, and what not even SIGKILL ended. None of them is waited for.
    package var leftBehind: [Int32]
    /// Whether somebody still held one of its outputs open when it had ended, though we may not see who.
    package var isOutputHeld: Bool

    /// The exit code when it ended by itself.
    package var exitCode: Int32? { if case .exited(let code) = ending { code } else { nil } }

    /// Gathers what became of a command.
    package init(
        ending: Ending, isOverLimit: Bool = false, output: CapturedOutput, errors: CapturedOutput, elapsed: Duration,
        processorTime: Duration = .zero, peakResidentBytes: Int64? = nil, leftBehind: [Int32] = [],
        isOutputHeld: Bool = false
    ) {
        self.ending = ending
        self.isOverLimit = isOverLimit
        self.output = output
        self.errors = errors
        self.elapsed = elapsed
        self.processorTime = processorTime
        self.peakResidentBytes = peakResidentBytes
        self.leftBehind = leftBehind
        self.isOutputHeld = isOutputHeld
    }

    /// How it ended, in words: `exit code 3`, `ended by signal 15 after its limit of 2.00 s`.
    package func ending(of request: CommandRequest) -> String {
        let words =
            switch ending {
            case .exited(let code): "exit code \(code)"
            case .signalled(let signal): "ended by signal \(signal)"
            }
        return isOverLimit ? "\(words) after its limit of \(DurationText.short(request.limit))" : words
    }

    /// The command, its end and the beginnings of what it said, as evidence. Shows no variable.
    ///
    /// - Parameter redactor: takes secrets out. Default: what the command prints of one is in here.
    package func transcript(of request: CommandRequest, redactor: Redactor = Redactor { [] }) -> String {
        var text = "$ \(request.line)\nin \(request.folder)\n"
        text += "\(ending(of: request)), \(DurationText.short(elapsed))"
        if !leftBehind.isEmpty {
            text += "\nleft behind: " + leftBehind.map { "process \($0)" }.joined(separator: ", ")
        } else if isOutputHeld {
            text += "\nleft behind: a process that holds its output open and cannot be seen"
        }
        for (name, captured) in [("output", output), ("errors", errors)] where captured.total > 0 {
            text += "\n\(name), \(captured.total) bytes:\n\(captured.beginning(redactor))"
        }
        return redactor.redacted(text)
    }
}

/// What a program wrote, up to a cap.
package struct CapturedOutput: Sendable, Equatable {
    /// The first bytes, whatever they are.
    package var bytes: [UInt8]
    /// How many bytes followed that were not kept.
    package var dropped: Int

    /// Pairs what was kept with how much was not.
    package init(bytes: [UInt8] = [], dropped: Int = 0) {
        self.bytes = bytes
        self.dropped = dropped
    }

    /// What was kept as text; what is not UTF-8 becomes U+FFFD. Not fit to be shown as it is: see `SafeText`.
    package var text: String { String(decoding: bytes, as: UTF8.self) }
    /// How many bytes there were in all.
    package var total: Int { bytes.count + dropped }

    /// The first 4 KiB as text.
    func beginning(_ redactor: Redactor) -> String {
        let beginning = redactor.beginning(of: bytes, dropped: dropped)
        return beginning.isWhole ? beginning.text : beginning.text + " …"
    }

    /// What was kept without secrets, and without the beginning of one where the rest was dropped.
    func text(_ redactor: Redactor) -> String {
        dropped > 0 ? redactor.redacted(cut: bytes) : redactor.redacted(text)
    }
}
