import Engine
import Glibc
import Readiness
import Reports
import Synchronization

/// Says on standard error what a look at a target still waits for, where somebody looks at it.
enum LookWatch {
    /// How often it is asked whether there is something to say.
    private static let pace = Duration.milliseconds(250)

    /// Runs a look and watches it.
    ///
    /// - Parameters:
    ///   - target: what is looked at.
    ///   - isForPeople: whether people read what comes of it: beside a document for a machine nothing is said.
    static func watching<Value: Sendable>(
        _ target: String, isForPeople: Bool,
        _ look: @Sendable (@escaping @Sendable (LookStep) -> Void) async throws -> Value
    ) async throws -> Value {
        guard isForPeople, StandardError.isTerminal else { return try await look { _ in } }
        let clock = SystemClock()
        let lines = SharedLines(target)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while true {
                    // Cancelled: the look has ended.
                    do throws(ProbeError) { try await clock.sleep(for: pace) } catch { return }
                    if let line = lines.line(at: clock.now) { StandardError.write(line) }
                }
            }
            defer { group.cancelAll() }
            return try await look { lines.take($0, at: clock.now) }
        }
    }

    /// Steps come from every question that is under way.
    private final class SharedLines: Sendable {
        private let lines: Mutex<LookLines>

        init(_ target: String) { lines = Mutex(LookLines(target: target)) }

        func take(_ step: LookStep, at now: Duration) { lines.withLock { $0.take(step, at: now) } }

        func line(at now: Duration) -> String? { lines.withLock { $0.line(at: now) } }
    }
}
