import NIOCore

extension Surface {
    func poolState() -> HTTPResponse {
        let state = pool.state
        return HTTPResponse([
            "size": .integer(Int64(SessionPool.size)), "in_use": .integer(Int64(state.inUse)),
            "waiting": .integer(Int64(state.waiting)), "holders": .array(state.holders.map(JSONValue.text)),
        ])
    }

    func checkOut(_ request: HTTPRequest, on loop: any EventLoop) throws(RequestError) -> Reply {
        let holder = try holder(request)
        return .later(
            pool.checkOut(holder, on: loop).map { result in
                switch result {
                case .held(let waited): HTTPResponse(["held": true, "waited_ns": .integer(waited)])
                case .refused(let waited): HTTPResponse(["held": false, "waited_ns": .integer(waited)])
                case .alreadyHeld: .error(409, "already_held", "that holder has a session, or waits for one")
                }
            }.flatMapErrorThrowing { .error(503, "ledger_unavailable", "\($0)") })
    }

    func giveBack(_ request: HTTPRequest) throws(RequestError) -> HTTPResponse {
        HTTPResponse(["returned": .bool(pool.giveBack(try holder(request)))])
    }

    private func holder(_ request: HTTPRequest) throws(RequestError) -> String {
        try authorize(request)
        guard let holder = try decode(HolderRequest.self, request).holder, holder.isIdentifier(upTo: 64) else {
            throw .invalid("invalid_holder", "holder is 1 to 64 characters of A-Z a-z 0-9 . _ : -")
        }
        return holder
    }
}

private struct HolderRequest: Decodable {
    var holder: String?
}
