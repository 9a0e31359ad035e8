import NIOCore

/// Stands before the parser: watches the time that a request takes and the bytes that no complete head accounts for.
final class ConnectionGuard: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private enum Phase {
        case idle, receiving, answering, lingering
    }

    private var phase = Phase.idle
    private var timer: Scheduled<Void>?
    private var headBytes = 0
    private var headSeen = false
    /// Told when a request took too long or its head was too large. True if it will answer and close.
    private let onRefusal: (Refusal) -> Void

    enum Refusal {
        case slow, largeHead
    }

    /// When the first byte of the present request was read.
    private(set) var received: Int64 = 0

    init(onRefusal: @escaping (Refusal) -> Void) { self.onRefusal = onRefusal }

    func channelActive(context: ChannelHandlerContext) {
        wait(WireLimits.idleTime, context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let count = unwrapInboundIn(data).readableBytes
        switch phase {
        case .lingering: return
        case .answering: break
        case .idle:
            begin(context)
            fallthrough
        case .receiving:
            if !headSeen { headBytes += count }
        }
        context.fireChannelRead(data)
        // What was read may have held a whole head and much body: only bytes without a head after them count.
        if phase == .receiving, !headSeen, headBytes > WireLimits.header { onRefusal(.largeHead) }
    }

    /// The head of a request is there.
    func headReceived(_ context: ChannelHandlerContext) {
        if phase == .idle { begin(context) }
        headSeen = true
    }

    /// The request is complete: from now on the time is ours.
    func requestReceived() {
        timer?.cancel()
        phase = .answering
    }

    /// The answer is on its way.
    func answered(_ context: ChannelHandlerContext) {
        phase = .idle
        wait(WireLimits.idleTime, context)
    }

    /// The request is refused: read and forget what still comes, for a while.
    func linger(_ context: ChannelHandlerContext) {
        phase = .lingering
        wait(WireLimits.lingerTime, context)
    }

    private func begin(_ context: ChannelHandlerContext) {
        phase = .receiving
        headSeen = false
        headBytes = 0
        received = DeskClock.stamp()
        wait(WireLimits.requestTime, context)
    }

    private func wait(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        timer?.cancel()
        let channel = NIOLoopBound(context.channel, eventLoop: context.eventLoop)
        let this = NIOLoopBound(self, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: time) {
            if this.value.phase == .receiving { this.value.onRefusal(.slow) } else { channel.value.close(promise: nil) }
        }
    }
}
