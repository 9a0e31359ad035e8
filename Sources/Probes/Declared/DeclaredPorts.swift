import Glibc
import NIOCore
import NIOPosix
package import Readiness
import Synchronization

/// Knocks at TCP ports: connects, sends nothing, and closes.
package struct DeclaredPorts: PortProbe {
    /// There is nothing to set.
    package init() {}

    /// Whether a connection comes about.
    ///
    /// - Throws: `ProbeError`: unreachable for a host that has no address or no route; cancelled at once when the
    ///   task is.
    package func knock(_ requirement: PortRequirement) async throws(ProbeError) -> Answer<PortState> {
        let place = "\(SafeText.line(requirement.host)):\(requirement.port)"
        guard (1...65_535).contains(requirement.port) else { throw ProbeError(ourSide: "\(place) is no port") }
        let started = ContinuousClock.now
        func answer(_ state: PortState) -> Answer<PortState> {
            Answer(state, transcript: "\(place)\n\(state.rawValue)", elapsed: ContinuousClock.now - started)
        }
        let attempt = ConnectionAttempt()
        do {
            let channel = try await withTaskCancellationHandler {
                try await attempt.connect(requirement)
            } onCancel: {
                attempt.cancel()
            }
            // It may have been closed by the other side already.
            try? await channel.close()
            return answer(.open)
        } catch {
            if Task.isCancelled { throw .cancelled }
            let causes = (error as? NIOConnectionError)?.connectionErrors.map(\.error) ?? [error]
            if causes.contains(where: { ($0 as? IOError)?.errnoCode == ECONNREFUSED }) { return answer(.refused) }
            if causes.contains(where: { if case ChannelError.connectTimeout = $0 { true } else { false } }) {
                return answer(.silent)
            }
            throw ProbeError(.unreachable, elsewhere: "\(place): \(Self.words(causes.first ?? error))")
        }
    }

    /// The system's words, without the library's types.
    private static func words(_ error: any Error) -> String {
        if let error = error as? IOError { return SystemErrorText.of(error.errnoCode) }
        guard let error = error as? NIOConnectionError else { return String("\(error)".prefix(200)) }
        let lookup = (error.dnsAError ?? error.dnsAAAAError) as? SocketAddressError.UnknownHost
        return "the name has no address" + (lookup.map { " (\($0.errorDescription))" } ?? "")
    }
}

/// A connection that is being made, and that can be given up at any time: NIO's own future knows no cancelling, and the
/// limit may be minutes.
private final class ConnectionAttempt: Sendable {
    private struct State {
        var isCancelled = false
        /// One an address of the host, at most a few.
        var channels: [any Channel] = []
    }

    private let state = Mutex(State())
    private let loop: any EventLoop
    private let answer: EventLoopPromise<any Channel>

    init() {
        loop = MultiThreadedEventLoopGroup.singleton.next()
        answer = loop.makePromise()
    }

    /// Connects. Once.
    func connect(_ requirement: PortRequirement) async throws -> any Channel {
        let connection = ClientBootstrap(group: loop)
            .connectTimeout(.nanoseconds(requirement.limit.nanoseconds))
            .channelInitializer { [self] channel in
                keep(channel)
                    ? channel.eventLoop.makeSucceededVoidFuture()
                    : channel.eventLoop.makeFailedFuture(CancellationError())
            }
            .connect(host: requirement.host, port: requirement.port)
        // Where it was cancelled this comes second, and counts for nothing.
        connection.cascade(to: answer)
        return try await answer.futureResult.get()
    }

    /// Ends the waiting at once, also for a name that is still looked up, and every attempt that is under way.
    func cancel() {
        let channels = state.withLock { state in
            state.isCancelled = true
            return state.channels
        }
        answer.fail(CancellationError())
        for channel in channels { channel.close(promise: nil) }
    }

    /// - Returns: whether the channel is of any use still.
    private func keep(_ channel: any Channel) -> Bool {
        state.withLock { state in
            if !state.isCancelled { state.channels.append(channel) }
            return !state.isCancelled
        }
    }
}
