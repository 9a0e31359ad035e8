import FoundationEssentials
import Glibc
import Probes
import Readiness
import Testing

extension ProcessProbeTests {
    struct CommandControlTests {
        /// A target whose life is what stands in a file; without the file it is down.
        private struct Life: Sendable {
            let home: DeskHome
            var path: String { home.path + "/life" }

            init(_ life: String?) throws {
                home = try DeskHome()
                if let life { try Data(life.utf8).write(to: URL(filePath: path)) }
            }

            @Sendable func state() throws(ProbeError) -> Answer<ProcessState> {
                guard let data = FileManager.default.contents(atPath: path) else {
                    throw ProbeError(.unreachable, at: .surface, "nobody there")
                }
                let state = ProcessState(
                    pid: 4711, bootID: String(decoding: data, as: UTF8.self),
                    startedAt: UTCInstant(microseconds: 0))
                return Answer(state, transcript: "life \(state.bootID)", elapsed: .zero)
            }

            func control(_ script: String) -> CommandControl {
                CommandControl { [path] () throws(ProbeError) in
                    ["/bin/sh", "-c", script, path]
                } state: { () async throws(ProbeError) in
                    try state()
                }
            }
        }

        @Test func `a restart is done when another life answers`() async throws {
            let life = try Life("one")
            let control = life.control(#"rm "$0"; (echo -n two > "$0.new"; mv "$0.new" "$0")"#)
            #expect(try await control.process().value.bootID == "one")
            let answer = try await control.restart(within: .seconds(30))
            #expect(answer.value.bootID == "two")
            #expect(answer.transcript.contains("exit code 0") && answer.transcript.contains("life two"))
            #expect(answer.elapsed > .zero)
        }

        @Test func `a target that comes back only after its command has ended is waited for`() async throws {
            let life = try Life("one")
            // What brings it back has left the command's group, as a service would.
            let later = #"rm "$1"; echo > "$1.gone"; sleep 0.3; printf two > "$1.new"; mv "$1.new" "$1""#
            let control = life.control(
                #"setsid sh -c '\#(later)' later "$0" >/dev/null 2>&1 & while [ ! -e "$0.gone" ]; do sleep 0.01; done"#)
            #expect(try await control.restart(within: .seconds(30)).value.bootID == "two")
        }

        @Test(arguments: [
            ("exit 7", ProbeError.Meeting.nonsense, "exit code 7"),
            ("echo 'cannot: \u{1B}[2Jbusy' >&2; exit 1", .nonsense, "exit code 1: cannot: ␛[2Jbusy"),
            ("kill -9 $$", .nonsense, "signal 9"), ("exec sleep 600", .unreachable, "did not end within"),
            ("true", .unreachable, "still answers as the life before, one"),
            (#"rm "$0""#, .unreachable, "did not come back within 300 ms of its restart: nobody there"),
            (
                #"rm "$0"; echo 'the desk was not ready again' >&2; exit 1"#, .unreachable,
                "gone after its restart: nobody there; "
            ),
            (#"rm "$0"; echo 'not ready again' >&2; exit 1"#, .unreachable, "exit code 1: not ready again"),
            (#"rm "$0"; kill -9 $$"#, .unreachable, "signal 9"),
        ])
        func `a restart that does not bring another life says why`(
            _ script: String, _ meeting: ProbeError.Meeting, _ says: String
        ) async throws {
            let control = try Life("one").control(script)
            let error = await trouble { () throws(ProbeError) in try await control.restart(within: .milliseconds(300)) }
            #expect(error?.meeting == meeting && error?.endpoint == .surface)
            #expect(error?.detail.contains(says) == true, "\(error?.detail ?? "it came back")")
        }

        @Test func `a failed restart of a target that answers again is a bad answer and not a silence`() async throws {
            let life = try Life("one")
            // What brings it back has left the command's group before the command fails.
            let later = #"rm "$1"; echo > "$1.gone"; sleep 0.3; printf two > "$1.new"; mv "$1.new" "$1""#
            let background = #"setsid sh -c '\#(later)' later "$0" >/dev/null 2>&1 &"#
            let control = life.control(#"\#(background) while [ ! -e "$0.gone" ]; do sleep 0.01; done; exit 3"#)
            let error = await trouble { () throws(ProbeError) in try await control.restart(within: .seconds(30)) }
            #expect(error?.meeting == .nonsense)
            #expect(error?.detail.contains("exit code 3") == true, "\(error?.detail ?? "it came back")")
        }

        @Test func `a target that is down is not restarted`() async throws {
            let life = try Life(nil)
            let error = await trouble { () throws(ProbeError) in
                try await life.control(#"touch "$0.ran""#).restart(within: .seconds(5))
            }
            #expect(error?.meeting == .unreachable)
            #expect(access(life.path + ".ran", F_OK) != 0)
        }

        @Test(arguments: [nil, []] as [[String]?])
        func `a target that names no command does not offer it`(_ words: [String]?) async throws {
            let life = try Life("one")
            let control = CommandControl { () throws(ProbeError) in
                words
            } state: { () async throws(ProbeError) in
                try life.state()
            }
            let error = await trouble { () throws(ProbeError) in try await control.restart(within: .seconds(5)) }
            #expect(error?.meeting == .notOffered && error?.endpoint == .surface)
        }

        @Test func `a command that is not there is our side's trouble`() async throws {
            let life = try Life("one")
            let control = CommandControl { () throws(ProbeError) in
                ["/nowhere/holdpoint"]
            } state: { () async throws(ProbeError) in
                try life.state()
            }
            let error = await trouble { () throws(ProbeError) in try await control.restart(within: .seconds(5)) }
            #expect(error?.meeting == .ourSide)
        }
    }
}
