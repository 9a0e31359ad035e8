import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// A server on loopback that answers every request as it is told: rightly, wrongly, slowly, or not at all.
final class HostileServer: Sendable {
    struct Request: Sendable {
        var method: String
        var path: String
        var head: String
        var body: String
    }

    enum Reply: Sendable {
        case answer(Int, String, type: String = "application/json", headers: [String] = [])
        case raw(String)
        /// The beginning of an answer, and then the end of the connection.
        case breakOff(String)
        case silence
        case reset
        case close
        /// One byte of a whole answer each 20 ms.
        case drip(String)
        /// A gibibyte, as fast as it is taken.
        case flood(announced: Bool)
    }

    private struct State {
        var accepted = 0
        var sent = 0
        var requests: [Request] = []
    }

    private let state = Mutex(State())
    private let reply: @Sendable (Request) async -> Reply
    /// Where it listens.
    let address: String

    /// Connections that were accepted so far.
    var accepted: Int { state.withLock { $0.accepted } }
    /// Bytes of a flood that went out.
    var sent: Int { state.withLock { $0.sent } }
    /// What was asked so far.
    var requests: [Request] { state.withLock { $0.requests } }

    private init(port: Int, _ reply: @escaping @Sendable (Request) async -> Reply) {
        address = "http://127.0.0.1:\(port)"
        self.reply = reply
    }

    /// Serves for as long as the work takes.
    static func serving<Value: Sendable>(
        _ reply: @escaping @Sendable (Request) async -> Reply, _ work: (HostileServer) async throws -> Value
    ) async throws -> Value {
        let box = Box()
        let children = ChildChannels()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { child in
                children.add(child)
                return child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.addHandler(Handler(box))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = HostileServer(port: listener.localAddress?.port ?? 0, reply)
        box.set(server)
        do {
            let value = try await work(server)
            try await listener.close()
            children.closeAll()
            return value
        } catch {
            try await listener.close()
            children.closeAll()
            throw error
        }
    }

    private final class Box: Sendable {
        private let server = Mutex<HostileServer?>(nil)
        func set(_ server: HostileServer) { self.server.withLock { $0 = server } }
        var value: HostileServer? { server.withLock { $0 } }
    }

    private final class ChildChannels: Sendable {
        private let channels = Mutex<[any Channel]>([])
        func add(_ channel: any Channel) { channels.withLock { $0.append(channel) } }
        func closeAll() { for channel in channels.withLock({ $0 }) { channel.close(promise: nil) } }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let box: Box
        private var received = ""

        init(_ box: Box) { self.box = box }

        func channelActive(context: ChannelHandlerContext) { box.value?.state.withLock { $0.accepted += 1 } }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += String(buffer: unwrapInboundIn(data))
            guard let server = box.value, let request = take() else { return }
            server.state.withLock { $0.requests.append(request) }
            let channel = context.channel
            Task { server.play(await server.reply(request), on: channel) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        private func take() -> Request? {
            guard let end = received.firstRange(of: "\r\n\r\n") else { return nil }
            let head = String(received[..<end.lowerBound])
            let lines = head.split(separator: "\r\n")
            let length =
                lines.first { $0.lowercased().hasPrefix("content-length:") }
                .flatMap { Int($0.split(separator: ":")[1].drop { $0 == " " }) } ?? 0
            let rest = received[end.upperBound...]
            guard rest.utf8.count >= length else { return nil }
            received = String(rest.dropFirst(length))
            let words = lines[0].split(separator: " ")
            return Request(
                method: String(words[0]), path: String(words[1]), head: head, body: String(rest.prefix(length)))
        }
    }

    private func play(_ reply: Reply, on channel: any Channel) {
        switch reply {
        case .answer(let status, let body, let type, let headers):
            let text = Self.text(status, body, type, headers)
            channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
        case .raw(let text): channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
        case .breakOff(let text):
            channel.writeAndFlush(ByteBuffer(string: text)).whenComplete { _ in channel.close(promise: nil) }
        case .silence: break
        case .close: channel.close(promise: nil)
        case .reset:
            let options = channel as? any SocketOptionProvider
            _ = options?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).map { channel.close(promise: nil) }
        case .drip(let body):
            let bytes = Array(Self.text(200, body, "application/json", []).utf8)
            let counter = Counter()
            channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(20)) { task in
                let index = counter.next()
                guard index < bytes.count, channel.isActive else { return task.cancel() }
                channel.writeAndFlush(ByteBuffer(bytes: [bytes[index]]), promise: nil)
            }
        case .flood(let announced):
            let size = 1 << 30
            let how = announced ? "content-length: \(size)" : "transfer-encoding: chunked"
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\(how)\r\n\r\n"
            channel.writeAndFlush(ByteBuffer(string: head), promise: nil)
            flood(channel, ByteBuffer(string: "10000\r\n" + String(repeating: " ", count: 65_536) + "\r\n"))
        }
    }

    private func flood(_ channel: any Channel, _ chunk: ByteBuffer) {
        channel.writeAndFlush(chunk).whenSuccess {
            let sent = self.state.withLock { state in
                state.sent += chunk.readableBytes
                return state.sent
            }
            if sent < 1 << 30 { self.flood(channel, chunk) }
        }
    }

    private final class Counter: Sendable {
        private let value = Mutex(0)
        func next() -> Int {
            value.withLock { value in
                defer { value += 1 }
                return value
            }
        }
    }

    private static func text(_ status: Int, _ body: String, _ type: String, _ headers: [String]) -> String {
        let more = headers.map { $0 + "\r\n" }.joined()
        return
            "HTTP/1.1 \(status) X\r\ncontent-type: \(type)\r\ncontent-length: \(body.utf8.count)\r\n\(more)\r\n\(body)"
    }
}
