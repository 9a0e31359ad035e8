/// What a set of revisions is as a graph, each pointing to those that it follows.
///
/// Linear in revisions and references, and without recursion, so that no folder is too deep for it.
struct RevisionGraph: Sendable {
    /// A reference to a revision that no file has.
    struct Dangling: Sendable {
        /// Who refers.
        var revision: MigrationRevision
        /// To what.
        var parent: String
    }

    /// Revisions that nobody follows, in the order of their files.
    let heads: [MigrationRevision]
    /// Revisions that follow none, in the order of their files.
    let roots: [MigrationRevision]
    /// Files that have one id in common, for each such id.
    let duplicates: [[MigrationRevision]]
    /// References to nothing.
    let dangling: [Dangling]
    /// References that close a circle.
    let cycles: Int
    /// The circles that they close, the first of them: each follows the next, and the last follows the first.
    let circles: [[MigrationRevision]]

    /// Sorts out what the files say.
    init(_ files: [MigrationRevision]) {
        let revisions = files.sorted { ($0.path, $0.id) < ($1.path, $1.id) }
        let groups = Dictionary(grouping: revisions, by: \.id)
        let followed = Set(revisions.flatMap(\.parents))
        // Of an id that several files have, the first file stands for all.
        var known: Set<String> = []
        let first = revisions.filter { known.insert($0.id).inserted }
        heads = first.filter { !followed.contains($0.id) }
        roots = revisions.filter(\.parents.isEmpty)
        duplicates = first.compactMap { revision in groups[revision.id].flatMap { $0.count > 1 ? $0 : nil } }
        dangling = revisions.flatMap { revision in
            Set(revision.parents).sorted().filter { groups[$0] == nil }.map {
                Dangling(revision: revision, parent: $0)
            }
        }
        (cycles, circles) = Self.circles(
            among: first, parents: groups.mapValues { Set($0.flatMap(\.parents)).sorted() })
    }

    private static let mostCircles = 40

    /// Walks from each revision to those that it follows; a reference back to where the walk came from closes a circle.
    private static func circles(
        among revisions: [MigrationRevision], parents: [String: [String]]
    ) -> (count: Int, [[MigrationRevision]]) {
        let places = Dictionary(uniqueKeysWithValues: revisions.enumerated().map { ($1.id, $0) })
        let edges = revisions.map { (parents[$0.id] ?? []).compactMap { places[$0] } }
        var count = 0
        var circles: [[MigrationRevision]] = []
        // Where a revision stands in the walk now; nil before and after.
        var depths = [Int?](repeating: nil, count: revisions.count)
        var seen = [Bool](repeating: false, count: revisions.count)
        for start in revisions.indices where !seen[start] {
            var walk = [(place: start, next: 0)]
            (depths[start], seen[start]) = (0, true)
            while let top = walk.last {
                guard top.next < edges[top.place].count else {
                    depths[top.place] = nil
                    walk.removeLast()
                    continue
                }
                walk[walk.count - 1].next += 1
                let parent = edges[top.place][top.next]
                if let depth = depths[parent] {
                    count += 1
                    if circles.count < mostCircles { circles.append(walk[depth...].map { revisions[$0.place] }) }
                } else if !seen[parent] {
                    (depths[parent], seen[parent]) = (walk.count, true)
                    walk.append((parent, 0))
                }
            }
        }
        return (count, circles)
    }
}
