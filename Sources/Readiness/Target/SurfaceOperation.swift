/// One question of the readiness surface: what is sent, and what a target that offers it answers.
///
/// The contract in one table: the profile's mappings are checked against it, answers are reshaped by it, and the stubs
/// of `holdpoint target check` are written from it. docs/guides/readiness-surface.md says what each means.
package struct SurfaceOperation: Sendable, Equatable {
    /// Unique: a capability's name, with what is done behind it where there is more than one: `killswitch.set`.
    package var name: String
    /// What a check asks for that needs it.
    package var capability: Capability
    /// `GET` or `POST`.
    package var method: String
    /// The path of the contract, with `{order_id}` for what the request names.
    package var path: String
    /// The fields that the request carries: in its body, its path or its query.
    package var parameters: [String]
    /// The fields of the answer.
    package var answer: [SurfaceField]
    /// How far the request changes the target.
    package var effect: EffectClass

    /// Describes an operation.
    package init(
        _ name: String, of capability: Capability, _ method: String, _ path: String, parameters: [String] = [],
        effect: EffectClass = .read, answer: [SurfaceField]
    ) {
        self.name = name
        self.capability = capability
        self.method = method
        self.path = path
        self.parameters = parameters
        self.effect = effect
        self.answer = answer
    }

    /// The operation of a name.
    package static func named(_ name: String) -> SurfaceOperation? { all.first { $0.name == name } }

    /// The operation that a request of the contract is.
    ///
    /// - Parameter path: without a query; a segment in braces stands for any one segment.
    package static func matching(_ method: String, _ path: String) -> SurfaceOperation? {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        return all.first { operation in
            guard operation.method == method else { return false }
            let own = operation.path.split(separator: "/", omittingEmptySubsequences: false)
            return own.count == segments.count && zip(own, segments).allSatisfy { $0 == $1 || $0.first == "{" }
        }
    }
}
