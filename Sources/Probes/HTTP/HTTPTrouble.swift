import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Readiness

/// Puts an error of the HTTP client into its row of the table "what the probe met".
enum HTTPTrouble {
    /// - Parameters:
    ///   - place: host and port that were asked, for what says nothing of the request; nil where the caller names them.
    ///   - wasSent: whether anything of the request was handed to a connection.
    static func probeError(
        _ error: any Error, asking request: HTTPExchange.Request, at place: String?, limit: Duration,
        wasSent: Bool = true
    ) -> ProbeError {
        let what = "\(request.method) \(pathOnly(request.path))"
        switch error {
        case let error as KeptConnectionLost:
            return lost(
                .keptBeforeAnswer, request,
                "a kept connection was \(error.wasReset ? "reset" : "closed") before a byte of the answer to \(what)")
        // What the library says where the pool had not noticed yet: the request was never written.
        case _ where !wasSent && isOfClosedConnection(error):
            return lost(.beforeRequest, request, "the connection was closed before \(what) was sent")
        case is CancellationError: return stopped(what)
        case let error as HTTPClientError: return client(error, what, limit)
        case let error as HTTPAnswerCollector.TooLarge:
            return ProbeError(.nonsense, at: .surface, "the answer to \(what) is longer than \(error.cap) bytes")
        case is HTTPAnswerCollector.WithoutHead:
            return ProbeError(.nonsense, at: .surface, "the answer to \(what) has no head")
        case let error as HTTPParserError:
            if case .invalidEOFState = error { return brokenOff(what) }
            return ProbeError(.nonsense, at: .surface, "the answer to \(what) is not HTTP: \(capped("\(error)"))")
        case let error as NIOConnectionError:
            guard let first = error.connectionErrors.first?.error else {
                return ProbeError(.unreachable, at: .surface, "no address of \(capped(error.host)) could be tried")
            }
            return probeError(first, asking: request, at: place, limit: limit, wasSent: wasSent)
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            // Chain, name, expiry, version: whatever it is, we refuse to talk over it.
            return ProbeError(.unreachable, at: .surface, "TLS was refused: \(capped(TLSErrorText.words("\(error)")))")
        case let error as ChannelError:
            if case .connectTimeout = error {
                return ProbeError(
                    .unreachable, at: .surface,
                    "no connection\(place.map { " to \($0)" } ?? "") within \(DurationText.short(limit))")
            }
            return ProbeError(.unreachable, at: .surface, "connection lost during \(what): \(capped("\(error)"))")
        case let error as IOError:
            return system(error.errnoCode, what, place)
        default:
            // What the client library finds wrong with an answer, it says in types of its own that are not public.
            return ProbeError(.nonsense, at: .surface, "the answer to \(what) breaks HTTP: \(capped("\(error)"))")
        }
    }

    private static func isOfClosedConnection(_ error: any Error) -> Bool {
        if case ChannelError.ioOnClosedChannel = error { return true }
        return error as? HTTPClientError == .remoteConnectionClosed
    }

    private static func lost(
        _ loss: TransientTrouble.Loss, _ request: HTTPExchange.Request, _ detail: String
    ) -> ProbeError {
        ProbeError(
            .unreachable, at: .surface, detail,
            isTransient: TransientTrouble.isTransient(loss, ofIdempotent: request.isIdempotent))
    }

    private static func client(_ error: HTTPClientError, _ what: String, _ limit: Duration) -> ProbeError {
        switch error {
        case .cancelled: stopped(what)
        case .deadlineExceeded, .readTimeout, .connectTimeout, .writeTimeout, .getConnectionFromPoolTimeout:
            ProbeError(.unreachable, at: .surface, "no whole answer to \(what) within \(DurationText.short(limit))")
        case .remoteConnectionClosed: brokenOff(what)
        case .alreadyShutdown: ProbeError(ourSide: "the probe was closed before \(what)")
        default: ProbeError(.nonsense, at: .surface, "the answer to \(what) breaks HTTP: \(capped("\(error)"))")
        }
    }

    /// Cancelled is what shutting down looks like too, and then it was not the task.
    private static func stopped(_ what: String) -> ProbeError {
        Task.isCancelled ? .cancelled : ProbeError(ourSide: "the probe was closed during \(what)")
    }

    private static func brokenOff(_ what: String) -> ProbeError {
        ProbeError(.unreachable, at: .surface, "connection closed before the whole answer to \(what)")
    }

    private static func system(_ code: Int32, _ what: String, _ place: String?) -> ProbeError {
        switch code {
        case EMFILE, ENFILE, ENOMEM, ENOBUFS, EADDRNOTAVAIL:
            ProbeError(ourSide: "cannot open a connection for \(what): \(SystemErrorText.of(code))")
        case ECONNREFUSED:
            ProbeError(.unreachable, at: .surface, "connection refused\(place.map { " by \($0)" } ?? "")")
        case ECONNRESET, EPIPE: ProbeError(.unreachable, at: .surface, "connection reset during \(what)")
        default: ProbeError(.unreachable, at: .surface, "\(SystemErrorText.of(code)) during \(what)")
        }
    }

    /// Without the query: it may be long, and says nothing about the trouble.
    private static func pathOnly(_ path: String) -> String { String(path.prefix { $0 != "?" }) }

    private static func capped(_ text: String) -> String { String(text.prefix(200)) }
}
