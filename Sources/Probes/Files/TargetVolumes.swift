import Glibc
package import Readiness

/// The room at the places that a desk's record says it writes to: its home, its logs and its ledger, where that is a
/// file.
///
/// What the file system tells us is for an unprivileged writer (`f_bavail`); whether the target's own user has a quota
/// below that is not seen.
package struct TargetVolumes: StorageProbe {
    private let paths: @Sendable () throws(ProbeError) -> [String]

    /// Looks at the places that a record names.
    package init(source: RecordSource) {
        self.init { () throws(ProbeError) in
            let line = try source.current(for: .surface).line
            let ledger = line.ledger.server == nil ? [line.ledger.path] : []
            return [line.home, line.logPath, line.accessLog] + ledger
        }
    }

    /// Looks at places that are asked for before each look, absolute paths.
    package init(paths: @escaping @Sendable () throws(ProbeError) -> [String]) { self.paths = paths }

    /// One volume for each distinct path, in the order home, log, access log, ledger. Those on one file system share
    /// one look at it. Of a path that is not there yet the nearest parent that is counts.
    ///
    /// - Throws: `ProbeError` at the surface: unauthorised where a place may not be looked at, nonsense where its file
    ///   system does not say.
    package func volumes() async throws(ProbeError) -> Answer<[StorageVolume]> {
        let paths = try paths()
        // A file system behind a network may take its time.
        return try await BlockingWork.once("looking at the target's file systems") { () throws(ProbeError) in
            let started = ContinuousClock.now
            var known: [UInt64: Room] = [:]
            var volumes: [StorageVolume] = []
            var text: [String] = []
            for path in paths where !volumes.contains(where: { $0.path == path }) {
                let place = try Self.place(of: path)
                let room: Room
                if let seen = known[place.device] { room = seen } else { room = try Self.room(at: place.path) }
                known[place.device] = room
                volumes.append(StorageVolume(path: path, freeBytes: room.free, totalBytes: room.total))
                let seen = place.path == path ? "" : " (not there yet: seen at \(place.path))"
                text.append("\(path): \(room.free) of \(room.total) bytes free\(seen)")
            }
            return Answer(
                volumes, transcript: text.joined(separator: "\n"), elapsed: ContinuousClock.now - started)
        }
    }

    private struct Room {
        var free: Int64
        var total: Int64
    }

    /// The path itself, or its nearest parent that is there, and the file system that it lies on.
    private static func place(of path: String) throws(ProbeError) -> (path: String, device: UInt64) {
        var place = path
        while true {
            var status = stat()
            if stat(place, &status) == 0 { return (place, UInt64(status.st_dev)) }
            guard errno == ENOENT || errno == ENOTDIR, let slash = place.lastIndex(of: "/"), place != "/" else {
                throw trouble(place, errno)
            }
            place = slash == place.startIndex ? "/" : String(place[..<slash])
        }
    }

    private static func room(at path: String) throws(ProbeError) -> Room {
        var status = statvfs()
        while statvfs(path, &status) != 0 {
            guard errno == EINTR else { throw trouble(path, errno) }
        }
        func bytes(_ blocks: UInt) -> Int64 {
            let (product, overflow) = blocks.multipliedReportingOverflow(by: status.f_frsize)
            return overflow ? .max : Int64(clamping: product)
        }
        let room = Room(free: bytes(status.f_bavail), total: bytes(status.f_blocks))
        // Some pseudo file systems have no size: of them nothing can be said.
        guard room.total > 0 else {
            throw ProbeError(.nonsense, at: .surface, "the file system of \(path) does not say how large it is")
        }
        return room
    }

    private static func trouble(_ path: String, _ code: Int32) -> ProbeError {
        let meeting: ProbeError.Meeting = code == EACCES || code == EPERM ? .unauthorised : .nonsense
        return ProbeError(meeting, at: .surface, "looking at \(SafeText.line(path)): \(SystemErrorText.of(code))")
    }
}
