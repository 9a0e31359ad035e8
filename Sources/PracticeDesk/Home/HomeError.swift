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
    case ledger(path: String, message: String)
    /// The operating system refused.
    case system(path: String, doing: String, code: Int32)
    /// The address could not be bound.
    case cannotListen(port: Int, message: String)

    /// One line for a person, naming the file.
    package var description: String {
        switch self {
        case .missing(let path): "\(path) is missing; `desk init` makes a home, `desk serve` never repairs one"
        case .invalidFile(let path, let line, let message): "\(path)\(line.map { ":\($0)" } ?? ""): \(message)"
        case .notADeskHome(let path): "\(path) is not empty and is not a desk's home"
        case .busy(let path, .primary): "another desk serves \(path)"
        case .busy(let path, .standby): "another standby serves \(path)"
        case .ledger(let path, let message): "\(path): \(message)"
        case .system(let path, let doing, let code): "cannot \(doing) \(path): \(String(cString: strerror(code)))"
        case .cannotListen(let port, let message): "cannot listen on 127.0.0.1:\(port): \(message)"
        }
    }
}
