/// Red, green and blue, 0 to 255 each.
package struct RGB: Sendable, Hashable {
    /// Red.
    package var red: UInt8
    /// Green.
    package var green: UInt8
    /// Blue.
    package var blue: UInt8

    /// Takes the three parts.
    package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// Reads `#rrggbb`; nil for anything else.
    package init?(_ text: String) {
        guard text.utf8.count == 7, text.first == "#", text.utf8.dropFirst().allSatisfy(\.isHexDigit),
            let value = UInt32(text.dropFirst(), radix: 16)
        else { return nil }
        self.init(UInt8(value >> 16), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF))
    }

    /// How far another colour stands out from this one, from 1 to 21: WCAG 2.1, contrast ratio
    /// (https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio).
    package func contrast(with other: RGB) -> Double {
        let (a, b) = (luminance, other.luminance)
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    /// The nearest of the 256 colours: the cube of 6×6×6 or the ramp of 24 greys.
    package var nearest256: UInt8 {
        func level(_ value: UInt8) -> Int { value < 48 ? 0 : value < 115 ? 1 : (Int(value) - 35) / 40 }
        let steps = [0, 95, 135, 175, 215, 255]
        let cube = (level(red), level(green), level(blue))
        let inCube = distance(steps[cube.0], steps[cube.1], steps[cube.2])
        let average = (Int(red) + Int(green) + Int(blue)) / 3
        let grey = min(23, max(0, (average - 3) / 10))
        let inRamp = distance(8 + 10 * grey, 8 + 10 * grey, 8 + 10 * grey)
        return inRamp < inCube ? UInt8(232 + grey) : UInt8(16 + 36 * cube.0 + 6 * cube.1 + cube.2)
    }

    /// The nearest of the eight ANSI colours, as xterm draws them.
    package var nearestANSI: ANSIColor {
        func part(_ value: UInt8) -> Int { value > 105 ? 1 : 0 }
        return ANSIColor(rawValue: part(red) + 2 * part(green) + 4 * part(blue)) ?? .white
    }

    private func distance(_ r: Int, _ g: Int, _ b: Int) -> Int {
        let (dr, dg, db) = (r - Int(red), g - Int(green), b - Int(blue))
        return dr * dr + dg * dg + db * db
    }

    // Thresholds on gamma-expanded values need no power function but WCAG's formula does: cube and square root of it by
    // repeated multiplication, exact enough for a ratio (error below 0.5 %).
    private var luminance: Double {
        func linear(_ value: UInt8) -> Double {
            let part = Double(value) / 255
            guard part > 0.03928 else { return part / 12.92 }
            let base = (part + 0.055) / 1.055
            // x^2.4 = x² · x^0.4, and x^0.4 = (x²)^(1/5) by Newton's method.
            let square = base * base
            var root = base
            for _ in 0..<20 { root -= (root * root * root * root * root - square) / (5 * root * root * root * root) }
            return square * root
        }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }
}

extension UInt8 {
    fileprivate var isHexDigit: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self)
            || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(self)
    }
}

/// The eight colours that every colour terminal has; the user's palette says how they look.
package enum ANSIColor: Int, Sendable, Hashable, CaseIterable {
    case black, red, green, yellow, blue, magenta, cyan, white

    /// Reads a colour's name.
    package init?(named name: String) {
        guard let found = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
        self = found
    }
}

/// Ways of drawing text that need no colour.
package struct Attributes: OptionSet, Sendable, Hashable {
    /// One bit each.
    package let rawValue: UInt8

    /// Takes the bits.
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Heavier.
    package static let bold = Attributes(rawValue: 1)
    /// Lighter.
    package static let dim = Attributes(rawValue: 2)
    /// Slanted.
    package static let italic = Attributes(rawValue: 4)
    /// Underlined.
    package static let underline = Attributes(rawValue: 8)
    /// Ground and text exchanged.
    package static let reverse = Attributes(rawValue: 16)

    /// The names in theme files.
    package static let names: [(name: String, value: Attributes)] = [
        ("bold", .bold), ("dim", .dim), ("italic", .italic), ("underline", .underline), ("reverse", .reverse),
    ]
}

/// How text looks: in full colour, and where that cannot be had in 256 or 16 colours.
package struct Style: Sendable, Hashable {
    /// A look in the terminal's own colours.
    package struct Reduced<Color: Sendable & Hashable>: Sendable, Hashable {
        /// nil: the terminal's default.
        package var foreground: Color?
        /// nil: the terminal's default.
        package var background: Color?
        /// Besides the colours.
        package var attributes: Attributes

        /// States a look.
        package init(foreground: Color? = nil, background: Color? = nil, attributes: Attributes = []) {
            self.foreground = foreground
            self.background = background
            self.attributes = attributes
        }

        func over(_ under: Self) -> Self {
            Self(
                foreground: foreground ?? under.foreground, background: background ?? under.background,
                attributes: under.attributes.union(attributes))
        }
    }

    /// Full colour; nil parts are the terminal's default.
    package var full: Reduced<RGB>
    /// Where there are 256 colours; nil: the nearest to full colour.
    package var palette256: Reduced<UInt8>?
    /// Where there are 8 or 16 colours; nil: the nearest to full colour.
    package var palette16: Reduced<ANSIColor>?

    /// States a look.
    package init(
        foreground: RGB? = nil, background: RGB? = nil, attributes: Attributes = [], palette256: Reduced<UInt8>? = nil,
        palette16: Reduced<ANSIColor>? = nil
    ) {
        full = Reduced(foreground: foreground, background: background, attributes: attributes)
        self.palette256 = palette256
        self.palette16 = palette16
    }

    /// The look in 256 colours.
    package var in256: Reduced<UInt8> {
        palette256
            ?? Reduced(
                foreground: full.foreground?.nearest256, background: full.background?.nearest256,
                attributes: full.attributes)
    }

    /// The look in 8 or 16 colours.
    package var in16: Reduced<ANSIColor> {
        palette16
            ?? Reduced(
                foreground: full.foreground?.nearestANSI, background: full.background?.nearestANSI,
                attributes: full.attributes)
    }

    /// This look laid over another one: what it does not say shines through.
    package func over(_ under: Style) -> Style {
        var style = Style()
        style.full = full.over(under.full)
        style.palette256 = in256.over(under.in256)
        style.palette16 = in16.over(under.in16)
        return style
    }
}
