import Readiness

/// The newest events of a log, a bounded number of them.
///
/// They lie in pieces that are never changed once they are full, so that a reader shares them with the window instead of
/// making it copy itself; only of the piece that still grows a reader gets a copy of what it asked for.
struct EventWindow {
    private var pieces: [[ValidationEvent]] = []
    private var growing: [ValidationEvent] = []
    /// The number of the oldest event in the window.
    private var first = 1
    private let pieceSize: Int
    private let mostPieces: Int

    /// A window of at least this many events, and at most a piece (64) more.
    init(capacity: Int) {
        pieceSize = max(1, min(64, capacity / 4))
        mostPieces = (max(1, capacity) + pieceSize - 1) / pieceSize
        growing.reserveCapacity(pieceSize)
    }

    /// Takes the event whose number follows the last one's.
    mutating func append(_ event: ValidationEvent) {
        growing.append(event)
        guard growing.count == pieceSize else { return }
        pieces.append(growing)
        if pieces.count > mostPieces {
            // Its memory is used again, unless a reader still holds the piece: a full window asks for none.
            growing = pieces.removeFirst()
            growing.removeAll(keepingCapacity: true)
            first += pieceSize
        } else {
            growing = []
            growing.reserveCapacity(pieceSize)
        }
    }

    /// Events from a number on, some of those there are; nil when the first of them has left the window. Empty when it is
    /// not there yet.
    func events(from sequence: Int) -> ArraySlice<ValidationEvent>? {
        guard sequence >= first else { return nil }
        let place = (sequence - first) / pieceSize
        let offset = (sequence - first) % pieceSize
        if place < pieces.count { return pieces[place][offset...] }
        guard place == pieces.count, offset < growing.count else { return [] }
        return ArraySlice(Array(growing[offset...]))
    }
}
