import NIOCore
import NIOPosix
import Synchronization
import TestSupport

/// A server on loopback that answers as the readiness surface does, damaged.
final class HostileDesk: Sendable {
    private let dice: Mutex<Dice>
    private let listener: Mutex<(any Channel)?> = Mutex(nil)

    init() { dice = Mutex(Dice(seed: 0)) }

    /// Makes its answers those of a round.
    func reseed(_ seed: UInt64) { dice.withLock { $0 = Dice(seed: seed) } }

    /// Listens, and says where.
    func listen() async throws -> String {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.addHandler(Handler(self))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        listener.withLock { $0 = channel }
        return "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
    }

    /// Ends.
    func close() async throws { try await listener.withLock { $0 }?.close() }

    /// What a request for a path gets: bytes, and whether the connection ends behind them. No bytes: silence.
    fileprivate func answer(_ path: String) -> (bytes: [UInt8], ends: Bool)? {
        dice.withLock { dice in
            let sound = SoundAnswers.body(of: path, using: &dice)
            if Int.random(in: 0..<40, using: &dice) == 0 { return nil }
            if Int.random(in: 0..<4, using: &dice) == 0 {
                return (Self.whole(sound), false)
            }
            let body = Damage.done(to: Array(sound.utf8), with: Self.pieces, using: &dice)
            switch Int.random(in: 0..<5, using: &dice) {
            case 0:
                return (Damage.done(to: Self.whole(sound), with: Self.pieces, using: &dice), Bool.random(using: &dice))
            case 1:
                let status = [200, 204, 301, 302, 400, 401, 403, 404, 405, 409, 500, 501, 503].randomElement(
                    using: &dice)
                return (Self.head(status ?? 200, body.count) + body, false)
            case 2:
                // More or less is announced than comes.
                let count = max(0, body.count + Int.random(in: -50...50, using: &dice))
                return (Self.head(200, count) + body, true)
            default: return (Self.head(200, body.count) + body, false)
            }
        }
    }

    private static func whole(_ body: String) -> [UInt8] { head(200, body.utf8.count) + Array(body.utf8) }

    private static func head(_ status: Int, _ length: Int) -> [UInt8] {
        Array("HTTP/1.1 \(status) X\r\nContent-Type: application/json\r\nContent-Length: \(length)\r\n\r\n".utf8)
    }

    private static let pieces: [[UInt8]] = [
        "null", "true", "-1", "1e400", "NaN", "\"NaN\"", "[]", "{}", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "\u{1B}[2J",
        "<html>", String(repeating: "9", count: 400), String(repeating: "[", count: 3000), "\r\n", "\r\n\r\n", "\u{0}",
        "Transfer-Encoding: chunked\r\n", "Content-Length: 5\r\n", "Location: http://127.0.0.1:1/\r\n", "\"-0.00\"",
        "99999999999999999999", "\"1e9\"", "\"0x10\"", ",", ":", "\"", String(repeating: "x", count: 100_000),
    ].map { Array($0.utf8) }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let desk: HostileDesk
        private var received: [UInt8] = []

        init(_ desk: HostileDesk) { self.desk = desk }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += Array(buffer: unwrapInboundIn(data))
            while let path = take() {
                guard let answer = desk.answer(path) else { return }
                let channel = context.channel
                channel.writeAndFlush(channel.allocator.buffer(bytes: answer.bytes), promise: nil)
                if answer.ends {
                    channel.close(promise: nil)
                    return
                }
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        /// The path of the next whole request.
        private func take() -> String? {
            guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
            let head = String(decoding: received[..<end.lowerBound], as: UTF8.self)
            let length = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }.flatMap {
                Int($0.split(separator: ":")[1].filter { $0.isNumber })
            }
            let whole = end.upperBound + (length ?? 0)
            guard received.count >= whole else { return nil }
            received.removeFirst(whole)
            let words = head.split(separator: " ")
            return words.count > 1 ? String(words[1].prefix { $0 != "?" }) : "/"
        }
    }
}
