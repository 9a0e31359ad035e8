import Glibc
import Synchronization

/// A PostgreSQL of the desk's own: in a folder of its own, on loopback alone, as an unprivileged user.
///
/// It ends when this process does, however it does, because the shell that started it waits for the end of a line that
/// only this process holds; then its folder is gone as well. A desk that replaces itself hands the line on.
final class LedgerServer: Sendable {
    /// What one life of a process tells the next one: descriptor of the line, process of the shell, port.
    struct Handle: Sendable, Equatable {
        var lifeline: Int32
        var shell: Int32
        var port: Int

        var text: String { "\(lifeline),\(shell),\(port)" }

        init(lifeline: Int32, shell: Int32, port: Int) {
            self.lifeline = lifeline
            self.shell = shell
            self.port = port
        }

        /// Reads `text`; nil for what is none.
        init?(_ text: String) {
            let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int32($0) }
            guard parts.count == 3, let lifeline = parts[0], let shell = parts[1], let port = parts[2],
                lifeline > STDERR_FILENO, shell > 1, (1...65_535).contains(port)
            else { return nil }
            self.init(lifeline: lifeline, shell: shell, port: Int(port))
        }
    }

    let place: LedgerServerPlace
    let writer: LedgerPassword
    let handle: Handle
    private let hasEnded = Mutex(false)

    private init(_ handle: Handle, writer: LedgerPassword) {
        self.handle = handle
        self.writer = writer
        place = LedgerServerPlace(port: handle.port)
    }

    /// Starts one with an empty database, and keeps its passwords in the home. Blocks for a second or two.
    static func start(in home: DeskHome) throws(HomeError) -> LedgerServer {
        let programs = try ServerPrograms.find()
        let (writer, reader) = (LedgerPassword.drawn(), LedgerPassword.drawn())
        try writer.write(home.writerPassword)
        try reader.write(home.readerPassword)
        var troubles: [HomeError] = []
        for user in ServerUser.candidates {
            do throws(HomeError) {
                return try start(programs, as: user, writer: writer, reader: reader)
            } catch { troubles.append(error) }
        }
        throw .all(troubles)
    }

    private static func start(
        _ programs: ServerPrograms, as user: ServerUser, writer: LedgerPassword, reader: LedgerPassword
    ) throws(HomeError) -> LedgerServer {
        var tries = 0
        while true {
            tries += 1
            let port = try freePort()
            do throws(HomeError) {
                let handle = try ServerShell.start(programs, as: user, port: port, writer: writer, reader: reader)
                return LedgerServer(handle, writer: writer)
            } catch {
                // Somebody else may have taken the port since; thrice in a row it is something else.
                guard tries < 3, "\(error)".contains("Address already in use") else { throw error }
            }
        }
    }

    /// Takes over the one that an earlier life of this process has started.
    ///
    /// - Throws: `HomeError` where the handle is not of a line that is open.
    static func adopt(_ handle: Handle, in home: DeskHome) throws(HomeError) -> LedgerServer {
        var facts = stat()
        guard fstat(handle.lifeline, &facts) == 0, facts.st_mode & S_IFMT == S_IFSOCK,
            fcntl(handle.lifeline, F_SETFD, FD_CLOEXEC) == 0
        else {
            throw .ledger(path: home.path, message: "the ledger's server is not there any more", trouble: .server)
        }
        return LedgerServer(handle, writer: try LedgerPassword.read(home.writerPassword))
    }

    /// Ends it, on a thread made for that and even in a cancelled task: a desk that is being stopped leaves nothing.
    func stop() async throws {
        let thread = BlockingThread()
        try await thread.run { self.end() }
        try await thread.finish()
    }

    /// Ends it, and blocks until it and its folder are gone, for at most ten seconds. Again does nothing.
    func end() {
        let isFirst = hasEnded.withLock { ended in
            defer { ended = true }
            return !ended
        }
        guard isFirst else { return }
        close(handle.lifeline)
        for _ in 0..<1000 {
            // Gone, or nobody's child of ours: there is nothing to wait for.
            if waitpid(handle.shell, nil, WNOHANG) != 0 { return }
            BlockingThread.pause(milliseconds: 10)
        }
    }

    /// A port that nobody had a moment ago. PostgreSQL itself asks for no free one.
    private static func freePort() throws(HomeError) -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else {
            throw .cannotListen(port: 0, message: String(cString: strerror(errno)), code: errno)
        }
        return Int(UInt16(bigEndian: name.sin_port))
    }
}
