import FoundationEssentials
package import Readiness

/// Holds a recorded log against its chain, its grammar and its own last word.
package enum LogVerifier {
    /// What came of it.
    package enum Finding: Error, Equatable {
        /// A line that is not what was written, or not where it was written.
        case broken(line: Int, why: String)
        /// Whole so far, but the run was never closed: killed, or its tail was cut off.
        case incomplete(lines: Int, why: String)
        /// It cannot be read.
        case unreadable(String)
    }

    /// A log that is what was written, from the first line to `run.finished`.
    package struct Verified: Sendable {
        /// What it adds up to.
        package var summary: RunSummary
        /// Lines.
        package var lines: Int
        /// The hash of the last line.
        package var head: String
    }

    /// Reads the whole file once.
    ///
    /// - Throws: `Finding` with the number of the first bad line.
    package static func verify(path: String) throws(Finding) -> Verified {
        var reader: LogFileReader
        do { reader = try LogFileReader(path: path) } catch {
            throw .unreadable(error.description.replacing("write the log", with: "read"))
        }
        var summary = RunSummary()
        var grammar = EventGrammar()
        var previous = LogLine.origin
        var number = 0
        let decoder = JSONDecoder()
        while let line = reader.next() {
            number += 1
            guard line.isWhole else {
                throw .broken(line: number, why: "it does not end in a newline: the file was cut inside it or changed")
            }
            if summary.finished != nil { throw .broken(line: number, why: "it stands after the end of the run") }
            let parsed: LogLine
            do throws(LogLineError) { parsed = try LogLine(parsing: line.bytes, with: decoder) } catch {
                throw .broken(line: number, why: error.description)
            }
            guard parsed.previous == previous else {
                throw .broken(
                    line: number, why: "it does not follow the line before: a line was taken out, put in or moved")
            }
            guard parsed.event.sequence == number else {
                throw .broken(line: number, why: "its number is \(parsed.event.sequence)")
            }
            if let complaint = grammar.take(parsed.event) { throw .broken(line: number, why: complaint) }
            previous = parsed.hash
            summary.fold(parsed.event)
        }
        guard number > 0 else { throw .incomplete(lines: 0, why: "it is empty") }
        guard let finished = summary.finished else {
            throw .incomplete(lines: number, why: "it ends after line \(number) without run.finished")
        }
        guard finished.missing == summary.missing, finished.missing == 0 else {
            throw .broken(line: number, why: "\(summary.missing) announced checks have no outcome")
        }
        return Verified(summary: summary, lines: number, head: previous)
    }
}

/// The order in which events may come. Fed one by one; says what is wrong with the first that does not fit.
package struct EventGrammar: Sendable {
    private var run: String?
    private var monotonic: Int64 = 0
    private var round = 0
    private var isAnnounced = false
    /// Checks of the round that have not finished.
    private var open: Set<CheckID> = []
    private var planned: Set<CheckID> = []
    private var started: Set<CheckID> = []
    private var locks: [Lock: CheckID] = [:]
    private var effects: Set<String> = []

    /// A grammar before the first event.
    package init() {}

    /// Takes the next event.
    ///
    /// - Returns: nil when it fits, else what is wrong with it, in a fragment.
    package mutating func take(_ event: ValidationEvent) -> String? {
        if let run, event.run != run { return "it belongs to another run" }
        if run == nil, event.body.kind != .runCreated { return "a log begins with run.created" }
        if run != nil, event.body.kind == .runCreated { return "run.created comes a second time" }
        run = event.run
        guard event.monotonic >= monotonic else { return "its time runs backwards" }
        monotonic = event.monotonic
        switch event.body {
        case .planAnnounced(let plan):
            guard !isAnnounced else { return "plan.announced comes a second time" }
            isAnnounced = true
            round = 1
            planned = Set(plan.checks.map(\.id))
            open = planned
        case .roundStarted(let started):
            guard isAnnounced else { return "a round is started before a plan is announced" }
            guard open.isEmpty else { return "a round is started before the last one has ended" }
            guard planned.isSuperset(of: started.checks) else { return "a round names a check that is not planned" }
            round += 1
            open = Set(started.checks)
            self.started = []
        case .runFinished:
            guard open.isEmpty else { return "the run is finished while checks are open" }
            guard locks.isEmpty else { return "the run is finished while locks are held" }
            guard effects.isEmpty else { return "the run is finished while effects are neither undone nor given up" }
        case .lockAcquired(let change):
            guard locks[change.name] == nil else { return "a lock is taken that is held" }
            locks[change.name] = event.check
        case .lockReleased(let change):
            guard locks.removeValue(forKey: change.name) == event.check else {
                return "a lock is released that is not held"
            }
        case .effectRegistered(let effect):
            guard effects.insert(effect.effectID).inserted else { return "an effect is registered twice" }
        case .effectUndone(let effect), .effectUndoFailed(let effect):
            guard effects.remove(effect.effectID) != nil else { return "an effect is undone that is not registered" }
        default: break
        }
        guard let check = event.check, event.body.kind.rawValue.hasPrefix("check.") else { return nil }
        return take(event, of: check)
    }

    private mutating func take(_ event: ValidationEvent, of check: CheckID) -> String? {
        guard planned.contains(check) else { return "it is about a check that is not planned" }
        guard event.round == round else { return "it belongs to another round" }
        guard open.contains(check) else { return "it is about a check that has finished in this round" }
        switch event.body {
        case .checkStarted: started.insert(check)
        case .checkFinished(let finished):
            if finished.outcome == .pass, finished.grade == .none { return "a pass without evidence" }
            if [.pass, .warn, .fail].contains(finished.outcome), !started.contains(check) {
                return "an outcome of a check that never started"
            }
            open.remove(check)
        default: break
        }
        return nil
    }
}
