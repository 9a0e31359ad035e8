import NIOCore
import NIOPosix

/// What every instance of a desk answers, whatever its role: who and which process it is, which limits it has loaded,
/// where its log is, its fault switch, and its restart.
final class InstanceSurface: Sendable {
    let identity: DeskIdentity
    let limits: RiskLimits
    let faults: FaultBoard
    let effects: any FaultControl
    let log: DeskLog
    let token: String
    let instances: InstanceList
    let capabilities: [String]
    private let restart: (@Sendable () -> Void)?

    /// - Parameter restart: asks for one; nil where nobody would replace the process.
    init(
        identity: DeskIdentity, limits: RiskLimits, faults: FaultBoard, effects: any FaultControl, log: DeskLog,
        token: String, instances: InstanceList, restart: (@Sendable () -> Void)?
    ) {
        self.identity = identity
        self.limits = limits
        self.faults = faults
        self.effects = effects
        self.log = log
        self.token = token
        self.instances = instances
        self.restart = restart
        capabilities = Capabilities.of(identity.role, canRestart: restart != nil)
    }

    /// The answer to a request for one of these, or nil for any other.
    func answer(_ request: HTTPRequest, on loop: any EventLoop) throws(RequestError) -> Reply? {
        let path = request.path
        if path.count >= 2, path[0] == "desk", path[1] == "faults" { return try faultSwitch(request, on: loop) }
        guard path.first == "readyz" else { return nil }
        switch path.dropFirst().joined(separator: "/") {
        case "": return try request.byMethod(["GET": { _ in self.discovery(on: loop) }])
        case "identity": return try request.byMethod(["GET": { _ in self.identityAnswer(on: loop) }])
        case "identity/proof":
            return try request.byMethod(["GET": { r throws(RequestError) in .now(try self.proof(r)) }])
        case "risk/limits": return try request.byMethod(["GET": { _ in .now(self.limitsInForce()) }])
        case "process": return try request.byMethod(["GET": { _ in self.process(on: loop) }])
        case "logs": return try request.byMethod(["GET": { _ in .now(self.logDescription()) }])
        case "logs/marker":
            return try request.byMethod(["POST": { r throws(RequestError) in .now(try self.mark(r)) }])
        case "control/restart":
            return try request.byMethod(["POST": { r throws(RequestError) in .now(try self.restart(r)) }])
        default: return nil
        }
    }

    private func process(on loop: any EventLoop) -> Reply {
        .later(
            NIOThreadPool.singleton.runIfActive(eventLoop: loop) { try ProcessFacts.own() }.map { facts in
                HTTPResponse([
                    "pid": .integer(Int64(facts.pid)), "boot_id": .text(self.log.bootID),
                    "started_at": .text(self.identity.startedAt), "resident_bytes": .integer(facts.residentBytes),
                    "open_descriptors": .integer(facts.openDescriptors), "threads": .integer(facts.threads),
                ])
            }.flatMapErrorThrowing { .error(500, "unreadable", "\($0)") })
    }

    private func logDescription() -> HTTPResponse {
        HTTPResponse([
            "path": .text(log.path), "format": .text(DeskLog.format), "lines_lost": .integer(log.linesLost),
        ])
    }

    private func mark(_ request: HTTPRequest) throws(RequestError) -> HTTPResponse {
        guard let marker = try request.decoded(MarkerRequest.self).marker, marker.isIdentifier(upTo: 128) else {
            throw .invalid("invalid_marker", "marker is 1 to 128 characters of A-Z a-z 0-9 . _ : -")
        }
        log.write("marker", ["marker": .text(marker)])
        return HTTPResponse(["accepted": true])
    }

    private func restart(_ request: HTTPRequest) throws(RequestError) -> HTTPResponse {
        try request.authorize(with: token)
        _ = try request.decoded(RestartRequest.self)
        guard let restart else {
            throw .refused(
                status: 409, code: "restart_unavailable", message: "nobody would start this process again")
        }
        log.write("operator.action", ["action": "restart"])
        var response = HTTPResponse(["restarting": true, "boot_id": .text(log.bootID)], status: 202)
        // Only when the answer is out, or cannot go out any more: it would be lost with the process.
        response.afterwards = restart
        return response
    }
}

private struct MarkerRequest: Decodable {
    var marker: String?
}

private struct RestartRequest: Decodable {}
