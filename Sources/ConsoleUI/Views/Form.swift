/// The rungs of the ladder of layouts. There is no size that is refused.
package enum Form: Sendable, Equatable {
    /// Two panes, focus card and ticker: from 110 columns and 28 rows.
    case wide
    /// Two compact panes, the focus on one line: from 80 columns.
    case normal
    /// One pane at a time: from 50 columns and 16 rows.
    case narrow
    /// One list without borders.
    case mini
    /// The verdict alone: below 30 columns or 6 rows.
    case line

    /// The rung for a size.
    package init(_ size: Size) {
        switch (size.columns, size.rows) {
        case (..<30, _), (_, ..<6): self = .line
        case (..<50, _), (_, ..<16): self = .mini
        case (..<80, _): self = .narrow
        case (110..., 28...): self = .wide
        default: self = .normal
        }
    }
}

/// Where the parts of the overview are: a pure function of the size and, where only one pane fits, of the pane.
package struct OverviewLayout: Sendable, Equatable {
    /// The rung.
    package var form: Form
    /// Product, target, clock. Empty where there is no room.
    package var header: Rect
    /// The verdict and what would turn it to go.
    package var verdict: Rect
    /// The bar of all checks. Empty where there is no room.
    package var bar: Rect
    /// In `mini`: what the list is.
    package var caption: Rect
    /// The validators with their border. Empty where another pane is shown instead.
    package var validators: Rect
    /// The checks with their border. Empty where another pane is shown instead.
    package var checks: Rect
    /// What is known of the focused check: a card, a line or nothing.
    package var focus: Rect
    /// The newest events, with a border in `wide`.
    package var ticker: Rect
    /// Keys, or the message to the operator.
    package var footer: Rect

    /// Lays out a size.
    package init(_ size: Size, pane: Pane) {
        form = Form(size)
        var rest = Rect(size)
        let none = Rect(x: 0, y: 0, width: 0, height: 0)
        (header, bar, caption, validators, checks, focus, ticker, footer) = (
            none, none, none, none, none, none, none, none
        )
        guard form != .line else {
            verdict = rest
            return
        }
        if form != .mini { header = rest.cutTop(1) }
        verdict = rest.cutTop(1)
        footer = rest.cutBottom(1)
        if size.rows >= 10 { bar = rest.cutTop(1) }
        switch form {
        case .wide:
            // The panes come first; the card and then the ticker get what they leave.
            let ticker = rest.height >= 32 ? max(8, rest.height / 4) : rest.height >= 28 ? 6 : 0
            self.ticker = rest.cutBottom(ticker)
            focus = rest.cutBottom(6)
            validators = rest.cutLeft(40)
            checks = rest
        case .normal:
            if size.rows >= 20, pane != .events { ticker = rest.cutBottom(2) }
            if size.rows >= 18 { focus = rest.cutBottom(1) }
            if pane == .events {
                ticker = rest
            } else {
                validators = rest.cutLeft(27)
                checks = rest
            }
        case .narrow:
            if size.rows >= 22, pane != .events { ticker = rest.cutBottom(2) }
            if pane != .events { focus = rest.cutBottom(1) }
            place(rest, pane)
        case .mini, .line:
            caption = rest.cutTop(1)
            if size.rows >= 12, pane != .events { ticker = rest.cutBottom(1) }
            place(rest, pane)
        }
    }

    /// Whether panes have borders.
    package var isBoxed: Bool { form != .mini && form != .line }

    /// The rows of a list inside a pane: without border and column heading.
    package func rows(of pane: Pane) -> Rect {
        switch pane {
        case .validators: isBoxed ? belowHeading(validators.inside) : validators
        case .checks: isBoxed ? belowHeading(checks.inside) : checks
        case .events: tickerIsBoxed ? ticker.inside : ticker
        }
    }

    /// Whether the events have a border.
    package var tickerIsBoxed: Bool { ticker.height > 2 && isBoxed }

    private func belowHeading(_ rect: Rect) -> Rect {
        var rest = rect
        _ = rest.cutTop(1)
        return rest
    }

    private mutating func place(_ rest: Rect, _ pane: Pane) {
        switch pane {
        case .validators: validators = rest
        case .checks: checks = rest
        case .events: ticker = rest
        }
    }
}

