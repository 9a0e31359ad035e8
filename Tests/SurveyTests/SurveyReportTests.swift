import Readiness
import Survey
import Testing

struct SurveyReportTests {
    @Test func `what was found has file and line, and what is missing the checks that wait for it`() throws {
        let report = SurveyReport(try Repository(Fixtures.python).sketch(), checks: checks)
        let ledger = try #require(report.found.first { $0.what == "ledger" })
        #expect(ledger.location == SourceLocation(file: ".env", line: 1))
        #expect(ledger.words == "postgresql trading at db.internal:5433; its password is not copied")
        #expect(ledger.checks.contains("database.connection.ready"))
        let route = try #require(report.found.first { $0.words.contains("/healthz") })
        #expect(route.checks.contains("smoke.health.ready"))
        #expect(report.found.contains { $0.what == "strategies" && $0.checks.isEmpty })
        let paper = try #require(report.missing.first { $0.what == "paper" })
        #expect(paper.checks.contains("risk.limit.enforced"))
        #expect(!report.missing.contains { ["ledger", "logs", "control"].contains($0.what) })
        // The log's file is seen, and nobody can have a marker written into it yet.
        #expect(report.missing.contains { $0.what == "logs.marker" && $0.checks == ["smoke.log.visible"] })
    }

    @Test func `an empty repository lacks everything, and says so`() throws {
        let report = SurveyReport(try Repository(Fixtures.nothing).sketch(), checks: checks)
        #expect(report.found == [])
        #expect(report.lines.prefix(2) == ["found", "  nothing that Holdpoint recognises"])
        for what in ["surface", "ledger", "migrations", "storage", "control", "paper", "risk.limits"] {
            #expect(report.missing.contains { $0.what == what }, "\(what)")
        }
    }

    @Test func `names of files are harmless on the screen`() throws {
        let report = SurveyReport(try Repository(Fixtures.hostile).sketch(), checks: checks)
        for line in report.lines { #expect(line == SafeText.line(line)) }
    }
}
