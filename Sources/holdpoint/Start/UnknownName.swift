import Profile

/// The words for a name that is not there.
enum UnknownName {
    /// `unknown fault 'slow-rsk': did you mean 'slow-risk'? (…)`.
    static func message(_ kind: String, _ name: String, among known: [String]) -> String {
        let nearest = NearestName.of(name, among: known).map { ": did you mean '\($0)'?" } ?? ""
        let list = known.count <= 16 ? " (known: \(known.joined(separator: ", ")))" : " (see: holdpoint list \(kind)s)"
        return "unknown \(kind) '\(name)'\(nearest)\(list)"
    }
}
