import NIOCore

extension Surface {
    func armStop(_ request: HTTPRequest, on loop: any EventLoop) throws(RequestError) -> Reply {
        let wanted = try decode(StopRequest.self, request)
        let account = try OrderRequest.account(wanted.account)
        let instrument = try OrderRequest.instrument(wanted.symbol)
        let price = try OrderRequest.price(
            OrderRequest.present(wanted.stop_price, "stop_price"), instrument)
        let armed = system.with { trading in
            Result { () throws(Trading.StopRefusal) in try trading.armStop(account, instrument, at: price) }
        }
        switch armed {
        case .success(let stop): return kept(stop, on: loop)
        case .failure(.noPosition):
            throw .invalid("no_position", "\(account.name) holds no \(instrument.symbol) that a stop could close")
        case .failure(.tooMany):
            throw .refused(
                status: 409, code: "too_many_stops", message: "\(StopBook.activeBound) stops are active already")
        }
    }

    func disarmStop(_ id: String, on loop: any EventLoop) throws(RequestError) -> Reply {
        guard let stop = system.with({ $0.disarmStop(id) }) else {
            throw .refused(status: 404, code: "unknown_stop", message: "no stop has that id")
        }
        return kept(stop, on: loop)
    }

    func listStops(_ request: HTTPRequest) throws(RequestError) -> HTTPResponse {
        let account = try account(request)
        let stops = system.with { $0.stops.all(of: account) }
        return HTTPResponse(["stops": .array(stops.prefix(1000).map(\.answer))])
    }

    /// In force at once; the answer waits until a restart would find it, too.
    private func kept(_ stop: Stop, on loop: any EventLoop) -> Reply {
        .later(
            trading.stopKeeper.flush(on: loop).map { HTTPResponse(stop.answer) }.flatMapErrorThrowing { error in
                .error(500, "not_kept", "in force, but not kept for a restart: \(error)")
            })
    }
}

private struct StopRequest: Decodable {
    var account: String?
    var symbol: String?
    var stop_price: String?
}
