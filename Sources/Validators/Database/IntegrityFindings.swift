import Readiness

/// The findings of `database.integrity.consistent`, each of a kind of its own.
extension Finding {
    static func damaged(_ complaint: String) -> Finding {
        Finding(
            kind: "structure-damaged", severity: .critical, subject: complaint.shortened(),
            message: "the database engine finds its own file damaged: \(complaint.shortened(to: 200))")
    }

    static func orphan(_ row: OrphanRow) -> Finding {
        let number = row.row.map { "row \($0)" } ?? "a row"
        return Finding(
            kind: "orphan-row", severity: .critical, subject: "\(row.table).\(row.row.map(String.init) ?? "")",
            message:
                "\(number) of \(row.table.shortened()) refers to one of \(row.parent.shortened()) that is not there")
    }

    static func positionDiffers(_ difference: IntegrityConsistent.Observation.Difference) -> Finding {
        let position = difference.byPosition.map { "is \($0)" } ?? "is not there"
        let fills = difference.byFills.map { "add up to \($0)" } ?? "are not there"
        return Finding(
            kind: "position-differs", severity: .critical, subject: "\(difference.account).\(difference.symbol)",
            message: "the position of \(difference.account.shortened(to: 60)) in "
                + "\(difference.symbol.shortened(to: 60)) \(position), and its fills \(fills)")
    }

    static func cashDiffers(_ difference: IntegrityConsistent.Observation.CashDifference) -> Finding {
        let account = difference.account.shortened(to: 60)
        let balance = difference.byBalance.map { "is \($0)" } ?? "is not there"
        let opening = difference.opening.map { "its opening of \($0)" } ?? "an opening that is not there"
        let fills = difference.byFills.map { "make it \($0)" } ?? "cannot be added up to it"
        return Finding(
            kind: "cash-differs", severity: .critical, subject: difference.account.shortened(),
            message: "the cash of \(account) \(balance), and \(opening) and its fills \(fills)")
    }

    static func contradicts(_ order: IntegrityConsistent.Observation.Contradiction) -> Finding {
        Finding(
            kind: order.kind.rawValue, severity: .critical, subject: order.orderID,
            message:
                "order \(order.orderID.shortened(to: 60)) is \(order.status), asked for \(order.ordered), says that "
                + "\(order.filled) was filled, and its fills add up to \(order.byFills)")
    }

    static func stray(_ fill: StrayFill) -> Finding {
        let order = fill.orderID.shortened(to: 60)
        let words =
            if let ofOrder = fill.ofOrder, let ofFill = fill.ofFill {
                "order \(order) says \(ofOrder), and a fill of it says \(ofFill)"
            } else {
                "a fill is of order \(order), which is not there"
            }
        return Finding(kind: fill.kind.rawValue, severity: .critical, subject: fill.orderID, message: words)
    }

    static func malformed(_ value: IntegrityConsistent.Observation.Malformed) -> Finding {
        Finding(
            kind: "value-malformed", severity: .critical, subject: value.subject.shortened(),
            message: "\(value.subject) \(value.words)")
    }
}
