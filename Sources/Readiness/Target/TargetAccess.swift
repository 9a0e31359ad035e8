/// Where a target's surface is, and how we show that we may ask.
package struct TargetAccess: Sendable, Equatable {
    /// Where the surface is.
    package enum Place: Sendable, Equatable {
        /// `https://desk.example:8443`, perhaps with a path before the contract's own.
        case address(String)
        /// The record that a practice desk keeps in its home: address and token, written anew with each start.
        case deskRecord
    }

    /// How we show who we are.
    package enum Authentication: Sendable, Equatable {
        /// `Authorization: Bearer …`.
        case bearer(SecretReference)
        /// `Authorization: Basic …`.
        case basic(user: String, password: SecretReference)
        /// A header of the target's own.
        case header(name: String, value: SecretReference)
        /// A certificate and its key, as PEM files.
        case certificate(chain: String, key: String)
    }

    /// Where the surface is.
    package var place: Place
    /// How we show who we are; none is an open surface.
    package var authentication: [Authentication]
    /// A file of PEM certificates to trust instead of the system's; nil for the system's.
    package var authority: String?
    /// How long the surface may be silent. Default 2 s.
    package var limit: Duration

    /// Describes an access.
    package init(
        place: Place, authentication: [Authentication] = [], authority: String? = nil, limit: Duration = .seconds(2)
    ) {
        self.place = place
        self.authentication = authentication
        self.authority = authority
        self.limit = limit
    }
}
