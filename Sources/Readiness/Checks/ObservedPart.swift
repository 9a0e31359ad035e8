/// Something that a check looks at and that no capability of the readiness surface stands for by itself.
package enum ObservedPart: String, Sendable, CaseIterable, Hashable {
    /// The target's clock: an optional field of `GET /readyz`.
    case clock
    /// The list of instances: an optional field of `GET /readyz`.
    case instances
    /// The file systems that the target writes to, as the profile or the desk's record names them.
    case storage
}
