import NIOCore
import NIOHTTP1

/// One connection: gathers requests, has them answered one after the other, writes each answer at once.
final class HTTPConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let surface: any AnsweringSurface
    private let accessLog: AccessLog
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var context: ChannelHandlerContext?
    private var refused = false
    private var inputClosed = false
    private var isAnswering = false
    private(set) lazy var guardian = ConnectionGuard { [unowned self] in refuse($0) }

    init(surface: any AnsweringSurface, accessLog: AccessLog) {
        self.surface = surface
        self.accessLog = accessLog
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !refused else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            guardian.headReceived(context)
            self.head = head
            body.removeAll(keepingCapacity: true)
            let size =
                head.uri.utf8.count + head.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
            if size > WireLimits.header {
                return refuse(431, "header_too_large", "line and header fields exceed 16 KiB")
            }
            let announced = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
            if announced > WireLimits.body(of: head.uri) { refuseBody() }
        case .body(let buffer):
            guard body.count + buffer.readableBytes <= WireLimits.body(of: head?.uri ?? "") else { return refuseBody() }
            body.append(contentsOf: buffer.readableBytesView)
        case .end:
            guardian.requestReceived()
            answer(context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            inputClosed = true
            // A client that closed its side still gets the answer to what it asked; half a request gets none.
            if !isAnswering { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What still comes after a refusal is thrown away; it must not cut the answer short.
        guard !refused else { return }
        guard let parserError = error as? HTTPParserError else { return context.close(promise: nil) }
        if parserError == .headerOverflow {
            refuse(431, "header_too_large", "line and header fields exceed 16 KiB")
        } else {
            refuse(400, "malformed_http", "the request is not HTTP/1.1")
        }
    }

    private func answer(_ context: ChannelHandlerContext) {
        guard let head else { return context.close(promise: nil) }
        isAnswering = true
        let bearer = head.headers.first(name: "authorization").flatMap {
            $0.lowercased().hasPrefix("bearer ") ? String($0.dropFirst(7)) : nil
        }
        let request = HTTPRequest(
            method: head.method.rawValue, target: head.uri, bearer: bearer, body: body, received: guardian.received)
        switch surface.answer(request, on: context.eventLoop) {
        case .now(let response): write(response, close: !head.isKeepAlive)
        case .later(let future):
            let this = NIOLoopBound(self, eventLoop: context.eventLoop)
            future.hop(to: context.eventLoop).whenComplete { result in
                let connection = this.value
                switch result {
                case .success(let response): connection.write(response, close: !(connection.head?.isKeepAlive ?? false))
                case .failure: connection.write(.error(503, "stopping", "the desk is stopping"), close: true)
                }
            }
        }
    }

    private func refuseBody() {
        refuse(413, "body_too_large", "the body exceeds \(WireLimits.body(of: head?.uri ?? "") / 1024) KiB")
    }

    private func refuse(_ refusal: ConnectionGuard.Refusal) {
        guard !refused, let context else { return }
        let status = refusal == .slow ? 408 : 431
        if head != nil {
            refuse(
                status, refusal == .slow ? "request_timeout" : "header_too_large",
                "the request was not complete in time")
        } else {
            // Without a head there is no request that an answer could belong to.
            refused = true
            log(status: status)
            context.close(promise: nil)
        }
    }

    /// Answers with an error, reads no more requests from this client, and closes.
    private func refuse(_ status: Int, _ code: String, _ message: String) {
        guard !refused else { return }
        refused = true
        write(.error(status, code, message), close: true)
    }

    private func write(_ response: HTTPResponse, close: Bool) {
        log(status: response.status)
        isAnswering = false
        guard let context else {
            response.afterwards?()
            return
        }
        let closing = close || inputClosed
        var headers = HTTPHeaders()
        headers.add(name: "content-type", value: "application/json")
        headers.add(name: "content-length", value: String(response.body.count))
        if let allow = response.allow { headers.add(name: "allow", value: allow) }
        if closing { headers.add(name: "connection", value: "close") }
        let status = HTTPResponseStatus(statusCode: response.status)
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: response.body)))), promise: nil)
        self.head = nil
        if closing {
            // Whatever the client has sent after this request is not answered.
            refused = true
            guardian.linger(context)
            let channel = context.channel
            let whole = inputClosed
            context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
                channel.close(mode: whole ? .all : .output, promise: nil)
                response.afterwards?()
            }
        } else {
            guardian.answered(context)
            let written = context.writeAndFlush(wrapOutboundOut(.end(nil)))
            if let afterwards = response.afterwards { written.whenComplete { _ in afterwards() } }
        }
    }

    private func log(status: Int) {
        accessLog.write(
            method: head?.method.rawValue ?? "-", path: head.map { Self.path($0.uri) } ?? "-", status: status,
            microseconds: max(0, DeskClock.stamp() - guardian.received) / 1000)
    }

    private static func path(_ target: String) -> String {
        String(target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).first ?? "")
    }
}
