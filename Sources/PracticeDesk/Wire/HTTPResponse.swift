import NIOCore

/// An answer: always JSON.
struct HTTPResponse: Sendable {
    let status: Int
    let body: [UInt8]
    /// The methods that a path takes, for 405.
    var allow: String?
    /// Done once, when the answer has gone out or can go out no more.
    var afterwards: (@Sendable () -> Void)?

    init(_ value: JSONValue, status: Int = 200) {
        self.status = status
        body = value.encoded()
    }

    /// `{"error":{"code":…,"message":…}}`.
    static func error(_ status: Int, _ code: String, _ message: String) -> HTTPResponse {
        HTTPResponse(["error": ["code": .text(code), "message": .text(message)]], status: status)
    }

    static func notAllowed(_ allow: String) -> HTTPResponse {
        var response = error(405, "method_not_allowed", "this path takes \(allow)")
        response.allow = allow
        return response
    }
}

/// An answer that is there, or one that will be: a slow one holds up nobody else.
enum Reply {
    case now(HTTPResponse)
    case later(EventLoopFuture<HTTPResponse>)
}
