import Readiness

extension ConsoleModel {
    /// What a key does while a question is open.
    mutating func answer(_ key: Key) -> [ConsoleEffect] {
        guard var open = dialog else { return [] }
        // Ctrl-C is the way out that must always work: it is never deaf.
        if key == .control("c") { return interruptDialog(open) }
        if open.isDangerous, now - open.openedAt < Dialog.deafness { return [] }
        if case .paste = key { return [] }
        switch open.question {
        case .cancelAll(let typed): return type(key, into: typed, limit: 12) { .cancelAll(typed: $0) }
        case .magnitude(let name, let hint, let typed):
            return type(key, into: typed, limit: 24) { .magnitude(name: name, hint: hint, typed: $0) }
        case .quit, .cancel, .rerun, .rerunFailed, .recover: break
        }
        if let lines = scrolling(by: key, open) {
            open.top += lines
            dialog = open
            return []
        }
        let count = open.answers.count
        switch key {
        case .escape:
            dialog = nil
            return decline(open.question)
        // Three answers have no plain "no".
        case .character("n") where count == 2:
            dialog = nil
            return decline(open.question)
        case .right, .down, .tab, .character("j"), .character("l"):
            open.choice = (open.choice + 1) % count
            dialog = open
        case .left, .up, .backTab, .character("h"), .character("k"):
            open.choice = (open.choice + count - 1) % count
            dialog = open
        case .enter:
            dialog = nil
            if open.isAffirmed { return affirm(open.question) }
            return open.choice == 0 ? decline(open.question) : leaveAsItIs()
        default: break
        }
        return []
    }

    /// By how many lines a key scrolls a question that the screen cannot hold; nil: it has another meaning.
    private func scrolling(by key: Key, _ open: Dialog) -> Int? {
        let layout = DialogLayout(open, self)
        guard layout.canScroll else { return nil }
        switch key {
        case .down, .character("j"): return 1
        case .up, .character("k"): return -1
        case .pageDown, .control("f"), .control("d"): return max(1, layout.textHeight - 1)
        case .pageUp, .control("b"), .control("u"): return -max(1, layout.textHeight - 1)
        case .end, .character("G"): return layout.text.count
        case .home, .character("g"): return -layout.text.count
        default: return nil
        }
    }

    private mutating func type(
        _ key: Key, into typed: String, limit: Int, _ question: (String) -> Dialog.Question
    ) -> [ConsoleEffect] {
        var typed = typed
        switch key {
        case .escape:
            dialog = nil
            return []
        case .character(let character) where typed.count < limit && character.isASCII: typed.append(character)
        case .backspace: _ = typed.popLast()
        case .control("u"): typed = ""
        case .enter:
            // Enter does nothing until what was typed is right.
            if case .cancelAll(typed: Dialog.cancelWord) = question(typed) {
            } else if case .magnitude = question(typed) {
            } else {
                return []
            }
            dialog = nil
            return affirm(question(typed))
        default: break
        }
        dialog?.question = question(typed)
        return []
    }

    private mutating func affirm(_ question: Dialog.Question) -> [ConsoleEffect] {
        switch question {
        case .quit: return leaveNow()
        case .cancel(let id):
            guard let record = summary[id], record.state != .finished else {
                notice = Notice("\(id) has finished meanwhile", .info)
                return []
            }
            notice = Notice("cancelling \(id)", .info)
            return [.command(.cancel(id))]
        case .cancelAll:
            guard !unfinished.isEmpty else {
                notice = Notice("everything has finished meanwhile", .info)
                return []
            }
            notice = Notice("cancelling \(Counted.of(unfinished.count, "check"))", .info)
            return [.command(.cancelAll)]
        case .rerun(let id):
            notice = Notice("running \(id) again", .info)
            return [.command(.rerun(id))]
        case .rerunFailed:
            notice = Notice("running \(Counted.of(rerunnable.count, "red check")) again", .info)
            return [.command(.rerunFailed)]
        case .magnitude(let name, _, let typed):
            faultsPending.insert(name)
            return [.fault(.set(name: name, magnitude: typed.isEmpty ? nil : typed))]
        case .recover:
            notice = Notice("taking back what was left", .info)
            return [.recover(isWanted: true)]
        }
    }

    /// What follows from leaving things as they are: mostly nothing. Nobody has said that a run may begin on a target
    /// that another has left changed, so none begins.
    private mutating func decline(_ question: Dialog.Question) -> [ConsoleEffect] {
        guard case .recover = question else { return [] }
        return leave(.finished)
    }

    /// The run begins on the target as it is: asked for by name, never by a way out.
    private mutating func leaveAsItIs() -> [ConsoleEffect] {
        notice = Notice("left as it is: holdpoint recover takes it back later", .warning)
        return [.recover(isWanted: false)]
    }

    /// A second Ctrl-C, while the question of the first is open, cancels and leaves; within other questions it asks.
    private mutating func interruptDialog(_ open: Dialog) -> [ConsoleEffect] {
        dialog = nil
        if leaving != nil { return leave(.kill) }
        if open.question == .quit { return leaveNow() }
        if case .recover = open.question { return decline(open.question) }
        return perform(.quit)
    }

    /// Stays in the status line until the run is closed, whatever else is pressed.
    static let stopping = Notice("stopping, undoing changes… Ctrl-C again to leave at once", .warning)

    private mutating func leaveNow() -> [ConsoleEffect] {
        guard isActive, hasEngine else { return leave(.finished) }
        notice = Self.stopping
        return leave(.cancelFirst)
    }

    // MARK: - Faults

    mutating func toggleFault() -> [ConsoleEffect] {
        guard case .faults(let position) = place, let faults, faults.faults.indices.contains(position.cursor) else {
            return []
        }
        let fault = faults.faults[position.cursor]
        if fault.active != nil {
            faultsPending.insert(fault.name)
            notice = Notice("clearing \(fault.name)", .info)
            return [.fault(.clear(name: fault.name))]
        }
        if let hint = fault.magnitudeHint {
            ask(.magnitude(name: fault.name, hint: hint, typed: ""))
            return []
        }
        faultsPending.insert(fault.name)
        notice = Notice("setting \(fault.name)", .info)
        return [.fault(.set(name: fault.name, magnitude: nil))]
    }

    mutating func clearFaults() -> [ConsoleEffect] {
        faultsPending.formUnion((faults?.faults ?? []).filter { $0.active != nil }.map(\.name))
        notice = Notice("clearing all faults", .info)
        return [.fault(.clearAll)]
    }

    /// Opens the fault panel with the cursor on the first fault that is set.
    mutating func openFaults() {
        var position = ListPosition()
        position.cursor = faults?.faults.firstIndex { $0.active != nil } ?? 0
        stack.append(.faults(position))
    }
}
