import Readiness
import TestSupport
import Testing
import Validators

struct DiskSpaceTests {
    private let target = FakeTarget()

    private func trial(_ free: Int64..., criteria: Criteria? = nil) async -> CheckTrial {
        target.storage.show(
            free.enumerated().map {
                StorageVolume(path: "/place \($0)", freeBytes: $1, totalBytes: 100_000_000_000)
            })
        return await target.run(DiskSpace(target.probes), criteria: criteria)
    }

    @Test func `room everywhere passes, and the least is told`() async {
        let trial = await trial(40_000_000_000, 2_500_000_000)
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("free_disk")?.value == "2.5")
        #expect(trial.measurement("free_disk")?.n == 2)
    }

    @Test(arguments: [(Int64(1_000_000_000), Outcome.Word.pass), (999_999_999, .fail), (0, .fail)])
    func `the floor is exact to the byte`(free: Int64, word: Outcome.Word) async {
        #expect(await trial(40_000_000_000, free).outcome.word == word)
    }

    @Test func `each place without room is named, and the fullest is looked into`() async {
        let trial = await trial(500_000_000, 40_000_000_000, 100_000_000)
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.judgement.findings.map(\.fingerprint) == ["disk-full//place 0", "disk-full//place 2"])
        #expect(trial.measurement("free_disk")?.value == "0.1")
        #expect(
            trial.remediation?.steps.contains { $0.command == "du -xh -d 1 -- '/place 2' | sort -h" } == true)
    }

    @Test func `criteria that ask for more than there is make it fail, with their place`() async {
        var builder = CriteriaBuilder()
        builder.thresholds["smoke.min_free_disk_gb"] = "1000000"
        let trial = await trial(40_000_000_000, criteria: builder.criteria)
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.sentence.contains("criteria.yaml"))
    }

    @Test func `a target that writes nowhere has shown no room`() async {
        #expect(await trial().outcome == .unverified(.noSamples))
    }

    @Test(arguments: [
        (ProbeError.Meeting.unreachable, Outcome.unverified(.targetUnreachable)),
        (.nonsense, .unverified(.badAnswer)), (.ourSide, .error(.tool)), (.cancelled, .cancelled),
    ])
    func `file systems that do not answer leave it unverified`(met: ProbeError.Meeting, outcome: Outcome) async {
        let error =
            switch met {
            case .cancelled: ProbeError.cancelled
            case .ourSide: ProbeError(ourSide: "statvfs")
            default: ProbeError(met, at: .surface, "gone")
            }
        target.storage.fail(error)
        #expect(await target.run(DiskSpace(target.probes)).outcome == outcome)
    }
}
