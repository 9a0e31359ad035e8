import Readiness

/// A question over the view.
enum DialogView {
    static func draw(_ dialog: Dialog, on canvas: inout Canvas) {
        let (model, glyphs) = (canvas.model, canvas.glyphs)
        let layout = DialogLayout(dialog, model)
        let top = max(0, min(dialog.top, layout.lastTop))
        var lines = layout.text[top...].prefix(layout.textHeight).map { Line($0) }
        if layout.hasGap { lines.append(Line()) }
        var cursor = (x: 0, y: lines.count)
        if let input = layout.input {
            var line = Line(input.label + " ", .muted)
            cursor.x = line.width + TextWidth.of(SafeText.line(input.typed))
            line.add(input.typed, .input)
            line.add("_", .input)
            lines.append(line)
        } else {
            var answers = Line()
            for (place, answer) in dialog.answers.enumerated() {
                let isChosen = place == dialog.choice
                if place > 0 { answers.add("   ") }
                if isChosen { cursor.x = answers.width }
                answers.add(isChosen ? "\(glyphs[.cursor]) \(answer)" : "  \(answer)", isChosen ? .tabChosen : .tab)
            }
            lines.append(answers.fitted(to: layout.textWidth, glyphs))
        }
        lines += layout.hint.map { Line($0, .muted) }
        let rect = layout.rect(of: lines.count)
        Box(title: Line(layout.title, dialog.isDangerous ? .noticeWarning : .title), isFocused: true)
            .draw(on: &canvas.grid, in: rect, glyphs)
        for (place, line) in lines.enumerated() where place < rect.inside.height {
            canvas.draw(
                line, in: Rect(x: rect.x + 1, y: rect.y + 1 + place, width: rect.width - 2, height: 1), margin: 1)
        }
        if layout.canScroll { drawHidden(above: top, below: layout.lastTop - top, in: rect, on: &canvas) }
        canvas.cursor = (rect.x + 2 + cursor.x, rect.y + 1 + cursor.y)
    }

    /// How many lines of the text are not seen, on the lower edge.
    private static func drawHidden(above: Int, below: Int, in rect: Rect, on canvas: inout Canvas) {
        var text = Line(" ", .muted)
        if above > 0 { text.add("\(canvas.glyphs[.moreAbove]) \(above) ", .muted) }
        if below > 0 { text.add("\(canvas.glyphs[.moreBelow]) \(below) more ", .muted) }
        text.add("jk scrolls ", .muted)
        canvas.grid.draw(text, x: rect.maxX - text.width - 1, y: rect.maxY - 1)
    }
}

/// What a question says, wrapped for the screen: its text scrolls, what must be answered never goes out of sight.
struct DialogLayout {
    private let size: Size
    /// On the upper edge.
    let title: String
    /// Cells of a line.
    let textWidth: Int
    /// All lines of the text, seen or not.
    let text: [String]
    /// What is typed, where something is.
    let input: (label: String, typed: String)?
    /// Lines under the answers, as many as there is room for.
    let hint: [String]
    /// Whether an empty line stands before the answers.
    let hasGap: Bool
    /// How many lines of the text are seen.
    let textHeight: Int

    private var isSmall: Bool { size.columns < 60 }
    private var width: Int { min(size.columns, isSmall ? size.columns : 72) }

    /// The last first line that still fills the room.
    var lastTop: Int { max(0, text.count - textHeight) }
    /// Whether there is more text than room.
    var canScroll: Bool { lastTop > 0 && textHeight > 0 }

    init(_ dialog: Dialog, _ model: ConsoleModel) {
        let words = DialogWords(dialog, model)
        size = model.size
        title = words.title
        input = words.input
        let width = min(size.columns, size.columns < 60 ? size.columns : 72)
        textWidth = max(1, width - 4)
        let cells = textWidth
        text = words.text.flatMap { TextWidth.wrapped(SafeText.line($0), to: cells) }
        // On a screen that cannot hold it all the answers come first, then some of the text, then the hint and the gap.
        let room = max(1, size.rows - 2) - 1
        let wrappedHint = TextWidth.wrapped(words.hint, to: textWidth)
        let least = min(text.count, 1)
        hint = Array(wrappedHint.prefix(max(0, room - least)))
        hasGap = room - hint.count - least > 0
        textHeight = max(0, min(text.count, room - hint.count - (hasGap ? 1 : 0)))
    }

    /// Where it stands when it has so many lines.
    func rect(of lines: Int) -> Rect {
        let area = Rect(size)
        var rect = area.centered(width, lines + 2)
        if isSmall { rect.y = max(0, area.height - rect.height) }
        return rect
    }
}

/// The words of a question.
private struct DialogWords {
    var title: String
    var text: [String]
    var input: (label: String, typed: String)?
    var hint: String

    /// Changes that are named one by one.
    private static let namedChanges = 200

    init(_ dialog: Dialog, _ model: ConsoleModel) {
        let open = model.unfinished.count
        switch dialog.question {
        case .quit:
            title = "Leave?"
            text = [
                Counted.of(open, "check") + (open == 1 ? " has" : " have")
                    + " not finished. What was changed on the target is taken back."
            ]
            hint = "Ctrl-C again cancels and leaves."
        case .cancel(let id):
            title = "Cancel \(id)?"
            text = ["It ends as cancelled, and the verdict is held until it has run."]
            hint = "Tab chooses, Enter does it."
        case .cancelAll(let typed):
            title = "Cancel everything?"
            text = ["\(Counted.of(open, "check")) will end as cancelled, and the verdict is held."]
            input = ("type “\(Dialog.cancelWord)”:", typed)
            hint = "Enter does nothing until it matches. Esc lets them run."
        case .rerun(let id):
            let others = model.followers(of: id)
            title = "Run \(id) again"
            text = [
                others.isEmpty ? "Only this check" : "With it: " + Counted.list(others.map(\.description), showing: 4)
            ]
            text[0] += ", about " + Self.estimate(others + [id], model) + "."
            hint = "Enter runs it, Esc leaves it."
        case .rerunFailed:
            let ids = model.rerunnable
            let all = Set(ids.flatMap { [$0] + model.followers(of: $0) })
            title = "Run \(Counted.of(ids.count, "red check")) again"
            text = [
                Counted.list(ids.map(\.description), showing: 4)
                    + (all.count > ids.count
                        ? " and \(Counted.of(all.count - ids.count, "check")) that follow" : "") + ", about "
                    + Self.estimate(Array(all), model) + "."
            ]
            hint = "Enter runs them, Esc leaves them."
        case .magnitude(let name, let hint, let typed):
            title = "Set \(name)"
            text = ["Takes \(hint)."]
            input = ("how strong:", typed)
            self.hint = "Enter sets it; empty means the usual strength. Esc leaves it."
        case .recover(let offer):
            title = "Take back what was left?"
            text = [offer.sentence + ". To do:"]
            text += offer.compensations.prefix(Self.namedChanges).map { "- \($0)" }
            let more = offer.compensations.count - Self.namedChanges
            if more > 0 { text.append("and \(more) more") }
            hint = "Nothing runs before this is answered. Tab chooses, Enter does it, Esc quits."
        }
    }

    private static func estimate(_ ids: [CheckID], _ model: ConsoleModel) -> String {
        let sum = ids.compactMap { model.summary[$0]?.plan.estMs }.reduce(0, +)
        return DurationText.short(.milliseconds(sum))
    }
}
