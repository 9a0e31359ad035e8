import Engine
import FoundationEssentials
import Glibc
import Readiness
import Synchronization

/// What subscribers of a log get: four of them over 600,000 events, and one that comes late.
enum SubscriberBench {
    static let events = 600_000
    static let readers = 4
    /// Where the first look at memory is taken; the second is at the end.
    private static let firstLook = 100_000
    /// How far the writer may be ahead of the slowest reader where there is no file to read again from: inside the window.
    private static let lead = 60_000

    struct Figures {
        /// Events a second of the slowest reader.
        var rate: Int
        /// Events a second of a reader that begins when all is over, as long as it reads from the file. 0 without a log.
        var lateRate = 0
        /// By how much the resident memory grew from event 100,000 to event 600,000, bytes.
        var growth: Int
    }

    /// Four readers that keep up with a log that is not recorded.
    static func window() async throws -> Figures {
        let log = RunLog(unrecorded: "BENCH", clock: SystemClock())
        return try await measure(log, isPaced: true)
    }

    /// Four readers of a log on disk, and one that comes when it is complete.
    static func recorded() async throws -> Figures {
        let folder = try Scratch()
        let log = try RunLog(path: folder.file("log.ndjson"), run: "BENCH", clock: SystemClock())
        var figures = try await measure(log, isPaced: false)
        try await log.close()
        // The window's share of the events comes from memory: only those before it say something about the file.
        let count = events - 70_000
        let start = ContinuousClock.now
        guard await read(log, count: count) == count else { throw BenchError("the late reader lost events") }
        figures.lateRate = perSecond(count, ContinuousClock.now - start)
        return figures
    }

    private static func measure(_ log: RunLog, isPaced: Bool) async throws -> Figures {
        let places = (0..<readers).map { _ in Place() }
        let start = ContinuousClock.now
        let memory = try await withThrowingTaskGroup(of: Int?.self) { group in
            for place in places {
                group.addTask {
                    guard await read(log, noting: place) == events else { throw BenchError("a reader lost events") }
                    return nil
                }
            }
            group.addTask { try await write(log, isPaced ? places : []) }
            var growth = 0
            for try await result in group { growth = result ?? growth }
            return growth
        }
        return Figures(rate: perSecond(events, ContinuousClock.now - start), growth: memory)
    }

    /// Writes all events. Returns by how much memory grew.
    @concurrent
    private static func write(_ log: RunLog, _ places: [Place]) async throws -> Int {
        var before = 0
        for number in 1..<events {
            log.append(
                .checkProgress(CheckProgress(done: number, total: events, unit: "events")), check: check, round: 1)
            if number == firstLook { before = try residentMemory() }
            guard number % 1000 == 0 else { continue }
            while places.contains(where: { number - $0.read.load(ordering: .relaxed) > lead }) { await Task.yield() }
        }
        let growth = try residentMemory() - before
        log.append(
            .runFinished(
                RunFinished(
                    decision: GateDecision(verdict: .go, reasons: [], coverage: Coverage(required: 0, verified: 0)),
                    announced: 0, missing: 0, rounds: 1, durationMs: 0)))
        return growth
    }

    private static let check: CheckID = "bench.subscriber.keeps-up"

    /// How far a reader is.
    private final class Place: Sendable {
        let read = Atomic(0)
    }

    /// Reads to the end or to a count. Returns how many came, 0 when one was out of order.
    @concurrent
    private static func read(_ log: RunLog, count: Int = .max, noting place: Place? = nil) async -> Int {
        var expected = 0
        for await event in log.events() {
            expected += 1
            guard event.sequence == expected else { return 0 }
            if expected % 256 == 0 { place?.read.store(expected, ordering: .relaxed) }
            if expected == count { break }
        }
        place?.read.store(.max, ordering: .relaxed)
        return expected
    }

    private static func perSecond(_ count: Int, _ elapsed: Duration) -> Int {
        Int(Double(count) / (Double(elapsed.nanoseconds) / 1e9))
    }

    /// The second figure of `/proc/self/statm`, in pages (proc(5)).
    private static func residentMemory() throws -> Int {
        let text = try String(contentsOf: URL(filePath: "/proc/self/statm"), encoding: .utf8)
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { throw BenchError("/proc/self/statm is odd") }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
