import NIOCore

extension Surface {
    func evaluate(_ request: HTTPRequest, on loop: any EventLoop) throws(RequestError) -> Reply {
        let terms = try decode(OrderRequest.self, request).terms()
        let start = DeskClock.stamp()
        return paced(on: loop) {
            let decision = self.system.with { $0.evaluate(terms) }
            return HTTPResponse([
                "decision": decision.reason == nil ? "accept" : "deny",
                "reason_code": .optional(decision.reason?.rawValue),
                "rules": .array(decision.rules.map(JSONValue.text)),
                "elapsed_ns": .integer(DeskClock.stamp() - start),
            ])
        }
    }

    /// Has something decided: now, or after the delay of the fault `slow-risk`, during which others are served.
    func paced(on loop: any EventLoop, _ decide: @escaping @Sendable () -> HTTPResponse) -> Reply {
        // Fault `slow-risk`: the decision comes this much later.
        guard let delay = faults.microseconds(of: .slowRisk) else { return .now(decide()) }
        return .later(loop.scheduleTask(in: .microseconds(delay), decide).futureResult)
    }

    func killSwitch() -> HTTPResponse { HTTPResponse(system.with(\.killSwitch).answer) }

    func changeKillSwitch(_ request: HTTPRequest, on loop: any EventLoop) throws(RequestError) -> Reply {
        try authorize(request)
        let change = try decode(KillSwitchRequest.self, request)
        guard let action = change.action, action == "engage" || action == "release" else {
            throw .invalid("unknown_action", "action is 'engage' or 'release'")
        }
        guard let by = change.by, (1...64).contains(by.utf8.count) else {
            throw .invalid("missing_field", "by is 1 to 64 bytes of text: who does it")
        }
        // In force at once; the answer waits until a restart would find it, too.
        let state = system.setKillSwitch(engaged: action == "engage", by: by)
        return .later(
            effects.keepKillSwitch(on: loop).map { HTTPResponse(state.answer) }.flatMapErrorThrowing { error in
                .error(500, "not_kept", "in force, but not kept for a restart: \(error)")
            })
    }
}

private struct KillSwitchRequest: Decodable {
    var action: String?
    var by: String?
}
