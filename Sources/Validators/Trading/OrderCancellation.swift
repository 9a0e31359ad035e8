import Readiness

/// Cancels the orders of an account whose client ids begin alike, and makes certain that none of them works on.
struct OrderCancellation: Sendable {
    private let orders: any OrderProbe
    private let clock: any CheckClock

    init(_ orders: any OrderProbe, clock: any CheckClock) {
        self.orders = orders
        self.clock = clock
    }

    /// Cancels until none is listed as working, in a bounded number of rounds.
    ///
    /// Every leftover is tried before the first that could not be taken back is told.
    func cancelAll(of account: String, beginning prefix: String) async throws(ProbeError) {
        var trouble: ProbeError?
        for round in 0..<Self.rounds {
            let left = try await orders.working(account: account).value.filter { $0.clientOrderID.hasPrefix(prefix) }
            guard let first = left.first else { return }
            // A venue may take a moment to believe its own cancel.
            if round > 0 { try await clock.sleep(for: Self.pause) }
            trouble = ProbeError(
                .nonsense, at: .surface,
                "\(left.count) orders on \(account) still work after their cancel, first \(first.clientOrderID)")
            for order in left {
                do throws(ProbeError) { _ = try await orders.cancel(orderID: order.orderID) } catch { trouble = error }
            }
        }
        let left = try await orders.working(account: account).value.contains { $0.clientOrderID.hasPrefix(prefix) }
        if left, let trouble { throw trouble }
    }

    private static let rounds = 3
    private static let pause = Duration.milliseconds(50)
}
