import Readiness

/// A question over the view.
enum DialogView {
    static func draw(_ dialog: Dialog, on canvas: inout Canvas) {
        let (model, glyphs) = (canvas.model, canvas.glyphs)
        let words = Words(dialog, model)
        let size = canvas.grid.size
        let isSmall = size.columns < 60
        let width = min(size.columns, isSmall ? size.columns : 72)
        let textWidth = max(1, width - 4)
        var lines = words.text.flatMap { TextWidth.wrapped(SafeText.line($0), to: textWidth) }.map { Line($0) }
        lines.append(Line())
        var cursor = (x: 0, y: lines.count - 1)
        if let input = words.input {
            var line = Line(input.label + " ", .muted)
            cursor = (line.width + TextWidth.of(SafeText.line(input.typed)), lines.count)
            line.add(input.typed, .input)
            line.add("_", .input)
            lines.append(line)
            lines.append(contentsOf: TextWidth.wrapped(words.hint, to: textWidth).map { Line($0, .muted) })
        } else {
            var choices = Line()
            for (place, choice) in words.choices.enumerated() {
                let isChosen = (place == 1) == dialog.isAffirmed
                if isChosen { cursor = (choices.width, lines.count) }
                choices.add(isChosen ? "\(glyphs[.cursor]) \(choice)" : "  \(choice)", isChosen ? .tabChosen : .tab)
                choices.add("   ")
            }
            lines.append(choices.fitted(to: textWidth, glyphs))
            lines.append(contentsOf: TextWidth.wrapped(words.hint, to: textWidth).map { Line($0, .muted) })
        }
        // On a screen that cannot hold it all, what must be answered matters more than the explanation.
        let room = max(1, size.rows - 2)
        let cut = max(0, lines.count - room)
        lines.removeFirst(min(cut, max(0, cursor.y)))
        cursor.y -= min(cut, max(0, cursor.y))
        let area = Rect(size)
        var rect = area.centered(width, lines.count + 2)
        if isSmall { rect.y = max(0, area.height - rect.height) }
        Box(title: Line(words.title, dialog.isDangerous ? .noticeWarning : .title), isFocused: true)
            .draw(on: &canvas.grid, in: rect, glyphs)
        for (place, line) in lines.enumerated() where place < rect.inside.height {
            canvas.draw(
                line, in: Rect(x: rect.x + 1, y: rect.y + 1 + place, width: rect.width - 2, height: 1), margin: 1)
        }
        canvas.cursor = (rect.x + 2 + cursor.x, rect.y + 1 + cursor.y)
    }

    private struct Words {
        var title: String
        var text: [String]
        var choices: [String] = []
        var input: (label: String, typed: String)?
        var hint: String

        init(_ dialog: Dialog, _ model: ConsoleModel) {
            let open = model.unfinished.count
            switch dialog.question {
            case .quit:
                title = "Leave?"
                text = [
                    Counted.of(open, "check") + (open == 1 ? " has" : " have")
                        + " not finished. What was changed on the target is taken back."
                ]
                choices = ["Stay", "Cancel and leave"]
                hint = "Ctrl-C again cancels and leaves."
            case .cancel(let id):
                title = "Cancel \(id)?"
                text = ["It ends as cancelled, and the verdict is held until it has run."]
                choices = ["Let it run", "Cancel it"]
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
                    others.isEmpty
                        ? "Only this check" : "With it: " + Counted.list(others.map(\.description), showing: 4)
                ]
                text[0] += ", about " + Self.estimate(others + [id], model) + "."
                choices = ["Leave it", "Run it"]
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
                choices = ["Leave them", "Run them"]
                hint = "Enter runs them, Esc leaves them."
            case .magnitude(let name, let hint, let typed):
                title = "Set \(name)"
                text = ["Takes \(hint)."]
                input = ("how strong:", typed)
                self.hint = "Enter sets it; empty means the usual strength. Esc leaves it."
            case .recover(let offer):
                title = "Take back what was left?"
                text = [
                    "\(Counted.of(offer.runs, "run")) \(offer.runs == 1 ? "was" : "were") killed and left the target "
                        + "changed. To do:"
                ]
                text += offer.compensations.prefix(4).map { "- \($0)" }
                if offer.compensations.count > 4 { text.append("and \(offer.compensations.count - 4) more") }
                choices = ["Leave it", "Take it back"]
                hint = "Nothing runs before this is answered. Tab chooses, Enter does it."
            }
        }

        private static func estimate(_ ids: [CheckID], _ model: ConsoleModel) -> String {
            let sum = ids.compactMap { model.summary[$0]?.plan.estMs }.reduce(0, +)
            return DurationText.short(.milliseconds(sum))
        }
    }
}
