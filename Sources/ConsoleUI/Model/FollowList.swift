/// Something that belongs to an event, so that a place among others can be remembered by the event's number.
package protocol Sequenced: Sendable, Equatable {
    /// The event's number in its log.
    var sequence: Int { get }
}

/// A list that grows at its end and either follows the end or stands still.
///
/// Standing still is meant: while it is frozen it shows the rows that were there when it froze, whatever is appended
/// since, and its place is the number of an event, never an offset. Newer rows are counted and shown when it follows
/// again.
package struct FollowList<Row: Sequenced>: Sendable {
    private struct Frozen: Sendable {
        var rows: [Row]
        var top: Int
        var cursor: Int
    }

    /// What there is to show in so many lines.
    package struct Window: Sendable {
        /// From the first visible row on; the last may be cut.
        package var rows: ArraySlice<Row>
        /// The place of the row under the cursor in `rows`; nil when there is none.
        package var cursor: Int?
    }

    private var live: [Row] = []
    private var frozen: Frozen?
    private let capacity: Int
    /// Rows that came since it was frozen.
    package private(set) var unseen = 0
    /// Rows that came in all.
    package private(set) var total = 0

    /// An empty list that follows.
    ///
    /// - Parameter capacity: rows that are kept; the oldest fall out first.
    package init(capacity: Int) { self.capacity = capacity }

    /// Whether it shows the newest row.
    package var isFollowing: Bool { frozen == nil }
    /// The rows that it shows now: at most `capacity`.
    package var rows: [Row] { frozen?.rows ?? live }

    /// Adds a row at the end.
    package mutating func append(_ row: Row) {
        live.append(row)
        total += 1
        if frozen != nil { unseen += 1 }
        // Trimmed in steps, so that a row costs the same on average however many there are.
        if live.count > capacity + capacity / 4 { live.removeFirst(live.count - capacity) }
    }

    /// Shows the newest row from now on.
    package mutating func follow() {
        frozen = nil
        unseen = 0
    }

    /// Stands still with the rows that are visible now.
    package mutating func freeze(height: Int, lines: (Row) -> Int = { _ in 1 }) {
        guard frozen == nil, let last = live.last else { return }
        let window = window(height: height, lines: lines)
        frozen = Frozen(rows: live, top: window.rows.first?.sequence ?? last.sequence, cursor: last.sequence)
        unseen = 0
    }

    /// Moves the cursor by rows; freezes first, because a moving list under a moving cursor reads like neither.
    package mutating func move(by rows: Int, height: Int, lines: (Row) -> Int = { _ in 1 }) {
        freeze(height: height, lines: lines)
        guard var state = frozen, !state.rows.isEmpty else { return }
        let place = index(of: state.cursor, in: state.rows)
        let moved = min(state.rows.count - 1, max(0, place + min(rows, state.rows.count)))
        state.cursor = state.rows[moved].sequence
        frozen = state
        let window = window(height: height, lines: lines)
        frozen?.top = window.rows.first?.sequence ?? state.top
    }

    /// The row under the cursor.
    package var current: Row? {
        guard let frozen else { return live.last }
        return frozen.rows.isEmpty ? nil : frozen.rows[index(of: frozen.cursor, in: frozen.rows)]
    }

    /// What is visible in so many lines, each row taking as many of them as `lines` says.
    package func window(height: Int, lines: (Row) -> Int = { _ in 1 }) -> Window {
        let rows = rows
        guard !rows.isEmpty, height > 0 else { return Window(rows: [], cursor: nil) }
        let cursor = frozen.map { index(of: $0.cursor, in: rows) } ?? rows.count - 1
        // The highest top from which the cursor's row is still wholly visible.
        var highest = cursor
        var used = lines(rows[cursor])
        while highest > 0, used + lines(rows[highest - 1]) <= height {
            highest -= 1
            used += lines(rows[highest])
        }
        let wanted = frozen.map { index(of: $0.top, in: rows) } ?? highest
        let top = min(cursor, max(highest, wanted))
        var end = top
        var filled = 0
        while end < rows.count, filled < height {
            filled += lines(rows[end])
            end += 1
        }
        return Window(rows: rows[top..<end], cursor: cursor - top)
    }

    /// The place of the row with that number, or of the one after it.
    private func index(of sequence: Int, in rows: [Row]) -> Int {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].sequence < sequence { low = middle + 1 } else { high = middle }
        }
        return min(low, rows.count - 1)
    }
}
