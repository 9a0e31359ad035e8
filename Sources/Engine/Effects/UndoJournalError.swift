import Readiness

/// Why an undo journal cannot be written, read or finished.
package enum UndoJournalError: Error, Equatable, CustomStringConvertible {
    /// The system does not let us; the file is named.
    case file(FileTrouble)
    /// A line that is not what was written. Nothing was performed: what stands behind it cannot be known.
    case garbled(path: String, line: Int, why: String)
    /// The run that writes it lives, or somebody else finishes it at this moment.
    case live(path: String)
    /// It belongs to another user, or others may write to it: what it asks for cannot be trusted.
    case notOurs(path: String)
    /// It has been closed: the run is over.
    case closed(path: String)

    /// A fragment that reads after "failed to ".
    package var description: String {
        switch self {
        case .file(let trouble): "use the undo journal \(trouble)"
        case .garbled(let path, let line, let why): "read the undo journal \(path): line \(line): \(why)"
        case .live(let path): "use the undo journal \(path): its run is alive"
        case .notOurs(let path):
            "trust the undo journal \(path): it belongs to another user, or others may write to it"
        case .closed(let path): "use the undo journal \(path): its run is over"
        }
    }
}
