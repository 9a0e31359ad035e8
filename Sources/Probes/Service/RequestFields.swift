import Readiness

/// The fields that a request of the contract carries, wherever it carries them: for the placeholders of a profile.
struct RequestFields {
    private let values: [String: JSONValue]

    /// Reads path, query and body of a request.
    init(_ request: HTTPExchange.Request, of operation: SurfaceOperation) {
        var values: [String: JSONValue] = [:]
        let path = request.path.prefix { $0 != "?" }
        let given = path.split(separator: "/", omittingEmptySubsequences: false)
        for (own, segment) in zip(operation.path.split(separator: "/", omittingEmptySubsequences: false), given)
        where own.first == "{" {
            values[String(own.dropFirst().dropLast())] = .text(Self.unescaped(segment))
        }
        for pair in request.path.dropFirst(path.count + 1).split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            values[Self.unescaped(parts[0])] = .text(parts.count > 1 ? Self.unescaped(parts[1]) : "")
        }
        // Our own body: it is always JSON.
        if let body = request.body, case .object(let fields)? = try? JSONParser.parse(body) {
            for field in fields { values[field.name] = field.value }
        }
        self.values = values
    }

    /// A field as text, for a word of a command.
    func plain(_ name: String) -> String? {
        switch values[name] {
        case .text(let text): text
        case .number(let digits): digits
        case .null: ""
        case let value?: value.json
        case nil: nil
        }
    }

    /// Numbers of our own: a check asks with a negative one on purpose.
    private static let numbers = [
        "quantity", "price", "stop_price", "win_probability", "odds", "trades", "capital", "after", "limit",
        "interval_ms",
    ]

    /// A word of a command with its placeholders filled in.
    ///
    /// - Throws: `ProbeError`: nonsense where a field would make an option of a word that is none in the profile. An
    ///   order's id is the target's to choose.
    func word(_ text: String) throws(ProbeError) -> String {
        let word = Placeholder.filled(text, plain)
        guard word.hasPrefix("-"), !text.hasPrefix("-") else { return word }
        let names = Placeholder.names(in: text)
        if names.count == 1, Self.numbers.contains(names[0]), text == "{\(names[0])}" { return word }
        throw ProbeError(
            .nonsense, at: .surface,
            "\(names.joined(separator: ", ")) begins with -: a command would take it for an option")
    }

    /// A field for a path or a query.
    func escaped(_ name: String) -> String? { plain(name).map(HTTPSurface.escaped) }

    /// A field for the inside of a JSON text in quotation marks; a list or an object as it is.
    func inJSON(_ name: String) -> String? {
        switch values[name] {
        case .text(let text): String(JSONValue.text(text).json.dropFirst().dropLast())
        case let value?: value.json
        case nil: nil
        }
    }

    private static func unescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
