/// Lines on their way to a file, and the count of those that never got there.
///
/// A line is lost when too many wait already, or when the file does not take it. How many were lost is told in the
/// next line that the file does take, and `lost` keeps the sum: a gap that nobody tells of would look like silence.
package struct LineBuffer: Sendable {
    /// What is to be written in one go.
    package struct Batch: Sendable {
        /// Whole lines, each with its line end; first the one that tells of lost lines, where there is one.
        package var bytes: [UInt8]
        /// How many lost lines its first line tells of; 0: it has no such line.
        var told: Int64
    }

    /// Lines lost since the beginning. Lines that tell of lost lines do not count.
    package private(set) var lost: Int64 = 0
    /// Those of them that no line in the file tells of yet.
    private var untold: Int64 = 0
    private var waiting: [UInt8] = []
    private let bound: Int

    /// A buffer that holds so many bytes; a line beyond them is lost.
    package init(bound: Int) { self.bound = bound }

    /// Takes a line, without its line end.
    package mutating func add(_ line: [UInt8]) {
        guard waiting.count < bound else {
            lose(1)
            return
        }
        waiting += line
        waiting.append(UInt8(ascii: "\n"))
    }

    /// Gives out what waits; nil when nothing does.
    ///
    /// - Parameter notice: the line that tells of so many lost lines, without its line end.
    package mutating func take(_ notice: (_ lost: Int64) -> [UInt8]) -> Batch? {
        guard !waiting.isEmpty else { return nil }
        defer { waiting.removeAll(keepingCapacity: waiting.count < 65_536) }
        guard untold > 0 else { return Batch(bytes: waiting, told: 0) }
        defer { untold = 0 }
        return Batch(bytes: notice(untold) + [UInt8(ascii: "\n")] + waiting, told: untold)
    }

    /// Notes what has become of a batch.
    ///
    /// - Parameter written: how many of its bytes stand in the file; a line of which only a part does is lost.
    package mutating func note(_ batch: Batch, written: Int) {
        guard written < batch.bytes.count else { return }
        let newline = UInt8(ascii: "\n")
        let isTold = batch.told > 0 && batch.bytes.prefix(written).contains(newline)
        // What its own first line was to tell is still untold, and that line itself is no loss.
        if batch.told > 0, !isTold { untold += batch.told }
        let missing = batch.bytes.dropFirst(written).count { $0 == newline }
        lose(Int64(missing - (batch.told > 0 && !isTold ? 1 : 0)))
    }

    private mutating func lose(_ count: Int64) {
        lost += count
        untold += count
    }
}
