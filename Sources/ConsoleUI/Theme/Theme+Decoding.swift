import Readiness

extension Theme {
    /// The theme whose name a file gives under `inherits`; nil where it builds on `plain`.
    package static func inheritedName(in tree: SettingsTree) -> String? {
        tree.entries?.first { $0.key == "inherits" }?.value.text
    }

    /// Reads a theme from a decoded file; what it does not say is as in `base`.
    ///
    /// - Parameters:
    ///   - tree: the whole file.
    ///   - base: the theme that `inheritedName(in:)` names, else `plain`.
    ///   - file: named in errors before the theme's own name is known.
    /// - Throws: `ThemeError` for a key, role, glyph, colour or attribute that does not exist, and for a sign that is
    ///   not one cell wide.
    package init(decoding tree: SettingsTree, base: Theme, file: String = "?") throws(ThemeError) {
        var reader = ThemeReader(theme: file)
        self = try reader.read(tree, base: base)
    }
}

private struct ThemeReader {
    var theme: String
    var palette: [SettingsTree.Entry] = []

    static let keys = ["name", "kind", "ground", "inherits", "palette", "roles", "glyphs"]

    mutating func read(_ tree: SettingsTree, base: Theme) throws(ThemeError) -> Theme {
        let entries = try map(tree, at: "(file)")
        guard let named = entries.first(where: { $0.key == "name" }) else {
            throw error("name", "missing", accepted: "a word for the list of themes")
        }
        theme = try text(named.value, at: "name")
        var result = base
        result.name = theme
        if let found = entries.first(where: { $0.key == "palette" }) {
            palette = try map(found.value, at: "palette")
            for entry in palette { _ = try hex(entry.value, at: "palette.\(entry.key)") }
        }
        for entry in entries {
            switch entry.key {
            case "name", "inherits", "palette": continue
            case "kind":
                let word = try text(entry.value, at: "kind")
                guard let kind = Theme.Kind(rawValue: word) else {
                    throw error("kind", "no kind “\(word)”", accepted: "dark, light")
                }
                result.kind = kind
            case "ground": result.ground = try color(entry.value, at: "ground")
            case "roles": try readRoles(entry.value, into: &result)
            case "glyphs": try readSigns(entry.value, into: &result)
            default: throw error(entry.key, "unknown key", accepted: Self.keys.joined(separator: ", "))
            }
        }
        return result
    }

    private func readRoles(_ tree: SettingsTree, into result: inout Theme) throws(ThemeError) {
        for entry in try map(tree, at: "roles") {
            guard let role = Role(rawValue: entry.key) else {
                let names = Role.allCases.map(\.rawValue).joined(separator: ", ")
                throw error("roles.\(entry.key)", "no such role", accepted: names)
            }
            result.setStyle(try style(entry.value, at: "roles.\(entry.key)"), of: role)
        }
    }

    private func style(_ tree: SettingsTree, at path: String) throws(ThemeError) -> Style {
        var style = Style()
        for entry in try map(tree, at: path) {
            let place = "\(path).\(entry.key)"
            switch entry.key {
            case "fg": style.full.foreground = try color(entry.value, at: place)
            case "bg": style.full.background = try color(entry.value, at: place)
            case "attributes": style.full.attributes = try attributes(entry.value, at: place)
            case "c256":
                style.palette256 = try reduced(entry.value, at: place, "0 to 255") { UInt8($0) }
            case "c16":
                let names = ANSIColor.allCases.map { "\($0)" }.joined(separator: ", ")
                style.palette16 = try reduced(entry.value, at: place, names) { ANSIColor(named: $0) }
            default: throw error(place, "unknown key", accepted: "fg, bg, attributes, c256, c16")
            }
        }
        return style
    }

