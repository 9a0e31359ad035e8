import FoundationEssentials
import Readiness

/// The readiness surface of a target: each capability of the protocols by one request of the wire contract
/// (docs/guides/readiness-surface.md).
///
/// Answers are taken strictly: a decimal that is not text, an unknown status word, an answer about another order than
/// the one asked for are nonsense. Fields it does not know are passed over. Nothing is asked twice.
package struct HTTPSurface: Sendable {
    let carrier: any SurfaceCarrier
    private let turn = OneAtATime()

    /// Asks the target that a carrier leads to.
    package init(_ carrier: any SurfaceCarrier) { self.carrier = carrier }

    /// A request that messages call by what is really asked.
    func named(_ request: HTTPExchange.Request) -> HTTPExchange.Request {
        var request = request
        request.asked = carrier.question(request)
        return request
    }

    /// Asks for a capability, and hands on what it answers with one of `statuses`; the others are trouble by the table
    /// "what the probe met".
    func ask(
        _ request: HTTPExchange.Request, answering statuses: Set<Int> = [200]
    ) async throws(ProbeError) -> HTTPExchange.Reply {
        try Self.admit(try await carrier.perform(request, on: .shared), to: request, statuses)
    }

    /// Asks for what not everybody may do.
    func askAuthorised(_ request: HTTPExchange.Request) async throws(ProbeError) -> HTTPExchange.Reply {
        try Self.admit(try await carrier.perform(request, on: .authorised), to: request, [200])
    }

    /// Asks as `ask` does over the connection that is kept for decisions, one request at a time: a latency series is
    /// over one kept-alive connection that nothing else uses.
    func askInSeries(_ request: HTTPExchange.Request) async throws(ProbeError) -> HTTPExchange.Reply {
        let reply = try await turn.run { () throws(ProbeError) in try await carrier.perform(request, on: .series) }
        return try Self.admit(reply, to: request, [200])
    }

    /// Hands on an answer with one of `statuses`; the others are trouble by the table "what the probe met".
    static func admit(
        _ reply: HTTPExchange.Reply, to request: HTTPExchange.Request, _ statuses: Set<Int>
    ) throws(ProbeError) -> HTTPExchange.Reply {
        if statuses.contains(reply.status) {
            try refuseExample(reply, to: request)
            return reply
        }
        let meeting: ProbeError.Meeting =
            switch reply.status {
            case 401, 403: .unauthorised
            case 404, 405, 501: .notOffered
            default: .nonsense
            }
        var detail = "\(request.words) answered \(reply.status)"
        if (300..<400).contains(reply.status) { detail += ", a redirect; none is followed" }
        if let said = SurfaceRefusal(reply.body) { detail += " \(said.code)" }
        throw ProbeError(meeting, at: .surface, detail)
    }

    /// Throws that the capability is missing where an answer is a stub's example (`CapabilityStub`): what nobody has filled
    /// in is no evidence. A target that is asked through a profile's template is looked at before that is applied.
    static func refuseExample(_ reply: HTTPExchange.Reply, to request: HTTPExchange.Request) throws(ProbeError) {
        let isExample = reply.body.withUnsafeBytes { ByteSearch.place(of: exampleMark, in: $0) != nil }
        guard isExample else { return }
        throw ProbeError(
            .notOffered, at: .surface,
            "\(request.words) answered a stub's example: put real values in and take \(CapabilityStub.mark) out"
        )
    }

    private static let exampleMark = Array("\"\(CapabilityStub.mark)\"".utf8)

    /// A POST with a body in JSON.
    ///
    /// - Parameter isIdempotent: whether doing it twice does no more than once, and brings the same answer.
    static func post(
        _ path: String, _ body: some Encodable, isIdempotent: Bool
    ) throws(ProbeError) -> HTTPExchange.Request {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return HTTPExchange.Request("POST", path, body: Array(try encoder.encode(body)), isIdempotent: isIdempotent)
        } catch {
            throw ProbeError(ourSide: "cannot write the body of POST \(path) as JSON: \(error)")
        }
    }

    /// Throws nonsense unless a condition on an answer holds.
    static func check(
        _ holds: Bool, _ request: HTTPExchange.Request, _ complaint: @autoclosure () -> String
    ) throws(ProbeError) {
        guard holds else { throw nonsense(request, complaint()) }
    }

    /// A value with the exchange that brought it.
    static func answer<Value: Sendable>(_ value: Value, from reply: HTTPExchange.Reply) -> Answer<Value> {
        Answer(value, transcript: reply.transcript, elapsed: reply.elapsed)
    }

    /// Decodes the body of a reply; whatever does not fit is nonsense, and the field is named.
    ///
    /// An answer that gives a field twice says two things, of which `JSONDecoder` takes the first and others the last: it is
    /// nonsense as well.
    static func decode<Value: Decodable>(
        _: Value.Type, from reply: HTTPExchange.Reply, to request: HTTPExchange.Request
    ) throws(ProbeError) -> Value {
        let value: Value
        do {
            value = try JSONDecoder().decode(Value.self, from: reply.body)
        } catch {
            throw nonsense(request, WireTrouble.place(of: error))
        }
        do throws(JSONParser.Trouble) { _ = try JSONParser.parse([UInt8](reply.body)) } catch {
            throw nonsense(request, "\(error)")
        }
        return value
    }

    /// An answer that cannot be believed.
    static func nonsense(_ request: HTTPExchange.Request, _ complaint: String) -> ProbeError {
        ProbeError(.nonsense, at: .surface, "the answer to \(request.words): \(complaint)")
    }

    /// One segment of a path, or one value of a query, from text that may come from a target.
    static func escaped(_ text: String) -> String {
        text.utf8.reduce(into: "") { escaped, byte in
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            // A full stop too: a segment `..` would lead elsewhere.
            default: escaped += "%" + Hex.digits(byte).uppercased()
            }
        }
    }
}

/// How a surface says no: `{"error": {"code", "message"}}`.
struct SurfaceRefusal {
    /// Cut to what a code is: short, and of harmless characters.
    let code: String

    init?(_ body: Data) {
        struct Wire: Decodable {
            struct Trouble: Decodable { var code: String }
            var error: Trouble
        }
        guard let wire = try? JSONDecoder().decode(Wire.self, from: body), wire.error.code.utf8.count <= 64,
            wire.error.code.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 95 })
        else { return nil }
        code = wire.error.code
    }
}
