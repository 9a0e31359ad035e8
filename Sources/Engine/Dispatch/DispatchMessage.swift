import Readiness

/// One execution of a check: what a message belongs to. A message of an execution that has been left behind is ignored.
struct CheckTicket: Hashable, Sendable {
    var check: CheckID
    var round: Int
}

/// Takes a change on the target back.
struct Undo: Sendable {
    var action: @Sendable () async throws(ProbeError) -> Void
}

/// Everything that reaches the dispatcher, in one order: bodies, operators, signals, ticks.
enum DispatchMessage: Sendable {
    /// A body has something to tell.
    case report(CheckTicket, EventBody)
    /// A body is about to change the target; it goes on when it is told that it may.
    case register(CheckTicket, EffectDescription, Undo, CheckedContinuation<Bool, Never>)
    /// A body has ended.
    case ended(CheckTicket, BodyResult)
    /// What a check changed has been taken back, or could not be: nil or why not, for each effect id.
    case undone(CheckTicket, [(id: String, trouble: String?)])
    /// An endpoint has been looked at.
    case lookedAt(Endpoint, isThere: Bool)
    /// The target has been asked who it is.
    case identified(TargetIdentified)
    /// An operator wants something.
    case command(OperatorCommand)
    /// The process got a signal that ends it.
    case signal(Int32)
    /// Time has passed.
    case tick
}

/// Where messages wait for the dispatcher. Any thread may post; nothing is dropped and nobody waits.
struct Inbox: Sendable {
    private let continuation: AsyncStream<DispatchMessage>.Continuation
    let messages: AsyncStream<DispatchMessage>

    init() {
        // Unbounded on purpose: bodies coalesce what they may coalesce at the source, the rest must not be lost.
        (messages, continuation) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
    }

    func post(_ message: DispatchMessage) { continuation.yield(message) }
}
