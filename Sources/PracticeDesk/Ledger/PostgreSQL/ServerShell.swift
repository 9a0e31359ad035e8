import Glibc

/// The shell that starts a PostgreSQL, and ends it when its standard input ends.
enum ServerShell {
    /// Starts it in a folder of its own, and blocks until the server answers.
    ///
    /// Passwords go through the pipe: on a command line everybody could read them.
    static func start(
        _ programs: ServerPrograms, as user: ServerUser, port: Int, writer: LedgerPassword, reader: LedgerPassword
    ) throws(HomeError) -> LedgerServer.Handle {
        let folder = try user.makeFolder()
        let command = user.prefix + ["/bin/sh", "-c", script, "holdpoint-ledger", programs.folder, folder, "\(port)"]
        let ends = try makeLine(folder)
        let process = spawn(command, ends.theirs)
        close(ends.theirs)
        let told =
            "\(LedgerServerPlace.writer) \(writer.reveal())\n\(LedgerServerPlace.reader) \(reader.reveal())\n"
        guard process.code == 0, HomeFiles.writeAll(Array(told.utf8), to: ends.ours) else {
            let code = process.code == 0 ? errno : process.code
            close(ends.ours)
            if process.code == 0 { _ = waitpid(process.id, nil, 0) }
            rmdir(folder)
            throw .system(path: command[0], doing: "start", code: code)
        }
        let said = line(ends.ours)
        guard said == "ready" else {
            close(ends.ours)
            _ = waitpid(process.id, nil, 0)
            // Still there where nobody could become that user, so that the script has never run.
            rmdir(folder)
            throw .ledger(
                path: folder, message: "PostgreSQL did not start \(user): \(reader.redacted(writer.redacted(said)))",
                trouble: .server)
        }
        return LedgerServer.Handle(lifeline: ends.ours, shell: process.id, port: port)
    }

    /// The line between us and the shell. A pair of sockets and no pipes: only these can be made so that no program that
    /// another thread starts meanwhile holds an end of it, and keeps the server alive.
    private static func makeLine(_ folder: String) throws(HomeError) -> (ours: Int32, theirs: Int32) {
        var ends: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw .system(path: folder, doing: "make a line to", code: errno)
        }
        return (ends[0], ends[1])
    }

    /// In a session of its own, so that a Ctrl-C in the terminal reaches the desk and not it; and with signals as a
    /// program expects them: the desk blocks those that stop it.
    private static func spawn(_ command: [String], _ line: Int32) -> (code: Int32, id: pid_t) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, line, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, line, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let newSession: Int32 = 0x80
        posix_spawnattr_setflags(
            &attributes, Int16(Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF) | newSession))
        var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        // Nothing of ours goes along that a server could take for a setting of its own.
        var variables: [UnsafeMutablePointer<CChar>?] = ["PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"].map {
            strdup($0 as String)
        }
        variables.append(nil)
        defer { for variable in variables { free(variable) } }
        var id: pid_t = 0
        let code = posix_spawn(&id, command[0], &actions, &attributes, &words, &variables)
        return (code, id)
    }

    /// The one line that the script says; blocks until then, or until it has ended.
    private static func line(_ descriptor: Int32) -> String {
        var said: [UInt8] = []
        var byte: UInt8 = 0
        while said.count < 4096 {
            let count = read(descriptor, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1, byte != UInt8(ascii: "\n") else { break }
            said.append(byte)
        }
        return String(decoding: said, as: UTF8.self)
    }

    /// `$1` programs, `$2` folder, `$3` port; on its input two lines of role and password.
    ///
    /// Nobody comes in as the server's superuser: the roles are made before it listens. It writes nothing to disk in
    /// earnest, because all of it ends with the desk.
    ///
    /// However it ends, it takes server and folder with it. `gone` waits so many seconds for the desk to let go of its
    /// end of the line, on which it says nothing more. A word to a desk that is gone is a failure like any other: the
    /// signal that would end the shell is caught, and with that stays the usual one for the programs.
    private static let script = #"""
        set -eu
        umask 077
        folder=$2
        server=
        end() {
            trap '' HUP INT TERM
            # Until it is no more: a signal is lost on a server that has only just been started.
            while [ -n "$server" ] && kill -INT "$server" 2> /dev/null; do sleep 0.02; done
            cd /
            rm -rf "$folder"
        }
        trap end EXIT
        trap 'exit 1' HUP INT TERM
        trap : PIPE
        fail() { tail -n 6 "$1" | tr '\n' ' '; echo; exit 1; }
        gone() { timeout "$1" cat > /dev/null; }
        cd "$folder"
        read -r writer writer_password
        read -r reader reader_password
        "$1/initdb" -D data -U postgres -A reject -E UTF8 --locale=C -N > initdb.log 2>&1 || fail initdb.log
        if gone 0.01; then exit 1; fi
        printf 'host all %s 127.0.0.1/32 scram-sha-256\n' "$writer" "$reader" > data/pg_hba.conf
        "$1/postgres" --single -D data -F -c log_min_error_statement=panic postgres > roles.log 2>&1 <<EOF || fail roles.log
        CREATE ROLE $writer LOGIN PASSWORD '$writer_password'
        CREATE ROLE $reader LOGIN PASSWORD '$reader_password'
        GRANT pg_monitor, pg_read_all_data TO $reader
        GRANT SET ON PARAMETER session_replication_role TO $writer
        CREATE DATABASE desk OWNER $writer
        EOF
        "$1/postgres" -D data -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off \
            -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=64MB -c max_connections=40 \
            -c random_page_cost=1.1 -c jit=off -c log_min_error_statement=panic < /dev/null > server.log 2>&1 &
        server=$!
        tries=0
        until "$1/pg_isready" -q -h 127.0.0.1 -p "$3" -d desk -U "$writer"; do
            kill -0 "$server" 2> /dev/null && [ "$tries" -lt 1500 ] || fail server.log
            if gone 0.02; then exit 1; fi
            tries=$((tries + 1))
        done
        echo ready
        exec > /dev/null
        read -r end || true
        """#
}
