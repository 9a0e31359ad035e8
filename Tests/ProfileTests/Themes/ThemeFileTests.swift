import Profile
import Testing

struct ThemeFileTests {
    @Test(arguments: ["harbor-dark", "harbor-light", "mono"])
    func `a shipped theme has no problem of syntax`(name: String) throws {
        let tree = try ThemeFile.load(Checkout.text("themes/\(name).yaml"))
        guard case .map(let entries, _) = tree else { return #expect(Bool(false)) }
        #expect(entries.first { $0.key == "name" }?.value.line ?? 0 > 0)
    }

    @Test func `a theme in the shipped form becomes a tree with lines`() throws {
        let text = """
            name: harbor-dark
            palette: { ink: "#d7dde5", deep: "#10161d" }
            roles:
              status.pass: { fg: moss, c16: green }
            glyphs:
              pass: ["✔", "+"]

            """
        let tree = try ThemeFile.load(ConfigurationText(name: "themes/harbor-dark.yaml", text: text))
        guard case .map(let entries, let line) = tree else { return #expect(Bool(false)) }
        #expect(line == 1)
        #expect(entries.map(\.key) == ["name", "palette", "roles", "glyphs"])
        #expect(
            entries[3].value
                == .map(
                    [
                        .init(
                            key: "pass", line: 6,
                            value: .list(
                                [.scalar("✔", line: 6, isQuoted: true), .scalar("+", line: 6, isQuoted: true)],
                                line: 6))
                    ], line: 6))
    }
}
