/// Which trouble with a connection is declared transient (`ProbeError.isTransient`): the rule, in its one place.
///
/// Transient is what every server does to clients that keep their connections, and what says nothing of its health: it
/// gives up an idle connection just as the next request comes. So:
///
/// 1. The connection was gone before any of the request was handed to it: transient. Nothing was sent, nothing can have
///    happened.
/// 2. A connection that has carried an answer before was closed or reset after a request went out on it, and before a
///    byte of this one's answer came: transient if the request is idempotent. Otherwise the target may have done once
///    what a second attempt would do twice.
/// 3. Everything else is not: a refusal to connect, silence to the limit, an end within an answer, the end of a
///    connection that has never answered, and any answer at all. A burst's connections are all new: none of its trouble
///    is transient.
///
/// A probe itself tries nothing again. It only says so, and the engine decides.
enum TransientTrouble {
    /// How a request lost its connection.
    enum Loss: Sendable, CaseIterable {
        /// Before anything of the request was handed to it.
        case beforeRequest
        /// After the request went out on a connection that had answered before, and before a byte of this answer.
        case keptBeforeAnswer
        /// In any other way.
        case otherwise
    }

    static func isTransient(_ loss: Loss, ofIdempotent isIdempotent: Bool) -> Bool {
        switch loss {
        case .beforeRequest: true
        case .keptBeforeAnswer: isIdempotent
        case .otherwise: false
        }
    }
}
