import Glibc

/// A password of the ledger's server. Shows nowhere by accident: whoever needs it asks for it by name.
struct LedgerPassword: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    private let value: String

    init(_ value: String) { self.value = value }

    /// A new one: 256 bits of chance, as text.
    static func drawn() -> LedgerPassword { LedgerPassword(Hex.random(bytes: 32)) }

    /// The password itself, for the server and for its file.
    func reveal() -> String { value }

    var description: String { "<secret>" }
    var debugDescription: String { description }

    /// Reads the one that a home keeps.
    ///
    /// - Throws: `HomeError.invalidFile` for what is none.
    static func read(_ path: String) throws(HomeError) -> LedgerPassword {
        let bytes = try HomeFiles.read(path, sizeBound: 1024)
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        guard !line.isEmpty, line.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .invalidFile(path: path, line: nil, message: "is not a password of the ledger's server")
        }
        return LedgerPassword(String(decoding: line, as: UTF8.self))
    }

    /// Writes its file, 0600.
    func write(_ path: String) throws(HomeError) { try HomeFiles.write(Array(value.utf8) + [10], to: path) }

    /// A text without it.
    func redacted(_ text: String) -> String {
        text.split(separator: value, omittingEmptySubsequences: false).joined(separator: description)
    }
}
