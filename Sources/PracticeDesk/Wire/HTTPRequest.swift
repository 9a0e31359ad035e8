/// A complete request, as far as the surface cares.
struct HTTPRequest: Sendable {
    let method: String
    /// The path's parts, between the slashes.
    let path: [String]
    let query: [String: String]
    /// The token of an `Authorization: Bearer` header.
    let bearer: String?
    let body: [UInt8]
    /// When its first byte was read, on the desk's monotonic clock.
    let received: Int64

    init(method: String, target: String, bearer: String?, body: [UInt8], received: Int64) {
        self.method = method
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = parts[0].split(separator: "/").map(Self.decoded)
        var query: [String: String] = [:]
        for pair in parts.count > 1 ? parts[1].split(separator: "&") : [] {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[Self.decoded(sides[0])] = sides.count > 1 ? Self.decoded(sides[1]) : ""
        }
        self.query = query
        self.bearer = bearer
        self.body = body
        self.received = received
    }

    /// Percent-decoded; text that is badly encoded stays as it came, and then matches no route.
    private static func decoded(_ text: Substring) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(Substring(rest.prefix(2))), radix: 16) else {
                return String(text)
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
