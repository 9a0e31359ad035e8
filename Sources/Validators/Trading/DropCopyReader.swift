import Readiness

/// Reads the drop copy on from where it stood, page by page, and notices when a stretch is missing.
struct DropCopyReader: Sendable {
    private let orders: any OrderProbe
    private var after: Int64
    /// Whether every sequence number since the beginning was seen. Without that, absence proves nothing.
    private(set) var isGapless = true
    /// All that was read, in order.
    private(set) var events: [DropCopy.Event] = []
    /// The newest exchange, for evidence.
    private(set) var transcript: String

    private static let pages = 200

    /// Begins behind the newest message that there is now.
    init(beginningNow orders: any OrderProbe) async throws(ProbeError) {
        self.orders = orders
        let answer = try await orders.dropCopy(after: nil)
        after = answer.value.last
        transcript = answer.transcript
    }

    /// Begins behind a message that was the newest once. Reads nothing yet.
    init(beginningAfter sequence: Int64, orders: any OrderProbe) {
        self.orders = orders
        after = sequence
        transcript = ""
    }

    /// Reads what has come since.
    mutating func read() async throws(ProbeError) {
        for _ in 0..<Self.pages {
            let answer = try await orders.dropCopy(after: after)
            transcript = answer.transcript
            for event in answer.value.events.sorted(by: { $0.sequence < $1.sequence }) where event.sequence > after {
                if event.sequence != after + 1 { isGapless = false }
                events.append(event)
                after = event.sequence
            }
            guard answer.value.last > after else { return }
            // It says that there is more, and gave none of it.
            guard !answer.value.events.isEmpty else {
                isGapless = false
                return
            }
        }
        isGapless = false
    }

    /// Reads until a message is there, or the time is over: a drop copy may lag behind the answer to an order.
    ///
    /// - Returns: whether the message came.
    mutating func read(
        until kind: DropCopy.Event.Kind, of clientOrderID: String, within limit: Duration, by clock: any CheckClock
    ) async throws(ProbeError) -> Bool {
        let begin = clock.now
        while true {
            try await read()
            if events.contains(where: { $0.kind == kind && $0.clientOrderID == clientOrderID }) { return true }
            guard clock.now - begin < limit else { return false }
            try await clock.sleep(for: .milliseconds(20))
        }
    }

    /// What has been read since the last call, for whoever reads on for long and keeps what he needs.
    mutating func drain() -> [DropCopy.Event] {
        defer { events = [] }
        return events
    }

    /// What left or came back under one client id.
    func kinds(of clientOrderID: String) -> [DropCopy.Event.Kind] {
        events.filter { $0.clientOrderID == clientOrderID }.map(\.kind)
    }
}
