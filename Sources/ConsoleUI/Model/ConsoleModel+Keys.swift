import Readiness

extension ConsoleModel {
    /// What a key does where one is now.
    mutating func press(_ key: Key) -> [ConsoleEffect] {
        if dialog != nil { return answer(key) }
        notice = leaving == .cancelFirst ? Self.stopping : nil
        if case .help(let help) = place { return typeInHelp(key, help) }
        // Whatever a pasted text holds, it was not meant as commands.
        if case .paste = key {
            notice = Notice("pasted text does nothing here", .info)
            return []
        }
        if case .character(let character) = key, let digit = character.wholeNumberValue, character.isASCII {
            return type(digit: digit)
        }
        let count = keyCount.value
        keyCount = KeyCount()
        guard let command = CommandTable.command(for: key, in: stage) else { return [] }
        return perform(command, count: count)
    }

    /// Does a command, or says why not.
    mutating func perform(_ command: Command, count: Int? = nil) -> [ConsoleEffect] {
        if let reason = reasonAgainst(command) {
            notice = Notice(reason, .warning)
            return []
        }
        let times = max(1, min(count ?? 1, 100_000))
        switch command {
        case .moveDown: move(by: times)
        case .moveUp: move(by: -times)
        case .halfPageDown: move(by: max(1, pageHeight / 2) * times)
        case .halfPageUp: move(by: -max(1, pageHeight / 2) * times)
        case .pageDown: move(by: max(1, pageHeight - 1) * times)
        case .pageUp: move(by: -max(1, pageHeight - 1) * times)
        case .top: move(by: -1_000_000)
        case .bottom: goToBottom()
        case .open: open()
        case .back: back()
        case .paneValidators: go(to: .validators, .summary)
        case .paneChecks: go(to: .checks, .evidence)
        case .paneEvents: go(to: .events, .log)
        case .nextPane: cyclePane(1)
        case .previousPane: cyclePane(-1)
        case .nextFailing: goToFailing(times)
        case .previousFailing: goToFailing(-times)
        case .filter: cycleFilter()
        case .order:
            overview.order = overview.order == .attention ? .plan : .attention
            notice = Notice(overview.order == .plan ? "sorted as planned" : "sorted by attention", .info)
        case .follow: toggleFollow()
        case .fix: goToFix()
        case .markStep: toggleStep()
        case .faults: openFaults()
        case .toggleFault: return toggleFault()
        case .clearFaults: return clearFaults()
        case .help: stack.append(.help(HelpPlace()))
        case .start: return start()
        case .chooseCheck: chooseCheck()
        case .chooseAll: choose { _ in true }
        case .chooseReading: choose { $0.check.effects <= .read }
        case .chooseVerifiable: choose { $0.forecast.isExpectedToSee }
        case .target: return openTarget()
        case .lookAgain: return look()
        case .rerun: if let id = focusedCheck { ask(.rerun(id), isAffirmed: true) }
        case .rerunFailed: ask(.rerunFailed, isAffirmed: true)
        case .cancel: if let id = focusedCheck { ask(.cancel(id)) }
        case .cancelAll: ask(.cancelAll(typed: ""))
        case .copy: return copy()
        case .redraw: return [.redraw]
        case .suspend: return [.suspend]
        case .quit: return quit()
        case .interrupt: return interrupt()
        }
        return []
    }

    mutating func ask(_ question: Dialog.Question, isAffirmed: Bool = false) {
        dialog = Dialog(question, at: now, isAffirmed: isAffirmed)
    }

    /// Digits: 1, 2 and 3 choose panes at once, unless the next digit shows that a number was meant.
    private mutating func type(digit: Int) -> [ConsoleEffect] {
        if let value = keyCount.value {
            keyCount = KeyCount(value: min(99_999, value * 10 + digit))
            return []
        }
        if let first = keyCount.digit, let before = keyCount.paneBefore, digit == 0 || digit > 3 {
            if place == nil { overview.pane = before }
            keyCount = KeyCount(value: first * 10 + digit)
            return []
        }
        guard digit > 3 || stage == .faults else {
            guard digit > 0 else { return [] }
            keyCount = KeyCount(paneBefore: overview.pane, digit: digit)
            return perform(digit == 1 ? .paneValidators : digit == 2 ? .paneChecks : .paneEvents)
        }
        if digit > 0 { keyCount = KeyCount(value: digit) }
        return []
    }

    // MARK: - Help

    private mutating func typeInHelp(_ key: Key, _ help: HelpPlace) -> [ConsoleEffect] {
        var help = help
        switch key {
        case .character(let character):
            help.filter.append(character)
            help.position = ListPosition()
        case .backspace:
            _ = help.filter.popLast()
            help.position = ListPosition()
        case .down, .control("d"), .control("f"), .pageDown, .tab:
            help.position.cursor += key == .down || key == .tab ? 1 : max(1, pageHeight - 1)
        case .up, .control("u"), .control("b"), .pageUp, .backTab:
            help.position.cursor -= key == .up || key == .backTab ? 1 : max(1, pageHeight - 1)
        case .home: help.position.cursor = 0
        case .end: help.position.cursor = .max / 2
        case .escape where !help.filter.isEmpty:
            help.filter = ""
            help.position = ListPosition()
        case .escape, .left:
            stack.removeLast()
            return []
        case .enter:
            let entries = helpEntries
            guard entries.indices.contains(help.position.cursor) else { return [] }
            stack.removeLast()
            return perform(entries[help.position.cursor].command)
        default:
            guard let command = CommandTable.command(for: key, in: .help) else { return [] }
            return perform(command)
        }
        stack[stack.count - 1] = .help(help)
        return []
    }

    // MARK: - Leaving

    private mutating func quit() -> [ConsoleEffect] {
        guard isActive, hasEngine else { return leave(.finished) }
        ask(.quit)
        return []
    }

    private mutating func interrupt() -> [ConsoleEffect] {
        if leaving != nil { return leave(.kill) }
        if case .help = place { stack.removeLast() }
        return quit()
    }
}
