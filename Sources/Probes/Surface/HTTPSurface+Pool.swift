package import Readiness

extension HTTPSurface: PoolProbe {
    private struct PoolWire: Decodable {
        var size: Int
        var in_use: Int
        var waiting: Int
        var holders: [String]
    }

    private struct HolderWire: Encodable { var holder: String }

    private struct CheckOutWire: Decodable {
        var held: Bool
        var waited_ns: Int64
    }

    private struct ReturnWire: Decodable { var returned: Bool }

    /// `GET /readyz/pool`. A pool of nothing, more in use than there are, and fewer than none waiting are nonsense.
    package func pool() async throws(ProbeError) -> Answer<PoolState> {
        let (wire, reply) = try await poolWire()
        return Self.answer(PoolState(size: wire.size, inUse: wire.in_use, waiting: wire.waiting), from: reply)
    }

    /// The same; a name that cannot be one, and one name twice, are nonsense.
    package func holders() async throws(ProbeError) -> Answer<[String]> {
        let (wire, reply) = try await poolWire()
        return Self.answer(wire.holders, from: reply)
    }

    /// `POST /readyz/pool/checkout`, with the token. Not idempotent: the same holder again is refused.
    ///
    /// - Parameter holder: 1 to 64 characters of `A-Z a-z 0-9 . _ : -`.
    /// - Throws: `ProbeError`; nonsense with the code `already_held` where that holder holds a session already.
    package func checkOut(as holder: String) async throws(ProbeError) -> Answer<PoolCheckOut> {
        let request = try Self.request("/readyz/pool/checkout", holder)
        let reply = try await askAuthorised(request)
        let wire = try Self.decode(CheckOutWire.self, from: reply, to: request)
        try Self.check(wire.waited_ns >= 0, request, "waited_ns is below zero")
        return Self.answer(PoolCheckOut(isHeld: wire.held, waitedNanoseconds: wire.waited_ns), from: reply)
    }

    /// `POST /readyz/pool/return`, with the token. Not idempotent in its answer: the second time nothing is held.
    ///
    /// - Returns: whether that holder held a session.
    package func giveBack(_ holder: String) async throws(ProbeError) -> Answer<Bool> {
        let request = try Self.request("/readyz/pool/return", holder)
        let reply = try await askAuthorised(request)
        return Self.answer(try Self.decode(ReturnWire.self, from: reply, to: request).returned, from: reply)
    }

    private func poolWire() async throws(ProbeError) -> (PoolWire, HTTPExchange.Reply) {
        let request = named(HTTPExchange.Request("GET", "/readyz/pool"))
        let reply = try await ask(request)
        let wire = try Self.decode(PoolWire.self, from: reply, to: request)
        try Self.check(wire.size > 0, request, "size is not above zero")
        try Self.check((0...wire.size).contains(wire.in_use), request, "in_use is not from 0 to size")
        try Self.check(wire.waiting >= 0, request, "waiting is below zero")
        try Self.check(
            wire.holders.count <= WireText.listCap && wire.holders.allSatisfy { WireText.isWord($0, cap: 64) }
                && Set(wire.holders).count == wire.holders.count, request,
            "holders that are too many, named twice or without a usable name")
        return (wire, reply)
    }

    private static func request(_ path: String, _ holder: String) throws(ProbeError) -> HTTPExchange.Request {
        guard WireText.isWord(holder, cap: 64) else { throw ProbeError(ourSide: "a holder's name that is none") }
        return try post(path, HolderWire(holder: holder), isIdempotent: false)
    }
}
