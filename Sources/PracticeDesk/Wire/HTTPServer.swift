import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// Listens on 127.0.0.1 and nowhere else, with one event loop for all connections.
final class HTTPServer: Sendable {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let listener: any Channel
    private let connections = Connections()

    /// The port that it listens on.
    let port: Int

    /// Binds a port, 0 for any that is free; connections wait until `serve` says what answers them.
    ///
    /// - Parameter insists: the port was ours a moment ago: where somebody's outgoing connection has been given it
    ///   since, try again for some seconds.
    init(port: Int, insists: Bool = false) async throws(HomeError) {
        let connections = connections
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.autoRead, value: false)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in connections.take(channel) }
        do {
            listener = try await Self.bind(bootstrap, port: port, attempts: insists ? 100 : 1)
        } catch {
            try? await group.shutdownGracefully()
            throw .cannotListen(port: port, message: "\(error)", code: (error as? IOError)?.errnoCode)
        }
        self.port = listener.localAddress?.port ?? port
    }

    private static func bind(_ bootstrap: ServerBootstrap, port: Int, attempts: Int) async throws -> any Channel {
        do {
            return try await bootstrap.bind(host: "127.0.0.1", port: port).get()
        } catch let error as IOError where error.errnoCode == EADDRINUSE && attempts > 1 {
            try await Task.sleep(for: .milliseconds(30))
            return try await bind(bootstrap, port: port, attempts: attempts - 1)
        }
    }

    /// Does what comes before a server can be had. Where that fails, the port is tried all the same, so that a start
    /// tells at once all that stands in its way.
    static func telling<Value: Sendable>(
        of options: DeskOptions, _ prepare: () async throws -> Value
    ) async throws -> Value {
        do { return try await prepare() } catch let error as HomeError {
            if case .busy = error { throw error }
            // A restart's own port, and any port that is free, are nobody's.
            guard options.port != 0, !options.isRestarted else { throw error }
            do throws(HomeError) {
                let server = try await HTTPServer(port: options.port)
                // It listens, which is all that was asked.
                try? await server.stop()
            } catch let refusal { throw HomeError.all([error, refusal]) }
            throw error
        }
    }

    /// Begins to take connections.
    func serve(_ surface: any AnsweringSurface, accessLog: AccessLog) async throws {
        connections.answer(with: surface, accessLog: accessLog)
        try await listener.setOption(.autoRead, value: true).get()
        listener.read()
    }

    /// Takes no more connections, closes those that there are, and ends the loop.
    func stop() async throws {
        // Already closed is as good as closed.
        try? await listener.close().get()
        connections.closeAll()
        try await group.shutdownGracefully()
    }
}
