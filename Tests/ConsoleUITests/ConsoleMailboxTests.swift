import ConsoleUI
import Readiness
import Synchronization
import TestSupport
import Testing

struct ConsoleMailboxTests {
    private func event(_ sequence: Int, _ check: CheckID, _ body: EventBody) -> ValidationEvent {
        ValidationEvent(
            run: "r", sequence: sequence, time: UTCInstant(microseconds: 0), monotonic: Int64(sequence), check: check,
            round: 1,
            body: body)
    }

    @Test func `of progress only the newest is kept, for each check`() {
        let mailbox = ConsoleMailbox()
        for number in 1...1000 {
            let check: CheckID = number % 2 == 0 ? "a.b.c" : "a.b.d"
            mailbox.post(event(number, check, .checkProgress(CheckProgress(done: number, total: 1000, unit: "x"))))
        }
        #expect(mailbox.take().events.map(\.sequence) == [999, 1000])
        #expect(mailbox.take().isEmpty)
    }

    @Test func `a progress stays before the finish and the round that came after it`() {
        let mailbox = ConsoleMailbox()
        mailbox.post(event(1, "a.b.c", .checkStarted(CheckStarted(attempt: 1))))
        mailbox.post(event(2, "a.b.c", .checkProgress(CheckProgress(done: 1, total: 2, unit: "x"))))
        mailbox.post(event(3, "a.b.c", .checkSlow(CheckSlow(elapsedMs: 1, hardInMs: 1))))
        mailbox.post(event(4, "a.b.c", .roundStarted(RoundStarted(checks: ["a.b.c"], why: "operator"))))
        #expect(mailbox.take().events.map(\.sequence) == [1, 2, 3, 4])
    }

    @Test func `log lines beyond the ring are counted`() {
        let mailbox = ConsoleMailbox()
        for number in 1...3210 {
            mailbox.post(event(number, "a.b.c", .checkLog(CheckLog(text: "\(number)", dropped: 0))))
        }
        let lines = mailbox.take().events.compactMap { if case .checkLog(let line) = $0.body { line } else { nil } }
        #expect(lines.count == ConsoleMailbox.logCapacity)
        #expect(lines.last?.text == "3210")
        #expect(lines.count + lines.reduce(0) { $0 + $1.dropped } == 3210)
    }

    @Test func `it wakes once until it is emptied, and at once when something is in it already`() {
        let wakes = Mutex(0)
        let mailbox = ConsoleMailbox()
        mailbox.post(.tick)
        mailbox.attach { wakes.withLock { $0 += 1 } }
        #expect(wakes.withLock { $0 } == 1)
        for _ in 0..<10 { mailbox.post(.tick) }
        #expect(wakes.withLock { $0 } == 1)
        #expect(mailbox.take().messages.count == 11)
        mailbox.post(.tick)
        mailbox.post(.tick)
        #expect(wakes.withLock { $0 } == 2)
    }

    @Test func `lifecycle events from several threads are all there, each thread's in its order`() async {
        let mailbox = ConsoleMailbox()
        let taken = await withTaskGroup(of: Void.self) { group in
            for thread in 0..<4 {
                group.addTask {
                    for number in 1...5000 {
                        guard let check = CheckID(parsing: "a.b.c\(thread)") else { return }
                        mailbox.post(
                            ValidationEvent(
                                run: "r", sequence: number * 4 + thread, time: UTCInstant(microseconds: 0),
                                monotonic: 0,
                                check: check, round: 1,
                                body: number % 3 == 0
                                    ? .checkProgress(CheckProgress(done: 1, total: 1, unit: "")) : .checkQueued))
                    }
                }
            }
            var taken: [ValidationEvent] = []
            for await _ in group { taken += mailbox.take().events }
            return taken + mailbox.take().events
        }
        let lifecycle = taken.filter { $0.body == .checkQueued }
        #expect(lifecycle.count == 4 * (5000 - 5000 / 3))
        #expect(Set(lifecycle.map(\.sequence)).count == lifecycle.count)
    }
}
