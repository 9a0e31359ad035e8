/// Finds the known name that somebody probably meant: for keys of files and for names on the command line.
package enum NearestName {
    /// Longer input is compared by this many of its first bytes: the cost is the product of both lengths.
    private static let comparedBytes = 64

    /// The closest of the names by edit distance, or nil where none is close enough to be worth naming.
    ///
    /// Close means at most a third of the longer of both names has to be changed, and always one letter. Case and the
    /// difference between `-` and `_` do not count. Of names equally close the first in the list is taken.
    package static func of(_ given: String, among names: [String]) -> String? {
        // Of a number every other of as many digits is near, and none is meant.
        guard given.contains(where: { !$0.isNumber && !".-+".contains($0) }) else { return nil }
        let typed = comparable(given)
        var best: (name: String, edits: Int)?
        for name in names {
            let known = comparable(name)
            let edits = distance(typed, known)
            guard edits <= max(1, max(typed.count, known.count) / 3) else { continue }
            if edits < best?.edits ?? Int.max { best = (name, edits) }
        }
        return best?.name
    }

    private static func comparable(_ name: String) -> [UInt8] {
        name.lowercased().utf8.prefix(comparedBytes).map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
    }

    /// Letters to insert, delete, replace, or swap with their neighbour (optimal string alignment).
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
                var edits = min(replaced, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    edits = min(edits, beforeLast[column - 1] + 1)
                }
                current.append(edits)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
