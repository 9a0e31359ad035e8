import Glibc

/// Who a PostgreSQL of the desk's runs as: it refuses to belong to root.
enum ServerUser: CaseIterable, CustomStringConvertible {
    /// Whoever serves the desk.
    case own
    /// The user of Debian's package.
    case postgres
    /// Root under another number, in a user namespace: where processes may not change their user, as in some containers.
    case mapped

    private static let name = "postgres"

    /// Those to try, in this order.
    static var candidates: [ServerUser] { geteuid() == 0 ? [.postgres, .mapped] : [.own] }

    var description: String {
        switch self {
        case .own: "as the own user"
        case .postgres: "as the user \(Self.name)"
        case .mapped: "in a user namespace"
        }
    }

    /// What a command becomes this user with.
    var prefix: [String] {
        switch self {
        case .own: []
        case .postgres: ["/usr/sbin/runuser", "-u", Self.name, "--"]
        case .mapped: ["/usr/bin/unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]
        }
    }

    /// A new folder that is this user's and nobody else's: in the usual place for temporary files, or in one that the user
    /// gets into. Root's own may be one that nobody else does.
    func makeFolder() throws(HomeError) -> String {
        let usual = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        let places = [usual, "/tmp", "/var/tmp"]
        guard let parent = places.first(where: { self != .postgres || Self.isOpenToAll($0) }) else {
            throw .ledger(
                path: usual, message: "the user \(Self.name) gets into none of \(places.joined(separator: ", "))",
                trouble: .server)
        }
        var template = Array("\(parent)/holdpoint-ledger-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw .system(path: parent, doing: "make a folder in", code: errno) }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if self == .postgres { try give(folder) }
        return folder
    }

    private func give(_ folder: String) throws(HomeError) {
        guard let user = getpwnam(Self.name) else {
            rmdir(folder)
            throw .ledger(path: folder, message: "there is no user \(Self.name) to run it as", trouble: .serverMissing)
        }
        guard chown(folder, user.pointee.pw_uid, user.pointee.pw_gid) == 0 else {
            let code = errno
            rmdir(folder)
            throw .system(path: folder, doing: "give away", code: code)
        }
    }

    /// Whether everybody may go through each folder on the way to `path`, and write in it: who makes a folder there has to
    /// get it away again.
    private static func isOpenToAll(_ path: String) -> Bool {
        guard let resolved = realpath(path, nil) else { return false }
        defer { free(resolved) }
        var folder = ""
        var isWritable = false
        for name in String(cString: resolved).split(separator: "/") {
            folder += "/\(name)"
            var facts = stat()
            guard stat(folder, &facts) == 0, facts.st_mode & S_IXOTH != 0 else { return false }
            isWritable = facts.st_mode & S_IWOTH != 0
        }
        return isWritable
    }
}
