import NIOCore

/// Something that answers requests.
protocol AnsweringSurface: Sendable {
    /// Answers a request; never throws and never waits.
    func answer(_ request: HTTPRequest, on loop: any EventLoop) -> Reply
}

/// The readiness surface of a primary: turns requests into questions to the desk, and what it says into JSON.
///
/// `docs/guides/readiness-surface.md` is its contract.
final class Surface: AnsweringSurface {
    let system: TradingSystem
    let faults: FaultBoard
    let effects: FaultEffects
    let writer: LedgerWriter
    let pool: SessionPool
    /// What it answers as every instance does.
    let instance: InstanceSurface
    let trading: TradingParts

    init(
        system: TradingSystem, faults: FaultBoard, effects: FaultEffects, writer: LedgerWriter, pool: SessionPool,
        instance: InstanceSurface, trading: TradingParts
    ) {
        self.system = system
        self.faults = faults
        self.effects = effects
        self.writer = writer
        self.pool = pool
        self.instance = instance
        self.trading = trading
    }

    /// Answers a request; never throws and never waits.
    func answer(_ request: HTTPRequest, on loop: any EventLoop) -> Reply {
        do throws(RequestError) {
            if let reply = try instance.answer(request, on: loop) { return reply }
            return try route(request, on: loop)
        } catch {
            return .now(error.response)
        }
    }

    private func route(_ request: HTTPRequest, on loop: any EventLoop) throws(RequestError) -> Reply {
        let path = request.path
        switch path.first {
        case "readyz": break
        case "dropcopy" where path.count == 1:
            return try method(request, ["GET": { r throws(RequestError) in .now(try self.dropCopy(r)) }])
        default: throw Self.notFound
        }
        switch (path.dropFirst().first, path.count) {
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
        case ("pool", 2): return try method(request, ["GET": { _ in .now(self.poolState()) }])
        case ("pool", 3) where path[2] == "checkout":
            return try method(request, ["POST": { r throws(RequestError) in try self.checkOut(r, on: loop) }])
        case ("pool", 3) where path[2] == "return":
            return try method(request, ["POST": { r throws(RequestError) in .now(try self.giveBack(r)) }])
        default: return try tradingRoute(request, on: loop)
        }
    }

    func method(
        _ request: HTTPRequest, _ handlers: KeyValuePairs<String, HTTPRequest.Handler>
    ) throws(RequestError) -> Reply {
        try request.byMethod(handlers)
    }

    static let notFound = RequestError.notFound

    /// The body as JSON of that shape.
    func decode<Body: Decodable>(_ type: Body.Type, _ request: HTTPRequest) throws(RequestError) -> Body {
        try request.decoded(type)
    }

    /// Refuses whoever does not have the token of `desk.json`.
    func authorize(_ request: HTTPRequest) throws(RequestError) { try request.authorize(with: instance.token) }
}