    /// Words: a colour for the text, `on-` and a colour for the ground, attributes.
    private func reduced<Color>(
        _ tree: SettingsTree, at path: String, _ colors: String, _ read: (String) -> Color?
    ) throws(ThemeError) -> Style.Reduced<Color> {
        var look = Style.Reduced<Color>()
        for word in try text(tree, at: path).split(separator: " ").map(String.init) {
            if let attribute = Attributes.names.first(where: { $0.name == word }) {
                look.attributes.insert(attribute.value)
            } else if let color = read(word) {
                look.foreground = color
            } else if word.hasPrefix("on-"), let color = read(String(word.dropFirst(3))) {
                look.background = color
            } else {
                throw error(
                    path, "“\(word)” is no colour and no attribute",
                    accepted: "\(colors), each with or without on-, \(attributeNames)")
            }
        }
        return look
    }

    private func readSigns(_ tree: SettingsTree, into result: inout Theme) throws(ThemeError) {
        for entry in try map(tree, at: "glyphs") {
            let path = "glyphs.\(entry.key)"
            guard let glyph = Glyph(rawValue: entry.key) else {
                let names = Glyph.allCases.map(\.rawValue).joined(separator: ", ")
                throw error(path, "no such sign", accepted: names)
            }
            guard case .list(let items) = entry.value, items.count == 2, let unicode = items[0].text,
                let ascii = items[1].text
            else { throw error(path, "not a pair", accepted: "[UTF-8, ASCII]") }
            let width = TextWidth.of(glyph.standard.unicode)
            guard SafeText.line(unicode) == unicode, TextWidth.of(unicode) == width else {
                throw error(
                    path, "“\(SafeText.line(unicode))” is not \(width) cell wide everywhere",
                    accepted: "one sign of one cell")
            }
            guard ascii.utf8.count == glyph.standard.ascii.utf8.count,
                ascii.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
            else {
                throw error(
                    path, "“\(SafeText.line(ascii))” does not fit", accepted: "\(glyph.standard.ascii.utf8.count) ASCII"
                )
            }
            result.setSign(Theme.SignPair(unicode: unicode, ascii: ascii), of: glyph)
        }
    }

    // MARK: - Values

    private func color(_ tree: SettingsTree, at path: String) throws(ThemeError) -> RGB {
        let word = try text(tree, at: path)
        if let entry = palette.first(where: { $0.key == word }) { return try hex(entry.value, at: "palette.\(word)") }
        guard let color = RGB(word) else {
            let names = (palette.map(\.key) + ["#rrggbb"]).joined(separator: ", ")
            throw error(path, "no colour “\(word)”", accepted: names)
        }
        return color
    }

    private func hex(_ tree: SettingsTree, at path: String) throws(ThemeError) -> RGB {
        let word = try text(tree, at: path)
        guard let color = RGB(word) else { throw error(path, "no colour “\(word)”", accepted: "#rrggbb") }
        return color
    }

    private func attributes(_ tree: SettingsTree, at path: String) throws(ThemeError) -> Attributes {
        var attributes: Attributes = []
        for word in try text(tree, at: path).split(separator: " ") {
            guard let found = Attributes.names.first(where: { $0.name == word }) else {
                throw error(path, "no attribute “\(word)”", accepted: attributeNames)
            }
            attributes.insert(found.value)
        }
        return attributes
    }

    private var attributeNames: String { Attributes.names.map(\.name).joined(separator: ", ") }

    private func text(_ tree: SettingsTree, at path: String) throws(ThemeError) -> String {
        guard let text = tree.text else { throw error(path, "not a text", accepted: "a text") }
        return text
    }

    private func map(_ tree: SettingsTree, at path: String) throws(ThemeError) -> [SettingsTree.Entry] {
        guard let entries = tree.entries else { throw error(path, "not a map", accepted: "names and values") }
        return entries
    }

    private func error(_ path: String, _ problem: String, accepted: String) -> ThemeError {
        ThemeError(theme: theme, keyPath: path, problem: problem, accepted: accepted)
    }
}
