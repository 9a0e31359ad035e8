/// A rule of `holdpoint-validator/1` that a child broke. What breaks one makes the check an error.
package struct ExternalViolation: Error, Sendable, Codable, Equatable, CustomStringConvertible {
    /// The rules, by the names that the conformance kit prints.
    package enum Rule: String, Sendable, Codable, CaseIterable {
        case noDescribe = "describe-first"
        case notUTF8 = "utf-8"
        case notJSON = "one-json-object-a-line"
        case wrongVersion = "version-1"
        case lineTooLong = "line-at-most-1-mib"
        case tooMuchOutput = "output-at-most-16-mib"
        case badField = "fields-as-described"
        case tooMany = "at-most-1000-of-a-kind"
        case unknownID = "only-the-check-asked-for"
        case unknownCheck = "ids-well-formed-and-unique"
        case noResult = "result-before-exit"
        case twoResults = "one-result"
        case afterResult = "nothing-after-result"
        case undeclaredEffect = "effects-as-described"
        case evidenceOutside = "evidence-inside-its-folder"
        case evidenceDiffers = "evidence-as-its-digest-says"
        case evidenceTwice = "evidence-ids-unique"
        case tooMuchEvidence = "evidence-at-most-32-mib"
        case unknownEvidence = "evidence-announced-before-result"
        case effectWithoutUndo = "effects-with-undo"
    }

    /// Which rule.
    package var rule: Rule
    /// What it did, a lower-case fragment.
    package var detail: String

    /// Names a rule and what broke it.
    package init(_ rule: Rule, _ detail: String) {
        self.rule = rule
        self.detail = detail
    }

    /// Rule and detail.
    package var description: String { "\(rule.rawValue): \(detail)" }
}
