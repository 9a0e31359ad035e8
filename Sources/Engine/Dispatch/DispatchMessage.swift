import Readiness

/// One attempt of a check: what a message belongs to. A message of an attempt that is over or has been left behind is
/// ignored.
struct CheckTicket: Hashable, Sendable {
    var check: CheckID
    var round: Int
    var attempt: Int
}

/// Everything that reaches the dispatcher, in one order: bodies, operators, signals, ticks.
enum DispatchMessage: Sendable {
    /// A body has something to tell.
    case report(CheckTicket, EventBody)
    /// A body is about to change the target; it goes on when it gets the record, and must not when it gets nil.
    case register(CheckTicket, EffectDescription, CheckedContinuation<EffectRecord?, Never>)
    /// A body has ended.
    case ended(CheckTicket, BodyResult)
    /// A change has been taken back, or could not be: then with the reason.
    case undone(CheckTicket, UndoResult)
    /// Whatever an attempt changed has been dealt with.
    case settled(CheckTicket)
    /// The time between two attempts is over: this one is next.
    case again(CheckTicket)
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

/// What came of taking a change back.
struct UndoResult: Sendable {
    var effectID: String
    /// Why it could not be taken back; nil when it has been.
    var trouble: String?
    /// Something to tell beside that.
    var note: String?
}

/// Where messages wait for the dispatcher. Any thread may post; nothing is dropped and nobody waits.
struct Inbox: Sendable {
    private let continuation: AsyncStream<DispatchMessage>.Continuation
    let messages: AsyncStream<DispatchMessage>

    init() {
        // Unbounded on purpose: bodies coalesce what they may coalesce at the source, the rest must not be lost.
        (messages, continuation) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
    }

    func post(_ message: DispatchMessage) {
        if case .terminated = continuation.yield(message) { Self.refuse(message) }
    }

    /// Takes nothing more, and answers what still waits: a body that was left behind may ask when the run is over.
    func close() async {
        continuation.finish()
        for await message in messages { Self.refuse(message) }
    }

    private static func refuse(_ message: DispatchMessage) {
        if case .register(_, _, let reply) = message { reply.resume(returning: nil) }
    }
}
