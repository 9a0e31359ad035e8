import FaultMatrix
import FoundationEssentials
import Glibc

/// Runs every row of the fault table: the desk started with the fault, judged through `--desk-home` by a process that
/// does not know it. One run at a time; a line for each row; exit code 1 when a row is not as it must be.
///
/// `holdpoint-matrix [--ledger sqlite|postgresql] [ROW…]`: with the ledger in PostgreSQL only the rows that look at one.
@main
enum Matrix {
    static func main() async throws {
        var arguments = Array(CommandLine.arguments.dropFirst())
        var ledger = "sqlite"
        if arguments.first == "--ledger" {
            ledger = arguments.count > 1 ? arguments[1] : ""
            arguments.removeFirst(min(2, arguments.count))
        }
        guard ["sqlite", "postgresql"].contains(ledger) else {
            print("--ledger takes sqlite or postgresql")
            exit(64)
        }
        let rows = ledger == "sqlite" ? FaultTable.rows : FaultTable.ledgerRows
        let wanted = rows.filter { arguments.isEmpty || arguments.contains($0.name) }
        guard !wanted.isEmpty else {
            print("no such row; there are: \(rows.map(\.name).joined(separator: " "))")
            exit(64)
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "holdpoint-matrix-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let desk = BrokenDesk(
            programs: String(program[..<(program.lastIndex(of: "/") ?? program.startIndex)]), folder: folder,
            ledger: ledger)
        var passed = 0
        var failed = 0
        let clock = ContinuousClock()
        let began = clock.now

        func report(
            _ name: String, _ complaints: [String], noisy: [String] = [], since start: ContinuousClock.Instant
        ) {
            if complaints.isEmpty { passed += 1 } else { failed += 1 }
            let seconds = (clock.now - start).components.seconds
            let lines = complaints + noisy.map { "\($0) was not judged: the host is noisy" }
            print(
                "\(complaints.isEmpty ? "ok  " : "FAIL") \(name)  \(seconds) s\(lines.map { "\n     \($0)" }.joined())")
        }

        var start = clock.now
        var (healthy, complaints) = try await desk.judge(nil, named: "healthy")
        for attempt in 2...3 where Comparison.isNoise(healthy) {
            // The host was too busy for the run to mean anything. Three times in a row would hide something.
            (healthy, complaints) = try await desk.judge(nil, named: "healthy-\(attempt)")
        }
        report("healthy", complaints + Comparison.complaints(ofHealthy: healthy), since: start)
        for row in wanted {
            start = clock.now
            let name = String(row.name.map { $0 == "=" || $0 == " " ? "-" : $0 })
            var (result, complaints) = try await desk.judge(row, named: name)
            complaints += Comparison.complaints(of: result, expecting: row, healthy: healthy)
            if Comparison.isNoise(result) {
                (result, complaints) = try await desk.judge(row, named: name + "-again")
                complaints += Comparison.complaints(of: result, expecting: row, healthy: healthy)
            }
            report(row.name, complaints, noisy: Comparison.bystanders(of: row, in: result), since: start)
        }
        if failed == 0 { try FileManager.default.removeItem(atPath: folder) } else { print("kept: \(folder)") }
        print("matrix on \(ledger) took \((clock.now - began).components.seconds) s")
        print("\(passed) passed, \(failed) failed")
        exit(failed > 0 ? 1 : 0)
    }
}
