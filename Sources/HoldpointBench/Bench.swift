import Glibc
import Readiness

/// Measures what has a budget and prints a table. Exit code 1 when a figure is beyond its budget.
@main
enum Bench {
    static func main() {
        let arguments = CommandLine.arguments
        do {
            if arguments.count == 3, arguments[1] == "--console", let rate = Int(arguments[2]) {
                return try SyntheticConsole.run(rate: rate)
            }
            if arguments.dropFirst() == ["--console-crash"] {
                return try SyntheticConsole.run(rate: 0, overflows: true)
            }
        } catch {
            print("holdpoint-bench: \(error)")
            exit(70)
        }
        begin()
        while true { pause() }
    }

    /// Measures away from the main thread, which `main` is bound to.
    private static nonisolated func begin() {
        Task.detached {
            do { exit(try await measure() ? 0 : 1) } catch {
                print("holdpoint-bench: \(error)")
                exit(70)
            }
        }
    }

    /// Whether everything that was asked for is inside its budget.
    private static func measure() async throws -> Bool {
        guard CommandLine.arguments.dropFirst() == ["--file-checks"] else { return try await measureAll() }
        var table = BenchTable()
        try await fileChecks(&table)
        return table.isInsideBudgets
    }

    private static func fileChecks(_ table: inout BenchTable) async throws {
        let differences = try await FileCheckBench.beyondEmpty()
        let spread = [differences[0], differences[differences.count - 1]].map { Int(($0 / .milliseconds(1)).rounded()) }
        print("  pairs of 10,000 file checks and as many empty ones: \(spread[0]) to \(spread[1]) ms apart")
        table.add(
            "10,000 declared file checks beyond as many empty ones", differences[differences.count / 2],
            budget: .milliseconds(300))
    }

    /// Whether everything is inside its budget.
    private static func measureAll() async throws -> Bool {
        var table = BenchTable()
        table.add("holdpoint --help, exec to exit, median of 20", try ConsoleBench.help(), budget: .milliseconds(20))
        table.add("first frame after exec, median of 10", try ConsoleBench.firstFrame(), budget: .milliseconds(40))
        let idle = try ConsoleBench.keys(rate: 0)
        table.add("key to visible response, idle, p95 of 60", idle.p95, budget: .milliseconds(5))
        table.add(
            "a list move at 120x36, default theme, median of 40", bytes: try ConsoleBench.listMove(), budget: 400)
        let loaded = try ConsoleBench.keys(rate: 200_000)
        table.add("key to visible response, 200,000 events/s, p95 of 60", loaded.p95, budget: .milliseconds(8))
        table.add("keys not answered within 400 ms", bytes: idle.missed + loaded.missed, budget: 0, unit: "")
        let still = try ConsoleBench.idle()
        table.add("written in 10 s idle", bytes: still.bytes, budget: 0)
        table.add("processor time in 10 s idle", still.processor, budget: .milliseconds(10))
        let (elapsed, events) = try await EngineBench.tenThousandChecks()
        table.add("10,000 no-op checks, \(events) events, log on disk", elapsed, budget: .milliseconds(1500))
        try await fileChecks(&table)
        let programs = try await ProcessBench.thousandTimesTrue()
        table.add(
            "1,000 times true at width 2; xargs takes \(DurationText.short(programs.xargs))", programs.ours,
            budget: programs.xargs * 5 / 2)
        table.add("a pump, an element", try await EngineBench.pump(), budget: .microseconds(2))
        let window = try await SubscriberBench.window()
        table.add("4 readers, 600,000 events, disk off, the slowest", perSecond: window.rate, budget: 200_000)
        table.add("memory from event 100,000 to 600,000, disk off", bytes: window.growth, budget: 20_000_000)
        let recorded = try await SubscriberBench.recorded()
        table.add("4 readers, 600,000 events, log on disk, the slowest", perSecond: recorded.rate, budget: 80_000)
        table.add("a late reader, from the file", perSecond: recorded.lateRate, budget: 50_000)
        table.add("memory from event 100,000 to 600,000, log on disk", bytes: recorded.growth, budget: 20_000_000)
        return table.isInsideBudgets
    }
}

/// Rows with a figure and its budget, printed as they come.
struct BenchTable {
    private(set) var isInsideBudgets = true

    mutating func add(_ name: String, _ figure: Duration, budget: Duration) {
        row(name, DurationText.short(figure), "≤ " + DurationText.short(budget), isInside: figure <= budget)
    }

    mutating func add(_ name: String, bytes figure: Int, budget: Int, unit: String = " B") {
        row(name, "\(figure)\(unit)", "≤ \(budget)\(unit)", isInside: figure <= budget)
    }

    mutating func add(_ name: String, perSecond figure: Int, budget: Int) {
        row(name, "\(figure)/s", "≥ \(budget)/s", isInside: figure >= budget)
    }

    private mutating func row(_ name: String, _ figure: String, _ budget: String, isInside: Bool) {
        func pad(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        print(pad(name, 58), pad(figure, 12), pad(budget, 12), isInside ? "ok" : "BEYOND ITS BUDGET")
        fflush(nil)
        if !isInside { isInsideBudgets = false }
    }
}
