/// How roles look: data only. Themes are files; this is what one of them says.
package struct Theme: Sendable, Equatable {
    /// What ground a theme is made for.
    package enum Kind: String, Sendable, CaseIterable {
        case dark, light
    }

    /// As in the theme list and on the command line.
    package var name: String
    /// What ground it is made for.
    package var kind: Kind
    /// The ground that its colours are checked against. Never painted: a terminal's own background stays. nil for a
    /// theme without colours.
    package var ground: RGB?
    private var styles: [Role: Style]
    private var signs: [Glyph: SignPair]

    struct SignPair: Sendable, Equatable {
        var unicode: String
        var ascii: String
    }

    init(name: String, kind: Kind, ground: RGB?, styles: [Role: Style], signs: [Glyph: SignPair]) {
        self.name = name
        self.kind = kind
        self.ground = ground
        self.styles = styles
        self.signs = signs
    }

    /// How a role looks; a role that the theme does not name looks like text.
    package func style(_ role: Role) -> Style { styles[role] ?? styles[.text] ?? Style() }

    /// How a cell looks: its role under the mark that lies over it.
    package func style(_ role: Role, _ layer: Layer) -> Style {
        switch layer {
        case .plain: style(role)
        // On the focused row only what carries a state keeps its colour: the rest is one look, easy on eyes and lines.
        case .focus: role.carriesState ? style(role).over(style(.focus)) : style(.focus)
        case .selection: style(.selection).over(style(role))
        }
    }

    /// The roles that it says something about, itself or through what it inherits.
    package var roles: Set<Role> { Set(styles.keys) }

    /// Its signs for a terminal that shows UTF-8, or only ASCII.
    package func glyphs(isASCII: Bool) -> GlyphSet {
        GlyphSet(isASCII: isASCII, own: signs.mapValues { isASCII ? $0.ascii : $0.unicode })
    }

    mutating func setStyle(_ style: Style, of role: Role) { styles[role] = style }
    mutating func setSign(_ sign: SignPair, of glyph: Glyph) { signs[glyph] = sign }
}

extension Theme {
    /// Attributes only: what is used for `NO_COLOR` and for terminals without colour, and what every theme begins with.
    package static let plain: Theme = {
        func marked(_ attributes: Attributes) -> Style {
            Style(
                attributes: attributes, palette256: .init(attributes: attributes),
                palette16: .init(attributes: attributes))
        }
        var styles: [Role: Style] = [:]
        for role in Role.allCases { styles[role] = marked([]) }
        for role in [Role.muted, .progressRest, .border, .keyDisabled, .statusWaiting, .statusNotApplicable, .source] {
            styles[role] = marked(.dim)
        }
        let bold: [Role] = [
            .strong, .brand, .title, .borderFocus, .key, .statusFail, .statusError, .statusUnverified, .verdictPending,
            .noticeWarning, .noticeError, .faultActive, .measuredOutside, .command,
        ]
        for role in bold { styles[role] = marked(.bold) }
        for role in [Role.verdictGo, .verdictConditions, .verdictHold, .verdictNoGo] {
            styles[role] = marked([.bold, .reverse])
        }
        for role in [Role.heading, .selection, .input] { styles[role] = marked(.underline) }
        styles[.focus] = marked(.reverse)
        styles[.tabChosen] = marked([.bold, .underline])
        return Theme(name: "plain", kind: .dark, ground: nil, styles: styles, signs: [:])
    }()
}
