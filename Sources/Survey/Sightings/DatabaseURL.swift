/// Where a database is, as a URL in a repository says. The URL's password is never kept, in whole or in part.
package struct DatabaseURL: Sendable, Equatable {
    /// `postgresql`, `sqlite`, or the scheme of an engine that is not looked at.
    package var engine: String
    /// A name or address; nil where the text has a placeholder there, or something that is none.
    package var host: String?
    /// As given.
    package var port: Int?
    /// The database's name.
    package var database: String?
    /// The role.
    package var user: String?
    /// The file of a SQLite database.
    package var file: String?
    /// Whether the text has a password.
    package var hasPassword = false
    /// The variable that holds the password by itself, where one does; nil where it stands within the URL.
    package var passwordVariable: String?

    /// Names an engine of which nothing else is known yet.
    package init(engine: String) { self.engine = engine }

    /// The engines that this version looks at.
    package static let engines = ["postgresql", "sqlite"]

    private static let schemes: [String: String] = [
        "postgresql": "postgresql", "postgres": "postgresql", "timescaledb": "postgresql", "sqlite": "sqlite",
        "sqlite3": "sqlite", "mysql": "mysql", "mariadb": "mariadb", "mssql": "mssql", "oracle": "oracle",
        "mongodb": "mongodb", "cockroachdb": "cockroachdb", "clickhouse": "clickhouse",
    ]

    /// The first database URL of a line; nil where there is none.
    package init?(in line: Substring) {
        var rest = line
        while let mark = rest.place(of: "://") {
            let before = rest[..<mark]
            let scheme = before.reversed().prefix {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "+" || $0 == "_")
            }
            let name = String(String(scheme.reversed()).lowercased().prefix { $0 != "+" })
            rest = rest[rest.index(mark, offsetBy: 3)...]
            guard let engine = Self.schemes[name] else { continue }
            self.init(engine: engine)
            let token = rest.prefix { !Self.ends.contains($0) && !$0.isWhitespace }
            if engine == "sqlite" { readFile(token) } else { readServer(token, line: rest) }
            return
        }
        return nil
    }

    private static let ends: Set<Character> = ["\"", "'", "`", "<", ">", ")", "]", ";", ","]

    private mutating func readFile(_ token: Substring) {
        // sqlite:///relative, sqlite:////absolute
        guard token.hasPrefix("/") else { return }
        let path = token.dropFirst().prefix { $0 != "?" && $0 != "#" }
        guard !path.isEmpty, path != ":memory:", Self.isPath(path) else { return }
        file = String(path)
    }

    private mutating func readServer(_ token: Substring, line: Substring) {
        // A password may hold any character. Where more of the line than the token has an @, the token may have ended
        // within the password: then nothing of it is believed.
        guard !line[token.endIndex...].contains("@") else {
            hasPassword = true
            return
        }
        var place = token
        if let at = token.lastIndex(of: "@") {
            let user = token[..<at]
            let name = user.prefix { $0 != ":" }
            hasPassword = name.endIndex < user.endIndex
            if Self.isName(name) { self.user = String(name) }
            place = token[token.index(after: at)...]
        }
        let authority = place.prefix { $0 != "/" && $0 != "?" }
        let path = place[authority.endIndex...].dropFirst().prefix { $0 != "?" && $0 != "/" }
        let host = authority.prefix { $0 != ":" }
        if Self.isHost(host) {
            self.host = String(host)
            port = authority[host.endIndex...].dropFirst().leadingPort
        }
        if Self.isName(path) { database = String(path) }
    }

    /// A host by name or IPv4 address.
    static func isHost(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.count <= 253 && text.first != "-" && text.first != "."
            && text.utf8.allSatisfy { isWordByte($0) && $0 != UInt8(ascii: "_") || $0 == UInt8(ascii: ".") || $0 == 45 }
    }

    /// A role's or a database's name without anything to be escaped.
    static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.count <= 63
            && text.utf8.allSatisfy { isWordByte($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    /// A path without placeholders.
    static func isPath(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.count <= 190
            && text.utf8.allSatisfy { isWordByte($0) || [45, 46, 47, 64, 43].contains($0) }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "_"): true
        default: false
        }
    }
}
