import ConsoleUI
import Readiness
import TestSupport
import Testing

struct PreflightViewTests {
    private func shown(_ size: Size = Size(120, 36), _ plan: Preflight = SamplePreflight.preflight()) -> ConsoleModel {
        var model = ConsoleModel(size: size)
        _ = model.update(.preflight(plan), at: .seconds(1))
        return model
    }

    private func press(_ keys: String, _ model: inout ConsoleModel) -> [ConsoleEffect] {
        var parser = KeyParser()
        return parser.feed(keys.utf8).flatMap { model.update(.key($0), at: .seconds(9)) }
    }

    private func text(_ model: ConsoleModel) -> String { model.frame(GlyphSet(isASCII: false)).grid.text }

    @Test func `it opens on the target, what refuses paper, the checks and what will not be verified`() {
        let text = text(shown())
        for words in [
            "night-desk", "staging", "DU12345", "4f2a9c1", "with changes that no commit has",
            "unknown: The venue is not",
            "12 of 12 checks, about ", "0 may change the target", "5 will not be verified", "risk.limit.effective",
            "credential_missing", "not_permitted",
        ] { #expect(text.contains(words), "\(words)") }
    }

    @Test func `the amount is said in whole words at 80 columns`() {
        var model = shown(Size(80, 24))
        _ = press(" ", &model)
        let line = text(model).split(separator: "\n").first {
            $0.contains("may change it") || $0.contains("may change the")
        }
        let ends = ["unverified", "will not be verified"]
        #expect(ends.contains { line?.trimmingSuffix(of: " ").hasSuffix($0) == true }, "\(line ?? "none")")
    }

    @Test(arguments: [
        (
            Size(120, 36), ProbeError(ourSide: "no fork"),
            "12 of 12 checks, nothing will run · 0 may change the target · 12 will not be verified"
        ),
        (Size(80, 24), ProbeError(ourSide: "no fork"), "12 of 12 checks, nothing will run · 0 may change it"),
        (Size(40, 12), ProbeError(ourSide: "no fork"), "12/12 checks, nothing will run"),
        (
            Size(120, 36), ProbeError(.unreachable, at: .surface, "none"),
            "12 of 12 checks, nothing will run but what fails · 0 may change the target · "
        ),
        (
            Size(80, 24), ProbeError(.unreachable, at: .surface, "none"),
            "12 of 12 checks, what runs fails · 0 may change it"
        ),
        (Size(40, 12), ProbeError(.unreachable, at: .surface, "none"), "12/12 checks, what runs fails"),
    ])
    func `a plan of which nothing will be seen says that nothing runs, and no time`(
        size: Size, met: ProbeError, words: String
    ) {
        let none = Capability.allCases.map { capability in
            CapabilityReport(
                .capability(capability), question: "it", .trouble(met))
        }
        let text = text(shown(size, SamplePreflight.preflight(SamplePreflight.target, none)))
        #expect(text.contains(words), "\(text)")
        #expect(!text.contains(" 0 ns"), "\(text)")
    }

    @Test func `Enter starts the plan as it stands`() {
        var model = shown()
        #expect(press("\r", &model) == [.start(nil)])
        #expect(!model.isBeforeStart)
    }

    @Test func `what is pressed in its first moment starts nothing`() {
        var model = shown()
        #expect(model.update(.key(.enter), at: .milliseconds(1399)).isEmpty)
        #expect(model.isBeforeStart)
        #expect(model.update(.key(.paste("\r")), at: .seconds(9)).isEmpty)
        #expect(model.isBeforeStart)
    }

    @Test func `a check that is left out takes with it what requires it, and one that is taken in what it requires`() {
        var model = shown()
        _ = press(" ", &model)
        #expect(
            model.chosen == [
                "database.connection.ready", "database.migration.applied", "database.query.latency",
                "database.integrity.consistent",
            ])
        _ = press("j ", &model)
        #expect(model.chosen.contains("smoke.clock.synchronised") && model.chosen.contains("smoke.health.ready"))
        #expect(model.chosen.count == 6)
        #expect(
            press("\r", &model) == [
                .start([
                    "smoke.health.ready", "smoke.clock.synchronised", "database.connection.ready",
                    "database.migration.applied", "database.query.latency", "database.integrity.consistent",
                ])
            ])
    }

    @Test func `keys leave only what changes nothing, only what can be verified, and take all in again`() {
        var model = shown()
        _ = press("e", &model)
        #expect(model.chosen.count == 10 && !model.chosen.contains("smoke.order.roundtrip"))
        _ = press("u", &model)
        #expect(model.chosen.count == 7 && !model.chosen.contains("risk.limit.effective"))
        _ = press("a", &model)
        #expect(model.chosen.count == 12)
    }

    @Test func `nothing chosen cannot be started, and says so`() {
        var model = shown()
        _ = press(" Gk", &model)
        _ = press("gjjjjjjjj ", &model)
        #expect(model.chosen.isEmpty)
        #expect(press("\r", &model).isEmpty)
        #expect(model.isBeforeStart)
        #expect(text(model).contains("no check is chosen"))
    }

    @Test(arguments: ["q", "\u{3}"])
    func `leaving runs nothing and asks nothing`(key: String) {
        var model = shown()
        #expect(press(key, &model) == [.leave(.finished)])
    }

    @Test func `Esc does not lead past it`() {
        var model = shown()
        _ = press("\u{1B}", &model)
        _ = model.update(.key(.escape), at: .seconds(10))
        #expect(model.isBeforeStart)
    }

    @Test func `the target view opens at what the check under the cursor lacks, and y copies a handler`() throws {
        var model = shown()
        _ = press("jjjjjj", &model)
        _ = press("t", &model)
        #expect(text(model).contains("GET /readyz/killswitch"))
        guard case .copy(let stub, label: "a handler for killswitch")? = press("y", &model).first else {
            Issue.record("nothing was copied")
            return
        }
        #expect(stub.contains("def killswitch(given)") && stub.contains(CapabilityStub.mark))
        _ = model.update(.key(.escape), at: .seconds(10))
        #expect(model.isBeforeStart)
    }

    @Test(arguments: [
        (ObservedPart.storage, ProbeError.Meeting.notOffered, "storage: ["),
        (.instances, .nonsense, "instances:"),
    ])
    func `a part that is not there is copied as lines of a profile`(
        part: ObservedPart, met: ProbeError.Meeting, words: String
    ) {
        let report = CapabilityReport(.part(part), question: "it", .trouble(ProbeError(met, at: .surface, "none")))
        var model = shown(Size(120, 36), SamplePreflight.preflight(SamplePreflight.target, [report]))
        _ = press("t", &model)
        #expect(text(model).contains("y copies lines for the profile"))
        guard case .copy(let lines, label: "the profile's lines for \(part)")? = press("y", &model).first else {
            Issue.record("nothing was copied")
            return
        }
        #expect(lines.contains(words) && lines.hasSuffix("\n"))
    }

    @Test(arguments: [
        (Size(120, 36), "night-desk  waiting for risk.limits (3 s), killswitch (3 s)"),
        (Size(80, 24), "night-desk  waiting for risk.limits (3 s), killswitch (3 s)"),
        (Size(40, 12), "waiting for risk.limits (3 s) and 1 more"),
    ])
    func `the target view says what is still waited for and since when, in its line and in the rows`(
        size: Size, words: String
    ) {
        var model = shown(size)
        #expect(press("jjjjjjtr", &model) == [.look])
        for subject in [Capability.riskLimits, .killSwitch] {
            _ = model.update(.looking(.asked(.capability(subject))), at: .seconds(10))
        }
        _ = model.update(.tick, at: .seconds(13))
        #expect(text(model).contains(words), "\(text(model))")
        #expect(text(model).contains("killswitch         asked 3 s ago"), "\(text(model))")
        // The one is answered, and the rest is over.
        _ = model.update(.looking(.settled(.capability(.killSwitch))), at: .seconds(14))
        #expect(!text(model).contains("asked 4 s ago") || size.rows > 12)
        #expect(text(model).contains("killswitch         missing"))
        _ = model.update(.looking(.settled(.capability(.riskLimits))), at: .seconds(15))
        _ = model.update(.looked(SamplePreflight.capabilities), at: .seconds(15))
        #expect(text(model).contains("as it answered l") && !text(model).contains("waiting for"))
    }

    @Test(arguments: ConsoleSnapshotTests.sizes)
    func `the target view of a target that has answered nothing says what it was asked, and no praise`(size: Size) {
        var model = ConsoleModel(size: size)
        _ = press("t", &model)
        _ = model.update(.looking(.asked(.part(.clock))), at: .seconds(10))
        _ = model.update(.tick, at: .seconds(12))
        #expect(model.stage == .target)
        #expect(text(model).contains("clock              asked 2 s ago"), "\(text(model))")
        #expect(!text(model).contains("lacking"))
        expectClean(model.frame(GlyphSet(isASCII: false)).grid)
    }

    @Test func `in the run the target view is one key from a check that is unverified`() {
        var model = shown()
        _ = press("\r", &model)
        _ = model.update(.events(SampleRun.events(.red)), at: .seconds(10))
        _ = press("t", &model)
        #expect(model.stage == .target)
        #expect(text(model).contains("Readiness surface"))
    }

    @Test func `where the target was not looked at yet, t has it looked at, but not while checks run`() {
        var model = SampleRun.model(.red, Size(80, 24))
        #expect(press("t", &model) == [.look])
        #expect(text(model).contains("is being looked at"))
        #expect(press("r", &model).isEmpty)
        _ = model.update(.looked(SamplePreflight.capabilities), at: .seconds(10))
        #expect(text(model).contains("as it answered last"))
        #expect(press("r", &model) == [.look])
        var running = SampleRun.model(.running, Size(80, 24))
        #expect(press("t", &running).isEmpty)
        #expect(text(running).contains("would disturb"))
    }

    @Test func `looking again before the start keeps what was chosen`() {
        var model = shown()
        _ = press(" t", &model)
        #expect(press("r", &model) == [.look])
        _ = model.update(.preflight(SamplePreflight.preflight()), at: .seconds(10))
        #expect(model.stage == .target && model.chosen.count == 4)
    }

    @Test func `nothing starts while the target is being looked at, and a look that comes late brings no plan back`() {
        var model = shown()
        _ = press("t", &model)
        #expect(press("r", &model) == [.look])
        _ = model.update(.key(.escape), at: .seconds(10))
        #expect(press("\r", &model).isEmpty && model.isBeforeStart)
        #expect(text(model).contains("Enter starts when that is done"))
        _ = model.update(.preflight(SamplePreflight.preflight()), at: .seconds(10))
        #expect(press("\r", &model) == [.start(nil)] && !model.isBeforeStart)
        _ = model.update(.preflight(SamplePreflight.preflight()), at: .seconds(11))
        #expect(!model.isBeforeStart)
    }

    @Test func `hostile text of a target reaches no cell`() {
        for seed in 0..<40 as Range<UInt64> {
            var dice = Dice(seed: seed)
            var target = SamplePreflight.target
            target.target = HostileText.make(&dice)
            target.detail = HostileText.make(&dice)
            target.account = HostileText.make(&dice)
            target.commit = HostileText.make(&dice)
            let hostile = SamplePreflight.capabilities.map { report in
                CapabilityReport(
                    report.subject, question: HostileText.make(&dice),
                    .trouble(ProbeError(.nonsense, at: .surface, HostileText.make(&dice))),
                    notes: [HostileText.make(&dice)], waiting: report.waiting)
            }
            for size in [Size(120, 36), Size(80, 24), Size(40, 12), Size(20, 4), Size(1, 1)] {
                var model = shown(size, SamplePreflight.preflight(target, hostile))
                expectClean(model.frame(GlyphSet(isASCII: false)).grid)
                _ = press("jjt", &model)
                expectClean(model.frame(GlyphSet(isASCII: seed % 2 == 0)).grid)
            }
        }
    }
}

extension Substring {
    fileprivate func trimmingSuffix(of letter: Character) -> Substring {
        var rest = self
        while rest.last == letter { rest.removeLast() }
        return rest
    }
}
