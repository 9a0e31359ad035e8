import Engine
import Readiness
import Reports

/// Prints a run as it happens. Reads the log like every other subscriber, and writes on a thread of its own.
struct HeadlessPrinter: Sendable {
    private let format: RunRequest.Format
    private let output: OutputStream
    private let writing = BlockingWork()

    init(_ format: RunRequest.Format, to output: OutputStream) {
        self.format = format
        self.output = output
    }

    /// Prints until the run is finished.
    @concurrent
    func print(_ log: RunLog) async {
        switch format {
        case .json: return
        case .ndjson:
            var lines = LogLineWriter()
            for await event in log.events() { await write([lines.bytes(of: event)]) }
        case .console:
            let silence = SilenceWatch(clock: SystemClock())
            await withDiscardingTaskGroup { group in
                group.addTask { await silence.watch { line in await write([Array((line + "\n").utf8)]) } }
                var report = PlainReport()
                for await event in log.events() {
                    silence.moved(by: event)
                    await write(report.lines(for: event).map { Array(($0 + "\n").utf8) })
                }
                group.cancelAll()
            }
        }
    }

    private func write(_ pieces: [[UInt8]]) async {
        guard !pieces.isEmpty else { return }
        let output = output
        await writing.run { output.write(Array(pieces.joined())) }
    }
}
