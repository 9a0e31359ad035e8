import Readiness
import TestSupport
import Testing
import Validators

struct IdentityUniformTests {
    private let target: FakeTarget

    init() {
        var target = FakeTarget()
        target.instances = FakeInstances(count: 8)
        self.target = target
    }

    private func trial() async -> CheckTrial { await target.run(IdentityUniform(target.probes)) }

    private func answer(_ id: String, _ change: (inout InstanceIdentity) -> Void) {
        var identity = InstanceIdentity.sample(id)
        change(&identity)
        target.instances.answer(id, identity)
    }

    @Test func `eight equal instances pass, each asked once`() async {
        let trial = await trial()
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("instances_answering")?.value == "8")
        #expect(trial.measurement("distinct_builds")?.value == "1")
        #expect(trial.measurement("distinct_configurations")?.value == "1")
        #expect(target.instances.asked.sorted() == (1...8).map { "desk-\($0)" })
        for number in 1...8 { #expect(target.evidence.all.first?.text.contains("desk-\(number)") == true) }
    }

    @Test func `trap 31: one of eight hosts on the old commit fails, and is named`() async {
        answer("desk-6") {
            $0.buildID = "a0a1a2a3"
            $0.commit = "9fed876"
        }
        let trial = await trial()
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["build-differs"])
        #expect(trial.measurement("distinct_builds")?.value == "2")
        #expect(trial.sentence.contains("desk-6") && trial.sentence.contains("9fed876"))
        #expect(trial.remediation?.steps.contains { $0.command == "desk instances" } == true)
    }

    @Test func `another configuration of the same build fails`() async {
        answer("desk-2") { $0.configurationDigest = String(repeating: "e", count: 64) }
        let trial = await trial()
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["configuration-differs"])
        #expect(trial.measurement("distinct_configurations")?.value == "2")
    }

    @Test(arguments: [ProbeError.Meeting.unreachable, .unauthorised, .notOffered, .nonsense])
    func `an instance that does not say who it is fails, and is named`(met: ProbeError.Meeting) async {
        target.instances.fail("desk-8", ProbeError(met, at: .surface, "connection refused"))
        let trial = await trial()
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["instance-silent"])
        #expect(trial.measurement("instances_answering")?.value == "7")
        #expect(trial.sentence.contains("desk-8") && trial.sentence.contains("connection refused"))
    }

    @Test func `when the first is silent the next that answers is what the others are held against`() async {
        target.instances.fail("desk-1", ProbeError(.unreachable, at: .surface, "refused"))
        answer("desk-3") { $0.buildID = "old" }
        let trial = await trial()
        #expect(trial.kinds == ["instance-silent", "build-differs"])
        #expect(trial.judgement.findings.last?.fingerprint == "build-differs/desk-3")
    }

    @Test(arguments: [
        (ProbeError.Meeting.unreachable, Outcome.unverified(.targetUnreachable)),
        (.unauthorised, .unverified(.credentialMissing)), (.notOffered, .unverified(.hookMissing)),
        (.nonsense, .unverified(.badAnswer)),
    ])
    func `where nobody answers no instance is the odd one`(met: ProbeError.Meeting, outcome: Outcome) async {
        for instance in target.instances.listed {
            target.instances.fail(instance.id, ProbeError(met, at: .surface, "no"))
        }
        #expect(await trial().outcome == outcome)
        target.instances.failList(ProbeError(met, at: .surface, "no"))
        #expect(await trial().outcome == outcome)
    }

    @Test func `our own trouble with one instance is an error, and no red`() async {
        target.instances.fail("desk-4", ProbeError(ourSide: "no descriptors left"))
        #expect(await trial().outcome == .error(.tool))
        target.instances.fail("desk-4", .cancelled)
        #expect(await trial().outcome == .cancelled)
    }

    @Test func `an answer under another name than the list's fails`() async {
        answer("desk-5") { $0.instance = "desk-4" }
        let trial = await trial()
        #expect(trial.outcome == .fail(.finding("instance-misnamed")))
        #expect(trial.sentence.contains("desk-4"))
    }

    @Test func `the same name or address twice in the list fails`() async {
        let listed = FakeInstances(count: 2).listed
        target.instances.list([listed[0], listed[1], listed[1]])
        #expect(await trial().outcome == .fail(.finding("instance-duplicate")))
        target.instances.list([listed[0], TargetInstance(id: "desk-2", address: listed[0].address, role: "standby")])
        #expect(await trial().kinds.first == "instance-duplicate")
    }

    @Test func `builds and configurations that nobody names are not equal`() async {
        for number in 1...8 { answer("desk-\(number)") { $0.buildID = "" } }
        #expect(await trial().outcome == .fail(.finding("build-unknown")))
        for number in 1...8 { answer("desk-\(number)") { $0.configurationDigest = "" } }
        #expect(await trial().outcome == .fail(.finding("configuration-unknown")))
    }

    @Test(arguments: [0, 101])
    func `an empty list, and one without end, make no sense`(count: Int) async {
        target.instances.list(count == 0 ? [] : FakeInstances(count: count).listed)
        #expect(await trial().outcome == .unverified(.badAnswer))
    }

    @Test func `a single instance is uniform`() async {
        target.instances.list(FakeInstances(count: 1).listed)
        #expect(await trial().outcome.word == .pass)
    }

    // MARK: - What only the criteria can say

    private func trial(_ change: (inout CriteriaBuilder) -> Void) async -> CheckTrial {
        var builder = CriteriaBuilder()
        change(&builder)
        return await target.run(IdentityUniform(target.probes), criteria: builder.criteria)
    }

    @Test(arguments: [(1, Outcome.Word.pass), (7, .pass), (8, .pass), (9, .fail)])
    func `fewer instances than are expected fail, and who is listed is named`(least: Int, word: Outcome.Word) async {
        let trial = await trial { $0.thresholds["smoke.min_instances"] = DecimalValue(least) }
        #expect(trial.outcome.word == word)
        #expect(trial.measurement("instances_listed")?.value == "8")
        #expect(trial.kinds == (word == .pass ? [] : ["instance-missing"]))
        if word == .fail {
            #expect(trial.sentence.contains("8 instances are listed, desk-1 (primary)"))
            #expect(trial.sentence.contains("expects 9 at least"))
            #expect(trial.remediation?.summary.contains("Bring back") == true)
        }
    }

    @Test func `a standby that was killed and left the list is missed`() async {
        target.instances.list(Array(FakeInstances(count: 2).listed.prefix(1)))
        let trial = await trial { $0.thresholds["smoke.min_instances"] = "2" }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["instance-missing"])
    }

    @Test func `the released build passes, another one everywhere is uniform and fails`() async {
        let right = await trial { $0.lists["smoke.released_build"] = ["b0b1b2b3"] }
        #expect(right.outcome.word == .pass)
        #expect(right.measurement("instances_of_the_released_build")?.value == "8")
        let wrong = await trial { $0.lists["smoke.released_build"] = ["b0b1b2b"] }
        #expect(wrong.outcome == .fail(.criterion))
        #expect(Set(wrong.kinds) == ["build-not-released"] && wrong.kinds.count == 8)
        #expect(wrong.measurement("instances_of_the_released_build")?.value == "0")
        #expect(wrong.measurement("distinct_builds")?.result == .pass)
    }

    @Test func `what no file gives is said in log and evidence, and is no red`() async {
        #expect(await trial().outcome.word == .pass)
        for key in ["smoke.min_instances", "smoke.released_build"] {
            #expect(target.reporter.all.contains { $0.contains("no file gives \(key)") })
            #expect(target.evidence.all.first?.text.contains("no file gives \(key)") == true)
        }
        var other = FakeTarget()
        other.instances = FakeInstances(count: 2)
        other.criteria.thresholds["smoke.min_instances"] = "2"
        other.criteria.lists["smoke.released_build"] = ["b0b1b2b3"]
        #expect(await other.run(IdentityUniform(other.probes)).outcome.word == .pass)
        #expect(!other.reporter.all.contains { $0.contains("no file gives") })
    }

    @Test(
        arguments: [
            ("staging", .fail(.criterion)), ("production", .fail(.criterion)), (nil, .fail(.criterion)),
            ("practice", .warn(.band)),
        ] as [(String?, Outcome)])
    func `a build from code that no commit has fails, and warns where it says that it is practice`(
        environment: String?, outcome: Outcome
    ) async {
        answer("desk-3") {
            $0.dirty = true
            $0.environment = environment
        }
        let trial = await trial()
        #expect(trial.outcome == outcome)
        #expect(trial.kinds == ["dirty-build"])
        #expect(trial.sentence.contains("desk-3"))
        answer("desk-3") { $0.dirty = false }
        #expect(await self.trial().outcome.word == .pass)
    }

    @Test func `a connection that is lost on the way is tried once more`() async {
        let once = FlakyInstances(over: target.instances)
        var probes = target.probes
        probes.instances = once
        #expect(await target.run(IdentityUniform(probes)).outcome.word == .pass)
        #expect(once.asked == 9)
    }
}

/// Loses the first question to an instance on the way, and no later one.
private final class FlakyInstances: InstanceProbe {
    private let journal = Journal()
    private let instancesBehind: FakeInstances

    init(over instances: FakeInstances) { instancesBehind = instances }

    var asked: Int { journal.all.count }

    func instances() async throws(ProbeError) -> Answer<[TargetInstance]> { try await instancesBehind.instances() }

    func identity(of instance: TargetInstance) async throws(ProbeError) -> Answer<InstanceIdentity> {
        journal.write(instance.id)
        guard asked > 1 else { throw ProbeError(.unreachable, at: .surface, "reset", isTransient: true) }
        return try await instancesBehind.identity(of: instance)
    }
}
