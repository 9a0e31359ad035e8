import Readiness

/// The address of a surface as a profile may spell it.
enum SurfaceURL {
    static let accepted = "http://HOST:PORT or https://HOST[:PORT], with a path perhaps; no user, query or fragment"

    static let withQuery =
        "http://HOST:PORT or https://HOST[:PORT], with a path and a query perhaps; no user or fragment"

    /// Reads an address under a key; nil after stating why it is none.
    ///
    /// User information is refused without repeating it: it is a secret that does not belong into the file.
    static func read(
        _ key: String, _ value: KeyValueTree, in section: Section, allowsQuery: Bool = false
    ) -> String? {
        let accepted = allowsQuery ? withQuery : accepted
        guard case .scalar(let text, _, _) = value else {
            section.wrongType(key, value, accepted: accepted)
            return nil
        }
        switch objection(to: text, allowsQuery: allowsQuery) {
        case .userInformation: section.problem(key, value, userInformation, accepted: accepted)
        case .noURL: section.wrongType(key, value, accepted: accepted)
        case nil: return text.hasSuffix("/") && !allowsQuery ? String(text.dropLast()) : text
        }
        return nil
    }

    /// What keeps a text from being an address.
    enum Objection {
        /// A user name or a password stands in it: it must not be repeated.
        case userInformation
        case noURL
    }

    static let userInformation = "holds a user name or a password"

    /// What is wrong with an address; nil if nothing is.
    static func objection(to text: String, allowsQuery: Bool) -> Objection? {
        let isSound =
            afterScheme(text).map { rest in
                isAuthority(rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" })
                    && rest.utf8.allSatisfy { isURLByte($0) || allowsQuery && $0 == UInt8(ascii: "?") }
            } ?? false
        if isSound { return nil }
        // A password may hold what ends an authority, so that the sign behind it stands anywhere.
        return text.contains("@") ? .userInformation : .noURL
    }

    private static func afterScheme(_ text: String) -> Substring? {
        guard text.utf8.count <= 300 else { return nil }
        for scheme in ["http://", "https://"] where text.hasPrefix(scheme) { return text.dropFirst(scheme.count) }
        return nil
    }

    private static func isAuthority(_ text: Substring) -> Bool {
        var host = text
        // The last colon that is not within the brackets of an IPv6 address begins the port.
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
            guard let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port) else { return false }
            host = text[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { return host.dropFirst().dropLast().contains(":") }
        return !host.isEmpty
            && host.utf8.allSatisfy { byte in
                switch byte {
                case 48...57, 65...90, 97...122, UInt8(ascii: "."), UInt8(ascii: "-"): true
                default: false
                }
            }
    }

    private static func isURLByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "\""), UInt8(ascii: "\\"): false
        default: byte > 0x20 && byte < 0x7f
        }
    }
}
