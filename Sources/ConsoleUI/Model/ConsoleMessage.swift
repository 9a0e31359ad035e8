package import Readiness

/// Something that the console is told. All of its input, time included, comes as these.
package enum ConsoleMessage: Sendable {
    /// Events of the run, in order.
    case events([ValidationEvent])
    /// A key was pressed, or a text pasted.
    case key(Key)
    /// The terminal has another size.
    case resized(Size)
    /// Time has gone on; sent once a second while a run is active or an answer of the target is waited for.
    case tick
    /// The state of the target's fault switches, or that it has none: nil.
    case faults(FaultPanel?)
    /// A fault could not be set or cleared.
    case faultRefused(name: String, why: String)
    /// The bytes of a piece of evidence, as text; or why they cannot be read.
    case evidenceLoaded(id: String, EvidenceText)
    /// What became of a copy: where the text went.
    case copied(Notice)
    /// Something to tell the operator in the status line.
    case notice(String, Notice.Severity)
    /// Runs that were killed have left something changed; nothing starts before this is answered by `.recover`.
    case recoverable(RecoveryOffer)
    /// What would be run and what could not be verified: nothing starts before this is answered by `.start`.
    case preflight(Preflight)
    /// A question of a look at the target was asked or is settled.
    case looking(LookStep)
    /// What the target offers, as `.look` asked; nil where it could not be looked at, which a notice explains.
    case looked([CapabilityReport]?)
    /// What is being waited for outside the run: seeding, another run's lock. nil when that is over.
    case activity(String?)
    /// The engine is gone; nothing can be run any more. A reason unless it ended as asked.
    case engineEnded(String?)
    /// A signal asks to leave: as if cancelled by the operator, without a question.
    case terminate(signal: Int32)
}

/// Something that the console wants done.
package enum ConsoleEffect: Sendable, Equatable {
    /// For the engine.
    case command(OperatorCommand)
    /// Put a text on the clipboard. Done by `Terminal`; the label says what it is.
    case copy(String, label: String)
    /// Set or clear faults of the practice desk; answered by `.faults` or `.faultRefused`.
    case fault(FaultChange)
    /// Read a piece of evidence; answered by `.evidenceLoaded`.
    case loadEvidence(Evidence)
    /// Draw everything anew. Done by `Terminal`.
    case redraw
    /// Give the terminal back to the shell until the process is continued. Done by `Terminal`.
    case suspend
    /// Whether to take back what killed runs have left changed. The answer to `.recoverable`.
    case recover(isWanted: Bool)
    /// Look again at what the target offers; answered by `.looked`, and by `.preflight` before anything was started.
    case look
    /// Begin the run with these checks; nil: as planned. The answer to `.preflight`.
    case start([CheckID]?)
    /// End the console.
    case leave(Leaving)
}

/// A change of the practice desk's fault switches.
package enum FaultChange: Sendable, Equatable {
    /// Set a fault; magnitude nil: its default.
    case set(name: String, magnitude: String?)
    /// Clear one.
    case clear(name: String)
    /// Clear all.
    case clearAll
}

/// How the console is left.
package enum Leaving: Sendable, Equatable {
    /// Nothing runs: close the run. The console is gone at once.
    case finished
    /// Cancel what runs, cooperatively, and close the run. The console stays until `.engineEnded` or a limit.
    case cancelFirst
    /// Do not wait any longer. The console is gone at once.
    case kill
}

/// A message in the status line, until the next key.
package struct Notice: Sendable, Equatable {
    /// How it looks.
    package enum Severity: Sendable, Equatable {
        case info, warning, error
    }

    /// One sentence.
    package var text: String
    /// The same in fewer words, for a screen on which the sentence takes too much room; nil: there is no shorter one.
    package var short: String?
    /// How it looks.
    package var severity: Severity

    /// States it.
    package init(_ text: String, short: String? = nil, _ severity: Severity) {
        self.text = text
        self.short = short
        self.severity = severity
    }

    /// The most rows that a message takes.
    package static let mostRows = 3

    /// Its rows at a width: the whole sentence where that fits without breaking a word, else the short one.
    ///
    /// - Parameter ellipsis: where even that is too long and the end is left out.
    package func rows(width: Int, ellipsis: String) -> [String] {
        let forms = [text, short ?? text].map(SafeText.line)
        let isWhole = { (form: String) in form.split(separator: " ").allSatisfy { TextWidth.of(String($0)) <= width } }
        let fitting = forms.filter { TextWidth.wrapped($0, to: width).count <= Self.mostRows }
        let chosen = fitting.first(where: isWhole) ?? fitting.first ?? forms[1]
        var rows = TextWidth.wrapped(chosen, to: width)
        guard rows.count > Self.mostRows else { return rows }
        let rest = rows[(Self.mostRows - 1)...].joined(separator: " ")
        rows[Self.mostRows - 1] = TextWidth.truncated(rest, to: width, ellipsis: ellipsis)
        return Array(rows.prefix(Self.mostRows))
    }
}

/// What became of loading a piece of evidence.
package enum EvidenceText: Sendable, Equatable {
    /// Asked for.
    case loading
    /// Its text; not sanitised. The caller may cut it; it says so in the text.
    case text(String)
    /// Why it cannot be read.
    case failed(String)
}
