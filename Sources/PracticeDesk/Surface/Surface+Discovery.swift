import Crypto
import FoundationEssentials
import NIOCore

extension Surface {
    /// Every capability that the desk offers, with its version.
    static let capabilities = [
        "discovery", "identity", "identity.proof", "risk.limits", "risk.evaluate", "order.submit", "order.replace",
        "order.cancel", "order.list", "orders.stream", "positions", "marketdata", "killswitch",
    ]

    func discovery() -> HTTPResponse {
        // Fault `not-ready`: what a desk says while it still starts.
        let reason = faults.isSet(.notReady) ? "warming up: waiting for order books" : nil
        let now = DeskClock.wall()
        return HTTPResponse(
            [
                "ready": .bool(reason == nil), "reason": .optional(reason),
                "capabilities": .object(Self.capabilities.map { ($0, "1") }),
                "clock": ["now": .text(DeskClock.text(now)), "now_ns": .text(String(now))],
                "instances": [
                    [
                        "id": .text(DeskIdentity.instance), "address": .text(identity.address),
                        "role": .text(identity.role.rawValue),
                    ]
                ],
            ], status: reason == nil ? 200 : 503)
    }

    func identityAnswer(on loop: any EventLoop) -> Reply {
        .later(
            identity.build(on: loop).map { build in
                HTTPResponse([
                    "git_commit": .optional(build.gitCommit), "dirty": build.dirty.map(JSONValue.bool) ?? .null,
                    "build_id": .optional(build.buildID), "config_sha256": .text(self.limits.sha256),
                    "environment": "practice", "account_id": .text(DeskIdentity.accountID),
                    "instance": .text(DeskIdentity.instance), "started_at": .text(self.identity.startedAt),
                ])
            })
    }

    func proof(_ request: HTTPRequest) throws(RequestError) -> HTTPResponse {
        let nonce = request.query["nonce"] ?? ""
        let isHex = nonce.utf8.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
        guard (8...128).contains(nonce.utf8.count), isHex else {
            throw .invalid("invalid_nonce", "nonce is 8 to 128 hexadecimal digits")
        }
        let digest = SHA256.hash(data: Array("\(token):\(nonce)".utf8))
        return HTTPResponse(["proof": .text(Hex.text(digest))])
    }
}
