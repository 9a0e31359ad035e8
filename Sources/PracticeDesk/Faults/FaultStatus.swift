/// One fault of a running desk, as its switch shows it.
package struct FaultStatus: Codable, Hashable, Sendable {
    /// The fault's name.
    package var name: String
    /// What it breaks.
    package var sentence: String
    /// The magnitudes that it takes, for a person.
    package var accepts: String
    /// The magnitude when none is given; nil where there is none.
    package var defaultMagnitude: String?
    /// It is set now.
    package var active: Bool
    /// How strongly, where there is a how.
    package var magnitude: String?
    /// When it was set, UTC in ISO 8601.
    package var since: String?

    enum CodingKeys: String, CodingKey {
        case name, sentence, accepts, active, magnitude, since
        case defaultMagnitude = "default_magnitude"
    }
}
