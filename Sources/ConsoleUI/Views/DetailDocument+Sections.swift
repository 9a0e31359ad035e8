import Readiness

extension DetailDocument {
    /// What was kept, each piece with its text.
    var evidence: [DocumentRow] {
        guard !record.evidence.isEmpty else {
            return wrapped(
                record.state == .finished
                    ? "No evidence was kept: the check saw nothing." : "No evidence yet: the check has not finished.",
                .muted)
        }
        var rows: [DocumentRow] = []
        for piece in record.evidence {
            if !rows.isEmpty { rows.append(DocumentRow()) }
            let item = DetailItem.evidence(piece.id)
            var head = Line([Span(piece.id, .strong), Span("  "), Span(piece.kind.rawValue, .text), Span("  ")])
            head.add("\(piece.grade.rawValue)  \(piece.provenance.rawValue)  \(size(piece.size))", .muted)
            if width >= 60 { head.add("  \(piece.collectedAt.timeOfDay)  sha256 \(piece.sha256.prefix(12))", .muted) }
            rows.append(DocumentRow(head.fitted(to: width, glyphs), item))
            switch model.evidence[piece.id] {
            case .text(let text): rows += wrapped(text, .log, item)
            case .failed(let why): rows += wrapped("cannot be read: \(why)", .noticeError, item)
            case .loading, nil: rows += wrapped("reading \(piece.path)", .muted, item)
            }
        }
        return rows
    }

    /// How to mend it: steps to walk and commands to copy.
    var fix: [DocumentRow] {
        guard let remediation = record.result?.remediation else { return withoutFix }
        var rows = wrapped(remediation.summary, .strong)
        rows += wrapped(remediation.cause, .text)
        let done = model.doneSteps[record.id] ?? []
        for (place, step) in remediation.steps.enumerated() {
            let item = DetailItem.step(place)
            let box = done.contains(place) ? "[x] " : "[ ] "
            let role: Role = done.contains(place) ? .muted : .text
            let lines = TextWidth.wrapped(SafeText.line("\(place + 1) \(step.text)"), to: max(1, width - 4))
            rows += lines.enumerated().map { index, text in
                DocumentRow(Line([Span(index == 0 ? box : "    ", role), Span(text, role)]), item)
            }
            if let command = step.command { rows += wrapped("$ " + command, .command, indent: 4, item) }
            if let undo = step.undo { rows += wrapped("undo: " + undo, .muted, indent: 4, item) }
        }
        if !remediation.verify.isEmpty {
            rows += wrapped(
                "Then r: runs " + remediation.verify.map(\.description).joined(separator: ", ") + " again.", .muted)
        }
        return rows
    }

    private var withoutFix: [DocumentRow] {
        guard let outcome = record.outcome else { return wrapped("The check has not finished.", .muted) }
        switch outcome {
        case .pass: return wrapped("The check passed: there is nothing to fix.", .muted)
        case .blocked:
            let root = record.rootCause ?? record.blockedBy
            let item = root.map { DetailItem.check($0) }
            return wrapped("Nothing is known to be wrong here. Mend what stands in the way:", .text)
                + wrapped(root?.description ?? "an earlier check", .checkID, indent: 2, item)
                + wrapped("Enter opens it.", .muted)
        case .cancelled: return wrapped("It was cancelled: r runs it again.", .text)
        default: return wrapped("No fix is known for this outcome.", .muted)
        }
    }

    /// What it waits for, what it needs, and who waits for it.
    var links: [DocumentRow] {
        var rows: [DocumentRow] = []
        if let waiting = record.waiting {
            rows += named("waits for", waiting.names.joined(separator: ", ") + " (\(waiting.on))", .statusRunning)
        }
        rows += group("root cause", [record.rootCause].compactMap { $0 })
        rows += group("blocked by", [record.blockedBy].compactMap { $0 }.filter { $0 != record.rootCause })
        rows += group("needs", record.plan.requires)
        rows += group("after", record.plan.after)
        let id = record.id
        rows += group("needed by", model.summary.checks.filter { $0.plan.requires.contains(id) }.map(\.id))
        if !record.plan.locks.isEmpty {
            rows += named("alone on", record.plan.locks.map(\.rawValue).joined(separator: ", "))
        }
        return rows.isEmpty ? wrapped("It waits for nothing, and nothing waits for it.", .muted) : rows
    }

    private func group(_ name: String, _ ids: [CheckID]) -> [DocumentRow] {
        ids.enumerated().map { place, id in
            var line = Line.column(place == 0 ? name : "", .muted, cells: min(11, width / 3), glyphs)
            line.add(" ")
            if let other = model.summary[id] {
                let mark = StatusMark(other)
                line.add(glyphs[mark.glyph] + " ", mark.role)
                line.add(id.description, .checkID)
                line.add(" " + mark.word, mark.role)
            } else {
                line.add(id.description, .muted)
                line.add(" not in this run", .muted)
            }
            return DocumentRow(line.fitted(to: width, glyphs), .check(id))
        }
    }

    /// Every kept line of the check's log.
    var log: [DocumentRow] {
        guard let list = model.logs[record.id], !list.rows.isEmpty else {
            return wrapped(record.startedAt == nil ? "It has not started: no log." : "It has said nothing.", .muted)
        }
        return list.rows.flatMap { rows(of: $0) }
    }

    /// The rows of one line of the log.
    func rows(of entry: LogRow) -> [DocumentRow] {
        var rows: [DocumentRow] = []
        if entry.dropped > 0 { rows += wrapped("\(entry.dropped) lines dropped here", .noticeWarning) }
        let indent = width >= 50 ? 9 : 0
        let parts = TextWidth.wrapped(SafeText.line(entry.text), to: max(1, width - indent))
        for (place, part) in parts.enumerated() {
            let time = indent == 0 ? "" : place == 0 ? entry.time + " " : String(repeating: " ", count: indent)
            rows.append(DocumentRow(Line([Span(time, .muted), Span(part, .log)])))
        }
        return rows
    }

    /// How many rows one line of the log takes.
    func height(of entry: LogRow) -> Int { rows(of: entry).count }

    private func size(_ bytes: Int) -> String {
        bytes < 10_000 ? "\(bytes) B" : bytes < 10_000_000 ? "\(bytes / 1000) kB" : "\(bytes / 1_000_000) MB"
    }
}
