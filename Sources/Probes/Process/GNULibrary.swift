import Glibc
import Readiness

/// What starting a program needs of the C library and Swift's module of it leaves out, for it shows no GNU extension:
/// looked up by name, once. All of them are in glibc from 2.34 on.
struct GNULibrary: Sendable {
    typealias FileActions = UnsafeMutablePointer<posix_spawn_file_actions_t>

    /// `pipe2`: a pipe that closes on exec from its first moment, so that a program which another thread starts just
    /// then does not get it.
    let pipe2: @convention(c) (UnsafeMutablePointer<Int32>, Int32) -> Int32
    /// `posix_spawn_file_actions_addclosefrom_np`.
    let addCloseFrom: @convention(c) (FileActions, Int32) -> Int32
    /// `posix_spawn_file_actions_addchdir_np`.
    let addChangeFolder: @convention(c) (FileActions, UnsafePointer<CChar>) -> Int32
    /// `syscall`, which is variadic; its arguments are passed in registers all the same, so that it can be called as if
    /// it had been declared with three.
    private let call: @convention(c) (Int, Int, Int) -> Int

    /// `POSIX_SPAWN_SETSID`.
    static let newSession: Int32 = 0x80
    /// The number of `pidfd_open`, the same on every architecture. (Its function came with glibc 2.36.)
    private static let processDescriptor = 434

    private static let found = GNULibrary()

    /// The functions.
    ///
    /// - Throws: `ProbeError` of our side when the C library has not all of them.
    static var functions: GNULibrary {
        get throws(ProbeError) {
            guard let found else { throw ProbeError(ourSide: "starting programs needs glibc 2.34 or a later one") }
            return found
        }
    }

    private init?() {
        guard let pipe2 = dlsym(nil, "pipe2"), let syscall = dlsym(nil, "syscall"),
            let closeFrom = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np"),
            let changeFolder = dlsym(nil, "posix_spawn_file_actions_addchdir_np")
        else { return nil }
        self.pipe2 = unsafeBitCast(pipe2, to: (@convention(c) (UnsafeMutablePointer<Int32>, Int32) -> Int32).self)
        addCloseFrom = unsafeBitCast(closeFrom, to: (@convention(c) (FileActions, Int32) -> Int32).self)
        addChangeFolder = unsafeBitCast(
            changeFolder, to: (@convention(c) (FileActions, UnsafePointer<CChar>) -> Int32).self)
        call = unsafeBitCast(syscall, to: (@convention(c) (Int, Int, Int) -> Int).self)
    }

    /// `pidfd_open` (Linux 5.3): a descriptor that becomes readable when a process ends, without reaping it. It closes
    /// on exec.
    ///
    /// - Returns: the descriptor, or a negative number and `errno`.
    func openProcess(_ process: Int32) -> Int32 { Int32(call(Self.processDescriptor, Int(process), 0)) }
}
