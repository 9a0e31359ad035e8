import Readiness

/// What becomes of blocked checks once those in their way have been judged anew.
enum BlockedAnew {
    /// Settles every check that the log calls blocked, those that block others first.
    static func settle(_ entries: inout [CheckID: Rejudgement.Entry], of summary: RunSummary) {
        var settled: Set<CheckID> = []
        func settle(_ id: CheckID) {
            // `requires` has no cycles, but a log may come from anywhere: each is visited once.
            guard settled.insert(id).inserted, let record = summary[id], record.outcome == .blocked else { return }
            let inTheWay = record.plan.requires + (record.blockedBy.map { [$0] } ?? [])
            for other in inTheWay { settle(other) }
            let others = inTheWay.compactMap { entries[$0] }
            entries[id]?.settle(others)
        }
        for record in summary.checks { settle(record.id) }
    }
}

extension Rejudgement.Entry {
    fileprivate mutating func settle(_ inTheWay: [Rejudgement.Entry]) {
        kept = "it was blocked, so no observation was kept"
        let red = inTheWay.filter { !$0.now.outcome.letsDependantsRun }
        guard let nearest = red.first(where: { $0.id == was.blockedBy }) ?? red.first else {
            // It was not the way into the target that changed by judging anew: the outcome stands.
            guard inTheWay.contains(where: { !$0.was.outcome.letsDependantsRun }) else { return }
            now.outcome = .unverified
            now.reason = UnverifiedReason.noSamples.rawValue
            now.message = "what blocked it is green now, but it never looked: there is no observation"
            now.blockedBy = nil
            now.rootCause = nil
            return
        }
        let rootCause = nearest.now.rootCause ?? nearest.id
        guard nearest.id != was.blockedBy || rootCause != was.rootCause else { return }
        now.blockedBy = nearest.id
        now.rootCause = rootCause
        now.message = Blocking(blockedBy: nearest.id, rootCause: rootCause).sentence
    }
}
