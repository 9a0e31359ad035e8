import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Gathers one answer on the event loop, up to a cap, and stops the clock there when its last byte has come.
final class HTTPAnswerCollector: HTTPClientResponseDelegate {
    struct Answer: Sendable {
        var status: Int
        var body: ByteBuffer
        var finished: ContinuousClock.Instant
        /// By our clock of the day, UTC nanoseconds since 1970.
        var finishedAt: Int64
    }

    struct TooLarge: Error {
        var cap: Int
    }

    struct WithoutHead: Error {}

    private struct State {
        var wasSent = false
        var status: Int?
        var body = ByteBuffer()
    }

    private let bodyCap: Int
    private let state = Mutex(State())

    init(bodyCap: Int) { self.bodyCap = bodyCap }

    /// Whether anything of the request was handed to a connection.
    var wasSent: Bool { state.withLock { $0.wasSent } }

    func didSendRequestHead(task: HTTPClient.Task<Answer>, _ head: HTTPRequestHead) {
        state.withLock { $0.wasSent = true }
    }

    func didReceiveHead(task: HTTPClient.Task<Answer>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        if let announced = head.headers.first(name: "content-length").flatMap({ Int($0) }), announced > bodyCap {
            return task.eventLoop.makeFailedFuture(TooLarge(cap: bodyCap))
        }
        state.withLock { $0.status = Int(head.status.code) }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Answer>, _ part: ByteBuffer) -> EventLoopFuture<Void> {
        let fits = state.withLock { state in
            guard state.body.readableBytes + part.readableBytes <= bodyCap else { return false }
            state.body.writeImmutableBuffer(part)
            return true
        }
        return fits
            ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(TooLarge(cap: bodyCap))
    }

    func didFinishRequest(task: HTTPClient.Task<Answer>) throws -> Answer {
        let finished = ContinuousClock.now
        let finishedAt = WallClock.nanoseconds
        return try state.withLock { state in
            guard let status = state.status else { throw WithoutHead() }
            return Answer(status: status, body: state.body, finished: finished, finishedAt: finishedAt)
        }
    }
}
