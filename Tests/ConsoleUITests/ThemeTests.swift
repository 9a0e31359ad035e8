import ConsoleUI
import FoundationEssentials
import TestSupport
import Testing

struct ThemeTests {
    static let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "themes").path

    static var names: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    }

    @Test func `the folder holds the default themes`() {
        #expect(Set(Self.names).isSuperset(of: ["harbor-dark", "harbor-light", "mono"]))
    }

    @Test(arguments: names)
    func `every theme file is read, is named as its file, and has every role`(name: String) throws {
        let theme = try ThemeFileReader.theme(name, in: Self.folder)
        #expect(theme.name == name)
        #expect(theme.roles == Set(Role.allCases))
    }

    @Test(arguments: names)
    func `text can be read against its ground`(name: String) throws {
        let theme = try ThemeFileReader.theme(name, in: Self.folder)
        guard let ground = theme.ground else { return }
        // Lines and empty parts of bars carry no text.
        let drawn: Set<Role> = [.border, .progressRest]
        for role in Role.allCases where !drawn.contains(role) {
            for layer in Layer.allCases {
                // Badges stand on no row that could be focused.
                if role.rawValue.hasPrefix("verdict"), layer != .plain { continue }
                let style = theme.style(role, layer)
                guard let foreground = style.full.foreground else { continue }
                let ratio = foreground.contrast(with: style.full.background ?? ground)
                let least = layer == .plain ? 4.5 : 3.0
                #expect(ratio >= least, "\(name) \(role.rawValue) \(layer): \(ratio)")
            }
        }
    }

    @Test(arguments: names)
    func `verdicts differ in every depth of colour, and red from green without any`(name: String) throws {
        let theme = try ThemeFileReader.theme(name, in: Self.folder)
        let verdicts: [Role] = [.verdictGo, .verdictConditions, .verdictHold, .verdictNoGo]
        if theme.ground != nil {
            #expect(Set(verdicts.map { theme.style($0).full }).count == 4)
            #expect(Set(verdicts.map { theme.style($0).in256 }).count == 4)
            #expect(Set(verdicts.map { theme.style($0).in16 }).count == 4)
        }
        // Colour never stands alone: the signs differ as well, in both columns.
        for isASCII in [false, true] {
            let glyphs = theme.glyphs(isASCII: isASCII)
            let states: [Glyph] = [
                .pass, .warn, .fail, .error, .unverified, .blocked, .cancelled, .running, .waiting, .notApplicable,
            ]
            #expect(Set(states.map { glyphs[$0] }).count == states.count)
        }
        #expect(theme.style(.text, .focus) != theme.style(.text))
        #expect(theme.style(.text, .focus).in16 != theme.style(.text).in16)
    }

    @Test(arguments: [Glyph.pass, .horizontal] + Glyph.allCases)
    func `standard signs take the cells they are laid out for`(glyph: Glyph) {
        #expect(TextWidth.of(glyph.standard.unicode) == 1)
        #expect(glyph.standard.ascii.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        #expect(glyph.standard.ascii.count == 1 || glyph == .lessOrEqual || glyph == .greaterOrEqual)
    }

    private func tree(_ entries: [SettingsTree.Entry]) -> SettingsTree {
        .map([.init("name", .scalar("sample"))] + entries)
    }

    @Test func `what a theme does not say is as in its base`() throws {
        let theme = try Theme(
            decoding: tree([
                .init("kind", .scalar("light")), .init("palette", .map([.init("ink", .scalar("#102030"))])),
                .init(
                    "roles",
                    .map([
                        .init(
                            "strong",
                            .map([
                                .init("fg", .scalar("ink")), .init("attributes", .scalar("bold italic")),
                                .init("c16", .scalar("red on-white reverse")), .init("c256", .scalar("17")),
                            ]))
                    ])),
                .init("glyphs", .map([.init("pass", .list([.scalar("●"), .scalar("P")]))])),
            ]), base: .plain)
        #expect(theme.kind == .light)
        #expect(theme.style(.strong).full == .init(foreground: RGB(0x10, 0x20, 0x30), attributes: [.bold, .italic]))
        #expect(theme.style(.strong).in16 == .init(foreground: .red, background: .white, attributes: .reverse))
        #expect(theme.style(.strong).in256 == .init(foreground: 17))
        #expect(theme.style(.muted) == Theme.plain.style(.muted))
        #expect(theme.glyphs(isASCII: false)[.pass] == "●")
        #expect(theme.glyphs(isASCII: true)[.pass] == "P")
        #expect(theme.glyphs(isASCII: true)[.fail] == "X")
    }

    @Test(
        arguments: [
            (SettingsTree.Entry("colour", .scalar("x")), "colour", "unknown key"),
            (.init("kind", .scalar("dusk")), "kind", "no kind “dusk”"),
            (.init("ground", .scalar("mud")), "ground", "no colour “mud”"),
            (.init("palette", .map([.init("ink", .scalar("#12345"))])), "palette.ink", "no colour “#12345”"),
            (.init("palette", .map([.init("ink", .scalar("#+12345"))])), "palette.ink", "no colour “#+12345”"),
            (.init("roles", .map([.init("txt", .map([]))])), "roles.txt", "no such role"),
            (
                .init("roles", .map([.init("text", .map([.init("fg", .scalar("inkk"))]))])), "roles.text.fg",
                "no colour “inkk”"
            ),
            (
                .init("roles", .map([.init("text", .map([.init("attributes", .scalar("blink"))]))])),
                "roles.text.attributes", "no attribute “blink”"
            ),
            (
                .init("roles", .map([.init("text", .map([.init("c16", .scalar("pink"))]))])), "roles.text.c16",
                "“pink” is no colour and no attribute"
            ),
            (
                .init("roles", .map([.init("text", .map([.init("c256", .scalar("256"))]))])), "roles.text.c256",
                "“256” is no colour and no attribute"
            ),
            (.init("roles", .scalar("x")), "roles", "not a map"),
            (
                .init("glyphs", .map([.init("pass", .list([.scalar("⚠️"), .scalar("P")]))])), "glyphs.pass",
                "is not 1 cell wide"
            ),
            (
                .init("glyphs", .map([.init("pass", .list([.scalar("検"), .scalar("P")]))])), "glyphs.pass",
                "is not 1 cell wide"
            ),
            (
                .init("glyphs", .map([.init("pass", .list([.scalar("\u{1B}"), .scalar("P")]))])), "glyphs.pass",
                "is not 1 cell wide"
            ),
            (
                .init("glyphs", .map([.init("pass", .list([.scalar("x"), .scalar("é")]))])), "glyphs.pass",
                "does not fit"
            ),
            (
                .init("glyphs", .map([.init("tick", .list([.scalar("x"), .scalar("x")]))])), "glyphs.tick",
                "no such sign"
            ),
        ] as [(SettingsTree.Entry, String, String)])
    func `what is wrong is named with its place and what would be right`(
        entry: SettingsTree.Entry, path: String, problem: String
    ) {
        do throws(ThemeError) {
            _ = try Theme(decoding: tree([entry]), base: .plain)
            Issue.record("accepted")
        } catch {
            #expect(error.theme == "sample")
            #expect(error.keyPath == path)
            #expect(error.problem.contains(problem))
            #expect(!error.accepted.isEmpty)
        }
    }

    @Test(arguments: [
        (RGB(0, 0, 0), RGB(255, 255, 255), 21.0), (RGB(119, 119, 119), RGB(255, 255, 255), 4.48),
        (RGB(255, 0, 0), RGB(255, 255, 255), 4.0),
    ])
    func `contrast is WCAG's`(a: RGB, b: RGB, expected: Double) { #expect(abs(a.contrast(with: b) - expected) < 0.05) }
}
