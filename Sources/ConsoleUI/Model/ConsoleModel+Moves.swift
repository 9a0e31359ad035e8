import Readiness

// Where keys lead within a view and from one to another.
extension ConsoleModel {
    /// The rows of the list that keys move in.
    var pageHeight: Int {
        switch place {
        case nil: OverviewLayout(size, pane: overview.pane).rows(of: overview.pane).height
        case .check(let detail):
            DetailLayout(size, section: detail.section, isZoomed: detail.isZoomed).rows(of: detail.section)?.height ?? 1
        case .preflight: PreflightLayout(size).rows.height
        case .target, .faults, .help: ListLayout(size).rows.height
        }
    }

    /// How many rows a log line takes in the detail that is seen.
    func logHeight(_ detail: DetailPlace) -> (LogRow) -> Int {
        guard let record = summary[detail.check] else { return { _ in 1 } }
        let layout = DetailLayout(size, section: detail.section, isZoomed: detail.isZoomed)
        let document = DetailDocument(
            self, record, width: layout.textWidth(of: .log), GlyphSet(isASCII: false))
        return { document.height(of: $0) }
    }

    mutating func move(by rows: Int) {
        switch place {
        case nil: moveInOverview(by: rows)
        case .check(var detail):
            if detail.section == .log {
                let lines = logHeight(detail)
                let height = pageHeight
                logs[detail.check]?.move(by: rows, height: height, lines: lines)
                return
            }
            let count = document(of: detail, detail.section).count
            var position = detail.positions[detail.section] ?? ListPosition()
            position.cursor = max(0, min(count - 1, position.cursor + rows))
            detail.positions[detail.section] = position
            stack[stack.count - 1] = .check(detail)
        case .preflight(var position):
            position.cursor += rows
            stack[stack.count - 1] = .preflight(position)
        case .target(var position):
            position.cursor += rows
            stack[stack.count - 1] = .target(position)
        case .faults(var position):
            position.cursor += rows
            stack[stack.count - 1] = .faults(position)
        case .help: break
        }
    }

