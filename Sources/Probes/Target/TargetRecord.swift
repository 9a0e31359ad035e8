import Glibc
package import Readiness

/// A desk's start line as its home keeps it (`desk.json`), with the token that only the home's owner can read.
package struct TargetRecord: Sendable, Equatable {
    /// What the desk says of itself.
    package let line: DeskStartLine
    /// What only a reader of `desk.json` knows. It is sent to the desk's own loopback address alone, and only with what
    /// needs it: the interlock sends a digest of it, a person's command reads it from the file.
    package let token: Secret

    /// The name of the file in a home.
    package static let fileName = "desk.json"
    /// The name of the file of a standby beside it.
    package static let standbyFileName = "standby.json"
    /// The most that is read of it, in bytes: 1 MiB.
    package static let sizeCap = 1 << 20

    /// The path of a home's record.
    package static func path(in home: String) -> String { path(of: fileName, in: home) }

    private static func path(of file: String, in home: String) -> String {
        home.hasSuffix("/") ? home + file : home + "/" + file
    }

    /// Decodes the text of a `desk.json`.
    ///
    /// - Throws: `ProbeError` of nonsense at the surface, also when there is no token.
    package init(parsing bytes: [UInt8]) throws(ProbeError) {
        let wire = try DeskStartLine.Wire.decoded(from: bytes)
        line = try DeskStartLine(wire)
        // Visible characters only: it stands in a header field, which it must not end.
        guard let token = wire.token, (16...1024).contains(token.utf8.count),
            token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw ProbeError(.nonsense, at: .surface, "the desk's record: no token of 16 to 1024 visible characters")
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

    /// Reads what the standby of a home says of itself.
    ///
    /// - Throws: as `read`; also nonsense when the record is not a standby's or names another home.
    package static func readStandby(home: String) throws(ProbeError) -> TargetRecord {
        let record = try TargetRecord(parsing: file(home: home, name: standbyFileName).bytes)
        guard record.line.role == "standby", record.line.home == home else {
            throw ProbeError(
                .nonsense, at: .surface, "\(path(of: standbyFileName, in: home)) is not the record of a standby of it")
        }
        return record
    }

    static func file(home: String, name: String = fileName) throws(ProbeError) -> PrivateFile {
        let path = path(of: name, in: home)
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
