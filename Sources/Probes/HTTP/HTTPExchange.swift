import AsyncHTTPClient
package import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
package import Readiness
import Synchronization

/// Asks a surface one thing at a time over HTTP/1.1 and tells trouble apart by the table "what the probe met".
///
/// It follows no redirect, retries nothing, unpacks nothing, and reads no more of an answer than `bodyCap`. It judges
/// the transport only: a status is handed on. Close it when it is no longer needed.
package final class HTTPExchange: Sendable {
    /// What is asked.
    package struct Request: Sendable {
        /// `GET`, `POST`.
        package var method: String
        /// Begins with `/`; escaped already.
        package var path: String
        /// JSON, if there is any.
        package var body: [UInt8]?
        /// What proves that we may ask, sent as `Authorization: Bearer`; nil where none is needed. In no transcript.
        package var bearer: Secret?
        /// Fields of the target's own that prove who we are, by name. In no transcript.
        package var credentials: [String: Secret] = [:]
        /// Whether asking twice does no more than asking once, and brings the same answer. See `TransientTrouble`.
        package var isIdempotent: Bool
        /// What a message names where another thing is asked in its place; nil: method and path.
        package var asked: String?

        /// Asks for a path. A GET is taken for idempotent, anything else only where it is said to be.
        package init(_ method: String, _ path: String, body: [UInt8]? = nil, isIdempotent: Bool? = nil) {
            self.method = method
            self.path = path
            self.body = body
            self.isIdempotent = isIdempotent ?? (method == "GET")
        }

        /// What is asked, for a message. Without the query: it may be long, and says nothing about the trouble.
        var words: String { asked ?? "\(method) \(path.prefix { $0 != "?" })" }

        /// The header fields that it goes out with, its length and host apart.
        var headers: HTTPHeaders {
            var headers = HTTPHeaders([("accept", "application/json"), ("user-agent", "holdpoint")])
            if body != nil { headers.add(name: "content-type", value: "application/json") }
            for (name, value) in credentials { headers.add(name: name, value: value.reveal()) }
            if let bearer { headers.add(name: "authorization", value: "Bearer \(bearer.reveal())") }
            return headers
        }
    }

    /// What came back.
    package struct Reply: Sendable {
        /// The status, 200…599.
        package var status: Int
        /// All of the body, without secrets.
        package var body: Data
        /// What was said, capped, without secrets.
        package var transcript: String
        /// From handing the request over, a connection already free for it, to the last byte of the answer. Decoding is
        /// not in it, nor waiting for a thread after that byte.
        package var elapsed: Duration
        /// When its last byte had come, by our own clock of the day: UTC nanoseconds since 1970.
        package var finishedAt: Int64
    }

    /// The most that is read of a body, in bytes. Default 1 MiB; a longer answer is nonsense.
    package let bodyCap: Int
    /// How long a target may be silent, from request to last byte. Default 2 s: below every check's hard limit.
    package let limit: Duration

    /// All connections are served by one thread, so that no answer changes threads on its way.
    let loop: any EventLoop
    let redactor: Redactor
    /// Whom we trust, and who we are, over TLS; nil: no TLS.
    let secureContext: NIOSSLContext?
    private let client: HTTPClient
    private let isClosed = Mutex(false)

    /// Makes a client that has opened nothing yet.
    ///
    /// - Parameters:
    ///   - connections: how many connections may be open at once. One for a series of measurements; otherwise enough
    ///     that no check waits behind another's silence.
    ///   - tls: whom to trust and what to show over TLS; nil for the system's authorities and no certificate.
    ///   - secrets: values that must not show in a transcript or an error, even if the target says them; asked each
    ///     time.
    package init(
        connections: Int, limit: Duration = .seconds(2), bodyCap: Int = 1 << 20, tls: TLSMaterial? = nil,
        secrets: @escaping @Sendable () -> [Secret] = { [] }
    ) {
        self.limit = limit
        self.bodyCap = bodyCap
        secureContext = tls?.context
        redactor = Redactor(secrets)
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.tlsConfiguration = tls?.configuration
        configuration.timeout.connect = .nanoseconds(limit.nanoseconds)
        // Below the idle time of any sane server, so that a kept connection is not closed just as it is used again.
        configuration.connectionPool.idleTimeout = .seconds(10)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        // A refusal is an answer to us; the default would try again until the limit and call it silence.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHandler(KeptConnectionWatch(), position: .first)
                let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
                try pipeline.addHandler(AnswerStatusGuard(), position: .after(decoder))
            }
        }
        let group = MultiThreadedEventLoopGroup.singleton
        client = HTTPClient(eventLoopGroup: group, configuration: configuration)
        loop = group.next()
    }

    deinit {
        // A forgotten client must not take the program down; it gives its connections back on its own.
        if !isClosed.withLock({ $0 }) { client.shutdown { _ in } }
    }

    /// Asks once.
    ///
    /// - Parameter limit: how long the target may be silent; the exchange's own if nil.
    /// - Throws: `ProbeError` at the surface: unreachable when it refuses, breaks off or is silent to the limit,
    ///   nonsense when it does not speak HTTP or says too much; cancelled soon after the task is.
    package func perform(
        _ request: Request, at address: SurfaceAddress, limit: Duration? = nil
    ) async throws(ProbeError) -> Reply {
        let limit = limit ?? self.limit
        try checkOpen(for: address)
        let wire: HTTPClient.Request
        do {
            wire = try HTTPClient.Request(
                url: address.description + request.path, method: HTTPMethod(rawValue: request.method),
                headers: request.headers, body: request.body.map { .byteBuffer(ByteBuffer(bytes: $0)) })
        } catch {
            throw redactor.redacted(ProbeError(ourSide: "cannot form a request of \(request.path): \(error)"))
        }
        let collector = HTTPAnswerCollector(bodyCap: bodyCap)
        let started = ContinuousClock.now
        // The loop is only preferred: a connection that is made because a loop is *required* is an extra one to the
        // pool, which closes it after each answer.
        let task = client.execute(
            request: wire, delegate: collector, eventLoop: .delegate(on: loop),
            deadline: .now() + .nanoseconds(limit.nanoseconds))
        do {
            let answer = try await withTaskCancellationHandler {
                try await task.get()
            } onCancel: {
                task.cancel()
            }
            let body = redactor.redacted(Data(answer.body.readableBytesView))
            return Reply(
                status: answer.status, body: body, transcript: redactor.transcript(of: request, answer.status, body),
                elapsed: answer.finished - started, finishedAt: answer.finishedAt)
        } catch {
            throw redactor.redacted(
                HTTPTrouble.probeError(
                    error, asking: request, at: address.authority, limit: limit, wasSent: collector.wasSent))
        }
    }

    /// - Throws: when the task is cancelled, or the exchange has been closed.
    func checkOpen(for address: SurfaceAddress) throws(ProbeError) {
        guard !Task.isCancelled else { throw .cancelled }
        guard !isClosed.withLock({ $0 }) else { throw ProbeError(ourSide: "the probe of \(address) has been closed") }
    }

    /// Closes every connection. What is under way ends as an error; later requests throw an error of our side.
    package func close() async {
        let first = isClosed.withLock { closed in
            defer { closed = true }
            return !closed
        }
        guard first else { return }
        // It can only fail by saying that a connection was in use or shut already, and closed they are.
        _ = try? await client.shutdown()
    }
}
