import NIOCore

extension Surface {
    /// The routes of drills, stops, sizes, correlation and component states.
    func tradingRoute(_ request: HTTPRequest, on loop: any EventLoop) throws(RequestError) -> Reply {
        let path = request.path
        switch (path[1], path.count) {
        case ("marketdata", 3) where path[2] == "inject":
            return try method(request, ["POST": { r throws(RequestError) in .now(try self.inject(r)) }])
        case ("risk", 3) where path[2] == "size":
            return try method(request, ["POST": { r throws(RequestError) in .now(try self.size(r)) }])
        case ("risk", 3) where path[2] == "correlation":
            return try method(request, ["POST": { r throws(RequestError) in try self.correlate(r, on: loop) }])
        case ("stops", 2):
            return try method(
                request,
                [
                    "GET": { r throws(RequestError) in .now(try self.listStops(r)) },
                    "POST": { r throws(RequestError) in try self.armStop(r, on: loop) },
                ])
        case ("stops", 4) where path[3] == "disarm":
            return try method(request, ["POST": { _ throws(RequestError) in try self.disarmStop(path[2], on: loop) }])
        case ("components", 2):
            return try method(
                request, ["GET": { _ in .now(HTTPResponse(["components": self.trading.heartbeat.components()])) }])
        default: throw Self.notFound
        }
    }
}
