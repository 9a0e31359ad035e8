/// Where a surface listens: a host and a port, plain or over TLS, perhaps with a path before the contract's own.
///
/// Kept in parts, so that nothing of a target's text can slip into a URL but through `init(parsing:)`, which takes plain
/// HTTP only: over TLS and behind a path is what a profile may say, and no target.
package struct SurfaceAddress: Sendable, Hashable, CustomStringConvertible {
    /// A name or a literal address; IPv6 without brackets.
    package let host: String
    /// 1…65535.
    package let port: Int
    /// Whether it is asked over TLS.
    package let isSecure: Bool
    /// What stands before each path: empty, or beginning with a slash and not ending with one.
    package let prefix: String

    /// Takes `http://HOST:PORT`, with at most one slash behind.
    ///
    /// - Returns: nil for anything else: another scheme, user information, a path, a query, a missing port, port 0.
    package init?(parsing text: String) {
        guard text.utf8.count <= 300, text.hasPrefix("http://") else { return nil }
        var rest = text.dropFirst(7)
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard let (host, port) = Self.place(rest, standardPort: nil) else { return nil }
        self.init(host: host, port: port, isSecure: false, prefix: "")
    }

    /// Takes what a profile says: `http://…` or `https://…`, a port perhaps, a path perhaps.
    ///
    /// - Returns: nil for user information, a query, a fragment, an odd host, a path with anything but visible ASCII.
    package init?(profile text: String) {
        let isSecure = text.hasPrefix("https://")
        guard text.utf8.count <= 300, isSecure || text.hasPrefix("http://") else { return nil }
        let rest = text.dropFirst(isSecure ? 8 : 7)
        let authority = rest.prefix { $0 != "/" }
        var path = rest[authority.endIndex...]
        if path.hasSuffix("/") { path = path.dropLast() }
        guard let (host, port) = Self.place(authority, standardPort: isSecure ? 443 : 80),
            path.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"?#\"\\".utf8.contains($0) })
        else { return nil }
        self.init(host: host, port: port, isSecure: isSecure, prefix: String(path))
    }

    /// The server that a URL of a profile leads to, without path, query and fragment.
    ///
    /// - Returns: nil as `init(profile:)`.
    package init?(ofURL text: String) {
        guard let scheme = text.firstRange(of: "://") else { return nil }
        let end = text[scheme.upperBound...].firstIndex { "/?#".contains($0) } ?? text.endIndex
        self.init(profile: String(text[..<end]))
    }

    /// Whether both lead to one server, whatever the paths.
    package func isSameServer(as other: SurfaceAddress) -> Bool {
        host.lowercased() == other.host.lowercased() && port == other.port && isSecure == other.isSecure
    }

    private init(host: String, port: Int, isSecure: Bool, prefix: String) {
        self.host = host
        self.port = port
        self.isSecure = isSecure
        self.prefix = prefix
    }

    /// `http://127.0.0.1:40123`, without a slash behind.
    package var description: String { "\(isSecure ? "https" : "http")://\(authority)\(prefix)" }

    /// Host and port as they stand in a URL and in the field `Host`.
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    private static func place(_ text: Substring, standardPort: Int?) -> (host: String, port: Int)? {
        var host = text
        var port = standardPort
        // A colon within the brackets of an IPv6 address begins no port.
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
            host = text[..<colon]
            let digits = text[text.index(after: colon)...]
            guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
                return nil
            }
            port = Int(digits)
        }
        guard let port, (1...65_535).contains(port) else { return nil }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":"), host.utf8.allSatisfy(Self.isHexOrColon) else { return nil }
        } else {
            guard host.utf8.allSatisfy(Self.isHostByte) else { return nil }
        }
        return host.isEmpty ? nil : (String(host), port)
    }

    /// Whether it is a literal loopback address: 127.0.0.0/8 or ::1.
    ///
    /// A name does not count, not even `localhost`: what it means is for a file or a server to say.
    package var isLoopback: Bool {
        if host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "127" else { return false }
        // Canonical numbers only: some resolvers read `127.0.0.010` as octal.
        return parts.allSatisfy { part in UInt8(part).map { String($0) == part } ?? false }
    }

    private static func isHexOrColon(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...70, 97...102, UInt8(ascii: ":"): true
        default: false
        }
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "."), UInt8(ascii: "-"): true
        default: false
        }
    }
}
