import CNcurses
import ConsoleUI
import Glibc

/// The terminal while the console has it. Only the thread that opened it may use it.
///
/// curses is used for output and for the terminal's description. Input is read elsewhere; nothing here waits for a key.
final class TerminalScreen {
    private let handle: UnsafeMutablePointer<hp_screen>
    private var palette: Palette
    private var shown: Grid
    private var shownCursor = (x: -1, y: -1)
    private var shownTitle = ""
    private var run: [hp_cell] = []
    private var isForgotten = false
    private let setsTitle: Bool

    /// How many colours it uses.
    let depth: ColorDepth
    /// Whether the locale shows nothing but ASCII.
    let isASCII: Bool

    private static let out: Int32 = 1
    // Synchronized output (mode 2026): the terminal shows a frame whole. Terminals that do not know it ignore it.
    private static let beginFrame = Array("\u{1B}[?2026h".utf8)
    private static let endFrame = Array("\u{1B}[?2026l".utf8)
    /// Bracketed paste on; title kept aside.
    private static let enter = Array("\u{1B}[?2004h".utf8)
    private static let leave = Array("\u{1B}[?2004l".utf8)

    init(theme: Theme, environment: [String: String]) throws(TerminalError) {
        guard isatty(0) == 1, isatty(1) == 1 else { throw .notATerminal }
        guard let type = environment["TERM"], !type.isEmpty else { throw .noType }
        // curses accepts it and then draws garbage.
        guard type != "dumb", type != "unknown" else { throw .dumb(type) }
        setlocale(LC_ALL, "")
        isASCII = hp_is_utf8() == 0
        let wanted = ColorDepth.wanted(in: environment)
        let direct = wanted == .direct ? DirectColorDescription.environmentValue(for: type, environment) : nil
        let before = environment["TERMINFO"]
        if let direct { setenv("TERMINFO", direct, 1) }
        let opened = hp_open(type, Self.out, 0)
        if direct != nil {
            // Children must find the terminal's description as they always do.
            if let before { setenv("TERMINFO", before, 1) } else { unsetenv("TERMINFO") }
        }
        guard let handle = opened else { throw .unknownType(type) }
        guard hp_sequence("cup") != nil else {
            hp_close(handle)
            throw .dumb(type)
        }
        self.handle = handle
        let colors = wanted == .none ? 0 : Int(hp_start_color())
        depth = colors >= 0x100_0000 ? .direct : colors >= 256 ? .palette : colors >= 8 ? .ansi : .none
        palette = Palette(theme, depth: depth)
        setsTitle = ["xterm", "screen", "tmux", "rxvt", "alacritty", "foot", "kitty", "wezterm", "ghostty", "st"]
            .contains { type.hasPrefix($0) }
        shown = Grid(Size(0, 0))
        keepControlKeys()
        write(Self.enter)
        if setsTitle { write(Array("\u{1B}[22;0t".utf8)) }
        resize()
    }

    /// The terminal's extent; 80x24 where it does not say.
    static var size: Size {
        var extent = winsize()
        guard ioctl(out, UInt(TIOCGWINSZ), &extent) == 0, extent.ws_col > 0, extent.ws_row > 0 else {
            return Size(80, 24)
        }
        return Size(Int(extent.ws_col), Int(extent.ws_row))
    }

    /// The sequences that the terminal's description gives for its keys.
    var keySequences: [[UInt8]: Key] {
        let names: [(String, Key)] = [
            ("kcuu1", .up), ("kcud1", .down), ("kcub1", .left), ("kcuf1", .right), ("khome", .home), ("kend", .end),
            ("kpp", .pageUp), ("knp", .pageDown), ("kich1", .insert), ("kdch1", .delete), ("kcbt", .backTab),
            ("kf1", .function(1)), ("kent", .enter),
        ]
        var sequences: [[UInt8]: Key] = [:]
        for (name, key) in names {
            if let text = hp_sequence(name) { sequences[Array(String(cString: text).utf8)] = key }
        }
        return sequences
    }

    /// Whether a frame can be written without waiting.
    var isWritable: Bool {
        var state = pollfd(fd: Self.out, events: Int16(POLLOUT), revents: 0)
        return poll(&state, 1, 0) == 1 && state.revents & Int16(POLLOUT) != 0
    }

