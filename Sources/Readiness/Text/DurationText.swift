/// Durations for people: at most three significant digits and a unit that fits.
package enum DurationText {
    /// `412 ns`, `14.2 ms`, `3.05 s`, `2 min 05 s`. Negative durations are shown as zero.
    package static func short(_ duration: Duration) -> String { short(nanoseconds: duration.nanoseconds) }

    /// The same from nanoseconds.
    package static func short(nanoseconds: Int64) -> String {
        let value = max(0, nanoseconds)
        switch value {
        case ..<1000: return "\(value) ns"
        case ..<999_500: return significant(value, per: 1000) + " µs"
        case ..<999_500_000: return significant(value, per: 1_000_000) + " ms"
        case ..<60_000_000_000: return significant(value, per: 1_000_000_000) + " s"
        default:
            let seconds = value / 1_000_000_000
            return seconds < 3600
                ? "\(seconds / 60) min \(pad(seconds % 60)) s"
                : "\(seconds / 3600) h \(pad(seconds / 60 % 60)) min"
        }
    }

    /// A clock for elapsed time: `3:12`, `1:02:09`.
    package static func clock(_ duration: Duration) -> String {
        let seconds = max(0, duration.components.seconds)
        return seconds < 3600
            ? "\(seconds / 60):\(pad(seconds % 60))"
            : "\(seconds / 3600):\(pad(seconds / 60 % 60)):\(pad(seconds % 60))"
    }

    private static func significant(_ value: Int64, per unit: Int64) -> String {
        let whole = value / unit
        let places: Int64 = whole >= 100 ? 1 : whole >= 10 ? 10 : 100
        let scaled = (value * places + unit / 2) / unit
        guard places > 1 else { return "\(scaled)" }
        let digits = String(scaled % places)
        let width = places == 10 ? 1 : 2
        return "\(scaled / places)." + String(repeating: "0", count: width - digits.count) + digits
    }

    private static func pad(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}

extension Duration {
    /// Whole nanoseconds, for records. Saturates beyond 292 years.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : product &+ attoseconds / 1_000_000_000
    }

    /// Whole milliseconds, for records.
    package var milliseconds: Int64 { nanoseconds / 1_000_000 }
}
