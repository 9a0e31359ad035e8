import Profile
import Readiness
import Testing

struct ConfigurationProblemTests {
    @Test func `a problem prints file, line, key, message, accepted values and the nearest name`() {
        let problem = ConfigurationProblem(
            location: SourceLocation(file: "a.yaml", line: 3), keyPath: "smoke.max_redy_ms",
            message: "is not a known key", accepted: "max_ready_ms, max_tick_age_ms", nearest: "max_ready_ms")
        #expect(
            problem.description
                == "a.yaml:3: smoke.max_redy_ms: is not a known key; accepted: max_ready_ms, max_tick_age_ms;"
                + " did you mean max_ready_ms?")
    }

    @Test func `a problem of the whole file prints neither line nor key`() {
        let problem = ConfigurationProblem(location: SourceLocation(file: "a.yaml", line: 0), message: "is empty")
        #expect(problem.description == "a.yaml: is empty")
        #expect(ConfigurationError([problem, problem]).description == "a.yaml: is empty\na.yaml: is empty")
    }

    @Test func `control characters of a hostile file do not reach the terminal`() throws {
        let text = "tiers: {}\n\"ev\\eil\\u202e\": 1\n"
        let found = try problems {
            _ = try LimitsFile.load(ConfigurationText(name: "a\u{1B}[31m.yaml", text: text), digest: lengthDigest)
        }
        let printed = ConfigurationError(found).description
        #expect(printed.contains("ev␛il"))
        #expect(printed.unicodeScalars.allSatisfy { $0 == "\n" || ($0.value >= 0x20 && $0 != "\u{202E}") })
    }
}
