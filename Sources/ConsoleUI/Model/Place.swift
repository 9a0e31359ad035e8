package import Readiness

/// A part of the overview that keys can go to.
package enum Pane: Int, Sendable, CaseIterable {
    case validators = 1, checks, events
}

/// Which checks the overview lists.
package enum StateFilter: String, Sendable, CaseIterable {
    case all, failing, warnings, running

    /// Whether a check is listed.
    package func admits(_ record: CheckRecord) -> Bool {
        switch self {
        case .all: true
        case .failing: record.needsAttention || record.outcome == .blocked
        case .warnings: record.outcome == .warn
        case .running: record.state != .finished
        }
    }

    /// The one after it, around.
    var next: StateFilter {
        let all = Self.allCases
        return all[(all.firstIndex(of: self)! + 1) % all.count]
    }
}

/// In which order the overview lists checks.
package enum CheckOrder: String, Sendable, CaseIterable {
    /// What wants attention first, then what runs.
    case attention
    /// As planned.
    case plan
}

/// A cursor in a list and the first row that is shown.
package struct ListPosition: Sendable, Equatable {
    /// The row that keys act on.
    package var cursor = 0
    /// The first row that is visible.
    package var top = 0

    /// The position at a row, by default the first.
    package init(_ cursor: Int = 0) { self.cursor = cursor }

    /// Puts the cursor inside the list and the window around the cursor, moving the window as little as possible.
    mutating func settle(count: Int, height: Int) {
        cursor = max(0, min(cursor, count - 1))
        let height = max(1, height)
        top = max(0, min(top, cursor, max(0, count - height)))
        if cursor >= top + height { top = cursor - height + 1 }
    }
}

/// What the overview remembers.
package struct OverviewPlace: Sendable, Equatable {
    /// Where keys go.
    package var pane = Pane.checks
    /// Whose checks are listed; nil: everybody's.
    package var validator: String?
    /// The chosen check; nil until somebody chose one, and then the first row is meant.
    package var check: CheckID?
    /// Which checks are listed.
    package var filter = StateFilter.all
    /// In which order.
    package var order = CheckOrder.attention
    /// The first visible check.
    package var checksTop = 0
    /// The first visible validator.
    package var validatorsTop = 0

    /// The overview as it opens.
    package init() {}
}

/// A part of the check detail.
package enum DetailSection: String, Sendable, CaseIterable {
    case summary, evidence, log, fix, links

    /// As on its tab.
    package var title: String {
        switch self {
        case .summary: "Summary"
        case .evidence: "Evidence"
        case .log: "Log"
        case .fix: "Fix"
        case .links: "Links"
        }
    }
}

/// A check's detail, and what it remembers.
package struct DetailPlace: Sendable, Equatable {
    /// The check.
    package var check: CheckID
    /// Where keys go.
    package var section: DetailSection
    /// Whether that section has the whole screen, where there would be room for more.
    package var isZoomed = false
    /// Where one is in each section; the log remembers by itself.
    package var positions: [DetailSection: ListPosition] = [:]

    /// A check's detail as it opens.
    package init(_ check: CheckID, section: DetailSection = .summary) {
        self.check = check
        self.section = section
    }
}

/// The help, and what it remembers.
package struct HelpPlace: Sendable, Equatable {
    /// What was typed to narrow it.
    package var filter = ""
    /// Which entry.
    package var position = ListPosition()
}

/// A view that lies over the overview. The path of views is a stack of these.
package enum Place: Sendable, Equatable {
    case check(DetailPlace)
    /// What would be run, before anything is.
    case preflight(ListPosition)
    /// What the target offers of the readiness surface.
    case target(ListPosition)
    case faults(ListPosition)
    case help(HelpPlace)
}
