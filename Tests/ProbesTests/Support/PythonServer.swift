import FoundationEssentials
import Glibc

/// A Python program that serves on loopback and says where in its first line; ended with the object.
final class PythonServer: Sendable {
    /// Why there is none.
    struct Trouble: Error { var words: String }

    /// Where it serves.
    let address: String
    private let process: Int32
    private let file: String

    /// Starts a program, which gets the port 0. Blocks until it has said its address: call it on a thread of its own.
    init(_ program: String) throws {
        file = "\(TemporaryFolder.path)/holdpoint-stub-\(UUID().uuidString).py"
        try Data(program.utf8).write(to: URL(filePath: file))
        var output: [Int32] = [0, 0]
        guard pipe(&output) == 0 else { throw Trouble(words: "no pipe: \(errno)") }
        for descriptor in output { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, output[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        let command: [String] = ["/usr/bin/env", "python3", file, "0"]
        var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var started: Int32 = 0
        let code = posix_spawn(&started, "/usr/bin/env", &actions, nil, &words, environ)
        close(output[1])
        process = started
        guard code == 0 else { throw Trouble(words: "cannot start python3: \(code)") }
        var said: [UInt8] = []
        var byte: UInt8 = 0
        while read(output[0], &byte, 1) == 1, byte != UInt8(ascii: "\n") { said.append(byte) }
        close(output[0])
        let line = String(decoding: said, as: UTF8.self)
        address = String(line.split(separator: " ").last ?? "")
        guard line.hasPrefix("serving ") else { throw Trouble(words: "it does not serve: \(line)") }
    }

    deinit {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
        unlink(file)
    }
}
