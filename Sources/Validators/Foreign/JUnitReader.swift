import Readiness

/// Reads JUnit's XML reports. What counts are the test cases themselves; a suite that states other numbers contradicts
/// itself.
package enum JUnitReader {
    private struct Suite {
        var name: String
        var stated: Int?
        var statedBad: Int?
        var cases = 0
        var bad = 0
    }

    private struct Case {
        var name: String
        var verdict: String?
        var message = ""
    }

    /// What the report says.
    ///
    /// - Throws: for what is no JUnit report: not XML, a document type, another root.
    package static func results(of bytes: [UInt8]) throws(ForeignTrouble) -> ForeignResults {
        var results = ForeignResults()
        var suites: [Suite] = []
        var current: Case?
        var depth = 0
        try XMLReader.read(bytes) { (event) throws(ForeignTrouble) in
            switch event {
            case .start(let name, let attributes):
                if depth == 0, name != "testsuites", name != "testsuite" {
                    throw ForeignTrouble("its root is neither testsuites nor testsuite")
                }
                depth += 1
                switch name {
                case "testsuite":
                    let bad = [attributes["failures"], attributes["errors"]].compactMap { $0 }.compactMap { Int($0) }
                    suites.append(
                        Suite(
                            name: attributes["name"] ?? "a suite", stated: attributes["tests"].flatMap { Int($0) },
                            statedBad: bad.isEmpty ? nil : bad.reduce(0) { $0.addingReportingOverflow($1).partialValue }
                        ))
                case "testcase":
                    guard current == nil else { throw ForeignTrouble("a test case within another") }
                    let parts = [attributes["classname"], attributes["name"]].compactMap { $0 }
                    current = Case(name: parts.isEmpty ? "a test without a name" : parts.joined(separator: "."))
                case "failure", "error", "skipped":
                    // Of several the worst counts, and a failure is never taken back by a skip.
                    if current != nil, current?.verdict == nil || current?.verdict == "skipped" {
                        current?.verdict = name
                        current?.message = attributes["message"] ?? ""
                    }
                default: break
                }
            case .text(let text):
                if let verdict = current?.verdict, verdict != "skipped", current?.message.isEmpty == true {
                    current?.message = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
                }
            case .end(let name):
                depth -= 1
                if name == "testcase", let ended = current {
                    take(ended, &results)
                    let isBad = ended.verdict == "failure" || ended.verdict == "error"
                    if let last = suites.indices.last {
                        suites[last].cases += 1
                        suites[last].bad += isBad ? 1 : 0
                    }
                    current = nil
                } else if name == "testsuite", let suite = suites.popLast() {
                    close(suite, &results)
                    if let outer = suites.indices.last {
                        suites[outer].cases += suite.cases
                        suites[outer].bad += suite.bad
                    }
                }
            }
        }
        return results
    }

    private static func take(_ test: Case, _ results: inout ForeignResults) {
        results.total += 1
        switch test.verdict {
        case nil: results.passed += 1
        case "skipped": results.skipped += 1
        case let verdict:
            results.failed += 1
            let what = verdict == "error" ? "broke" : "failed"
            results.add(
                .init(
                    kind: verdict == "error" ? "test-error" : "test-failed", subject: test.name,
                    message: "\(test.name) \(what)\(test.message.isEmpty ? "" : ": \(test.message)")", severity: .medium
                ))
        }
    }

    private static func close(_ suite: Suite, _ results: inout ForeignResults) {
        if let stated = suite.stated, stated != suite.cases {
            results.contradict("counts-differ", "\(suite.name) states \(stated) tests and holds \(suite.cases)")
        }
        if let stated = suite.statedBad, stated > suite.bad {
            results.contradict("counts-differ", "\(suite.name) states \(stated) failures and shows \(suite.bad)")
        }
    }
}
