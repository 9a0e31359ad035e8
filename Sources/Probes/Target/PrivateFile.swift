import Glibc

/// A small regular file of a home, read without ever waiting for it: not a pipe, not a device, not longer than a cap.
struct PrivateFile {
    /// What tells one version of a file from another, however short the time between them.
    struct Stamp: Equatable, Sendable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var changed: [Int]
    }

    enum Trouble: Error, Equatable {
        case missing
        case notAFile
        case tooLarge(cap: Int)
        case system(Int32)

        /// A fragment that reads after the file's name.
        var text: String {
            switch self {
            case .missing: "is not there"
            case .notAFile: "is not a regular file"
            case .tooLarge(let cap): "is longer than \(cap) bytes"
            case .system(let code): "cannot be read: \(SystemErrorText.of(code))"
            }
        }
    }

    var bytes: [UInt8]
    var stamp: Stamp
    /// Only its owner may read or write it, and the owner is this user; nothing else has a name for it.
    var isOurs: Bool
    /// Nobody but its owner, who is this user, may do anything with it; a stricter mode than 0600 will do.
    var isOwnersAlone: Bool

    static func read(_ path: String, cap: Int) throws(Trouble) -> PrivateFile {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else { throw errno == ENOENT ? .missing : errno == ELOOP ? .notAFile : .system(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        guard status.st_size <= cap else { throw .tooLarge(cap: cap) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .system(errno) }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= cap else { throw .tooLarge(cap: cap) }
        }
        let isOurs = status.st_uid == geteuid() && status.st_mode & 0o7777 == 0o600 && status.st_nlink == 1
        return PrivateFile(
            bytes: bytes, stamp: Stamp(status), isOurs: isOurs,
            isOwnersAlone: status.st_uid == geteuid() && status.st_mode & 0o077 == 0)
    }

    /// The present version, or nil when there is none.
    static func stamp(of path: String) -> Stamp? {
        var status = stat()
        return lstat(path, &status) == 0 ? Stamp(status) : nil
    }
}

extension PrivateFile.Stamp {
    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        changed = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
    }
}

/// A folder that is its owner's alone.
enum PrivateFolder {
    /// - Returns: nil when the folder is this user's with mode 0700, otherwise what is wrong, to be read after its
    ///   name.
    static func trouble(with path: String) -> String? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return errno == ENOENT ? "is not there" : SystemErrorText.of(errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else { return "is not a folder" }
        guard status.st_uid == geteuid() else { return "belongs to user \(status.st_uid), not to us (\(geteuid()))" }
        let mode = status.st_mode & 0o7777
        return mode == 0o700 ? nil : "has mode 0\(String(mode, radix: 8)), not 0700"
    }
}
