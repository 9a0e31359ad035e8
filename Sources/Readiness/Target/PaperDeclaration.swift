/// What a profile says of the venue behind a target: what has to be proven before an order is placed.
package struct PaperDeclaration: Sendable, Equatable {
    /// A venue whose paper and live sides can be told apart.
    package enum Venue: String, Sendable, CaseIterable {
        case alpaca, binance, bybit
        case interactiveBrokers = "interactive_brokers"
        /// A venue of the target's own: proven only where the target's answers say so and it is on loopback.
        case own
    }

    /// Which venue.
    package var venue: Venue
    /// Where the target sends orders: a URL, or `host:port`.
    package var address: String
    /// The account at the venue, where its form tells paper from live; nil where the profile gives none.
    package var account: String?

    /// Describes a venue.
    package init(venue: Venue, address: String, account: String? = nil) {
        self.venue = venue
        self.address = address
        self.account = account
    }
}
