import NIOCore
import NIOHTTP1
import Synchronization

/// The connections that are open: no more than the bound, each with its pipeline.
final class Connections: Sendable {
    private struct State {
        var open: [ObjectIdentifier: any Channel] = [:]
        var surface: (any AnsweringSurface)?
        var accessLog: AccessLog?
    }

    private let state = Mutex(State())

    func answer(with surface: any AnsweringSurface, accessLog: AccessLog) {
        state.withLock {
            $0.surface = surface
            $0.accessLog = accessLog
        }
    }

    /// Gives a new connection its pipeline, or closes it if there are too many.
    func take(_ channel: any Channel) -> EventLoopFuture<Void> {
        let parts = state.withLock { state -> (any AnsweringSurface, AccessLog)? in
            guard state.open.count < WireLimits.connections, let surface = state.surface, let log = state.accessLog
            else { return nil }
            state.open[ObjectIdentifier(channel)] = channel
            return (surface, log)
        }
        guard let (surface, accessLog) = parts else { return channel.close() }
        channel.closeFuture.whenComplete { _ in
            self.state.withLock { _ = $0.open.removeValue(forKey: ObjectIdentifier(channel)) }
        }
        return channel.eventLoop.makeCompletedFuture {
            let connection = HTTPConnection(surface: surface, accessLog: accessLog)
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = WireLimits.header
            limits.maxHeaderListSize = WireLimits.header
            try channel.pipeline.syncOperations.addHandler(connection.guardian)
            try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                withErrorHandling: false, withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
            try channel.pipeline.syncOperations.addHandler(connection)
        }
    }

    func closeAll() {
        let open = state.withLock { Array($0.open.values) }
        for channel in open { channel.close(promise: nil) }
    }
}
