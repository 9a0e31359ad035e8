import Readiness
import Reports
import Testing

struct LookLinesTests {
    @Test func `a slow look says every two seconds what it waits for, and a quick one nothing`() {
        var lines = LookLines(target: "night-desk")
        lines.take(.asked(.capability(.riskLimits)), at: .zero)
        var told: [String] = []
        // Asked four times a second, as a look does; settled after five seconds.
        for moment in 0..<40 {
            let now = Duration.milliseconds(moment * 250)
            if moment == 20 { lines.take(.settled(.capability(.riskLimits)), at: now) }
            if let line = lines.line(at: now) { told.append(line) }
        }
        #expect(
            told == [
                "looking at night-desk: waiting for risk.limits (1 s)",
                "looking at night-desk: waiting for risk.limits (3 s)",
            ])
    }

    @Test func `a line has at most the width of a terminal, whatever is waited for, and no escape of the target`() {
        var lines = LookLines(target: "night\u{1b}[2Jdesk")
        for capability in Capability.allCases { lines.take(.asked(.capability(capability)), at: .zero) }
        let line = lines.line(at: .seconds(5)) ?? ""
        #expect(line.count <= 80 && line.hasSuffix(" more"), "\(line)")
        #expect(!line.contains("\u{1b}"))
    }
}
