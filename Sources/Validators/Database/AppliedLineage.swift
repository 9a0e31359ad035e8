import Readiness

/// The migrations of a folder, with those that a revision table calls applied.
struct AppliedLineage: Sendable {
    /// The one revision that nobody follows; nil where there is none, or several.
    let head: MigrationRevision?
    /// Applied revisions that a file has, each after those that it follows.
    let applied: [MigrationRevision]
    /// Revisions of the folder that are not applied and that no applied one follows: those still to come.
    let pending: [MigrationRevision]
    /// Revisions that an applied one follows and that the table does not have, though it has one row for each.
    let missing: [MigrationRevision]
    /// Applied revisions that no file has and that cannot be older than the files, in the table's order.
    let unknown: [String]
    /// Applied revisions that no file has and whose number is below the first file's: those that were folded into it.
    let folded: [String]
    /// Applied revisions and all that they follow, each after those that it follows: what the schema has to come from.
    let carriedOut: [MigrationRevision]

    /// Compares a folder with a table.
    ///
    /// Alembic's table has only the newest revision of each line, so nothing is missing from it; the table beside SQL
    /// files has one row for each.
    init(_ files: [MigrationRevision], applied rows: [String]) {
        let graph = RevisionGraph(files)
        head = graph.heads.count == 1 ? graph.heads.first : nil
        let order = Self.inOrder(files)
        let table = Set(rows)
        let known = Set(files.map(\.id))
        applied = order.filter { table.contains($0.id) }
        var reached: Set<String> = []
        // From the newest to the oldest, so that whoever follows has spoken before.
        for revision in order.reversed() where table.contains(revision.id) || reached.contains(revision.id) {
            reached.insert(revision.id)
            reached.formUnion(revision.parents)
        }
        pending = order.filter { !reached.contains($0.id) }
        carriedOut = order.filter { reached.contains($0.id) }
        missing = carriedOut.filter { !table.contains($0.id) && SQLFile.isOne($0.path) }
        // The number orders SQL files, so it tells what is older; Alembic's names are drawn by lot.
        let roots = graph.roots.filter { SQLFile.isOne($0.path) }.map(\.id)
        let oldest = roots.count == graph.roots.count ? roots.min() : nil
        let strangers = rows.filter { !known.contains($0) }
        folded = strangers.filter { id in oldest.map { !id.isEmpty && id < $0 } ?? false }
        let older = Set(folded)
        unknown = strangers.filter { !older.contains($0) }
    }

    /// Each after those that it follows, by file where that leaves a choice. Revisions in a circle have no place, and
    /// are left out: `database.migration.graph` tells them.
    private static func inOrder(_ files: [MigrationRevision]) -> [MigrationRevision] {
        var first: [String: MigrationRevision] = [:]
        let sorted = files.sorted { ($0.path, $0.id) < ($1.path, $1.id) }.filter { revision in
            first.updateValue(first[revision.id] ?? revision, forKey: revision.id) == nil
        }
        var open = sorted.reduce(into: [String: Int]()) { open, revision in
            open[revision.id] = Set(revision.parents).count { first[$0] != nil }
        }
        var followers: [String: [MigrationRevision]] = [:]
        for revision in sorted {
            for parent in Set(revision.parents) where first[parent] != nil {
                followers[parent, default: []].append(revision)
            }
        }
        var ready = sorted.filter { open[$0.id] == 0 }
        var order: [MigrationRevision] = []
        var next = 0
        while next < ready.count {
            let revision = ready[next]
            next += 1
            order.append(revision)
            for follower in followers[revision.id] ?? [] {
                open[follower.id, default: 0] -= 1
                if open[follower.id] == 0 { ready.append(follower) }
            }
        }
        return order
    }
}
