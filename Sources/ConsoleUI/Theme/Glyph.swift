/// The signs that the console draws beside text. Each has a column for UTF-8 and one for ASCII.
///
/// In the UTF-8 column stand only characters on whose width terminals agree (console.md 6.4).
package enum Glyph: String, Sendable, Hashable, CaseIterable {
    case pass, warn, fail, error, unverified, blocked, cancelled, running, waiting
    case notApplicable = "not-applicable"
    /// Before the focused row.
    case cursor
    /// Where text was cut. One cell.
    case ellipsis
    /// Between facts on a line.
    case separator
    /// Between the views of a path.
    case path
    /// Beside the clock while a run is live.
    case live
    case horizontal, vertical
    case topLeft = "top-left"
    case topRight = "top-right"
    case bottomLeft = "bottom-left"
    case bottomRight = "bottom-right"
    case barFull = "bar.full"
    case barRest = "bar.rest"
    case limitMark = "limit.mark"
    case segmentPass = "segment.pass"
    case segmentWarn = "segment.warn"
    case segmentFail = "segment.fail"
    case segmentUnknown = "segment.unknown"
    case segmentRunning = "segment.running"
    case segmentRest = "segment.rest"
    case lessOrEqual = "less-or-equal"
    case greaterOrEqual = "greater-or-equal"
    /// There is more above, or below.
    case moreAbove = "more.above"
    case moreBelow = "more.below"

    /// What is drawn where a theme says nothing else: UTF-8, then ASCII.
    package var standard: (unicode: String, ascii: String) {
        switch self {
        case .pass: ("✔", "+")
        case .warn: ("▲", "^")
        case .fail: ("✘", "X")
        case .error: ("!", "!")
        case .unverified: ("?", "?")
        case .blocked: ("◌", "o")
        case .cancelled: ("×", "x")
        case .running: ("◐", "~")
        case .waiting: ("·", ".")
        case .notApplicable: ("–", "-")
        case .cursor: (">", ">")
        case .ellipsis: ("…", "~")
        case .separator: ("·", "-")
        case .path: ("›", ">")
        case .live: ("●", "*")
        case .horizontal: ("─", "-")
        case .vertical: ("│", "|")
        case .topLeft: ("┌", "+")
        case .topRight: ("┐", "+")
        case .bottomLeft: ("└", "+")
        case .bottomRight: ("┘", "+")
        case .barFull: ("█", "#")
        case .barRest: ("░", ".")
        case .limitMark: ("│", "|")
        case .segmentPass: ("█", "=")
        case .segmentWarn: ("▲", "^")
        case .segmentFail: ("▓", "X")
        case .segmentUnknown: ("▓", "?")
        case .segmentRunning: ("▒", "~")
        case .segmentRest: ("░", ".")
        case .lessOrEqual: ("≤", "<=")
        case .greaterOrEqual: ("≥", ">=")
        case .moreAbove: ("▲", "^")
        case .moreBelow: ("▼", "v")
        }
    }
}

/// The signs of a theme in one of its two columns.
package struct GlyphSet: Sendable, Equatable {
    /// Whether the terminal shows nothing but ASCII.
    package let isASCII: Bool
    private let own: [Glyph: String]

    /// The standard signs, with a theme's own ones in place of some.
    package init(isASCII: Bool, own: [Glyph: String] = [:]) {
        self.isASCII = isASCII
        self.own = own
    }

    /// What is drawn.
    package subscript(glyph: Glyph) -> String {
        own[glyph] ?? (isASCII ? glyph.standard.ascii : glyph.standard.unicode)
    }
}
