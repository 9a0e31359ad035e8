import Glibc
import NIOCore

/// A kept connection ended after a request was handed to it and before a byte of its answer came.
struct KeptConnectionLost: Error {
    /// By a reset; otherwise by a close.
    var wasReset: Bool
}

/// Sits next to the socket of a kept connection and tells its end apart: only here can it be seen whether a byte came.
///
/// The client library says the same of a connection that never answered and of one that was given up between two
/// requests; `TransientTrouble` must not take one for the other.
final class KeptConnectionWatch: ChannelDuplexHandler {
    typealias InboundIn = NIOAny
    typealias OutboundIn = NIOAny

    private var requests = 0
    private var awaitsAnswer = false

    /// Whether losing the connection now loses a request that is not the connection's first.
    private var isAtStake: Bool { awaitsAnswer && requests > 1 }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // There is no pipelining: the first write after an answer is the next request.
        if !awaitsAnswer {
            awaitsAnswer = true
            requests += 1
        }
        guard let promise else { return context.write(data, promise: nil) }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { result in
            switch result {
            case .success: promise.succeed()
            case .failure(let error): promise.fail(self.named(error))
            }
        }
        context.write(data, promise: written)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        awaitsAnswer = false
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.fireErrorCaught(named(error)) }

    func channelInactive(context: ChannelHandlerContext) {
        if isAtStake { context.fireErrorCaught(KeptConnectionLost(wasReset: false)) }
        context.fireChannelInactive()
    }

    /// What else is told of the connection's end: a write that failed, a read that was reset.
    private func named(_ error: any Error) -> any Error {
        guard isAtStake else { return error }
        switch error {
        case let error as IOError where [ECONNRESET, EPIPE].contains(error.errnoCode):
            return KeptConnectionLost(wasReset: true)
        case ChannelError.ioOnClosedChannel, ChannelError.alreadyClosed, ChannelError.eof:
            return KeptConnectionLost(wasReset: false)
        default: return error
        }
    }
}
