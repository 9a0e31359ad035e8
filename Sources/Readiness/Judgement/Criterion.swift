/// A comparison that a measured value must satisfy.
package struct Criterion: Sendable, Codable, Equatable {
    /// How the value is compared with the bound.
    package enum Comparison: String, Sendable, Codable {
        case less = "<"
        case lessOrEqual = "<="
        case equal = "=="
        case greaterOrEqual = ">="
        case greater = ">"

        /// Whether `value op bound` holds.
        package func holds(_ value: DecimalValue, _ bound: DecimalValue) -> Bool {
            switch self {
            case .less: value < bound
            case .lessOrEqual: value <= bound
            case .equal: value == bound
            case .greaterOrEqual: value >= bound
            case .greater: value > bound
            }
        }
    }

    /// How the value is compared.
    package var op: Comparison
    /// A value that does not satisfy this bound is a warning. nil: no warning band.
    package var warn: DecimalValue?
    /// A value that does not satisfy this bound is a fail.
    package var fail: DecimalValue
    /// `file:line` of the bound, or `definition` where the check's title itself says it (zero orphans, ready is true).
    package var source: String

    /// States a comparison with a bound from a file.
    package init(_ op: Comparison, _ threshold: Threshold, warn: Threshold? = nil) {
        self.op = op
        self.warn = warn?.value
        fail = threshold.value
        source = threshold.source.description
    }

    /// States what the check's title itself says: there is no number to choose.
    package init(definition op: Comparison, _ bound: DecimalValue) {
        self.op = op
        warn = nil
        fail = bound
        source = "definition"
    }
}
