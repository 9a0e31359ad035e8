import CNcurses
import Glibc

/// Gives the terminal back when the program crashes, and keeps what it wrote to standard error meanwhile.
///
/// The handler runs on a stack of its own, so that a stack overflow is survived as well, and does only what is allowed
/// in a signal handler: writes bytes made beforehand, resets the terminal's modes, copies the captured standard error
/// to the real one, and raises the signal again. An alternate stack belongs to one thread: an overflow on another
/// thread than the one that opened the console ends without it.
final class CrashGuard {
    /// Everything that the handler needs, at an address that does not move.
    private struct Kit {
        var modes = termios()
        var reset: UnsafeMutableRawPointer?
        var resetCount = 0
        var realError: Int32 = -1
        var captured: Int32 = -1
        var buffer: UnsafeMutableRawPointer?
        var isArmed = false
    }

    // Written while no handler is installed, read by the handler: allocated once and never freed or moved.
    nonisolated(unsafe) private static let kit: UnsafeMutablePointer<Kit> = {
        let kit = UnsafeMutablePointer<Kit>.allocate(capacity: 1)
        kit.initialize(to: Kit())
        kit.pointee.buffer = .allocate(byteCount: bufferSize, alignment: 1)
        return kit
    }()

    private static let bufferSize = 4096
    private static let crashes = [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGQUIT]
    // Undoes, in this order: synchronized output, mouse, paste and focus reports, hidden cursor, colours, cursor keys
    // and keypad, title, alternate screen.
    private static let resetSequence = Array(
        ("\u{1B}[?2026l\u{1B}[?1006l\u{1B}[?1000l\u{1B}[?2004l\u{1B}[?1004l\u{1B}[?25h\u{1B}[0m\u{1B}[?1l\u{1B}>"
            + "\u{1B}[23;0t\u{1B}[?1049l\r\n").utf8)

    private var before: [(Int32, sigaction)] = []
    private var stackBefore = stack_t()
    private let stack: UnsafeMutableRawPointer
    private static let stackSize = 64 * 1024

    /// Arms it. Standard error is captured if it is a terminal: what is written there would be lost in the picture.
    init() {
        let kit = Self.kit
        tcgetattr(0, &kit.pointee.modes)
        if kit.pointee.reset == nil {
            let bytes = UnsafeMutableRawPointer.allocate(byteCount: Self.resetSequence.count, alignment: 1)
            bytes.copyMemory(from: Self.resetSequence, byteCount: Self.resetSequence.count)
            (kit.pointee.reset, kit.pointee.resetCount) = (bytes, Self.resetSequence.count)
        }
        stack = .allocate(byteCount: Self.stackSize, alignment: 16)
        var alternate = stack_t(ss_sp: stack, ss_flags: 0, ss_size: Self.stackSize)
        sigaltstack(&alternate, &stackBefore)
        captureError()
        kit.pointee.isArmed = true
        for number in Self.crashes { before.append((number, Self.install(number))) }
    }

    /// Disarms it, and shows what was written to standard error meanwhile. The screen must have been closed.
    func close() {
        for (number, action) in before {
            var action = action
            sigaction(number, &action, nil)
        }
        Self.kit.pointee.isArmed = false
        sigaltstack(&stackBefore, nil)
        stack.deallocate()
        guard Self.kit.pointee.captured >= 0 else { return }
        dup2(Self.kit.pointee.realError, 2)
        Self.replay()
        Glibc.close(Self.kit.pointee.captured)
        Glibc.close(Self.kit.pointee.realError)
        (Self.kit.pointee.captured, Self.kit.pointee.realError) = (-1, -1)
    }

    private func captureError() {
        guard isatty(2) == 1 else { return }
        let file = hp_memory_file("holdpoint-stderr")
        guard file >= 0 else { return }
        let real = fcntl(2, F_DUPFD_CLOEXEC, 3)
        guard real >= 0, dup2(file, 2) == 2 else {
            Glibc.close(file)
            return
        }
        (Self.kit.pointee.captured, Self.kit.pointee.realError) = (file, real)
    }

    /// Copies what was captured to the real standard error. Allowed in a signal handler.
    private static func replay() {
        guard kit.pointee.captured >= 0, let buffer = kit.pointee.buffer else { return }
        var offset: off_t = 0
        while true {
            let count = pread(kit.pointee.captured, buffer, bufferSize, offset)
            guard count > 0 else { return }
            _ = write(kit.pointee.realError, buffer, count)
            offset += off_t(count)
        }
    }

    private static func install(_ number: Int32) -> sigaction {
        var action = sigaction()
        var old = sigaction()
        action.__sigaction_handler.sa_handler = { number in
            let kit = CrashGuard.kit
            if kit.pointee.isArmed {
                kit.pointee.isArmed = false
                if let reset = kit.pointee.reset { _ = write(1, reset, kit.pointee.resetCount) }
                tcsetattr(0, TCSANOW, &kit.pointee.modes)
                CrashGuard.replay()
            }
            signal(number, SIG_DFL)
            raise(number)
        }
        action.sa_flags = SA_ONSTACK | Int32(bitPattern: UInt32(SA_NODEFER))
        sigaction(number, &action, &old)
        return old
    }
}
