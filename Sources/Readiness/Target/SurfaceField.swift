/// One field of an answer of the readiness surface, as docs/guides/readiness-surface.md describes it.
package struct SurfaceField: Sendable, Equatable {
    /// What a field holds, and so what a target's own value is turned into.
    package indirect enum Kind: Sendable, Equatable {
        /// Any text.
        case text
        /// A decimal as text: `"500.00"`. A JSON number of the target's is taken digit for digit.
        case decimal
        /// A whole number.
        case whole
        /// A whole number that the contract spells as text, because it may pass 2^53: `"1767323045678000000"`.
        case wholeText
        /// `true` or `false`.
        case flag
        /// Objects with these fields.
        case list([SurfaceField])
        /// One object with these fields.
        case object([SurfaceField])
        /// Texts.
        case texts
        /// Texts under names of the target's choosing.
        case named
    }

    /// The fields that a profile may state itself: they say how others are to be read, and prove nothing.
    package static let stated: Set<String> = ["format", "inclusive", "source", "unit"]

    /// As the contract spells it.
    package var name: String
    /// What it holds.
    package var kind: Kind
    /// Whether an answer may do without it, or give `null`.
    package var isOptional: Bool
    /// A value of a healthy target, as JSON, for stubs and examples. Empty for lists and objects, which are made of their
    /// fields'; `[]` for a list that is empty unless something is asked for.
    package var example: String

    /// Describes a field.
    package init(_ name: String, _ kind: Kind, optional isOptional: Bool = false, example: String) {
        self.name = name
        self.kind = kind
        self.isOptional = isOptional
        self.example = example
    }
}
