import Crypto
import FoundationEssentials
import NIOCore

extension InstanceSurface {
    func discovery(on loop: any EventLoop) -> Reply {
        // Looked up for every answer: who asks right after a standby has said that it serves must find it.
        .later(instances.living(on: loop).map { HTTPResponse(self.ready($0), status: self.reason == nil ? 200 : 503) })
    }

    /// Why the desk is not ready; nil when it is.
    private var reason: String? {
        // Fault `not-ready`: what a desk says while it still starts.
        faults.isSet(.notReady) ? "warming up: waiting for order books" : nil
    }

    private func ready(_ instances: [InstanceList.Entry]) -> JSONValue {
        // Fault `clock-skew`: here, where the desk tells the time, and not in `DeskClock`: the stamps, drop copy,
        // ledger and logs take theirs from there, and other checks hold them against each other and against their own.
        let now = DeskClock.wall() + (faults.microseconds(of: .clockSkew) ?? 0) * 1000
        return [
            "ready": .bool(reason == nil), "reason": .optional(reason),
            "capabilities": .object(capabilities.map { ($0, "1") }),
            "clock": ["now": .text(DeskClock.text(now)), "now_ns": .text(String(now))],
            "instances": .array(
                instances.map {
                    ["id": .text($0.id), "address": .text($0.address), "role": .text($0.role.rawValue)]
                }),
        ]
    }

    func identityAnswer(on loop: any EventLoop) -> Reply {
        .later(
            identity.build(on: loop).map { build in
                HTTPResponse([
                    "git_commit": .optional(build.gitCommit), "dirty": build.dirty.map(JSONValue.bool) ?? .null,
                    "build_id": .optional(build.buildID), "config_sha256": .text(self.limits.sha256),
                    "environment": "practice", "account_id": .text(DeskIdentity.accountID),
                    "instance": .text(self.identity.role.instance), "started_at": .text(self.identity.startedAt),
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

    func limitsInForce() -> HTTPResponse {
        var answers: [JSONValue] = []
        for tier in Tier.allCases {
            for name in LimitName.allCases {
                guard let limit = limits.inForce(name, for: tier) else { continue }
                answers.append([
                    "scope": .text(tier.rawValue), "name": .text(name.rawValue), "value": .text(limit.text),
                    "unit": .text(name.unit), "inclusive": true, "source": .text(limit.source),
                ])
            }
        }
        return HTTPResponse(["limits": .array(answers)])
    }
}
