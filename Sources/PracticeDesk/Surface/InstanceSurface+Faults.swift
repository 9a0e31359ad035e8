import NIOCore

extension InstanceSurface {
    /// The fault switch: the desk's own, no part of the readiness surface.
    func faultSwitch(_ request: HTTPRequest, on loop: any EventLoop) throws(RequestError) -> Reply {
        try request.authorize(with: token)
        if request.path.count == 2 {
            guard request.method == "GET" else { return .now(.notAllowed("GET")) }
            return .now(faultList())
        }
        guard request.path.count == 3 else { throw .notFound }
        let change: EventLoopFuture<Void>
        do throws(FaultError) {
            let fault = try Fault.named(request.path[2])
            switch request.method {
            case "PUT":
                let body = request.body.isEmpty ? FaultSetting() : try? request.decoded(FaultSetting.self)
                guard let body else {
                    return .now(.error(400, "malformed_json", "the body is {} or {\"magnitude\":TEXT}"))
                }
                change = effects.set(fault, try fault.magnitude(body.magnitude), on: loop)
            case "DELETE": change = effects.clear(fault, on: loop)
            default: return .now(.notAllowed("PUT, DELETE"))
            }
        } catch .unknown {
            let error = FaultError.unknown(
                request.path[2].shortened,
                nearest: NearestName.of(request.path[2], in: Fault.allCases.map(\.rawValue)))
            return .now(.error(404, "unknown_fault", "\(error)"))
        } catch {
            return .now(.error(400, "invalid_magnitude", "\(error)"))
        }
        return .later(
            change.map { self.faultList() }.flatMapErrorThrowing { .error(500, "fault_failed", "\($0)") })
    }

    private func faultList() -> HTTPResponse {
        let set = faults.all
        return HTTPResponse([
            "faults": .array(
                Fault.allCases.map { fault in
                    [
                        "name": .text(fault.rawValue), "sentence": .text(fault.sentence),
                        "accepts": .text(fault.form.text), "default_magnitude": .optional(fault.defaultMagnitude.text),
                        "active": .bool(set[fault] != nil), "magnitude": .optional(set[fault]?.magnitude.text),
                        "since": .optional(set[fault]?.since),
                    ]
                })
        ])
    }
}

private struct FaultSetting: Decodable {
    var magnitude: String?
}
