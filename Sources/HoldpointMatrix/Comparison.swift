import FaultMatrix

/// Holds a run against a row of the table and against the healthy run. Pure.
enum Comparison {
    /// What is wrong; empty when everything is as it must be.
    ///
    /// A check that the row says nothing of may say that the host is too noisy to measure: that is neither a wrong green nor
    /// a wrong red. `bystanders(of:in:)` names those.
    static func complaints(of result: RunResult, expecting row: FaultExpectation, healthy: RunResult) -> [String] {
        var complaints: [String] = []
        if result.verdict != FaultExpectation.verdict { complaints.append("verdict \(result.verdict)") }
        if result.exit_code != 2 { complaints.append("exit code \(result.exit_code)") }
        if result.log.missing != 0 { complaints.append("\(result.log.missing) outcomes missing") }
        let seen = Dictionary(uniqueKeysWithValues: result.checks.map { ($0.check_id, $0) })
        let green = Dictionary(uniqueKeysWithValues: healthy.checks.map { ($0.check_id, $0) })
        if Set(seen.keys) != FaultTable.checks { complaints.append("checks \(seen.keys.sorted())") }
        for id in FaultTable.checks.sorted() {
            guard let check = seen[id], let before = green[id] else { continue }
            if let failure = row.fails[id] {
                complaints += self.complaints(of: check, expecting: failure)
            } else if row.blocked.contains(id) {
                if check.outcome != "blocked" { complaints.append("\(id) is \(check.shown), not blocked") }
            } else if check.shown != before.shown, !check.isNoise {
                complaints.append("\(id) is \(check.shown), in the healthy run \(before.shown)")
            }
        }
        return complaints
    }

    private static func complaints(of check: RunResult.Check, expecting failure: FaultExpectation.Failure) -> [String] {
        var complaints: [String] = []
        if check.outcome != "fail" || check.reason != failure.reason {
            complaints.append("\(check.check_id) is \(check.shown), not fail(\(failure.reason))")
        }
        if !failure.kinds.isSubset(of: check.kinds) {
            complaints.append("\(check.check_id) found \(check.kinds.sorted()), not \(failure.kinds.sorted())")
        }
        let remediation = check.remediation
        if !(remediation?.steps.contains { $0.command != nil } ?? false) {
            complaints.append("\(check.check_id) has no step with a command")
        }
        if !(remediation?.verify.contains(check.check_id) ?? false) {
            complaints.append("\(check.check_id) is not among what its fix reruns")
        }
        return complaints
    }

    /// What is wrong with the run on the healthy desk.
    static func complaints(ofHealthy result: RunResult) -> [String] {
        var complaints: [String] = []
        if result.verdict != "go" || result.exit_code != 0 { complaints.append("verdict \(result.verdict)") }
        if Set(result.checks.map(\.check_id)) != FaultTable.checks || result.checks.count != FaultTable.checks.count {
            complaints.append("checks \(result.checks.map(\.check_id).sorted())")
        }
        complaints += result.checks.filter { $0.outcome != "pass" }.map { "\($0.check_id) is \($0.shown)" }
        complaints += result.checks.filter { $0.evidence.isEmpty }.map { "\($0.check_id) has no evidence" }
        return complaints
    }

    /// Whether what went wrong may be the host's doing: a latency that the noise rule would not judge.
    static func isNoise(_ result: RunResult) -> Bool { result.checks.contains(where: \.isNoise) }

    /// The checks that the row says nothing of, and that were not judged because the host was too noisy.
    static func bystanders(of row: FaultExpectation, in result: RunResult) -> [String] {
        result.checks.filter { $0.isNoise && row.fails[$0.check_id] == nil && !row.blocked.contains($0.check_id) }
            .map(\.check_id).sorted()
    }
}
