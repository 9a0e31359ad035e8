/// Looks at the file systems that the target writes to.
package protocol StorageProbe: Sendable {
    /// Each place that the target says it writes to, with the room that is left there for its user.
    func volumes() async throws(ProbeError) -> Answer<[StorageVolume]>
}

/// The room at a place.
package struct StorageVolume: Sendable, Codable, Equatable {
    /// The file or folder that the target writes to.
    package var path: String
    /// Bytes that an unprivileged writer can still write.
    package var freeBytes: Int64
    /// Bytes of the file system.
    package var totalBytes: Int64

    /// States the room at a place.
    package init(path: String, freeBytes: Int64, totalBytes: Int64) {
        self.path = path
        self.freeBytes = freeBytes
        self.totalBytes = totalBytes
    }
}
