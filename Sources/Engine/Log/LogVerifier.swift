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
