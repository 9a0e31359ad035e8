import Glibc
import NIOCore
import NIOPosix
package import Readiness

/// Knocks at TCP ports: connects, sends nothing, and closes.
package struct DeclaredPorts: PortProbe {
    /// There is nothing to set.
    package init() {}

    /// Whether a connection comes about.
    ///
    /// - Throws: `ProbeError`: unreachable for a host that has no address or no route.
    package func knock(_ requirement: PortRequirement) async throws(ProbeError) -> Answer<PortState> {
        let place = "\(SafeText.line(requirement.host)):\(requirement.port)"
        guard (1...65_535).contains(requirement.port) else { throw ProbeError(ourSide: "\(place) is no port") }
        let started = ContinuousClock.now
        func answer(_ state: PortState) -> Answer<PortState> {
            Answer(state, transcript: "\(place)\n\(state.rawValue)", elapsed: ContinuousClock.now - started)
        }
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.nanoseconds(requirement.limit.nanoseconds))
                .connect(host: requirement.host, port: requirement.port).get()
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
