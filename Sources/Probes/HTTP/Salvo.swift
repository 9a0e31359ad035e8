import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Readiness
import Synchronization

/// Connections on one event loop, each with one request that is held back until all of them are open.
final class Salvo: Sendable {
    struct Shot: Sendable {
        var head: HTTPRequestHead
        var body: ByteBuffer?
    }

    /// TLS of each connection.
    struct TLS: Sendable {
        var context: NIOSSLContext
        var host: String
    }

    private struct State {
        /// All that were ever made, for closing them.
        var channels: [any Channel] = []
        var reason: (any Error)?
    }

    private let shots: [Shot]
    private let loop: any EventLoop
    private let bodyCap: Int
    private let tls: TLS?
    private let promises: [EventLoopPromise<HTTPAnswerCollector.Answer>]
    private let state = Mutex(State())

    /// Why it was stopped; nil while it was not.
    var reason: (any Error)? { state.withLock { $0.reason } }

    /// Opens nothing yet. Whoever makes one calls `stop` in the end.
    init(_ shots: [Shot], bodyCap: Int, on loop: any EventLoop, tls: TLS? = nil) {
        self.shots = shots
        self.loop = loop
        self.bodyCap = bodyCap
        self.tls = tls
        promises = shots.map { _ in loop.makePromise() }
    }

    /// Opens all connections, in the requests' order; throws the first trouble that one of them meets.
    func open(host: String, port: Int, limit: Duration) async throws -> [any Channel] {
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(.nanoseconds(limit.nanoseconds))
        let attempts = promises.map { promise in
            bootstrap.channelInitializer { channel in
                if let reason = self.keep(channel) { return channel.eventLoop.makeFailedFuture(reason) }
                return channel.eventLoop.makeCompletedFuture {
                    if let tls = self.tls { try channel.pipeline.syncOperations.addHandler(tls.handler()) }
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(
                        SalvoAnswer(promise: promise, bodyCap: self.bodyCap))
                }
            }.connect(host: host, port: port)
        }
        return try await EventLoopFuture.whenAllSucceed(attempts, on: loop).get()
    }

    /// Hands all requests to the system, one after the other without anything in between.
    ///
    /// - Throws: when a connection has been given up already, before anything is sent.
    func release(over channels: [any Channel]) async throws -> (ContinuousClock.Instant, Duration) {
        try await loop.submit { [shots] in
            guard channels.allSatisfy(\.isActive) else { throw HTTPClientError.remoteConnectionClosed }
            // Made ready first, so that only the system calls are between the first and the last.
            for (channel, shot) in zip(channels, shots) {
                channel.write(HTTPClientRequestPart.head(shot.head), promise: nil)
                if let body = shot.body { channel.write(HTTPClientRequestPart.body(.byteBuffer(body)), promise: nil) }
                channel.write(HTTPClientRequestPart.end(nil), promise: nil)
            }
            let released = ContinuousClock.now
            for channel in channels { channel.flush() }
            return (released, ContinuousClock.now - released)
        }.get()
    }

    /// All answers in the requests' order; throws the first trouble.
    func answers() async throws -> [HTTPAnswerCollector.Answer] {
        try await EventLoopFuture.whenAllSucceed(promises.map(\.futureResult), on: loop).get()
    }

    /// Closes every connection, and ends for a reason whatever has not ended. The first call counts.
    func stop(_ reason: any Error) {
        let channels = state.withLock { state in
            guard state.reason == nil else { return [any Channel]() }
            state.reason = reason
            return state.channels
        }
        // A promise that has been kept already stays as it is.
        for promise in promises { promise.fail(reason) }
        for channel in channels { channel.close(promise: nil) }
    }

    /// - Returns: why a new connection is not wanted any more.
    private func keep(_ channel: any Channel) -> (any Error)? {
        state.withLock { state in
            if state.reason == nil { state.channels.append(channel) }
            return state.reason
        }
    }
}

/// Takes the one answer of a connection, up to a cap, with the moment of its last byte.
private final class SalvoAnswer: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let promise: EventLoopPromise<HTTPAnswerCollector.Answer>
    private let bodyCap: Int
    private var status: Int?
    private var body = ByteBuffer()

    init(promise: EventLoopPromise<HTTPAnswerCollector.Answer>, bodyCap: Int) {
        self.promise = promise
        self.bodyCap = bodyCap
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            // An interim answer (100 …) is not the answer.
            if head.status.code >= 200 { status = Int(head.status.code) }
        case .body(var part):
            guard body.readableBytes + part.readableBytes <= bodyCap else {
                promise.fail(HTTPAnswerCollector.TooLarge(cap: bodyCap))
                return context.close(promise: nil)
            }
            body.writeBuffer(&part)
        case .end:
            let finished = ContinuousClock.now
            guard let status else { return }
            promise.succeed(
                .init(status: status, body: body, finished: finished, finishedAt: WallClock.nanoseconds))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(HTTPClientError.remoteConnectionClosed)
        context.fireChannelInactive()
    }
}

extension Salvo.TLS {
    /// A literal address has no name to be sent, and is checked as an address.
    func handler() throws -> NIOSSLClientHandler {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
    }
}
