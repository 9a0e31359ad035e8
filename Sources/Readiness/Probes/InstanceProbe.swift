/// Finds every instance of the target and asks each who it is.
package protocol InstanceProbe: Sendable {
    /// The instances that the target lists, the one that answers among them.
    func instances() async throws(ProbeError) -> Answer<[TargetInstance]>
    /// Who an instance is. It is asked at its own address, which must be on the target's own host.
    func identity(of instance: TargetInstance) async throws(ProbeError) -> Answer<InstanceIdentity>
}

/// One process of the target.
package struct TargetInstance: Sendable, Codable, Equatable {
    /// Its name, unique at the target.
    package var id: String
    /// Where it answers.
    package var address: String
    /// `primary`, `standby`.
    package var role: String

    /// Names an instance.
    package init(id: String, address: String, role: String) {
        self.id = id
        self.address = address
        self.role = role
    }
}

/// Which build with which configuration an instance runs.
package struct InstanceIdentity: Sendable, Codable, Equatable {
    /// The instance that answered.
    package var instance: String
    /// The build that it runs; equal builds have equal ids.
    package var buildID: String
    /// The commit of the build; empty where it does not say.
    package var commit: String
    /// SHA-256 of the configuration as loaded.
    package var configurationDigest: String
    /// Whether the build holds changes that no commit has; nil where it does not say.
    package var dirty: Bool?
    /// `practice`, `staging`, `production`; nil where it does not say.
    package var environment: String?

    /// States an identity.
    package init(
        instance: String, buildID: String, commit: String, configurationDigest: String, dirty: Bool? = nil,
        environment: String? = nil
    ) {
        self.instance = instance
        self.buildID = buildID
        self.commit = commit
        self.configurationDigest = configurationDigest
        self.dirty = dirty
        self.environment = environment
    }
}
