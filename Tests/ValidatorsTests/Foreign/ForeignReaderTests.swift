import Readiness
import Testing
import Validators

struct ForeignReaderTests {
    private func tap(_ text: String) throws -> ForeignResults { try TAPReader.results(of: Array(text.utf8)) }
    private func junit(_ text: String) throws -> ForeignResults { try JUnitReader.results(of: Array(text.utf8)) }
    private func sarif(_ text: String) throws -> ForeignResults { try SARIFReader.results(of: Array(text.utf8)) }

    @Test func `TAP 14 with subtests, todo, skip and a YAML block`() throws {
        let results = try tap(
            """
            TAP version 14
            # Subtest: orders
                1..2
                ok 1 - placed
                ok 2 - cancelled # SKIP no venue
            ok 1 - orders
            not ok 2 - money # TODO decimals
            ok 3 - a \\# sharp
              ---
              not ok 9 - inside of a block
              ...
            ok # skip
            1..4
            """)
        #expect(results.total == 4)
        #expect(results.passed == 2)
        #expect(results.skipped == 2)
        #expect(results.failed == 0)
        #expect(results.items.isEmpty)
    }

    @Test(arguments: [
        ("1..2\nok 1\n", "plan-mismatch"), ("ok 1\n", "plan-missing"), ("1..1\n1..1\nok 1\n", "plan-repeated"),
        ("1..2\nok 2\nok 1\n", "number-differs"), ("1..3\nok 1\nBail out! no venue\nok 2\n", "bail-out"),
        ("    1..1\n    not ok 1 - in\nok 1 - out\n1..1\n", "subtest-contradicts"),
        ("    1..2\n    ok 1 - in\nok 1 - out\n1..1\n", "plan-mismatch"),
        ("1..1\nok 1\n    ok 1\n    1..1\n", "subtest-unanswered"), ("1..1\nnot ok 1 - x\n", "test-failed"),
        ("1..99999999999999999999\nok 1\n", "plan-missing"), ("1..2 # SKIP later\n", "plan-mismatch"),
        ("1..0 # SKIP later\nok 1\n", "plan-mismatch"),
    ])
    func `TAP that hides a failure is bad`(_ body: String, _ kind: String) throws {
        let results = try tap("TAP version 14\n" + body)
        #expect(results.items.contains { $0.kind == kind }, "\(results.items)")
        #expect(results.isBad)
    }

    @Test(arguments: ["", "ok 1\n1..1\n", "TAP version 12\n", "<testsuite/>"])
    func `what is no TAP is refused`(_ text: String) {
        #expect(throws: ForeignTrouble.self) { _ = try tap(text) }
    }

    @Test func `TAP is read sixteen levels deep, and refused beyond`() throws {
        func nested(_ deepest: Int) -> String {
            func line(_ depth: Int, _ text: String) -> String { String(repeating: "    ", count: depth) + text }
            let plans = (0...deepest).map { line($0, "1..1") }
            let points = (0...deepest).reversed().map { line($0, "ok 1") }
            return (["TAP version 14"] + plans + points).joined(separator: "\n") + "\n"
        }
        let results = try tap(nested(15))
        #expect(results.passed == 1 && results.items.isEmpty && !results.isBad, "\(results.items)")
        #expect(throws: ForeignTrouble.self) { _ = try tap(nested(16)) }
    }

