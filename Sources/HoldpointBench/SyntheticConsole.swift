import ConsoleUI
import Glibc
import Readiness
import Synchronization
import Terminal

/// The real console over a run that is made up: what a bench starts in a terminal of its own.
enum SyntheticConsole {
    /// Opens the console on 200 checks, and posts progress at a rate until it is left.
    ///
    /// - Parameters:
    ///   - rate: events a second; 0 for a run in which everything has finished.
    ///   - overflows: whether asking for a rerun overflows the stack: for seeing what a crash leaves behind.
    static func run(rate: Int, overflows: Bool = false) throws {
        let mailbox = ConsoleMailbox()
        let ids = (0..<200).compactMap { CheckID(parsing: "bench.c\($0).holds") }
        var sequence = 0
        func event(_ body: EventBody, _ check: CheckID? = nil) -> ValidationEvent {
            sequence += 1
            return ValidationEvent(
                run: "BENCH", sequence: sequence, time: UTCInstant(microseconds: 0), monotonic: Int64(sequence) * 1000,
                check: check, round: 1, body: body)
        }
        let planned = ids.map { id in
            PlannedCheck(
                id: id, title: "it holds", question: "does it?", severity: .low, requires: [], after: [], locks: [],
                effects: .none, estMs: 1, hardLimitMs: 1000, requiredGrade: .observed, required: true, controls: [])
        }
        mailbox.post(event(.planAnnounced(PlanAnnounced(checks: planned, excluded: [], scope: Scope()))))
        for id in ids {
            mailbox.post(event(.checkStarted(CheckStarted(attempt: 1)), id))
            guard rate == 0 else { continue }
            mailbox.post(
                event(
                    .checkFinished(
                        CheckFinished(outcome: .pass, message: "", grade: .observed, attempts: 1, durationMs: 1)), id))
        }
        let producer = rate > 0 ? Producer(rate: rate, ids: ids, from: sequence, mailbox: mailbox) : nil
        _ = try ConsoleRuntime.run(
            ConsoleModel(size: Size(120, 36)), settings: ConsoleSettings(theme: .plain, environment: environment),
            mailbox: mailbox
        ) { effect in
            if overflows, case .command(.rerun) = effect { print(overflow(depth: 1)) }
        }
        producer?.stop()
    }

    /// Goes deeper until the stack ends. What is done with the answer keeps the compiler from making a loop of it.
    @inline(never)
    private static func overflow(depth: Int) -> Int {
        guard depth > 0 else { return 0 }
        return (overflow(depth: depth &+ 1) &* 31) ^ depth
    }

    static let environment = ["TERM": "xterm-256color", "HOME": "/tmp", "LC_ALL": "C.UTF-8"]

    /// Posts progress from a thread of its own.
    private final class Producer: Sendable {
        private let isStopped = Mutex(false)

        init(rate: Int, ids: [CheckID], from sequence: Int, mailbox: ConsoleMailbox) {
            let body = Body { [self] in
                let start = ContinuousClock.now
                var posted = 0
                while !isStopped.withLock({ $0 }) {
                    let due = Int((ContinuousClock.now - start).milliseconds) * rate / 1000
                    while posted < due {
                        posted += 1
                        mailbox.post(
                            ValidationEvent(
                                run: "BENCH", sequence: sequence + posted, time: UTCInstant(microseconds: 0),
                                monotonic: Int64(sequence + posted) * 1000, check: ids[posted % ids.count], round: 1,
                                body: .checkProgress(CheckProgress(done: posted % 100, total: 100, unit: "steps"))))
                    }
                    usleep(500)
                }
            }
            var thread = pthread_t()
            pthread_create(
                &thread, nil,
                { context in
                    if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
                    return nil
                }, Unmanaged.passRetained(body).toOpaque())
            pthread_detach(thread)
        }

        func stop() { isStopped.withLock { $0 = true } }

        private final class Body: Sendable {
            let run: @Sendable () -> Void
            init(_ run: @escaping @Sendable () -> Void) { self.run = run }
        }
    }
}
