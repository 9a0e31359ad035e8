/// Makes the paths of a profile absolute.
///
/// What belongs to the profile (criteria, secrets, certificates, the repository itself) is relative to the profile's
/// folder; what belongs to the target (ledger, log, migrations) to its repository, and to the profile's folder where no
/// repository is named.
struct ProfilePaths {
    let folder: String
    let repository: String?

    /// A path of the profile.
    func inProfile(_ path: String) -> String { Self.resolve(path, in: folder) }

    /// A path of the target.
    func inRepository(_ path: String) -> String { Self.resolve(path, in: repository ?? folder) }

    /// A path in a folder, without `.` and `..`; above the root there is the root. A path that begins with `~` is not
    /// expanded: a profile is read by more than one user.
    static func resolve(_ path: String, in folder: String) -> String {
        let whole = path.hasPrefix("/") ? path : "\(folder)/\(path)"
        var segments: [Substring] = []
        for segment in whole.split(separator: "/") where segment != "." {
            if segment == ".." { _ = segments.popLast() } else { segments.append(segment) }
        }
        return "/" + segments.joined(separator: "/")
    }
}
