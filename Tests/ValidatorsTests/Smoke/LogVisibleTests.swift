import Readiness
import TestSupport
import Testing
import Validators

struct LogVisibleTests {
    private let target = FakeTarget()

    private func trial(_ change: (inout FakeLog.Behaviour) -> Void = { _ in }) async -> CheckTrial {
        target.log.change(change)
        return await target.run(LogVisible(target.probes))
    }

    @Test func `a marker that is found passes on exercised evidence, after one look`() async {
        let trial = await trial()
        #expect(trial.outcome.word == .pass)
        #expect(trial.judgement.grade == .exercised)
        #expect(target.log.markers == ["hp-test-marker"])
        #expect(target.log.looks == 1)
        #expect(target.evidence.all.map(\.evidence.kind) == [.logExcerpt])
        #expect(target.evidence.all.first?.text.contains("hp-test-marker") == true)
    }

    // Looks are 20 ms apart, the limit is 2 s: the first look is at once.
    @Test(arguments: [(101, Outcome.Word.pass), (102, .fail)])
    func `a line found just at the limit is in time, one look later it is not`(look: Int, word: Outcome.Word) async {
        let trial = await trial { $0.visibleAt = look }
        #expect(trial.outcome.word == word)
        #expect(trial.measurement("log_delay")?.value == DecimalValue((look - 1) * 20))
        #expect(trial.kinds.isEmpty)
    }

    @Test func `the time that reading the file takes counts`() async {
        let trial = await trial { $0.lookTime = .milliseconds(2001) }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.measurement("log_delay")?.value == "2001")
    }

    @Test func `a silent log fails after the limit and a margin, and says which file`() async {
        let trial = await trial { $0.visibleAt = nil }
        #expect(trial.outcome == .fail(.finding("marker-missing")))
        #expect(trial.measurement("log_delay") == nil)
        #expect(trial.measurement("log_watched")?.value == "2500")
        #expect(trial.sentence.contains("/desk home/desk.log"))
        #expect(
            trial.remediation?.steps.contains { $0.command == "grep -c -e hp-test-marker '/desk home/desk.log'" }
                == true)
    }

    @Test func `a log that a command prints is looked into by hand with that command`() async {
        let description = LogDescription(path: "cd /t && journalctl -u desk", format: "text", isCommand: true)
        let trial = await trial {
            $0.description = description
            $0.visibleAt = nil
        }
        #expect(trial.outcome == .fail(.finding("marker-missing")))
        let commands = trial.remediation?.steps.compactMap(\.command) ?? []
        #expect(commands.first == "cd /t && journalctl -u desk | grep -c -e hp-test-marker")
        #expect(!commands.contains { $0.hasPrefix("ls ") })
    }

    @Test func `a log that has lost lines fails, however quick it is`() async {
        let description = LogDescription(path: "/d.log", format: "json-lines", linesLost: 3)
        let trial = await trial { $0.description = description }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.measurement("log_lines_lost")?.value == "3")
        #expect(trial.measurement("log_delay") != nil)
    }

    @Test func `a log that counts its lost lines and has none passes`() async {
        let description = LogDescription(path: "/d.log", format: "json-lines", linesLost: 0)
        #expect(await trial { $0.description = description }.outcome.word == .pass)
    }

    @Test func `a marker that the target does not take fails, and nothing is waited for`() async {
        let trial = await trial { $0.accepts = false }
        #expect(trial.outcome == .fail(.finding("marker-refused")))
        #expect(target.log.looks == 0)
    }

    @Test(arguments: [
        (ProbeError.Meeting.unreachable, Outcome.unverified(.targetUnreachable)),
        (.unauthorised, .unverified(.credentialMissing)), (.notOffered, .unverified(.hookMissing)),
        (.nonsense, .unverified(.badAnswer)),
    ])
    func `whatever cannot be asked is unverified`(met: ProbeError.Meeting, outcome: Outcome) async {
        let error = ProbeError(met, at: .surface, "no")
        #expect(await trial { $0.findFailure = error }.outcome == outcome)
        #expect(await trial { $0.markFailure = error }.outcome == outcome)
        #expect(await trial { $0.describeFailure = error }.outcome == outcome)
    }

    @Test func `our own trouble is an error`() async {
        #expect(await trial { $0.findFailure = ProbeError(ourSide: "no descriptors left") }.outcome == .error(.tool))
    }

    @Test func `a cancelled wait ends at once`() async {
        target.log.change { $0.visibleAt = nil }
        let check = LogVisible(target.probes)
        let task = Task { [target] in
            withUnsafeCurrentTask { $0?.cancel() }
            return await target.run(check)
        }
        #expect(await task.value.outcome == .cancelled)
        #expect(target.log.looks <= 1)
    }
}
