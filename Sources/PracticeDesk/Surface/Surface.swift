import FoundationEssentials
import NIOCore

/// The readiness surface: turns requests into questions to the desk, and what it says into JSON.
///
/// `docs/guides/readiness-surface.md` is its contract.
final class Surface: Sendable {
    let system: TradingSystem
    let limits: RiskLimits
    let faults: FaultBoard
    let effects: FaultEffects
    let writer: LedgerWriter
    let identity: DeskIdentity
    let token: String

    init(
        system: TradingSystem, limits: RiskLimits, faults: FaultBoard, effects: FaultEffects, writer: LedgerWriter,
        identity: DeskIdentity, token: String
    ) {
        self.system = system
        self.limits = limits
        self.faults = faults
        self.effects = effects
        self.writer = writer
        self.identity = identity
        self.token = token
    }

    /// Answers a request; never throws and never waits.
    func answer(_ request: HTTPRequest, on loop: any EventLoop) -> Reply {
        do throws(RequestError) {
            return try route(request, on: loop)
        } catch {
            return .now(Self.response(error))
        }
    }

    private func route(_ request: HTTPRequest, on loop: any EventLoop) throws(RequestError) -> Reply {
        let path = request.path
        switch path.first {
        case "readyz": break
        case "dropcopy" where path.count == 1:
            return try method(request, ["GET": { r throws(RequestError) in .now(try self.dropCopy(r)) }])
        case "desk" where path.count >= 2 && path[1] == "faults": return try faultSwitch(request, on: loop)
        default: throw Self.notFound
        }
        switch (path.dropFirst().first, path.count) {
        case (nil, _): return try method(request, ["GET": { _ in .now(self.discovery()) }])
        case ("identity", 2): return try method(request, ["GET": { _ in self.identityAnswer(on: loop) }])
        case ("identity", 3) where path[2] == "proof":
            return try method(request, ["GET": { r throws(RequestError) in .now(try self.proof(r)) }])
        case ("risk", 3) where path[2] == "limits":
            return try method(request, ["GET": { _ in .now(self.limitsInForce()) }])
        case ("risk", 3) where path[2] == "evaluate":
            return try method(request, ["POST": { r throws(RequestError) in try self.evaluate(r, on: loop) }])
        case ("orders", 2):
            return try method(
                request,
                [
                    "GET": { r throws(RequestError) in .now(try self.listOrders(r)) },
                    "POST": { r throws(RequestError) in try self.submit(r, on: loop) },
                ])
        case ("orders", 4) where path[3] == "replace":
            return try method(request, ["POST": { r throws(RequestError) in try self.replace(path[2], r, on: loop) }])
        case ("orders", 4) where path[3] == "cancel":
            return try method(request, ["POST": { _ throws(RequestError) in .now(try self.cancel(path[2])) }])
        case ("positions", 2):
            return try method(request, ["GET": { r throws(RequestError) in .now(try self.positions(r)) }])
        case ("marketdata", 2): return try method(request, ["GET": { _ in .now(self.marketData()) }])
        case ("killswitch", 2):
            return try method(
                request,
                [
                    "GET": { _ in .now(self.killSwitch()) },
                    "POST": { r throws(RequestError) in try self.changeKillSwitch(r, on: loop) },
                ])
        default: throw Self.notFound
        }
    }

    private typealias Handler = (HTTPRequest) throws(RequestError) -> Reply

    private func method(_ request: HTTPRequest, _ handlers: KeyValuePairs<String, Handler>) throws(RequestError)
        -> Reply
    {
        guard let handler = handlers.first(where: { $0.key == request.method })?.value else {
            return .now(.notAllowed(handlers.map(\.key).joined(separator: ", ")))
        }
        return try handler(request)
    }

    static let notFound = RequestError.refused(status: 404, code: "not_found", message: "there is nothing here")

    static func response(_ error: RequestError) -> HTTPResponse {
        switch error {
        case .invalid(let code, let message): .error(400, code, message)
        case .refused(let status, let code, let message): .error(status, code, message)
        }
    }

    /// The body as JSON of that shape.
    func decode<Body: Decodable>(_ type: Body.Type, _ request: HTTPRequest) throws(RequestError) -> Body {
        do {
            return try JSONDecoder().decode(type, from: Data(request.body))
        } catch DecodingError.typeMismatch(_, let context) {
            let field = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw .invalid("malformed_json", "\(field.isEmpty ? "the body" : field.shortened) has the wrong JSON type")
        } catch {
            throw .invalid("malformed_json", "the body is not a JSON object")
        }
    }

    /// Refuses whoever does not have the token of `desk.json`.
    func authorize(_ request: HTTPRequest) throws(RequestError) {
        let given = Array((request.bearer ?? "").utf8)
        let wanted = Array(token.utf8)
        // Compared to the end, so that the time tells nothing of where they differ.
        var difference = given.count ^ wanted.count
        for index in wanted.indices { difference |= Int(wanted[index] ^ (index < given.count ? given[index] : 0)) }
        guard difference == 0 else {
            throw .refused(status: 401, code: "unauthorized", message: "needs the token of desk.json")
        }
    }
}
