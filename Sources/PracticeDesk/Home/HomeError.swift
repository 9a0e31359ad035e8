import Glibc

/// What is wrong with a desk's home, its files or its ledger, in words that name the file.
package enum HomeError: Error, Equatable, CustomStringConvertible {
    /// A file that the desk needs is not there; `desk serve` never makes one.
    case missing(path: String)
    /// A file does not say what it must: line where known, key and accepted values in the message.
    case invalidFile(path: String, line: Int?, message: String)
    /// The folder holds other things and no desk.
    case notADeskHome(path: String)
    /// Another process serves this home, in that role.
    case busy(path: String, role: DeskRole = .primary)
    /// The ledger could not be made, opened or changed.
    case ledger(path: String, message: String, trouble: LedgerTrouble = .unusable)
    /// A value in the ledger is none that can stand there: its row id where it has one, what stands there and what is
    /// accepted in the message.
    case value(path: String, table: String, column: String, row: Int64?, message: String)
    /// The operating system refused.
    case system(path: String, doing: String, code: Int32)
    /// The address could not be bound; the system's error number where that is known.
    case cannotListen(port: Int, message: String, code: Int32? = nil)
    /// More than one of them; each is another reason, none is one of these.
    case several([HomeError])

    /// One line for a person, naming the file; every reason where there are several.
    ///
    /// Without what to do about it and without a code: `report` and `reasons` have these.
    package var description: String {
        switch self {
        case .missing(let path): "\(path) is missing; `desk init` makes a home, `desk serve` never repairs one"
        case .invalidFile(let path, let line, let message): "\(path)\(line.map { ":\($0)" } ?? ""): \(message)"
        case .notADeskHome(let path): "\(path) is not empty and is not a desk's home"
        case .busy(let path, .primary): "another desk serves \(path)"
        case .busy(let path, .standby): "another standby serves \(path)"
        case .ledger(let path, let message, _): "\(path): \(message)"
        case .value(let path, let table, let column, let row, let message):
            "\(path): \(table).\(column)\(row.map { " of row id \($0)" } ?? "") \(message)"
        case .system(let path, let doing, let code): "cannot \(doing) \(path): \(String(cString: strerror(code)))"
        case .cannotListen(let port, let message, _): "cannot listen on 127.0.0.1:\(port): \(message)"
        case .several(let errors): "\(errors.count) reasons: " + errors.map { "\($0)" }.joined(separator: "; ")
        }
    }

    /// The error of all of these, each once; the one itself where there is only one.
    ///
    /// - Parameter errors: at least one.
    static func all(_ errors: [HomeError]) -> HomeError {
        var each: [HomeError] = []
        for error in errors {
            let parts: [HomeError] = if case .several(let parts) = error { parts } else { [error] }
            for part in parts where !each.contains(part) { each.append(part) }
        }
        return each.count == 1 ? each[0] : .several(each)
    }
}
