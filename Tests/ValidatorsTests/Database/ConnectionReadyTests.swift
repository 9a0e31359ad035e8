import Readiness
import TestSupport
import Testing
import Validators

struct ConnectionReadyTests {
    private let target = FakeTarget()

    private func trial(_ change: (inout FakeLedger.Script) -> Void = { _ in }) async -> CheckTrial {
        target.ledger.change(change)
        return await target.run(ConnectionReady(target.probes))
    }

    @Test func `a readable, read-only ledger passes, and the connection is closed`() async {
        #expect(await trial().outcome.word == .pass)
        #expect(target.ledger.connections == 1)
        #expect(target.ledger.open == 0)
    }

    @Test func `a connection that could write fails`() async {
        let trial = await trial { $0.facts.isReadOnly = false }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["connection-writable"])
        #expect(trial.remediation?.steps.contains { $0.command == "ls -l '/desk home/ledger.sqlite'" } == true)
    }

    @Test func `another engine fails without a try to open it`() async {
        let trial = await trial { $0.description.engine = "oracle" }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["engine-unsupported"])
        #expect(target.ledger.connections == 0)
    }

    @Test(arguments: ["", "2.8.17", "4.0", "3", "3.x", "3..1", "-3.1", "three"])
    func `a version that is not of SQLite 3 fails`(version: String) async {
        #expect(await trial { $0.facts.version = version }.outcome == .fail(.finding("version-unsupported")))
    }

    @Test func `a database without a table is no ledger`() async {
        #expect(await trial { $0.facts.tables = 0 }.outcome == .fail(.finding("ledger-empty")))
    }

    @Test func `trap 5: a missing file fails as unreachable, with something to do`() async {
        let trial = await trial { $0.connectFailure = ProbeError(.unreachable, at: .ledger, "no such file") }
        #expect(trial.outcome == .fail(.unreachable))
        #expect(trial.remediation?.cause.contains("no such file") == true)
        #expect(trial.remediation?.steps.contains { $0.command != nil } == true)
        #expect(target.ledger.open == 0)
    }

    @Test(arguments: [
        (ProbeError.Meeting.unauthorised, Outcome.fail(.badAnswer)), (.nonsense, .fail(.badAnswer)),
        (.ourSide, .error(.tool)),
    ])
    func `what is met on an open connection is told by the table, and the connection is closed`(
        met: ProbeError.Meeting, outcome: Outcome
    ) async {
        let trial = await trial {
            $0.askFailure =
                met == .ourSide ? ProbeError(ourSide: "bug") : ProbeError(met, at: .ledger, "not a database")
        }
        #expect(trial.outcome == outcome)
        #expect(target.ledger.open == 0)
    }

    @Test func `a cancelled body is cancelled`() async {
        #expect(await trial { $0.describeFailure = .cancelled }.outcome == .cancelled)
    }
}
