import FoundationEssentials
import Glibc
import NIOPosix
import Synchronization

/// A PostgreSQL and a PgBouncer of the tests' own, on loopback, in a folder of their own: started once, and stopped when
/// this process ends, however it does, because a shell waits for the end of a pipe that only this process holds.
final class PostgreSQLServer: Sendable {
    /// Why there is none.
    struct Trouble: Error, CustomStringConvertible {
        var description: String

        init(_ description: String) { self.description = description }
    }

    static let password = "opensesame-4711"
    private static let started = Result { try PostgreSQLServer() }

    /// The one that all tests share. Its start takes seconds, and is waited for on a thread of its own.
    static var shared: PostgreSQLServer {
        get async throws { try await Customer.threads.runIfActive { try started.get() } }
    }

    private static let startedForStandby = Result { try PostgreSQLServer() }

    /// One for the test that has it followed: who looks at the health of the shared one would see that, too.
    static var followed: PostgreSQLServer {
        get async throws { try await Customer.threads.runIfActive { try startedForStandby.get() } }
    }

    let port: Int
    let poolerPort: Int
    /// Where a standby listens, from `startStandby` on.
    let standbyPort: Int
    /// The certificate that the server proves its name `localhost` with, signed by itself.
    let certificate: String
    /// Held open until this process ends.
    private let lifeline: Int32

    private static let programs = "/usr/lib/postgresql/15/bin"

    private init() throws {
        for name in ["initdb", "postgres", "psql", "pg_isready"] where access("\(Self.programs)/\(name)", X_OK) != 0 {
            throw Trouble("\(Self.programs)/\(name) is missing: install the package postgresql-15")
        }
        guard access("/usr/sbin/pgbouncer", X_OK) == 0 else {
            throw Trouble("/usr/sbin/pgbouncer is missing: install the package pgbouncer")
        }
        var troubles: [String] = []
        for user in Self.users {
            do throws(Trouble) {
                let start = try Start(as: user)
                (port, poolerPort, standbyPort) = (start.port, start.poolerPort, start.standbyPort)
                (certificate, lifeline) = (start.folder + "/server.crt", start.lifeline)
                return
            } catch {
                troubles.append("\(user): \(error)")
            }
        }
        throw Trouble("PostgreSQL or PgBouncer did not start: \(troubles.joined(separator: "; "))")
    }

    /// Whose processes the servers are: PostgreSQL refuses to belong to root.
    private enum User: CustomStringConvertible {
        /// Whoever runs the tests.
        case own
        /// The user of Debian's package.
        case postgres
        /// Root as another in a user namespace: where processes may not change their user.
        case mapped

        var description: String {
            switch self {
            case .own: "as the own user"
            case .postgres: "as the user postgres"
            case .mapped: "in a user namespace"
            }
        }

        /// What a command becomes this user with.
        var prefix: [String] {
            switch self {
            case .own: []
            case .postgres: ["/usr/sbin/runuser", "-u", "postgres", "--"]
            case .mapped: ["/usr/bin/unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]
            }
        }
    }

    private static var users: [User] { geteuid() == 0 ? [.postgres, .mapped] : [.own] }

    /// One try to start them.
    private struct Start {
        let port: Int
        let poolerPort: Int
        let standbyPort: Int
        let folder: String
        let lifeline: Int32

