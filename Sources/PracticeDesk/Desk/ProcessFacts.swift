import Glibc

/// What the kernel says of this process.
struct ProcessFacts: Sendable {
    var pid: Int32
    var residentBytes: Int64
    var openDescriptors: Int64
    var threads: Int64

    /// Looks it up in `/proc`; blocks for the time of that.
    ///
    /// - Throws: `HomeError` where the kernel tells less than it should.
    static func own() throws(HomeError) -> ProcessFacts {
        func field(_ index: Int, of path: String, _ fields: [Substring]) throws(HomeError) -> Int64 {
            guard index < fields.count, let value = Int64(fields[index]) else {
                throw .invalidFile(path: path, line: nil, message: "is not as the kernel writes it")
            }
            return value
        }
        let memory = String(decoding: try HomeFiles.read("/proc/self/statm", sizeBound: 4096), as: UTF8.self)
        let pages = try field(1, of: "/proc/self/statm", memory.split(separator: " "))
        let status = String(decoding: try HomeFiles.read("/proc/self/stat", sizeBound: 4096), as: UTF8.self)
        // The second field is the program's name, in parentheses, and may hold blanks.
        let rest = status[(status.lastIndex(of: ")") ?? status.startIndex)...].split(separator: " ")
        return ProcessFacts(
            pid: getpid(), residentBytes: pages * Int64(sysconf(Int32(_SC_PAGESIZE))),
            openDescriptors: try countDescriptors(), threads: try field(18, of: "/proc/self/stat", rest))
    }

    private static func countDescriptors() throws(HomeError) -> Int64 {
        guard let folder = opendir("/proc/self/fd") else {
            throw .system(path: "/proc/self/fd", doing: "list", code: errno)
        }
        defer { closedir(folder) }
        var count: Int64 = 0
        while let entry = readdir(folder) {
            // All but the folder itself, its parent, and the descriptor that lists it.
            if entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
        }
        return count - 1
    }
}
