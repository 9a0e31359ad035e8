import Glibc
import Readiness

/// A program that was started by us and has not been waited for: its number, and that of its group, are its own as long
/// as that.
struct ChildProcess {
    let id: Int32
    /// Becomes readable when it ends.
    let descriptor: Int32

    /// Starts a program with `output` and `errors` as its standard output and error, and `input` as its standard input;
    /// without one it reads `/dev/null`. Blocks until it runs.
    ///
    /// - Throws: `ProbeError` of our side, with what is missing.
    static func start(
        _ request: CommandRequest, input: Int32? = nil, output: Int32, errors: Int32
    ) throws(ProbeError) -> ChildProcess {
        let library = try GNULibrary.functions
        let program = try program(of: request)
        try checkFolder(of: request)
        var (id, code) = spawn(program, request, library, input: input, output: output, errors: errors)
        // A file that has just been written stays busy while a child that somebody forks meanwhile has not yet let go of
        // its copy of the descriptor: milliseconds, and nobody's mistake.
        for _ in 0..<busyAttempts where code == ETXTBSY {
            usleep(busyPause)
            (id, code) = spawn(program, request, library, input: input, output: output, errors: errors)
        }
        guard code == 0 else {
            // What exec says of a script whose `#!` names nothing.
            let text = code == ENOENT ? "the interpreter that it names is not there" : SystemErrorText.of(code)
            throw ProbeError(ourSide: "cannot start \(program): \(text)")
        }
        let descriptor = library.openProcess(id)
        guard descriptor >= 0 else {
            let text = SystemErrorText.of(errno)
            kill(-id, SIGKILL)
            while waitpid(id, nil, 0) < 0, errno == EINTR {}
            throw ProbeError(ourSide: "cannot watch \(program): \(text)")
        }
        return ChildProcess(id: id, descriptor: descriptor)
    }

    private static let busyAttempts = 20
    /// In microseconds.
    private static let busyPause: UInt32 = 5_000

    /// Sends a signal to all of its group. Sure to mean no other as long as it has not been waited for.
    func signalGroup(_ signal: Int32) { kill(-id, signal) }

    /// Its group's other members that live, as far as this user may see.
    var companions: [Int32] {
        ProcessTable.processes.filter { process in
            guard process != id, let entry = ProcessTable.entry(of: process) else { return false }
            // The session as well: once it has been waited for, the number alone could be another group's.
            return entry.group == id && entry.session == id && entry.isAlive
        }
    }

    /// Takes its end. It must have ended.
    ///
    /// - Throws: `ProbeError` of our side when somebody else took it.
    func reap() throws(ProbeError) -> (ending: CommandResult.Ending, usage: rusage) {
        close(descriptor)
        var status: Int32 = 0
        var usage = rusage()
        while wait4(id, &status, 0, &usage) != id {
            guard errno == EINTR else {
                // ECHILD: whoever started us had SIGCHLD ignored, and the kernel reaps for us.
                throw ProbeError(ourSide: "how process \(id) ended is not known: \(SystemErrorText.of(errno))")
            }
        }
        // WIFEXITED, WEXITSTATUS and WTERMSIG, which are macros.
        let signal = status & 0x7F
        return (signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal), usage)
    }

    private static func program(of request: CommandRequest) throws(ProbeError) -> String {
        let name = request.arguments[0]
        func isProgram(_ path: String) -> Bool {
            var status = stat()
            return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
        }
        if name.hasPrefix("/") {
            if isProgram(name) { return name }
            throw ProbeError(ourSide: "\(name) is not there, or not a program that may be run")
        }
        let found = CommandEnvironment.path.split(separator: ":").lazy.map { "\($0)/\(name)" }.first(where: isProgram)
        guard let found else { throw ProbeError(ourSide: "\(name) is not in \(CommandEnvironment.path)") }
        return found
    }

    /// Beforehand, because `posix_spawn` does not say which of its steps failed.
    private static func checkFolder(of request: CommandRequest) throws(ProbeError) {
        var status = stat()
        guard stat(request.folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, access(request.folder, X_OK) == 0
        else { throw ProbeError(ourSide: "\(request.folder) is not there, or not a folder that may be entered") }
    }

    /// - Returns: the process id, and 0 or the error.
    private static func spawn(
        _ program: String, _ request: CommandRequest, _ library: GNULibrary, input: Int32?, output: Int32, errors: Int32
    ) -> (id: Int32, error: Int32) {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        let flags = GNULibrary.newSession | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        var code = posix_spawnattr_setflags(&attributes, Int16(flags))
        func add(_ error: Int32) { if code == 0 { code = error } }
        if let input {
            add(posix_spawn_file_actions_adddup2(&actions, input, 0))
        } else {
            add(posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0))
        }
        add(posix_spawn_file_actions_adddup2(&actions, output, 1))
        add(posix_spawn_file_actions_adddup2(&actions, errors, 2))
        add(library.addCloseFrom(&actions, 3))
        add(library.addChangeFolder(&actions, request.folder))
        guard code == 0 else { return (0, code) }

        let variables = CommandEnvironment.variables(adding: request.environment)
        let arguments = CStrings(request.arguments)
        let environment = CStrings(variables.keys.sorted().map { "\($0)=\(variables[$0] ?? "")" })
        defer {
            arguments.free()
            environment.free()
        }
        var id: pid_t = 0
        let error = posix_spawn(&id, program, &actions, &attributes, arguments.pointers, environment.pointers)
        return (id, error)
    }
}

/// A NULL-terminated list of C strings.
private struct CStrings {
    let pointers: [UnsafeMutablePointer<CChar>?]

    init(_ texts: [String]) { pointers = texts.map { strdup($0) } + [nil] }

    func free() { for pointer in pointers { Glibc.free(pointer) } }
}