    /// Takes over the terminal's present extent; the next frame is drawn whole.
    func resize() {
        let size = Self.size
        hp_resize(handle, Int32(size.rows), Int32(size.columns))
        forget()
    }

    /// Draws the next frame whole, whatever the terminal shows.
    func redraw() {
        hp_forget(handle)
        forget()
    }

    private func forget() {
        shown = Grid(Size(0, 0))
        shownCursor = (-1, -1)
        isForgotten = true
    }

    /// Shows a frame: writes the cells that differ from what is shown, and nothing when none does.
    func paint(_ frame: Frame) {
        let grid = frame.grid
        let isWhole = grid.size != shown.size
        var isChanged = isForgotten || isWhole || frame.cursor != shownCursor
        for y in 0..<grid.size.rows where paintRow(y, grid, isWhole) { isChanged = true }
        if setsTitle, frame.title != shownTitle {
            shownTitle = frame.title
            write(Array("\u{1B}]2;\(frame.title)\u{07}".utf8))
        }
        guard isChanged else { return }
        (shown, shownCursor, isForgotten) = (grid, frame.cursor, false)
        // Written beside curses: around doupdate, which flushes, the order is certain (console.md 5.4).
        write(Self.beginFrame)
        hp_flush(handle, Int32(frame.cursor.y), Int32(frame.cursor.x))
        write(Self.endFrame)
    }

    /// Puts a row's differing runs into curses' window; says whether there were any.
    private func paintRow(_ y: Int, _ grid: Grid, _ isWhole: Bool) -> Bool {
        let columns = grid.size.columns
        var x = 0
        var isChanged = false
        while x < columns {
            guard isWhole || grid[x, y] != shown[x, y] else {
                x += 1
                continue
            }
            var from = x
            while from > 0, grid[from, y].width == 0 { from -= 1 }
            var end = x + 1
            // Runs that are close together are one: a cursor movement costs more than a few cells.
            var quiet = 0
            while end < columns, quiet < 6 {
                quiet = isWhole || grid[end, y] != shown[end, y] ? 0 : quiet + 1
                end += 1
            }
            end -= quiet
            while end < columns, grid[end, y].width == 0 { end += 1 }
            put(grid, y, from..<end)
            isChanged = true
            x = end
        }
        return isChanged
    }

    private func put(_ grid: Grid, _ y: Int, _ columns: Range<Int>) {
        run.removeAll(keepingCapacity: true)
        var last: (look: Palette.Look, layer: Layer)?
        for x in columns {
            let cell = grid[x, y]
            let s = cell.scalars
            var look = palette.look(cell.role, cell.layer)
            // A blank looks the same in every foreground: it takes its neighbour's, which saves changing twice.
            if s[0] == 0x20, look.isPlainGround, let last, last.layer == cell.layer, last.look.isPlainGround,
                last.look.ground == look.ground
            {
                look = last.look
            }
            last = (look, cell.layer)
            run.append(
                hp_cell(
                    scalars: (s[0], s[1], s[2], s[3]), pair: look.pair, attributes: look.attributes, width: cell.width))
        }
        hp_put_run(handle, Int32(y), Int32(columns.lowerBound), run, Int32(run.count))
    }

    /// The text of what is shown, row by row.
    var text: String { shown.text }

    /// Writes bytes that are no part of a frame: to the clipboard, for example.
    func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(Self.out, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Gives the terminal back to the shell for a while.
    func suspend() {
        write(Self.leave)
        hp_suspend()
    }

    /// Takes it again.
    func resume() {
        hp_resume(handle)
        keepControlKeys()
        write(Self.enter)
        resize()
    }

    /// Gives the terminal back for good: normal screen, cursor, modes and title as they were.
    func close() {
        write(Self.leave)
        if setsTitle { write(Array("\u{1B}[23;0t".utf8)) }
        hp_close(handle)
    }

    // Ctrl-C and Ctrl-Z come as keys, in order with the others, and not as signals to every child. Ctrl-\ stays what it
    // is: the way out of a program that does not answer.
    private func keepControlKeys() {
        var modes = termios()
        guard tcgetattr(0, &modes) == 0 else { return }
        modes.c_lflag |= tcflag_t(ISIG)
        withUnsafeMutableBytes(of: &modes.c_cc) { keys in
            for key in [VINTR, VSUSP] { keys[Int(key)] = 0 }
        }
        tcsetattr(0, TCSADRAIN, &modes)
        def_prog_mode()
    }
}
