import Crypto
import Glibc
import NIOCore
import NIOPosix

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

/// Who this process is, as the surface tells it.
final class DeskIdentity: Sendable {
    static let accountID = "PAPER-DESK-1"

    let role: DeskRole
    let startedAt: String
    let address: String
    private let declared: DeskBuild
    private let faults: FaultBoard

    init(role: DeskRole, startedAt: String, address: String, build: DeskBuild, faults: FaultBoard) {
        self.role = role
        self.startedAt = startedAt
        self.address = address
        declared = build
        self.faults = faults
        // Taken now, so that no request waits for it. Not on a thread of the desk's: those have their own work.
        if build.buildID == nil { NIOThreadPool.singleton.submit { _ in _ = Self.executableDigest } }
    }

    /// The build, with the executable's own digest where nothing was declared.
    func build(on loop: any EventLoop) -> EventLoopFuture<DeskBuild> {
        // Fault `stale-instance`: the release reached the primary alone.
        if role == .standby, faults.isSet(.staleInstance) { return loop.makeSucceededFuture(Self.lastRelease) }
        guard declared.buildID == nil else { return loop.makeSucceededFuture(declared) }
        return NIOThreadPool.singleton.runIfActive(eventLoop: loop) { [declared] in
            var build = declared
            build.buildID = Self.executableDigest
            return build
        }
    }

    /// What a standby says that the last release did not reach.
    private static let lastRelease = DeskBuild(
        gitCommit: "5e1f0c7a94d2b83066cb41f7a8d92e3b17c5a0d4", dirty: false,
        buildID: Hex.text(SHA256.hash(data: Array("the release before this one".utf8))))

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