        init(as user: User) throws(Trouble) {
            var template = Array("\(try PostgreSQLServer.parentFolder(for: user))/holdpoint-pg-XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else { throw Trouble("cannot make a folder: \(errno)") }
            folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if user == .postgres {
                guard let entry = getpwnam("postgres") else { throw Trouble("there is no such user") }
                guard chown(folder, entry.pointee.pw_uid, entry.pointee.pw_gid) == 0 else {
                    throw Trouble("cannot give it a folder: \(errno)")
                }
            }
            (port, poolerPort) = (try PostgreSQLServer.freePort(), try PostgreSQLServer.freePort())
            standbyPort = try PostgreSQLServer.freePort()
            let arguments = [
                PostgreSQLServer.programs, folder, "\(port)", "\(poolerPort)", PostgreSQLServer.password,
                "\(standbyPort)",
            ]
            let command = user.prefix + ["/bin/sh", "-c", PostgreSQLServer.script, "holdpoint-pg"] + arguments
            var input: [Int32] = [0, 0]
            var output: [Int32] = [0, 0]
            guard pipe(&input) == 0, pipe(&output) == 0 else { throw Trouble("no pipe: \(errno)") }
            // Held by nobody else: a program that another test starts must not keep the servers alive.
            for descriptor in input + output { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            defer { posix_spawn_file_actions_destroy(&actions) }
            posix_spawn_file_actions_adddup2(&actions, input[0], 0)
            posix_spawn_file_actions_adddup2(&actions, output[1], 1)
            posix_spawn_file_actions_adddup2(&actions, output[1], 2)
            var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
            defer { for word in words { free(word) } }
            var process: Int32 = 0
            let code = posix_spawn(&process, command[0], &actions, nil, &words, environ)
            close(input[0])
            close(output[1])
            defer { close(output[0]) }
            lifeline = input[1]
            guard code == 0 else { throw Trouble("cannot start \(command[0]): \(code)") }
            // Blocks until the script has said that both answer, or has ended.
            var said: [UInt8] = []
            var byte: UInt8 = 0
            let isReady = { said.suffix(6).elementsEqual("ready\n".utf8) }
            while !isReady(), read(output[0], &byte, 1) == 1 { said.append(byte) }
            guard isReady() else {
                close(lifeline)
                throw Trouble(String(decoding: said.suffix(2_000), as: UTF8.self))
            }
        }
    }

    /// Where the servers' folder may lie: the usual place for temporary files, unless the user cannot enter it, as one within
    /// /root.
    private static func parentFolder(for user: User) throws(Trouble) -> String {
        let candidates = [TemporaryFolder.path, "/tmp", "/var/tmp"]
        guard let found = candidates.first(where: { user != .postgres || isOpenToOthers($0) }) else {
            throw Trouble("another user can enter none of \(candidates.joined(separator: ", "))")
        }
        return found
    }

    /// Whether everybody may go through each folder on the way to `path`, and write in it: who makes a folder there has to
    /// get it away again.
    private static func isOpenToOthers(_ path: String) -> Bool {
        guard let resolved = realpath(path, nil) else { return false }
        defer { free(resolved) }
        var folder = ""
        var isWritable = false
        for name in String(cString: resolved).split(separator: "/") {
            folder += "/\(name)"
            var status = stat()
            guard stat(folder, &status) == 0, status.st_mode & S_IXOTH != 0 else { return false }
            isWritable = status.st_mode & S_IWOTH != 0
        }
        return isWritable
    }

    /// Has a copy of the server made that follows it through the slot `follower`, and started. Whether it answers shows
    /// when somebody connects.
    func startStandby() { say("standby") }

    /// Ends the standby; its slot stays.
    func stopStandby() { say("alone") }

    private func say(_ word: String) {
        let bytes = Array("\(word)\n".utf8)
        _ = write(lifeline, bytes, bytes.count)
    }

    /// A port that nobody had a moment ago.
    private static func freePort() throws(Trouble) -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
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
        guard isBound else { throw Trouble("no free port: \(errno)") }
        return Int(UInt16(bigEndian: name.sin_port))
    }

