import NIOCore

/// The readiness surface of a standby: it answers for itself, and refuses what only the primary does.
final class StandbySurface: AnsweringSurface {
    private let instance: InstanceSurface

    init(instance: InstanceSurface) { self.instance = instance }

    /// What stands behind `readyz/` at a primary and not here.
    private static let ofPrimary: Set<String> = [
        "risk", "orders", "positions", "marketdata", "killswitch", "stops", "components", "pool",
    ]

    func answer(_ request: HTTPRequest, on loop: any EventLoop) -> Reply {
        do throws(RequestError) {
            if let reply = try instance.answer(request, on: loop) { return reply }
            let path = request.path
            let isOfPrimary =
                path == ["dropcopy"] || path.count >= 2 && path[0] == "readyz" && Self.ofPrimary.contains(path[1])
            throw isOfPrimary
                ? .refused(status: 409, code: "standby", message: "this instance is a standby; ask the primary")
                : .notFound
        } catch {
            return .now(error.response)
        }
    }
}
