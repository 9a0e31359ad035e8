import Crypto
import Glibc
import NIOCore

/// What build of the desk runs. The executable knows; what it does not tell is answered as null.
package struct DeskBuild: Sendable {
    /// The commit that it was built from.
    package var gitCommit: String?
    /// Whether the tree had changes that are in no commit.
    package var dirty: Bool?
    /// Names the binary; nil has the desk take the SHA-256 of its own executable file.
    package var buildID: String?

    /// What is known of the build.
    package init(gitCommit: String? = nil, dirty: Bool? = nil, buildID: String? = nil) {
        self.gitCommit = gitCommit
        self.dirty = dirty
        self.buildID = buildID
    }
}

/// What part a process plays among the instances of a desk.
package enum DeskRole: String, Codable, Sendable {
    /// Trades.
    case primary
    /// Waits to take over; in this desk it is only told of.
    case standby
}

/// Who this process is, as the surface tells it.
final class DeskIdentity: Sendable {
    static let instance = "desk-1"
    static let accountID = "PAPER-DESK-1"

    let role: DeskRole
    let startedAt: String
    let address: String
    private let declared: DeskBuild
    private let thread: BlockingThread

    init(role: DeskRole, startedAt: String, address: String, build: DeskBuild, thread: BlockingThread) {
        self.role = role
        self.startedAt = startedAt
        self.address = address
        declared = build
        self.thread = thread
    }

    /// The build, with the executable's own digest where nothing was declared.
    func build(on loop: any EventLoop) -> EventLoopFuture<DeskBuild> {
        guard declared.buildID == nil else { return loop.makeSucceededFuture(declared) }
        return thread.future(on: loop) { [declared] in
            var build = declared
            build.buildID = Self.executableDigest
            return build
        }
    }

    /// SHA-256 of this process's executable file, taken once; nil if it cannot be read.
    private static let executableDigest: String? = {
        let descriptor = open("/proc/self/exe", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var hash = SHA256()
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 { return Hex.text(hash.finalize()) }
            guard count > 0 else { return nil }
            chunk.withUnsafeBytes { hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }()
}