    /// `$1` programs, `$2` folder, `$3` port, `$4` port of the pooler, `$5` password of everybody, `$6` port of
    /// the standby.
    ///
    /// However it ends, it takes servers and folder with it, as the desk's own does: see `ServerShell`.
    private static let script = """
        set -eu
        umask 077
        folder=$2
        server=
        pooler=
        follower=
        end() {
            trap '' HUP INT TERM
            # Until it is no more: a signal is lost on a server that has only just been started.
            for process in $follower $pooler $server; do
                while kill -INT "$process" 2> /dev/null; do sleep 0.02; done
            done
            cd /
            rm -rf "$folder"
        }
        trap end EXIT
        trap 'exit 1' HUP INT TERM
        trap : PIPE
        fail() { tail -n 3 ./*.log | tr '\\n' ' '; exit 1; }
        gone() { timeout "$1" cat > /dev/null; }
        cd "$folder"
        printf '%s' "$5" > password
        "$1/initdb" -D data -U postgres -A scram-sha-256 --pwfile=password -E UTF8 --locale=C -N > initdb.log 2>&1 || fail
        if gone 0.01; then exit 1; fi
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \\
            -keyout server.key -out server.crt > openssl.log 2>&1 || fail
        chmod 0755 . && chmod 0644 server.crt
        "$1/postgres" -D data -p "$3" -c listen_addresses=localhost -c unix_socket_directories= -c fsync=off \\
            -c shared_buffers=16MB -c max_connections=40 -c autovacuum_naptime=600 -c max_prepared_transactions=4 \\
            -c ssl=on -c ssl_cert_file="$2/server.crt" -c ssl_key_file="$2/server.key" \\
            < /dev/null > server.log 2>&1 &
        server=$!
        tries=0
        until "$1/pg_isready" -q -h 127.0.0.1 -p "$3"; do
            kill -0 "$server" 2>/dev/null && [ "$tries" -lt 300 ] || fail
            if gone 0.1; then exit 1; fi
            tries=$((tries + 1))
        done
        PGPASSWORD=$5 "$1/psql" -q -X -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$3" -U postgres postgres > psql.log 2>&1 <<EOF || fail
        CREATE ROLE holdpoint LOGIN PASSWORD '$5'; GRANT pg_monitor, pg_read_all_data TO holdpoint;
        CREATE ROLE blind LOGIN PASSWORD '$5'; CREATE ROLE desk LOGIN PASSWORD '$5';
        EOF
        cat > pgbouncer.ini <<EOF
        [databases]
        * = host=127.0.0.1 port=$3
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = $4
        unix_socket_dir =
        auth_type = scram-sha-256
        auth_file = $2/users.txt
        pool_mode = transaction
        default_pool_size = 1
        stats_users = holdpoint
        EOF
        for name in holdpoint blind desk; do echo "\\"$name\\" \\"$5\\""; done > users.txt
        /usr/sbin/pgbouncer pgbouncer.ini < /dev/null > pgbouncer.log 2>&1 &
        pooler=$!
        tries=0
        until "$1/pg_isready" -q -h 127.0.0.1 -p "$4"; do
            kill -0 "$pooler" 2>/dev/null && [ "$tries" -lt 300 ] || fail
            if gone 0.1; then exit 1; fi
            tries=$((tries + 1))
        done
        echo ready
        exec > /dev/null 2>&1
        while read -r word; do
            if [ "$word" = standby ] && PGPASSWORD=$5 "$1/pg_basebackup" -D standby -R -X stream -c fast --no-sync \\
                -C -S follower -h 127.0.0.1 -p "$3" -U postgres < /dev/null > basebackup.log 2>&1; then
                "$1/postgres" -D standby -p "$6" -c listen_addresses=localhost -c unix_socket_directories= -c fsync=off \\
                    -c shared_buffers=16MB -c max_connections=40 -c max_prepared_transactions=4 -c ssl=off \\
                    < /dev/null > standby.log 2>&1 &
                follower=$!
            elif [ "$word" = alone ] && [ -n "$follower" ]; then
                kill -INT "$follower" || true
                wait "$follower" || true
                follower=
            fi
        done
        """
}

/// Where temporary files go.
enum TemporaryFolder {
    static var path: String { getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp" }
}
