import Glibc

/// How a process of a desk replaces itself: its own program again, with everything that it was told and what has been
/// set since. Memory is lost, and nothing else: process id, standard streams, port, token and faults stay.
package struct DeskRestart: Sendable {
    /// What follows the program's name on the command line. The token is not in it: the next life reads it from the
    /// record that this one leaves behind.
    package let arguments: [String]

    private let record: String
    private let ledgerServer: LedgerServer?

    init(
        home: DeskHome, port: Int, role: DeskRole, seed: UInt64?, faults: [Fault: FaultBoard.Setting],
        endsWithInput: Bool, ledgerServer: LedgerServer? = nil
    ) {
        var arguments = ["desk", "serve", "--home", home.path, "--port", "\(port)", "--role", role.rawValue]
        if let seed { arguments += ["--seed", "\(seed)"] }
        for fault in Fault.allCases {
            guard let setting = faults[fault] else { continue }
            arguments += ["--fault", fault.rawValue + (setting.magnitude.text.map { "=\($0)" } ?? "")]
        }
        if endsWithInput { arguments.append("--until-eof") }
        if let ledgerServer {
            arguments += [
                "--ledger", LedgerEngine.postgresql.rawValue, "--ledger-server", ledgerServer.handle.text,
            ]
        }
        self.ledgerServer = ledgerServer
        self.arguments = arguments + ["--restarted"]
        record = home.record(of: role)
    }

    /// Replaces the process by its own program, even where that file has been replaced or removed since.
    ///
    /// - Parameter signals: what this life listens with. A stop that came too late for it is the next one's.
    /// - Throws: `HomeError.system` if the kernel refuses; then no desk serves the home any more.
    package func replaceProcess(_ signals: StopSignals) throws(HomeError) -> Never {
        Self.closeAllOnExec()
        // The one that the ledger's server lives by. The kernel refuses this for no descriptor that is open.
        if let ledgerServer { _ = fcntl(ledgerServer.handle.lifeline, F_SETFD, 0) }
        // Being ignored is inherited, as being blocked is: but for those that wait, the next life begins as the first.
        for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_DFL) }
        signals.handOver()
        var words: [UnsafeMutablePointer<CChar>?] = ([CommandLine.arguments[0]] + arguments).map { strdup($0) }
        words.append(nil)
        execv("/proc/self/exe", words)
        let code = errno
        for word in words { free(word) }
        unlink(record)
        ledgerServer?.end()
        throw .system(path: "/proc/self/exe", doing: "execute", code: code)
    }

    /// Has everything but the standard streams end with the program: not every library says so when it opens a
    /// descriptor, and a listening socket that lives on keeps the port.
    private static func closeAllOnExec() {
        guard let folder = opendir("/proc/self/fd") else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let descriptor = Int32(name), descriptor > STDERR_FILENO else { continue }
            let flags = fcntl(descriptor, F_GETFD)
            if flags >= 0 { _ = fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC) }
        }
    }
}
