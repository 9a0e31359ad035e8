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
        switch key {
        case .escape, .character("n"):
            dialog = nil
            return decline(open.question)
        case .left, .right, .up, .down, .tab, .backTab, .character("h"), .character("j"), .character("k"),
            .character("l"):
            open.isAffirmed.toggle()
            dialog = open
        case .enter:
            dialog = nil
            return open.isAffirmed ? affirm(open.question) : decline(open.question)
        default: break
        }
        return []
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

    /// What follows from leaving things as they are: mostly nothing.
    private mutating func decline(_ question: Dialog.Question) -> [ConsoleEffect] {
        guard case .recover = question else { return [] }
        notice = Notice("left as it is: holdpoint recover takes it back later", .warning)
        return [.recover(isWanted: false)]
    }

    /// A second Ctrl-C, while the question of the first is open, cancels and leaves; within other questions it asks.
    private mutating func interruptDialog(_ open: Dialog) -> [ConsoleEffect] {
        dialog = nil
        if leaving != nil { return leave(.kill) }
        if open.question == .quit { return leaveNow() }
        return decline(open.question) + perform(.quit)
    }

    private mutating func leaveNow() -> [ConsoleEffect] {
        guard isActive, hasEngine else { return leave(.finished) }
        notice = Notice("cancelling what runs; Ctrl-C again does not wait", .warning)
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
