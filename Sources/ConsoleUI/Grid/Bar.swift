package import Readiness

/// Bars made of whole cells.
package enum Bar {
    /// How far something is: `████░░░░`. Out of range is clamped.
    package static func progress(_ fraction: Double, cells: Int, _ glyphs: GlyphSet) -> Line {
        let full = Int((min(1, max(0, fraction)) * Double(cells)).rounded(.down))
        return Line([
            Span(String(repeating: glyphs[.barFull], count: full), .progress),
            Span(String(repeating: glyphs[.barRest], count: max(0, cells - full)), .progressRest),
        ])
    }

    /// A value beside its limit: the bar ends at the value, the limit is marked at two thirds of the width.
    ///
    /// A value of more than one and a half times the limit fills the bar.
    package static func measured(_ ratio: Double, _ result: Measurement.Result, cells: Int, _ glyphs: GlyphSet) -> Line
    {
        guard cells >= 3 else { return Line() }
        let mark = cells * 2 / 3
        let full = Int((min(1.5, max(0, ratio)) / 1.5 * Double(cells)).rounded())
        let role: Role =
            switch result {
            case .pass: .measuredInside
            case .warn, .noisyHost, .tooFewSamples, .implausible: .measuredNear
            case .fail: .measuredOutside
            }
        var line = Line()
        for place in 0..<cells {
            if place == mark {
                line.add(glyphs[.limitMark], .limitMark)
            } else {
                line.add(place < full ? glyphs[.barFull] : glyphs[.barRest], place < full ? role : .progressRest)
            }
        }
        return line
    }

    /// Shares of a whole: each share that is not nothing gets at least one cell, the rest by largest remainder.
    ///
    /// - Returns: as many cells as asked for, together, unless there are more shares than cells.
    package static func apportioned(_ shares: [Int], cells: Int) -> [Int] {
        let total = shares.reduce(0, +)
        guard total > 0, cells > 0 else { return shares.map { _ in 0 } }
        var given = shares.map { $0 == 0 ? 0 : max(1, $0 * cells / total) }
        var left = cells - given.reduce(0, +)
        let byRemainder = shares.indices.filter { shares[$0] > 0 }.sorted {
            let (a, b) = (shares[$0] * cells % total, shares[$1] * cells % total)
            return a == b ? $0 < $1 : a > b
        }
        for place in byRemainder where left > 0 {
            given[place] += 1
            left -= 1
        }
        while left < 0, let widest = given.indices.max(by: { given[$0] < given[$1] }), given[widest] > 1 {
            given[widest] -= 1
            left += 1
        }
        return given
    }
}