/// Where the parts of a check's detail are.
package struct DetailLayout: Sendable, Equatable {
    /// A section and its place, with its border if it has one.
    package struct Panel: Sendable, Equatable {
        /// Which.
        package var section: DetailSection
        /// Where.
        package var rect: Rect
    }

    /// The rung.
    package var form: Form
    /// Verdict, path and clock.
    package var verdict: Rect
    /// Outcome, id and title.
    package var headline: Rect
    /// Why, in a sentence.
    package var reason: Rect
    /// The sections' names, where not all of them are on the screen.
    package var tabs: Rect
    /// What is on the screen.
    package var panels: [Panel]
    /// Keys, or the message to the operator.
    package var footer: Rect

    /// Lays out a size for a section.
    package init(_ size: Size, section: DetailSection, isZoomed: Bool) {
        form = Form(size)
        var rest = Rect(size)
        let none = Rect(x: 0, y: 0, width: 0, height: 0)
        (headline, reason, tabs, footer) = (none, none, none, none)
        panels = []
        guard form != .line else {
            verdict = rest
            return
        }
        verdict = rest.cutTop(1)
        footer = rest.cutBottom(1)
        headline = rest.cutTop(1)
        let sentences = form == .mini ? section == .summary && size.rows >= 10 ? 2 : 0 : 2
        reason = rest.cutTop(sentences)
        guard form == .wide, !isZoomed else {
            tabs = rest.cutTop(1)
            if section == .summary, form != .mini, rest.height >= 16 {
                panels = [Panel(section: .fix, rect: rest.cutBottom(rest.height / 2))]
            }
            panels.insert(Panel(section: section, rect: rest), at: 0)
            return
        }
        let summary = rest.cutTop(max(8, rest.height / 3))
        var middle = rest.cutTop(rest.height * 11 / 20)
        let evidence = middle.cutLeft(middle.width / 2)
        let links = rest.cutLeft(rest.width * 2 / 5)
        panels = [
            Panel(section: .summary, rect: summary), Panel(section: .evidence, rect: evidence),
            Panel(section: .fix, rect: middle), Panel(section: .links, rect: links), Panel(section: .log, rect: rest),
        ]
    }

    /// Whether panels have borders.
    package var isBoxed: Bool { form != .mini && form != .line }

    /// The rows inside a section's panel; nil where it is not on the screen.
    package func rows(of section: DetailSection) -> Rect? {
        guard let panel = panels.first(where: { $0.section == section }) else { return nil }
        return isBoxed ? panel.rect.inside : panel.rect
    }

    /// The cells for a section's text: its rows without the cursor's column and a margin at the right.
    package func textWidth(of section: DetailSection) -> Int { max(1, (rows(of: section)?.width ?? 1) - 2) }
}

/// Where the parts of the fault panel and of the help are.
package struct ListLayout: Sendable, Equatable {
    /// The rung.
    package var form: Form
    /// Verdict, path and clock.
    package var verdict: Rect
    /// What the list is about, or what was typed.
    package var caption: Rect
    /// The list with its border, if it has one.
    package var list: Rect
    /// What there is to say about the row under the cursor.
    package var explanation: Rect
    /// Keys, or the message to the operator.
    package var footer: Rect

    /// Lays out a size.
    package init(_ size: Size) {
        form = Form(size)
        var rest = Rect(size)
        let none = Rect(x: 0, y: 0, width: 0, height: 0)
        (caption, list, explanation, footer) = (none, none, none, none)
        guard form != .line else {
            verdict = rest
            return
        }
        verdict = rest.cutTop(1)
        footer = rest.cutBottom(1)
        caption = rest.cutTop(1)
        explanation = rest.cutBottom(form == .wide ? 2 : form == .mini && size.rows < 10 ? 1 : 3)
        list = rest
    }

    /// Whether the list has a border.
    package var isBoxed: Bool { form != .mini && form != .line }
    /// The list's rows.
    package var rows: Rect { isBoxed ? list.inside : list }
}
