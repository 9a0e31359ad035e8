import CNcurses
import ConsoleUI

/// What curses calls the looks of a theme: made when first used, one lookup from then on.
struct Palette {
    /// Attributes and colour pair of a look.
    struct Look {
        var attributes: UInt32
        var pair: Int32
        /// The background's number; -1: the terminal's own.
        var ground: Int32
        /// Whether nothing but the background shows where there is no character.
        var isPlainGround: Bool
    }

    private let theme: Theme
    private let depth: ColorDepth
    private var looks: [Look?]

    init(_ theme: Theme, depth: ColorDepth) {
        // Without colours a theme's attributes alone would not tell a focus or a verdict apart: the plain theme does.
        self.theme = depth == .none ? .plain : theme
        self.depth = depth
        looks = Array(repeating: nil, count: Role.allCases.count * Layer.allCases.count)
    }

    mutating func look(_ role: Role, _ layer: Layer) -> Look {
        let place = Self.place(of: role) * Layer.allCases.count + Int(layer.rawValue)
        if let look = looks[place] { return look }
        let look = make(theme.style(role, layer))
        looks[place] = look
        return look
    }

    private static let order: [Role: Int] = Dictionary(
        uniqueKeysWithValues: Role.allCases.enumerated().map { ($1, $0) })

    private static func place(of role: Role) -> Int { order[role] ?? 0 }

    private func make(_ style: Style) -> Look {
        switch depth {
        case .none: look(Style.Reduced<ANSIColor>(attributes: style.in16.attributes)) { Int32($0.rawValue) }
        case .ansi: look(style.in16) { Int32($0.rawValue) }
        case .palette: look(style.in256) { Int32($0) }
        // The numbers below 8 are the palette's: the darkest blues give way to black of the eighth shade.
        case .direct: look(style.full) { max(8, Int32($0.red) << 16 | Int32($0.green) << 8 | Int32($0.blue)) }
        }
    }

    private func look<Color>(_ reduced: Style.Reduced<Color>, _ number: (Color) -> Int32) -> Look {
        let foreground = reduced.foreground.map(number) ?? -1
        let background = reduced.background.map(number) ?? -1
        let pair = foreground == -1 && background == -1 ? 0 : hp_pair(foreground, background)
        return Look(
            attributes: bits(reduced.attributes), pair: pair, ground: background,
            isPlainGround: reduced.attributes.isDisjoint(with: [.underline, .reverse]))
    }

    private func bits(_ attributes: Attributes) -> UInt32 {
        let table: [(Attributes, UInt32)] = [
            (.bold, hp_attr_bold), (.dim, hp_attr_dim), (.italic, hp_attr_italic), (.underline, hp_attr_underline),
            (.reverse, hp_attr_reverse),
        ]
        return table.reduce(0) { attributes.contains($1.0) ? $0 | $1.1 : $0 }
    }
}