    @Test func `JUnit with nested suites, a failure, an error and a skip`() throws {
        let results = try junit(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites tests="4"><testsuite name="s" tests="4" failures="1" errors="1">
              <testcase classname="a" name="good &amp; &#x41;"/>
              <testcase classname="a" name="bad"><failure message="1 != 2"><![CDATA[<trace>]]></failure></testcase>
              <testsuite name="in" tests="2">
                <testcase name="broke"><error>boom
            more</error></testcase><testcase name="left"><skipped/></testcase>
              </testsuite></testsuite></testsuites>
            """)
        #expect(results.total == 4)
        #expect(results.passed == 1)
        #expect(results.failed == 2)
        #expect(results.skipped == 1)
        #expect(results.items.map(\.message) == ["a.bad failed: 1 != 2", "broke broke: boom"])
    }

    @Test func `a suite that states other numbers contradicts itself`() throws {
        #expect(try junit("<testsuite tests='3'><testcase name='a'/></testsuite>").isBad)
        #expect(try junit("<testsuite tests='1' failures='1'><testcase name='a'/></testsuite>").isBad)
        #expect(
            try junit("<testsuite tests='1' failures='9223372036854775807' errors='9'><testcase name='a'/></testsuite>")
                .total == 1)
    }

    @Test(arguments: [
        "", "<a/>", "<testsuite>", "<testsuite></testsuites>", "<testsuite/><testsuite/>", "text<testsuite/>",
        "<!DOCTYPE t [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><testsuite name=\"&b;\"/>",
        "<!DOCTYPE t SYSTEM \"file:///etc/passwd\"><testsuite/>", "<testsuite name=\"&x;\"/>",
        "<testsuite name='a' name='b'/>", "<testsuite name='a'tests='0'/>", "<testsuite name=a/>",
        "<testsuite name='&#0;'/>", "<testsuite name='<'/>",
        "<?xml version='1.0' encoding='UTF-16'?><testsuite/>", "<testsuite>\u{1}</testsuite>",
        "<testsuite>" + String(repeating: "<a>", count: 100_000),
        "<testsuite><testcase name='a'><testcase name='b'/></testcase></testsuite>",
    ])
    func `hostile XML is refused`(_ text: String) { #expect(throws: ForeignTrouble.self) { _ = try junit(text) } }

    @Test(arguments: [(256, true), (257, false)]) func `a name of an element has an end`(length: Int, isTaken: Bool) {
        let name = String(repeating: "n", count: length)
        let text = "<testsuite><testcase name='a'/><\(name)/></testsuite>"
        if isTaken {
            #expect(throws: Never.self) { _ = try junit(text) }
        } else {
            #expect(throws: ForeignTrouble.self) { _ = try junit(text) }
        }
    }

    @Test(arguments: [("&#32;", true), ("&#x1f;", false), ("&#9;", true), ("&#8;", false), ("&#xD800;", false)])
    func `a reference is to a character that XML has`(_ reference: String, _ isTaken: Bool) {
        let text = "<testsuite><testcase name='a\(reference)b'/></testsuite>"
        if isTaken {
            #expect(throws: Never.self) { _ = try junit(text) }
        } else {
            #expect(throws: ForeignTrouble.self) { _ = try junit(text) }
        }
    }

    @Test func `an element has 256 attributes at most`() {
        func suite(_ count: Int) -> String {
            "<testsuite \((1...count).map { "a\($0)='x'" }.joined(separator: " "))><testcase name='a'/></testsuite>"
        }
        #expect(throws: Never.self) { _ = try junit(suite(256)) }
        #expect(throws: ForeignTrouble.self) { _ = try junit(suite(257)) }
    }

    @Test func `SARIF levels, rules, places, fingerprints and suppressions`() throws {
        let results = try sarif(
            #"""
            {"version":"2.1.0","runs":[{"tool":{"driver":{"name":"lint","rules":[
            {"id":"R1","defaultConfiguration":{"level":"error"}}]}},
            "results":[
            {"ruleId":"R1","message":{"text":"secret in source"},"partialFingerprints":{"h":"abc"},
             "locations":[{"physicalLocation":{"artifactLocation":{"uri":"src/a.py"},"region":{"startLine":7}}}]},
            {"ruleId":"R2","message":{"text":"w"}},{"ruleId":"R3","level":"note","message":{"text":"n"}},
            {"ruleId":"R4","level":"error","message":{"text":"s"},"suppressions":[{"kind":"inSource"}]},
            {"ruleId":"R5","kind":"pass","level":"none","message":{"text":"p"}}]}]}
            """#)
        #expect(results.failed == 1)
        #expect(results.skipped == 1)
        #expect(results.items.map(\.kind) == ["r1", "r2"])
        #expect(results.items.map(\.severity) == [.high, .low])
        #expect(results.items.first?.subject == "abc")
        #expect(results.items.first?.location == SourceLocation(file: "src/a.py", line: 7))
    }

    @Test(arguments: [
        (#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}}}]}"#),
        (#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}},"results":null}]}"#),
        (#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}},"invocations":[{"executionSuccessful":false}],"results":[]}]}"#),
        (#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}},"results":[{"level":"catastrophe","message":{}}]}]}"#),
        (#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}},"results":[{"level":"error","message":{"text":"x"},"suppressions":[{"kind":"external","status":"rejected"}]}]}]}"#),
    ])
    func `a run that did not look, or says so, is bad`(_ text: String) throws { #expect(try sarif(text).isBad) }

    @Test(arguments: [
        "", "[]", #"{"version":"2.0.0","runs":[]}"#, #"{"version":"2.1.0"}"#, #"{"version":"2.1.0","runs":[{}]}"#,
    ])
    func `what is no SARIF is refused`(_ text: String) { #expect(throws: ForeignTrouble.self) { _ = try sarif(text) } }

    @Test func `a report of a million failures keeps forty and counts the others`() throws {
        let count = 20_000
        let body = (1...count).map { "not ok \($0) - \(String(repeating: "x", count: 50))\u{1B}[31m\n" }.joined()
        let results = try tap("TAP version 14\n1..\(count)\n" + body)
        #expect(results.failed == count)
        #expect(results.items.count == ForeignResults.itemCap)
        #expect(results.dropped == count - ForeignResults.itemCap)
        #expect(!results.items.contains { $0.message.contains("\u{1B}") })
    }

    @Test func `performance data of a plugin`() throws {
        let results = try #require(
            NagiosOutput.results(
                exitCode: 0,
                output: "LOAD OK | load1=0.42;5;10;0 'free space'=12.5%;20 bad=U x== ''=1 n=1e5\nlong | more=3ms"))
        #expect(results.numbers.map(\.name) == ["load1", "free space", "more"])
        #expect(results.numbers.map(\.unit) == ["1", "%", "ms"])
    }
}
