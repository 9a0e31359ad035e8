import Engine
import Probes
import Readiness

/// A target that is there for the length of a look: a service that a profile describes, or a practice desk, attached to
/// or started for it.
struct TargetVisit: Sendable {
    /// What is looked at.
    let profile: TargetProfile
    private let secrets: OwnSecrets
    private let deskHome: String?
    private let folders: StateFolders

    /// Prepares a visit; nothing is started yet.
    ///
    /// - Parameter secrets: of the profile's own checks; none for a look at the surface alone.
    /// - Throws: `CommandFailure` (64) for a desk's home that is none, or one of another target.
    init(
        _ profile: TargetProfile, _ secrets: OwnSecrets = .none, deskHome: String?, _ folders: StateFolders
    ) throws(CommandFailure) {
        self.profile = profile
        self.secrets = secrets
        self.deskHome = deskHome
        self.folders = folders
        if let deskHome {
            guard profile.isPracticeDesk else {
                throw CommandFailure(.usage, "--desk-home is for the practice desk; the target is \(profile.id)")
            }
            try DeskRoom.requireHome(deskHome)
        }
    }

    /// Runs a body while the target is there, and closes what was opened.
    ///
    /// - Throws: `CommandFailure` where there is no target to look at.
    func with<Value: Sendable>(
        progress: @escaping @Sendable (String) -> Void,
        _ body: @escaping @Sendable (ConnectedTarget) async throws -> Value
    ) async throws -> Value {
        guard profile.isPracticeDesk else { return try await Self.closing(.service(profile, secrets), body) }
        let folder = try deskHome == nil ? RunFolder(in: folders, at: SystemClock().wall, log: nil) : nil
        defer { folder?.remove() }
        let home = deskHome ?? folder?.deskHome ?? ""
        let (profile, secrets) = (profile, secrets)
        let desk = DeskProcess.Request(home: home, faults: [], seed: nil, progress: progress)
        return try await DeskProcess.with(desk) { record in
            let desk = DeskTarget.connect(record: record, digest: HexDigest.sha256)
            return try await Self.closing(.desk(desk, profile, secrets), body)
        }
    }

    private static func closing<Value: Sendable>(
        _ target: ConnectedTarget, _ body: @Sendable (ConnectedTarget) async throws -> Value
    ) async throws -> Value {
        let result: Result<Value, any Error>
        do { result = .success(try await body(target)) } catch { result = .failure(error) }
        await target.close()
        return try result.get()
    }
}
