import Glibc

/// The processes of this machine, as `/proc` shows them to this user.
enum ProcessTable {
    /// What `/proc/PID/stat` says, as far as it is needed.
    struct Entry {
        var state: UInt8
        var parent: Int32
        var group: Int32
        var session: Int32

        /// Whether it runs, or could: not a zombie, and not about to be gone.
        var isAlive: Bool { state != UInt8(ascii: "Z") && state != UInt8(ascii: "X") }
    }

    /// Every process id.
    static var processes: [Int32] { names(in: "/proc").compactMap { Int32($0) } }

    /// A process, or nil when it is gone.
    static func entry(of process: Int32) -> Entry? {
        guard let status = bytes(of: "/proc/\(process)/stat"), let nameEnd = status.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        // Behind the name, which may hold anything: state, parent, group, session …
        let fields = status[status.index(after: nameEnd)...].split(separator: UInt8(ascii: " "), maxSplits: 4)
        guard fields.count > 4, let state = fields[0].first else { return nil }
        let numbers = fields[1...3].compactMap { Int32(String(decoding: $0, as: UTF8.self)) }
        guard numbers.count == 3 else { return nil }
        return Entry(state: state, parent: numbers[0], group: numbers[1], session: numbers[2])
    }

    /// Who else holds a file open, as far as this user may look.
    static func holders(of file: FileIdentity) -> [Int32] { processes.filter { isOther($0, holding: file) } }

    /// Whether anybody else holds a file open, as far as this user may look.
    static func isHeldElsewhere(_ file: FileIdentity) -> Bool { processes.contains { isOther($0, holding: file) } }

    /// A child of ours that has not become its own program yet does not count: for that moment it has a copy of all our
    /// descriptors, and it closes what it had of ours.
    private static func isOther(_ process: Int32, holding file: FileIdentity) -> Bool {
        // The second look is for one that became its program between the first and the question.
        process != getpid() && isHeld(file, by: process) && !isOwnBeforeExec(process) && isHeld(file, by: process)
    }

    /// Another user's process cannot be looked into; its list is empty.
    private static func isHeld(_ file: FileIdentity, by process: Int32) -> Bool {
        names(in: "/proc/\(process)/fd").contains { number in
            var status = stat()
            return stat("/proc/\(process)/fd/\(number)", &status) == 0 && FileIdentity(status) == file
        }
    }

    /// Such a child still has our arguments, which no program has that we start.
    private static func isOwnBeforeExec(_ process: Int32) -> Bool {
        guard let entry = entry(of: process) else { return true }  // It is gone.
        return entry.parent == getpid() && bytes(of: "/proc/\(process)/cmdline") == bytes(of: "/proc/self/cmdline")
    }

    private static func bytes(of path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 8192)
        let count = read(descriptor, &buffer, buffer.count)
        return count >= 0 ? Array(buffer.prefix(count)) : nil
    }

    private static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}

/// What tells one file, or one pipe, from another.
struct FileIdentity: Hashable, Sendable {
    var device: UInt64
    var inode: UInt64

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }
}
