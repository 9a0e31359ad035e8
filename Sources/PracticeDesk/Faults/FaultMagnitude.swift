/// How strongly a fault bites, where there is a how.
package enum FaultMagnitude: Hashable, Sendable {
    /// The fault is there or not.
    case none
    /// So many lots of 0.01 units.
    case lots(Int64)
    /// So many microseconds.
    case time(microseconds: Int64)

    /// What a fault accepts.
    package enum Form: Hashable, Sendable {
        /// No magnitude.
        case none
        /// A whole number of lots in this range.
        case lots(ClosedRange<Int64>)
        /// A time in this range.
        case time(milliseconds: ClosedRange<Int64>)

        /// The accepted values, for a person.
        package var text: String {
            switch self {
            case .none: "no magnitude"
            case .lots(let range): "a whole number of lots from \(range.lowerBound) to \(range.upperBound)"
            case .time(let range): "a time from \(range.lowerBound)ms to \(range.upperBound)ms, such as 40ms or 1.5s"
            }
        }
    }

    /// Reads text of that form; nil when it is not, or out of range.
    package init?(_ text: String, as form: Form) {
        switch form {
        case .none:
            return nil
        case .lots(let range):
            guard let lots = FixedPoint.parse(text, scale: 0), !text.contains("."), range.contains(lots) else {
                return nil
            }
            self = .lots(lots)
        case .time(let range):
            let scales = [("us", 0), ("ms", 3), ("s", 6)]
            guard let (unit, scale) = scales.first(where: { text.hasSuffix($0.0) }),
                let microseconds = FixedPoint.parse(text.dropLast(unit.count), scale: scale),
                (range.lowerBound * 1000...range.upperBound * 1000).contains(microseconds)
            else { return nil }
            self = .time(microseconds: microseconds)
        }
    }

    /// The magnitude as it may be given again, nil where there is none.
    package var text: String? {
        switch self {
        case .none: nil
        case .lots(let lots): String(lots)
        case .time(let microseconds) where microseconds % 1000 == 0: "\(microseconds / 1000)ms"
        case .time(let microseconds): "\(microseconds)us"
        }
    }
}
