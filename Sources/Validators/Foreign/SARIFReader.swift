import Readiness

/// Reads SARIF 2.1.0. A run counts as one result: good when it holds no error and says that it ran to its end.
///
/// An `error` is a finding of high severity, a `warning` one of low; `note` and `none` are counted. What is suppressed
/// is counted as skipped.
package enum SARIFReader {
    /// What the report says.
    ///
    /// - Throws: for what is no SARIF 2.1.0: not JSON, another version, no runs.
    package static func results(of bytes: [UInt8]) throws(ForeignTrouble) -> ForeignResults {
        let root: JSONValue
        do throws(JSONParser.Trouble) { root = try JSONParser.parse(bytes) } catch {
            throw ForeignTrouble("it is not JSON: \(error)")
        }
        guard root["version"] == .text("2.1.0") else { throw ForeignTrouble("its version is not 2.1.0") }
        guard case .list(let runs)? = root["runs"] else { throw ForeignTrouble("it has no runs") }
        var results = ForeignResults()
        var notes = 0
        for run in runs {
            guard case .text(let tool)? = run["tool"]?["driver"]?["name"] else {
                throw ForeignTrouble("a run does not name its tool")
            }
            results.total += 1
            var isBad = false
            if case .list(let invocations)? = run["invocations"],
                invocations.contains(where: { $0["executionSuccessful"] == .flag(false) })
            {
                results.contradict("run-incomplete", "\(tool) says that it did not run to its end")
                isBad = true
            }
            // `results` that are absent or null mean that the tool did not look (section 3.14.23).
            guard case .list(let list)? = run["results"] else {
                results.contradict("run-incomplete", "\(tool) has no list of results: it did not look")
                results.failed += 1
                continue
            }
            let levels = ruleLevels(run)
            for result in list {
                if case .list(let suppressions)? = result["suppressions"], isSuppressed(suppressions) {
                    results.skipped += 1
                    continue
                }
                switch level(of: result, levels) {
                case "error":
                    isBad = true
                    results.add(item(result, .high))
                case "warning": results.add(item(result, .low))
                default: notes += 1
                }
            }
            if isBad { results.failed += 1 } else { results.passed += 1 }
        }
        results.numbers.append(.init(name: "notes", unit: "1", value: DecimalValue(notes)))
        return results
    }

    /// A suppression that is under review or rejected suppresses nothing.
    private static func isSuppressed(_ suppressions: [JSONValue]) -> Bool {
        !suppressions.isEmpty && suppressions.allSatisfy { $0["status"] == nil || $0["status"] == .text("accepted") }
    }

    /// The level of each rule that states one.
    private static func ruleLevels(_ run: JSONValue) -> [String: String] {
        guard case .list(let rules)? = run["tool"]?["driver"]?["rules"] else { return [:] }
        var levels: [String: String] = [:]
        for rule in rules {
            guard case .text(let id)? = rule["id"], case .text(let level)? = rule["defaultConfiguration"]?["level"]
            else { continue }
            levels[id] = level
        }
        return levels
    }

    private static func level(of result: JSONValue, _ rules: [String: String]) -> String {
        // Anything but a failure has no level (section 3.27.10).
        if case .text(let kind)? = result["kind"], kind != "fail" { return "none" }
        if case .text(let level)? = result["level"] {
            // A level that there is not is none that may be passed over.
            return ["none", "note", "warning", "error"].contains(level) ? level : "error"
        }
        if case .text(let rule)? = result["ruleId"], let level = rules[rule] { return level }
        return "warning"
    }

    private static func item(_ result: JSONValue, _ severity: Severity) -> ForeignResults.Item {
        var rule = "unnamed"
        if case .text(let id)? = result["ruleId"] ?? result["rule"]?["id"] { rule = id }
        var message = "\(rule), without a message"
        if case .text(let text)? = result["message"]?["text"] ?? result["message"]?["markdown"] { message = text }
        var location: SourceLocation?
        if case .list(let places)? = result["locations"], let place = places.first?["physicalLocation"],
            case .text(let file)? = place["artifactLocation"]?["uri"]
        {
            var line = 0
            if case .number(let digits)? = place["region"]?["startLine"] { line = Int(digits) ?? 0 }
            location = SourceLocation(file: SafeText.line(String(file.prefix(500))), line: max(0, line))
        }
        return ForeignResults.Item(
            kind: rule, subject: fingerprint(result) ?? location?.file ?? "report", message: message,
            severity: severity, location: location)
    }

    /// The first by name of what the tool says stays the same from run to run.
    private static func fingerprint(_ result: JSONValue) -> String? {
        for key in ["fingerprints", "partialFingerprints"] {
            guard case .object(let fields)? = result[key] else { continue }
            if let first = fields.min(by: { $0.name < $1.name }), case .text(let value) = first.value { return value }
        }
        return nil
    }
}
