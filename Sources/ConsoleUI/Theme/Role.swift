/// What a piece of text on the screen means. Views name roles; only a theme knows colours.
package enum Role: String, Sendable, Hashable, CaseIterable {
    /// Ordinary text, and the ground that everything stands on.
    case text
    /// Text of less weight: units, hints, what has not begun.
    case muted
    /// Text of more weight: names, headings of sections.
    case strong
    /// The product's name and the like.
    case brand
    /// Column headings.
    case heading
    /// Where one is: the path of views.
    case breadcrumb
    /// Borders of panes.
    case border
    /// The border of the pane that keys act on.
    case borderFocus = "border.focus"
    /// Titles on borders.
    case title
    /// Lies over the row that keys act on.
    case focus
    /// Lies over the chosen row of another pane.
    case selection
    /// An id of a check.
    case checkID = "check.id"
    /// A command ready to paste.
    case command
    /// Where a value comes from: file and line.
    case source
    /// Lines of logs and evidence.
    case log

    case statusPass = "status.pass"
    case statusWarn = "status.warn"
    case statusFail = "status.fail"
    case statusError = "status.error"
    case statusUnverified = "status.unverified"
    case statusBlocked = "status.blocked"
    case statusCancelled = "status.cancelled"
    case statusNotApplicable = "status.not-applicable"
    case statusRunning = "status.running"
    case statusWaiting = "status.waiting"

    case verdictGo = "verdict.go"
    case verdictConditions = "verdict.conditions"
    case verdictHold = "verdict.hold"
    case verdictNoGo = "verdict.nogo"
    /// The badge while checks still run and nothing is red yet.
    case verdictPending = "verdict.pending"

    /// The filled part of a progress bar.
    case progress
    /// The rest of any bar.
    case progressRest = "progress.rest"
    /// A bar of a value inside its limit.
    case measuredInside = "measured.inside"
    /// A bar of a value in the warning band, or that proves nothing.
    case measuredNear = "measured.near"
    /// A bar of a value that misses its limit.
    case measuredOutside = "measured.outside"
    /// The mark of the limit on a bar.
    case limitMark = "limit.mark"

    /// A key in the footer and in help.
    case key
    /// What the key does.
    case keyText = "key.text"
    /// The same for a command that cannot be used now.
    case keyDisabled = "key.disabled"
    /// A tab that is not chosen.
    case tab
    /// The chosen tab.
    case tabChosen = "tab.chosen"
    /// Text that is being typed.
    case input
    /// A message about something that went well.
    case noticeInfo = "notice.info"
    /// A message about something to know.
    case noticeWarning = "notice.warning"
    /// A message about something that failed.
    case noticeError = "notice.error"
    /// A fault that is set.
    case faultActive = "fault.active"
}

extension Role {
    /// Whether it tells how something stands, so that its colour must not be lost under a mark.
    var carriesState: Bool {
        ["status.", "measured.", "progress", "limit.", "notice.", "fault."].contains { rawValue.hasPrefix($0) }
    }
}
