/// A value that must reach no log, event, report or error.
///
/// Not `Codable`, and its description says nothing. Only live probes open it.
package struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let value: String

    /// Wraps a value as soon as it has been read.
    package init(_ value: String) { self.value = value }

    /// Gives the value away. For the moment of use in a live probe; never for keeping.
    package func reveal() -> String { value }

    /// Always the same word.
    package var description: String { "<secret>" }

    /// Always the same word.
    package var debugDescription: String { "<secret>" }

    /// Shows nothing to `dump`.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
