import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix
package import Readiness

extension HTTPExchange {
    /// - Throws: `ProbeError` of our side when TLS is asked for and there is no context for it.
    private func secureContext(for address: SurfaceAddress) throws(ProbeError) -> Salvo.TLS? {
        guard address.isSecure else { return nil }
        guard let secureContext else { throw ProbeError(ourSide: "TLS to \(address) was not made ready") }
        return Salvo.TLS(context: secureContext, host: address.host)
    }

    /// What came of requests that were released together.
    package struct Together: Sendable {
        /// In the requests' own order.
        package var replies: [Reply]
        /// From the release to the last byte of the last answer.
        package var elapsed: Duration
        /// How far apart the first and the last request were handed to the system.
        package var spread: Duration
    }

    /// The most requests that go together; each costs a connection here and one at the target.
    package static let mostTogether = 64

    /// Asks each over a new connection of its own. All connections are open before the first byte is sent; then all
    /// requests are released in one turn of one thread, in their order.
    ///
    /// Whatever happens to one ends all: the connections are closed, and it is not known what the target made of the
    /// others. None of this trouble is transient.
    ///
    /// - Parameter limit: for opening and answering together; the exchange's own if nil.
    /// - Throws: `ProbeError` as `perform` does; of our side for no requests or more than `mostTogether`.
    package func performTogether(
        _ requests: [Request], at address: SurfaceAddress, limit: Duration? = nil
    ) async throws(ProbeError) -> Together {
        let limit = limit ?? self.limit
        try checkOpen(for: address)
        guard (1...Self.mostTogether).contains(requests.count) else {
            throw ProbeError(ourSide: "\(requests.count) requests together; there are to be 1 to \(Self.mostTogether)")
        }
        let salvo = Salvo(
            requests.map { request in
                var headers = request.headers
                headers.add(name: "host", value: address.authority)
                headers.add(name: "content-length", value: "\(request.body?.count ?? 0)")
                let head = HTTPRequestHead(
                    version: .http1_1, method: HTTPMethod(rawValue: request.method), uri: address.prefix + request.path,
                    headers: headers
                )
                return Salvo.Shot(head: head, body: request.body.map { ByteBuffer(bytes: $0) })
            }, bodyCap: bodyCap, on: loop, tls: try secureContext(for: address))
        let timer = loop.scheduleTask(in: .nanoseconds(limit.nanoseconds)) {
            salvo.stop(HTTPClientError.deadlineExceeded)
        }
        defer {
            timer.cancel()
            salvo.stop(CancellationError())
        }
        do {
            return try await withTaskCancellationHandler {
                let channels = try await salvo.open(host: address.host, port: address.port, limit: limit)
                let (released, spread) = try await salvo.release(over: channels)
                let answers = try await salvo.answers()
                let replies = zip(requests, answers).map { request, answer in
                    let body = redactor.redacted(Data(answer.body.readableBytesView))
                    return Reply(
                        status: answer.status, body: body,
                        transcript: redactor.transcript(of: request, answer.status, body),
                        elapsed: answer.finished - released, finishedAt: answer.finishedAt)
                }
                return Together(replies: replies, elapsed: replies.map(\.elapsed).max() ?? .zero, spread: spread)
            } onCancel: {
                salvo.stop(CancellationError())
            }
        } catch {
            // What a connection says when it is closed by us is not why.
            throw redactor.redacted(
                HTTPTrouble.probeError(
                    salvo.reason ?? error, asking: requests[0], at: address.authority, limit: limit))
        }
    }
}
