import Glibc
import Readiness

/// Measures what has a budget and prints a table. Exit code 1 when a figure is beyond its budget.
@main
enum Bench {
    static func main() async throws {
        var table = BenchTable()
        let (elapsed, events) = try await EngineBench.tenThousandChecks()
        table.add("10,000 no-op checks (\(events) events)", elapsed, budget: .milliseconds(1500))
        table.add("a pump, an element", try await EngineBench.pump(), budget: .microseconds(2))
        exit(table.isInsideBudgets ? 0 : 1)
    }
}

/// Rows with a figure and its budget, printed as they come.
struct BenchTable {
    private(set) var isInsideBudgets = true

    mutating func add(_ name: String, _ figure: Duration, budget: Duration) {
        row(name, DurationText.short(figure), "≤ " + DurationText.short(budget), isInside: figure <= budget)
    }

    mutating func add(_ name: String, bytes figure: Int, budget: Int) {
        row(name, "\(figure) B", "≤ \(budget) B", isInside: figure <= budget)
    }

    private mutating func row(_ name: String, _ figure: String, _ budget: String, isInside: Bool) {
        func pad(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
        print(pad(name, 56), pad(figure, 12), pad(budget, 12), isInside ? "ok" : "BEYOND ITS BUDGET")
        if !isInside { isInsideBudgets = false }
    }
}
