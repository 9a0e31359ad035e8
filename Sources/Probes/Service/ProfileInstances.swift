package import Readiness

/// The instances that a profile lists, with those that the target lists beside them.
///
/// The profile says which must be there: one that does not answer is not forgotten because the target has forgotten it.
/// What the target lists and the profile does not is looked at as well: an instance that nobody knows of may run the old
/// build.
package struct ProfileInstances: InstanceProbe {
    private let listed: [TargetProfile.Instance]
    private let surface: any InstanceProbe

    /// Looks at the instances of a profile.
    ///
    /// - Parameters:
    ///   - listed: at least one.
    ///   - surface: asks the target for its own list, and an instance who it is.
    package init(_ listed: [TargetProfile.Instance], surface: any InstanceProbe) {
        self.listed = listed
        self.surface = surface
    }

    /// Those of the profile, in its order, and behind them what the target lists besides.
    ///
    /// An instance without an address takes the one that the target gives it. A target that lists none, or cannot be
    /// asked, is no trouble here: each instance is asked by itself.
    package func instances() async throws(ProbeError) -> Answer<[TargetInstance]> {
        var told: [TargetInstance] = []
        var transcript = "the profile lists \(listed.map(\.id).joined(separator: ", "))"
        var elapsed = Duration.zero
        do throws(ProbeError) {
            let answer = try await surface.instances()
            told = answer.value
            transcript += "\n\(answer.transcript)"
            elapsed = answer.elapsed
        } catch {
            guard error.fault == .target else { throw error }
            transcript += "\nthe target's own list is not to be had: \(error.description)"
        }
        let own = listed.map { instance in
            TargetInstance(
                id: instance.id,
                address: instance.address ?? told.first { $0.id == instance.id }?.address ?? Self.nowhere,
                role: instance.role)
        }
        let others = told.filter { other in !own.contains { $0.id == other.id } }
        return Answer(own + others, transcript: transcript, elapsed: elapsed)
    }

    /// Who an instance is.
    ///
    /// - Throws: `ProbeError`: unreachable for one that has no address anywhere.
    package func identity(of instance: TargetInstance) async throws(ProbeError) -> Answer<InstanceIdentity> {
        guard instance.address != Self.nowhere else {
            throw ProbeError(
                .unreachable, at: .surface,
                "the profile gives \(instance.id) no address, and the target does not list it")
        }
        return try await surface.identity(of: instance)
    }

    private static let nowhere = "-"
}
