import Readiness

extension ConsoleModel {
    /// Takes a message into account and says what is to be done about it. The only way in which the model changes.
    ///
    /// - Parameters:
    ///   - message: what happened.
    ///   - now: the console's clock; never goes back.
    package mutating func update(_ message: ConsoleMessage, at now: Duration) -> [ConsoleEffect] {
        self.now = max(self.now, now)
        var effects: [ConsoleEffect] = []
        switch message {
        case .events(let events): for event in events { take(event) }
        case .key(let key): effects = press(key)
        case .resized(let size): self.size = size
        case .tick: break
        case .faults(let panel):
            faults = panel
            faultsPending = []
        case .faultRefused(let name, let why):
            faultsPending.remove(name)
            notice = Notice("\(name): \(why)", .error)
        case .evidenceLoaded(let id, let text): if evidence[id] != nil { evidence[id] = text }
        case .copied(let outcome): notice = outcome
        case .notice(let text, let severity): notice = Notice(text, severity)
        case .recoverable(let offer): ask(.recover(offer))
        case .preflight(let plan): show(plan)
        case .looking(let step): lookProgress.take(step, at: self.now)
        case .looked(let found):
            isLooking = false
            if let found { capabilities = found }
        case .activity(let text): activity = text
        case .engineEnded(let why):
            hasEngine = false
            if let why { notice = Notice(why, .error) }
        case .terminate(let signal):
            dialog = nil
            notice = Notice("signal \(signal): stopping, undoing changes…", .warning)
            if leaving == nil { effects = leave(isActive ? .cancelFirst : .finished) }
        }
        settle()
        return effects + loads()
    }

    private mutating func take(_ event: ValidationEvent) {
        summary.fold(event)
        anchor = (now, event.monotonic)
        if event.check != nil { lastCheckEvent = max(lastCheckEvent, event.monotonic) }
        if case .checkLog(let line) = event.body, let id = event.check {
            let row = LogRow(
                sequence: event.sequence, time: event.time.timeOfDay, text: line.text, dropped: line.dropped)
            logs[id, default: FollowList(capacity: CheckRecord.logCapacity)].append(row)
        }
        if case .roundStarted(let round) = event.body { for id in round.checks { doneSteps[id] = nil } }
        if let row = TickerRow(event) { ticker.append(row) }
        if case .planAnnounced = event.body { activity = nil }
    }

    mutating func leave(_ how: Leaving) -> [ConsoleEffect] {
        leaving = how
        return [.leave(how)]
    }

    /// Puts every cursor inside its list again, after whatever happened.
    mutating func settle() {
        let layout = OverviewLayout(size, pane: overview.pane)
        if let chosen = overview.validator, !listedValidators.contains(chosen) { overview.validator = nil }
        let checks = listedChecks
        if let chosen = overview.check, !checks.contains(where: { $0.id == chosen }), summary[chosen] == nil {
            overview.check = nil
        }
        var position = ListPosition()
        position.cursor = checks.firstIndex { $0.id == overview.check } ?? 0
        position.top = overview.checksTop
        position.settle(count: checks.count, height: layout.rows(of: .checks).height)
        overview.checksTop = position.top
        if dialog?.question == .quit, !isActive || !hasEngine {
            dialog = nil
            notice = Notice("everything has finished meanwhile; q leaves", .info)
        }
        if var open = dialog {
            open.top = max(0, min(open.top, DialogLayout(open, self).lastTop))
            dialog = open
        }
        position.cursor = overview.validator.flatMap { listedValidators.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
        position.top = overview.validatorsTop
        position.settle(count: listedValidators.count + 1, height: layout.rows(of: .validators).height)
        overview.validatorsTop = position.top
        settleStack()
    }

    private mutating func settleStack() {
        guard let last = stack.indices.last else { return }
        switch stack[last] {
        case .check(var detail):
            guard summary[detail.check] != nil else {
                stack.removeLast()
                return settleStack()
            }
            let layout = DetailLayout(size, section: detail.section, isZoomed: detail.isZoomed)
            for panel in layout.panels where panel.section != .log {
                let rows = document(of: detail, panel.section)
                // A section opens on the first row that stands for something.
                var position = detail.positions[panel.section] ?? ListPosition(rows.firstIndex { $0.item != nil } ?? 0)
                position.settle(count: rows.count, height: layout.rows(of: panel.section)?.height ?? 1)
                // Without anything to stand on yet, the question stays open.
                if detail.positions[panel.section] != nil || rows.contains(where: { $0.item != nil }) {
                    detail.positions[panel.section] = position
                }
            }
            stack[last] = .check(detail)
        case .preflight(var position):
            position.settle(count: preflight?.steps.count ?? 0, height: PreflightLayout(size).rows.height)
            stack[last] = .preflight(position)
        case .target(var position):
            position.settle(count: capabilities?.count ?? 0, height: ListLayout(size).rows.height)
            stack[last] = .target(position)
        case .faults(var position):
            position.settle(count: faults?.faults.count ?? 0, height: ListLayout(size).rows.height)
            stack[last] = .faults(position)
        case .help(var help):
            help.position.settle(count: helpEntries.count, height: ListLayout(size).rows.height)
            stack[last] = .help(help)
        }
    }

    /// Evidence of the check that is seen and that nobody has asked for yet; that of other checks is forgotten.
    private mutating func loads() -> [ConsoleEffect] {
        guard case .check(let detail) = place, let record = summary[detail.check] else {
            if place == nil { evidence = [:] }
            return []
        }
        let ids = Set(record.evidence.map(\.id))
        evidence = evidence.filter { ids.contains($0.key) }
        var effects: [ConsoleEffect] = []
        for piece in record.evidence where evidence[piece.id] == nil {
            evidence[piece.id] = .loading
            effects.append(.loadEvidence(piece))
        }
        return effects
    }

    /// The rows of a section of a check's detail, as they are laid out now.
    func document(of detail: DetailPlace, _ section: DetailSection) -> [DocumentRow] {
        guard let record = summary[detail.check] else { return [] }
        let layout = DetailLayout(size, section: detail.section, isZoomed: detail.isZoomed)
        let glyphs = GlyphSet(isASCII: false)
        return DetailDocument(self, record, width: layout.textWidth(of: section), glyphs).rows(of: section)
    }

    /// What the cursor is on in a check's detail.
    var detailItem: DetailItem? {
        guard case .check(let detail) = place, detail.section != .log else { return nil }
        let rows = document(of: detail, detail.section)
        let cursor = detail.positions[detail.section]?.cursor ?? 0
        return rows.indices.contains(cursor) ? rows[cursor].item : nil
    }

    /// The commands that the help lists for what was typed.
    package var helpEntries: [CommandEntry] {
        let entries = CommandTable.help(for: stageUnderHelp)
        guard case .help(let help) = place, !help.filter.isEmpty else { return entries }
        let wanted = help.filter.lowercased()
        return entries.filter { entry in
            // A single character may mean the key itself.
            entry.keys.contains { $0.text == help.filter }
                || "\(entry.name) \(entry.label) \(entry.help) \(entry.shownKeys)".lowercased().contains(wanted)
        }
    }
}
