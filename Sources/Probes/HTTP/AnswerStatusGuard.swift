import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// A status line whose number is no status of HTTP: 20, 7, 0.
struct ImpossibleStatus: Error, CustomStringConvertible {
    var code: UInt
    var description: String { "\(code) is no status" }
}

/// Ends a connection whose answer has an impossible status, before the client library sees it.
///
/// The library passes over every head below 200 as a preliminary one, and stops the whole process when the body of an
/// answer follows that it took for preliminary. NIO's parser knows a body to be missing only for 100 to 199, so that a
/// target that answers `HTTP/1.1 20 OK` would end our process (found by `holdpoint-fuzz surface`).
final class AnswerStatusGuard: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart

    private var hasEnded = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasEnded else { return }
        guard case .head(let head) = unwrapInboundIn(data), !(100...999).contains(head.status.code) else {
            return context.fireChannelRead(data)
        }
        hasEnded = true
        context.fireErrorCaught(ImpossibleStatus(code: head.status.code))
        context.close(promise: nil)
    }
}
