/// What a run against a broken desk must show: a row of the table in checks.md part 2.
package struct FaultExpectation: Sendable {
    /// How a check must fail.
    package struct Failure: Sendable {
        /// `criterion`, `unreachable`, `bad_answer`, or the kind of the worst finding.
        package var reason: String
        /// Kinds of finding that there must be at least.
        package var kinds: Set<String>

        /// Names a reason.
        package init(reason: String, kinds: Set<String> = []) {
            self.reason = reason
            self.kinds = kinds
        }
    }

    /// The row's name. For a fault as on the command line: `slow-risk`, `limit-off-by-one=7`.
    package var name: String
    /// The fault of the desk, with its magnitude; nil for a row that breaks something else.
    package var fault: String?
    /// A criteria file that asks for more than there is, given with `--criteria`; nil for none.
    package var criteria: String?
    /// Checks that must fail.
    package var fails: [String: Failure]
    /// Checks that must be blocked.
    package var blocked: Set<String>

    /// The verdict of every row: all severities are at or above the bar of the shipped policy.
    package static let verdict = "no_go"

    /// A row of a fault.
    init(fault: String, fails: [String: Failure], blocked: Set<String> = []) {
        name = fault
        self.fault = fault
        self.fails = fails
        self.blocked = blocked
    }

    /// A row of criteria.
    init(name: String, criteria: String, fails: [String: Failure]) {
        self.name = name
        self.criteria = criteria
        self.fails = fails
        blocked = []
    }
}
