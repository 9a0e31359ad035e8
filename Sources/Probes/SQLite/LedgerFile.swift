import Glibc
import Readiness
import Synchronization

/// A ledger's file as it lies in the file system, looked at from beside SQLite.
///
/// POSIX drops **all** of a process's locks on a file as soon as the process closes **any** descriptor of it, SQLite's
/// too. So this type keeps its descriptor, in one process-wide list, until no connection of ours is left on the file.
/// For the same reason nothing else in this process may open a ledger while it is being probed.
final class LedgerFile: Sendable {
    typealias Key = FileIdentity

    /// What changes when somebody writes.
    struct Version: Equatable, Sendable {
        var header: [UInt8]
        var size: Int64
        var modified: [Int]
    }

    private struct Entry {
        var descriptors: [Int32]
        var users: Int
    }

    static let sideSuffixes = ["-wal", "-shm", "-journal"]
    private static let open = Mutex<[Key: Entry]>([:])

    /// The path with every symbolic link resolved, which is where SQLite looks for the side files.
    let path: String
    let key: Key
    private let descriptor: Int32

    /// Finds the file. Never makes one, never waits for one.
    init(_ path: String) throws(ProbeError) {
        func trouble(_ meeting: ProbeError.Meeting, _ text: String) -> ProbeError {
            ProbeError(meeting, at: .ledger, "\(path) \(text)")
        }
        guard path.hasPrefix("/"), !path.utf8.contains(0) else { throw trouble(.nonsense, "is not an absolute path") }
        guard let real = realpath(path, nil) else {
            switch errno {
            case ENOENT, ENOTDIR: throw trouble(.unreachable, "is not there")
            case EACCES: throw trouble(.unauthorised, "may not be entered")
            default: throw trouble(.unreachable, "cannot be found: \(SystemErrorText.of(errno))")
            }
        }
        defer { free(real) }
        self.path = String(cString: real)
        (key, descriptor) = try Self.hold(self.path)
    }

    deinit {
        Self.open.withLock { open in
            guard var entry = open[key] else { return }
            entry.users -= 1
            if entry.users > 0 {
                open[key] = entry
            } else {
                for descriptor in entry.descriptors { close(descriptor) }
                open[key] = nil
            }
        }
    }

    private static func hold(_ path: String) throws(ProbeError) -> (Key, Int32) {
        func trouble(_ meeting: ProbeError.Meeting, _ text: String) -> ProbeError {
            ProbeError(meeting, at: .ledger, "\(path) \(text)")
        }
        var status = stat()
        guard stat(path, &status) == 0 else { throw trouble(.unreachable, "is not there") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw trouble(.nonsense, "is not a regular file") }
        return try open.withLock { open throws(ProbeError) in
            if var entry = open[Key(status)] {
                entry.users += 1
                open[Key(status)] = entry
                return (Key(status), entry.descriptors[0])
            }
            let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard descriptor >= 0 else {
                switch errno {
                case EACCES, EPERM: throw trouble(.unauthorised, "may not be read")
                case EMFILE, ENFILE, ENOMEM: throw ProbeError(ourSide: "opening \(path): \(SystemErrorText.of(errno))")
                default: throw trouble(.unreachable, "cannot be opened: \(SystemErrorText.of(errno))")
                }
            }
            var opened = stat()
            let known = fstat(descriptor, &opened) == 0
            // The name may have come to mean another file since: then that one counts, and a descriptor of a file that
            // is in the list already is added to it and not closed.
            var entry = open[Key(opened)] ?? Entry(descriptors: [], users: 0)
            guard known, opened.st_mode & S_IFMT == S_IFREG else {
                close(descriptor)
                throw trouble(.nonsense, "is not a regular file")
            }
            entry.descriptors.append(descriptor)
            entry.users += 1
            open[Key(opened)] = entry
            return (Key(opened), descriptor)
        }
    }

    /// Whether the path still leads to the file that was opened.
    var isInPlace: Bool {
        var status = stat()
        return stat(path, &status) == 0 && Key(status) == key
    }

    /// The first 100 bytes, or fewer if there are no more, with size and time of the last write.
    func version() throws(ProbeError) -> Version {
        var header = [UInt8](repeating: 0, count: 100)
        let count = pread(descriptor, &header, header.count, 0)
        var status = stat()
        guard count >= 0, fstat(descriptor, &status) == 0 else {
            throw ProbeError(.unreachable, at: .ledger, "\(path) cannot be read: \(SystemErrorText.of(errno))")
        }
        return Version(
            header: Array(header.prefix(count)), size: Int64(status.st_size),
            modified: [status.st_mtim.tv_sec, status.st_mtim.tv_nsec])
    }

    /// The side files that lie beside it now.
    var sideFiles: Set<String> { Set(Self.sideSuffixes.filter { access(path + $0, F_OK) == 0 }) }

    /// Whether another process has the file open, as far as this user may know: one that holds a lock on it (SQLite's
    /// in WAL mode hold a shared one while they are open), or one of this user's with a descriptor of it.
    var isOpenElsewhere: Bool { isLockedElsewhere || ProcessTable.isHeldElsewhere(key) }

    private var isLockedElsewhere: Bool {
        // SQLite's lock bytes: PENDING, RESERVED and 510 of SHARED, from 1 GiB on (sqlite.org/lockingv3.html).
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = 0x4000_0000
        lock.l_len = 512
        return withUnsafeMutablePointer(to: &lock) { fcntl(descriptor, F_GETLK, $0) } == 0
            && lock.l_type != Int16(F_UNLCK)
    }
}

extension LedgerFile.Version {
    /// Whether it begins as a SQLite database does.
    var isDatabase: Bool { header.count == 100 && header.starts(with: Array("SQLite format 3\0".utf8)) }
    /// Whether it is written through a write-ahead log (bytes 18 and 19).
    var isWAL: Bool { isDatabase && header[18] == 2 && header[19] == 2 }
}
