import FoundationEssentials

/// What every surface does with a request: finds the method's handler, reads the body, looks at the token.
extension HTTPRequest {
    typealias Handler = (HTTPRequest) throws(RequestError) -> Reply

    /// The answer of the handler of the request's method, or 405 with those that there are.
    func byMethod(_ handlers: KeyValuePairs<String, Handler>) throws(RequestError) -> Reply {
        guard let handler = handlers.first(where: { $0.key == method })?.value else {
            return .now(.notAllowed(handlers.map(\.key).joined(separator: ", ")))
        }
        return try handler(self)
    }

    /// The body as JSON of that shape.
    func decoded<Body: Decodable>(_ type: Body.Type) throws(RequestError) -> Body {
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch DecodingError.typeMismatch(_, let context) {
            let field = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw .invalid("malformed_json", "\(field.isEmpty ? "the body" : field.shortened) has the wrong JSON type")
        } catch {
            throw .invalid("malformed_json", "the body is not a JSON object")
        }
    }

    /// Refuses whoever does not have the token of the desk's record.
    func authorize(with token: String) throws(RequestError) {
        let given = Array((bearer ?? "").utf8)
        let wanted = Array(token.utf8)
        // Compared to the end, so that the time tells nothing of where they differ.
        var difference = given.count ^ wanted.count
        for index in wanted.indices { difference |= Int(wanted[index] ^ (index < given.count ? given[index] : 0)) }
        guard difference == 0 else {
            throw .refused(status: 401, code: "unauthorized", message: "needs the token of desk.json")
        }
    }
}

extension RequestError {
    static let notFound = refused(status: 404, code: "not_found", message: "there is nothing here")

    var response: HTTPResponse {
        switch self {
        case .invalid(let code, let message): .error(400, code, message)
        case .refused(let status, let code, let message): .error(status, code, message)
        }
    }
}

extension String {
    /// Whether it is 1 to so many characters of `A-Z a-z 0-9 . _ : -`.
    func isIdentifier(upTo bound: Int) -> Bool {
        (1...bound).contains(utf8.count)
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
