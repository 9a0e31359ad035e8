/// A settings file as plain values, whatever syntax it was written in. Whoever reads files makes it; a theme is decoded
/// from it.
package indirect enum SettingsTree: Sendable, Equatable {
    /// A text, number or truth value as written.
    case scalar(String)
    /// Values in order.
    case list([SettingsTree])
    /// Named values in the file's order. A key that comes twice is the reader's business to refuse.
    case map([Entry])

    /// A named value.
    package struct Entry: Sendable, Equatable {
        /// Its name.
        package var key: String
        /// Its value.
        package var value: SettingsTree

        /// Names a value.
        package init(_ key: String, _ value: SettingsTree) {
            self.key = key
            self.value = value
        }
    }

    /// The text of a scalar; nil for the others.
    package var text: String? {
        if case .scalar(let text) = self { text } else { nil }
    }

    /// The entries of a map; nil for the others.
    package var entries: [Entry]? {
        if case .map(let entries) = self { entries } else { nil }
    }
}

/// What is wrong with a theme.
package struct ThemeError: Error, Equatable, CustomStringConvertible {
    /// The theme's name, or the file's where it names none.
    package var theme: String
    /// Where in it: `roles.status.pass.fg`.
    package var keyPath: String
    /// What is wrong there: a fragment.
    package var problem: String
    /// What would be accepted.
    package var accepted: String

    /// Describes it.
    package init(theme: String, keyPath: String, problem: String, accepted: String) {
        self.theme = theme
        self.keyPath = keyPath
        self.problem = problem
        self.accepted = accepted
    }

    /// `theme harbor-dark, roles.focus.bg: no colour “mosss”; accepted: ink, deep or #rrggbb`.
    package var description: String { "theme \(theme), \(keyPath): \(problem); accepted: \(accepted)" }
}