    private mutating func moveInOverview(by rows: Int) {
        switch overview.pane {
        case .events:
            let height = pageHeight
            ticker.move(by: rows, height: height)
        case .checks:
            let checks = listedChecks
            guard !checks.isEmpty else { return }
            let place = checks.firstIndex { $0.id == overview.check } ?? 0
            overview.check = checks[max(0, min(checks.count - 1, place + rows))].id
        case .validators:
            let names = listedValidators
            let place = overview.validator.flatMap { names.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
            let moved = max(0, min(names.count, place + rows))
            overview.validator = moved == 0 ? nil : names[moved - 1]
            overview.check = nil
        }
    }

    mutating func goToBottom() {
        switch place {
        case nil where overview.pane == .events: ticker.follow()
        case .check(let detail) where detail.section == .log: logs[detail.check]?.follow()
        default: move(by: 1_000_000)
        }
    }

    mutating func toggleFollow() {
        if case .check(let detail) = place {
            let lines = logHeight(detail)
            if logs[detail.check]?.isFollowing == true {
                let height = pageHeight
                logs[detail.check]?.freeze(height: height, lines: lines)
            } else {
                logs[detail.check]?.follow()
            }
        } else if ticker.isFollowing {
            let height = OverviewLayout(size, pane: overview.pane).rows(of: .events).height
            ticker.freeze(height: height)
            notice = Notice("events stand still; F follows again", .info)
        } else {
            ticker.follow()
        }
    }

    mutating func open() {
        switch place {
        case nil:
            if overview.pane == .validators {
                overview.pane = .checks
            } else if let id = focusedCheck, summary[id] != nil {
                stack.append(.check(DetailPlace(id)))
            }
        case .check(var detail):
            switch detailItem {
            case .check(let id) where id != detail.check && summary[id] != nil:
                stack.append(.check(DetailPlace(id)))
                return
            case .measurement(let place):
                openEvidence(of: place, &detail)
            default:
                guard Form(size) == .wide, !detail.isZoomed else {
                    notice = Notice("nothing more to open here; y copies it", .info)
                    return
                }
                detail.isZoomed = true
            }
            stack[stack.count - 1] = .check(detail)
        case .preflight, .target, .faults, .help: break
        }
    }

    private func openEvidence(of measurement: Int, _ detail: inout DetailPlace) {
        guard let record = summary[detail.check], record.measurements.indices.contains(measurement) else { return }
        let id = record.measurements[measurement].evidence.id
        detail.section = .evidence
        let rows = document(of: detail, .evidence)
        var position = ListPosition()
        position.cursor = rows.firstIndex { $0.item == .evidence(id) } ?? 0
        position.top = position.cursor
        detail.positions[.evidence] = position
    }

    /// Out of the innermost thing. Never out of the program.
    mutating func back() {
        if case .check(var detail) = place, detail.isZoomed {
            detail.isZoomed = false
            stack[stack.count - 1] = .check(detail)
        } else if case .preflight = place {
            notice = Notice("nothing has been run: Enter starts, q leaves", .info)
        } else if !stack.isEmpty {
            stack.removeLast()
        } else if overview.filter != .all {
            overview.filter = .all
        } else if overview.pane == .events {
            ticker.follow()
            overview.pane = .checks
        } else if overview.validator != nil {
            overview.validator = nil
        } else if overview.pane == .checks, OverviewLayout(size, pane: .checks).validators.isEmpty {
            overview.pane = .validators
        } else {
            notice = Notice("this is the outermost view; q leaves", .info)
        }
    }

    mutating func go(to pane: Pane, _ section: DetailSection) {
        if case .check(var detail) = place {
            detail.section = section
            stack[stack.count - 1] = .check(detail)
        } else {
            overview.pane = pane
        }
    }

    mutating func cyclePane(_ step: Int) {
        if case .check(var detail) = place {
            let all = DetailSection.allCases
            let place = all.firstIndex(of: detail.section) ?? 0
            detail.section = all[(place + step + all.count) % all.count]
            stack[stack.count - 1] = .check(detail)
        } else if let pane = Pane(rawValue: (overview.pane.rawValue - 1 + step + 3) % 3 + 1) {
            overview.pane = pane
        }
    }

    /// The next red check after the focused one; around at the end.
    mutating func goToFailing(_ step: Int) {
        let failing = failing
        guard !failing.isEmpty else { return }
        let id: CheckID
        if let current = focusedCheck, let place = failing.firstIndex(of: current) {
            // On the overview the first row may be red without having been chosen: then it is the next one.
            if self.place == nil, overview.check == nil, overview.pane != .events {
                id = current
            } else {
                id = failing[((place + step) % failing.count + failing.count) % failing.count]
            }
        } else {
            id = failing[step > 0 ? 0 : failing.count - 1]
        }
        if case .check(let detail) = place {
            stack[stack.count - 1] = .check(DetailPlace(id, section: detail.section))
        } else {
            overview.pane = .checks
        }
        if overview.validator != nil { overview.validator = id.validator }
        overview.check = id
        if failing.count > 1, let place = failing.firstIndex(of: id) {
            notice = Notice("\(place + 1) of \(failing.count): \(id)", .info)
        }
    }

    mutating func goToFix() {
        guard let id = focusedCheck else { return }
        var detail = DetailPlace(id, section: .fix)
        if case .check(let open) = place {
            detail = open
            detail.section = .fix
            stack.removeLast()
        }
        detail.positions[.fix] = nil
        stack.append(.check(detail))
    }

    mutating func cycleFilter() {
        overview.filter = overview.filter.next
        let count = listedChecks.count
        notice = Notice(
            overview.filter == .all ? "all checks" : "\(overview.filter.rawValue): \(Counted.of(count, "check"))", .info
        )
        if let chosen = overview.check, let record = summary[chosen], !overview.filter.admits(record) {
            // Kept in mind: when the filter admits it again, it is the chosen one again.
            return
        }
    }

    mutating func toggleStep() {
        guard case .check(let detail) = place, case .step(let step) = detailItem else { return }
        doneSteps[detail.check, default: []].formSymmetricDifference([step])
    }
}
