import Glibc

/// Small files in a home: read whole with a bound, written all or nothing, readable by their owner alone.
enum HomeFiles {
    static func read(_ path: String, sizeBound: Int) throws(HomeError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? .missing(path: path) : .system(path: path, doing: "open", code: errno)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .system(path: path, doing: "read", code: errno) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= sizeBound else {
                throw .invalidFile(path: path, line: nil, message: "is larger than \(sizeBound) bytes")
            }
        }
    }

    /// Writes a new file beside the old one and renames it over it.
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o600) throws(HomeError) {
        let draft = "\(path).\(getpid()).\(Hex.random(bytes: 4)).tmp"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .system(path: draft, doing: "create", code: errno) }
        do throws(HomeError) {
            defer { close(descriptor) }
            guard writeAll(bytes, to: descriptor) else { throw .system(path: draft, doing: "write", code: errno) }
        } catch {
            unlink(draft)
            throw error
        }
        guard rename(draft, path) == 0 else {
            let code = errno
            unlink(draft)
            throw .system(path: path, doing: "replace", code: code)
        }
    }

    /// Writes all of it, however many calls that takes. False with `errno` set if it cannot.
    static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        write(bytes, to: descriptor) == bytes.count
    }

    /// Writes as much of it as can be written; answers how many bytes that were, with `errno` set if not all.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int {
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = Glibc.write(descriptor, buffer.baseAddress! + done, buffer.count - done)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return done }
                done += count
            }
            return done
        }
    }

    /// Removes a file; that it is not there is as good.
    static func remove(_ path: String) throws(HomeError) {
        guard unlink(path) != 0, errno != ENOENT else { return }
        throw .system(path: path, doing: "remove", code: errno)
    }

    /// Whether the file system of a file, or of the folder that it is to be in, has no space left for this process.
    static func isFull(_ path: String) -> Bool {
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
        var status = statvfs()
        guard statvfs(path, &status) == 0 || statvfs(folder, &status) == 0 else { return false }
        return status.f_bavail == 0
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
