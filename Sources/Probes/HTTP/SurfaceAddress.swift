/// Where a surface listens: plain HTTP, a host and a port, nothing behind.
///
/// Kept in parts, so that nothing of a target's text can slip into a URL but through `init(parsing:)`.
package struct SurfaceAddress: Sendable, Hashable, CustomStringConvertible {
    /// A name or a literal address; IPv6 without brackets.
    package let host: String
    /// 1…65535.
    package let port: Int

    /// Takes `http://HOST:PORT`, with at most one slash behind.
    ///
    /// - Returns: nil for anything else: another scheme, user information, a path, a query, a missing port, port 0.
    package init?(parsing text: String) {
        guard text.utf8.count <= 300, text.hasPrefix("http://") else { return nil }
        var rest = text.dropFirst(7)
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard let colon = rest.lastIndex(of: ":") else { return nil }
        var host = rest[..<colon]
        let digits = rest[rest.index(after: colon)...]
        guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let port = Int(digits), (1...65_535).contains(port)
        else { return nil }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":"), host.utf8.allSatisfy(Self.isHexOrColon) else { return nil }
        } else {
            guard host.utf8.allSatisfy(Self.isHostByte) else { return nil }
        }
        guard !host.isEmpty else { return nil }
        self.host = String(host)
        self.port = port
    }

    /// `http://127.0.0.1:40123`, without a slash behind.
    package var description: String { host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)" }

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
