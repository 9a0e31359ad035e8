import Glibc
package import Readiness

/// A desk's start line as its home keeps it (`desk.json`), with the token that only the home's owner can read.
package struct TargetRecord: Sendable, Equatable {
    /// What the desk says of itself.
    package let line: DeskStartLine
    /// What only a reader of `desk.json` knows. It is sent nowhere: the interlock sends a digest of it, a person's
    /// command reads it from the file.
    package let token: Secret

    /// The name of the file in a home.
    package static let fileName = "desk.json"
    /// The most that is read of it, in bytes: 1 MiB.
    package static let sizeCap = 1 << 20

    /// The path of a home's record.
    package static func path(in home: String) -> String {
        home.hasSuffix("/") ? home + fileName : home + "/" + fileName
    }

    /// Decodes the text of a `desk.json`.
    ///
    /// - Throws: `ProbeError` of nonsense at the surface, also when there is no token.
    package init(parsing bytes: [UInt8]) throws(ProbeError) {
        let wire = try DeskStartLine.Wire.decoded(from: bytes)
        line = try DeskStartLine(wire)
        guard let token = wire.token, token.utf8.count >= 16, token.utf8.count <= 1024 else {
            throw ProbeError(.nonsense, at: .surface, "the desk's record: no token of 16 to 1024 bytes")
        }
        self.token = Secret(token)
    }

    /// Reads the record that a home holds now. Reads a small file: quick, never waits.
    ///
    /// - Throws: `ProbeError` at the surface: unreachable when there is none (a desk that stopped cleanly removes it),
    ///   unauthorised when it may not be read, nonsense when it is not a record.
    package static func read(home: String) throws(ProbeError) -> TargetRecord {
        try TargetRecord(parsing: file(home: home).bytes)
    }

    static func file(home: String) throws(ProbeError) -> PrivateFile {
        let path = path(in: home)
        do throws(PrivateFile.Trouble) {
            return try PrivateFile.read(path, cap: sizeCap)
        } catch {
            let meeting: ProbeError.Meeting =
                switch error {
                case .missing, .system(ENOTDIR): .unreachable
                case .system(EACCES): .unauthorised
                case .notAFile, .tooLarge, .system: .nonsense
                }
            throw ProbeError(meeting, at: .surface, "\(path) \(error.text)")
        }
    }
}
