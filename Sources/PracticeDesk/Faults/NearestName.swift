/// Finds the known name that someone probably meant.
enum NearestName {
    /// The closest of the names by edit distance, or nil if none is close.
    static func of(_ given: String, in names: [String]) -> String? {
        let typed = Array(given.lowercased().utf8.prefix(64))
        let ranked = names.map { ($0, distance(typed, Array($0.utf8))) }.min { $0.1 < $1.1 }
        guard let (name, edits) = ranked, edits <= max(2, name.utf8.count / 2) else { return nil }
        return name
    }

    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (index, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let substituted = diagonal + (right[column] == byte ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substituted, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
