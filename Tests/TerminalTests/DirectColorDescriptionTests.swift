import CNcurses
import FoundationEssentials
import Glibc
import Terminal
import Testing

struct DirectColorDescriptionTests {
    @Test func `a made description is accepted by curses and has direct colour`() throws {
        let value = try #require(
            DirectColorDescription.environmentValue(for: "xterm-256color", [:]),
            "xterm-256color is installed everywhere")
        #expect(value.hasPrefix("b64:"))
        // Reads the description without touching a terminal.
        setenv("TERMINFO", value, 1)
        defer { unsetenv("TERMINFO") }
        var status: Int32 = 0
        #expect(setupterm("xterm-256color", 1, &status) == OK)
        #expect(tigetnum("colors") == 0x100_0000)
        #expect(tigetflag("RGB") == 1)
        #expect(tigetflag("ccc") == 0)
        let clear = try #require(hp_sequence("clear"))
        #expect(String(cString: clear).contains("\u{1B}["))
        let color = try #require(hp_sequence("setaf"))
        #expect(String(cString: color).contains("8;2;"))
        let keys = try #require(hp_sequence("kcuu1"))
        #expect(String(cString: keys) == "\u{1B}OA")
    }

    @Test(arguments: ["../../etc/passwd", "", "no such", "no-such-terminal-type"])
    func `a name that is no terminal's gives nothing`(type: String) {
        #expect(DirectColorDescription.environmentValue(for: type, [:]) == nil)
    }

    @Test func `a broken description gives nothing and does not crash`() throws {
        let places = ["/lib/terminfo/x/xterm-256color", "/usr/share/terminfo/x/xterm-256color"]
        let data = try #require(places.lazy.compactMap { FileManager.default.contents(atPath: $0) }.first)
        let whole = [UInt8](data)
        #expect(DirectColorDescription.patched(whole) != nil)
        for count in stride(from: 0, to: min(whole.count, 1500), by: 7) {
            #expect(DirectColorDescription.patched(Array(whole.prefix(count))) == nil)
        }
        for place in 0..<12 {
            for value in [UInt8(0), 0x7F, 0xFF] where value != whole[place] {
                var broken = whole
                broken[place] = value
                // Whatever comes of it, what is made is never longer than what curses takes (term(5): 32,768 bytes).
                #expect((DirectColorDescription.patched(broken)?.count ?? 0) <= 32_768)
            }
        }
    }
}
