import ConsoleUI
import Readiness
import TestSupport
import Testing

struct ConsoleModelTests {
    private func told(_ stage: SampleRun.Stage, _ size: Size = Size(80, 24)) -> ConsoleModel {
        SampleRun.model(stage, size)
    }

    @discardableResult
    private func press(_ text: String, _ model: inout ConsoleModel, at now: Duration = .seconds(1)) -> [ConsoleEffect] {
        var parser = KeyParser()
        let keys = parser.feed(text.utf8) + parser.flush()
        return keys.flatMap { model.update(.key($0), at: now) }
    }

    @Test func `the first red check's evidence is two keys away`() {
        for size in ConsoleSnapshotTests.sizes {
            var model = told(.firstRed, size)
            let effects = press("\r", &model)
            #expect(
                effects == [
                    .loadEvidence(
                        EventScript.evidence("r1-6-1", kind: .orderTrace, size: SampleRun.evidenceText.utf8.count))
                ])
            _ = model.update(.evidenceLoaded(id: "r1-6-1", .text(SampleRun.evidenceText)), at: .seconds(1))
            press("2", &model)
            #expect(model.frame(GlyphSet(isASCII: false)).grid.text.contains("order hp-7-1"))
        }
    }

    @Test func `counts move further, and single digits up to three choose panes`() {
        var model = told(.red)
        press("5j", &model)
        #expect(model.focusedCheck == "smoke.health.ready")
        press("10k", &model)
        #expect(model.focusedCheck == "risk.limit.enforced")
        #expect(model.overview.pane == .checks)
        press("1", &model)
        #expect(model.overview.pane == .validators)
        press("jj", &model)
        #expect(model.overview.validator == "risk")
        press("3", &model)
        #expect(model.overview.pane == .events)
    }

    @Test func `brackets walk the red checks around, in the overview and in a detail`() {
        var model = told(.red)
        let red = ["risk.limit.enforced", "database.migration.applied", "database.query.latency"]
        for id in red + red {
            press("]", &model)
            #expect(model.focusedCheck?.description == id)
        }
        press("\r[", &model)
        #expect(model.focusedCheck == "database.migration.applied")
        #expect(model.place == .check(DetailPlace("database.migration.applied")) || model.stage == .detail)
        press("\u{1B}", &model)
        #expect(model.stage == .overview)
        #expect(model.focusedCheck == "database.migration.applied")
    }

    @Test func `the state filter goes around and says how many it admits`() {
        var model = told(.red)
        press("f", &model)
        #expect(model.overview.filter == .failing)
        #expect(model.listedChecks.count == 4)
        #expect(model.notice?.text == "failing: 4 checks")
        press("f", &model)
        #expect(model.listedChecks.map(\.id) == ["risk.decision.latency"])
        press("f", &model)
        #expect(model.listedChecks.isEmpty)
        press("f", &model)
        #expect(model.listedChecks.count == 12)
    }

    @Test func `Esc goes out of the innermost thing and never leaves`() {
        var model = told(.red, Size(120, 36))
        press("f1jj2", &model)
        press("\r\r2\r", &model)
        var stages: [Stage] = []
        for _ in 0..<8 {
            let effects = press("\u{1B}", &model)
            #expect(effects.isEmpty)
            stages.append(model.stage)
        }
        #expect(stages.last == .overview)
        #expect(model.overview.filter == .all)
        #expect(model.overview.validator == nil)
        #expect(model.notice?.text == "this is the outermost view; q leaves")
    }

    @Test func `a rerun shows what it would run, and Enter runs it`() {
        var model = told(.red)
        #expect(press("]]r", &model).isEmpty)
        #expect(model.dialog?.question == .rerun("database.migration.applied"))
        #expect(model.frame(GlyphSet(isASCII: false)).grid.text.contains("With it: database.integrity.consistent"))
        #expect(press("\r", &model) == [.command(.rerun("database.migration.applied"))])
        #expect(model.dialog == nil)
        #expect(press("R", &model).isEmpty)
        #expect(press("\u{1B}", &model).isEmpty)
        #expect(model.dialog == nil)
        #expect(press("R\r", &model) == [.command(.rerunFailed)])
    }

    @Test func `a blocked check's rerun names its root cause`() {
        #expect(told(.red).followers(of: "database.integrity.consistent") == ["database.migration.applied"])
    }

    @Test(arguments: [
        (SampleRun.Stage.green, "R", "nothing is red or unknown: there is nothing to run again"),
        (.planned, "r", "smoke.health.ready has not finished: nothing to run again yet"),
        (.green, "x", "risk.decision.latency has finished: nothing to cancel"), (.green, "X", "nothing runs"),
        (.green, "jm", "smoke.health.ready passed: there is nothing to fix"),
        (.green, "]", "nothing is red or unknown"),
        (.red, "ff]", "nothing red under the filter “warnings”"),
    ])
    func `a command that cannot be used says why`(stage: SampleRun.Stage, keys: String, reason: String) {
        var model = told(stage)
        #expect(press(keys, &model).isEmpty)
        #expect(model.notice == Notice(reason, .warning))
        #expect(model.dialog == nil)
    }

    @Test func `a recorded run takes no commands`() {
        var model = ConsoleModel(size: Size(80, 24), readOnlyReason: "this is a recorded run")
        _ = model.update(.events(SampleRun.events(.red)), at: .seconds(1))
        for key in ["r", "R"] {
            #expect(press(key, &model).isEmpty)
            #expect(model.notice?.text == "this is a recorded run")
        }
        #expect(press("q", &model) == [.leave(.finished)])
    }

    @Test func `without fault switches the panel says so`() {
        var model = ConsoleModel(size: Size(80, 24))
        _ = model.update(.events(SampleRun.events(.red)), at: .seconds(1))
        press("p", &model)
        #expect(model.stage == .overview)
        #expect(model.notice?.text == "the target is no practice desk: it has no fault switches")
    }

    @Test func `the fault panel opens on a set fault, clears it, and sets one with its strength`() {
        var model = told(.red)
        press("p", &model)
        #expect(press("\r", &model) == [.fault(.clear(name: "limit-off-by-one"))])
        #expect(model.faultsPending == ["limit-off-by-one"])
        var panel = SampleRun.faults
        panel.faults[2].active = nil
        _ = model.update(.faults(panel), at: .seconds(1))
        #expect(model.faultsPending.isEmpty)
        #expect(press("\r", &model).isEmpty)
        #expect(press("12\r", &model) == [.fault(.set(name: "limit-off-by-one", magnitude: "12"))])
        _ = model.update(.faultRefused(name: "limit-off-by-one", why: "out of range"), at: .seconds(1))
        #expect(model.notice == Notice("limit-off-by-one: out of range", .error))
        #expect(press("\r\r", &model) == [.fault(.set(name: "limit-off-by-one", magnitude: nil))])
        #expect(press("C", &model) == [.fault(.clearAll)])
    }

    @Test func `steps are ticked off, and a new round takes the ticks away`() {
        var model = told(.red)
        press("m ", &model)
        #expect(model.doneSteps["risk.limit.enforced"] == [0])
        press(" ", &model)
        #expect(model.doneSteps["risk.limit.enforced"] == [])
        press(" ", &model)
        _ = model.update(
            .events(Array(SampleRun.events(.green).dropFirst(SampleRun.events(.red).count))), at: .seconds(2))
        #expect(model.doneSteps["risk.limit.enforced"] == nil)
    }

    @Test func `y copies what the cursor is on`() throws {
        var model = told(.red)
        guard case .copy(let text, let label)? = press("y", &model).first else {
            Issue.record("nothing copied")
            return
        }
        #expect(label == "the result of risk.limit.enforced")
        #expect(text.contains("max_order_quantity.hunter is 500.07"))
        #expect(press("my", &model).last == .copy("sed -n 31p config/limits/genesis-tiers.yaml", label: "step 1"))
        #expect(press("2", &model).isEmpty)
        _ = model.update(.evidenceLoaded(id: "r1-6-1", .text("raw \u{1B}[2J text")), at: .seconds(1))
        #expect(press("y", &model) == [.copy("raw \u{1B}[2J text", label: "evidence r1-6-1")])
    }

    @Test func `Enter on a measurement goes to its evidence, on a link to the other check`() {
        var model = told(.red)
        press("\r\r", &model)
        guard case .check(let detail) = model.place else {
            Issue.record("no detail")
            return
        }
        #expect(detail.section == .evidence)
        press("\t\t\t\r", &model)
        #expect(model.focusedCheck == "smoke.health.ready")
        press("\u{1B}", &model)
        #expect(model.focusedCheck == "risk.limit.enforced")
    }

    @Test func `help narrows as one types and runs what is highlighted`() {
        var model = told(.red)
        press("?fault", &model)
        #expect(model.helpEntries.map(\.command) == [.faults])
        press("\r", &model)
        #expect(model.stage == .faults)
        press("?q", &model)
        #expect(model.helpEntries.contains { $0.command == .quit })
        press("\u{1B}", &model)
        #expect(model.stage == .help)
        press("\u{1B}", &model)
        #expect(model.stage == .faults)
    }

    @Test func `the run's clock goes on while something runs and stands afterwards`() {
        var model = ConsoleModel(size: Size(80, 24))
        _ = model.update(.events(SampleRun.events(.running)), at: .seconds(10))
        let begun = model.elapsed
        _ = model.update(.tick, at: .seconds(15))
        #expect(model.elapsed == begun + .seconds(5))
        _ = model.update(
            .events(Array(SampleRun.events(.red).dropFirst(SampleRun.events(.running).count))), at: .seconds(16))
        let end = model.elapsed
        _ = model.update(.tick, at: .seconds(100))
        #expect(model.elapsed == end)
        #expect(!model.isActive)
    }

    @Test func `whoever waits is told what for after two seconds`() {
        var model = told(.running, Size(120, 36))
        _ = model.update(.tick, at: .seconds(2))
        #expect(!model.frame(GlyphSet(isASCII: false)).grid.text(row: 0).contains("running for"))
        _ = model.update(.tick, at: .seconds(14))
        #expect(
            model.frame(GlyphSet(isASCII: false)).grid.text(row: 0).contains(
                "smoke.marketdata.flowing and 2 more running for 13 s"))
        _ = model.update(.activity("seeding the ledger"), at: .seconds(14))
        #expect(model.frame(GlyphSet(isASCII: false)).grid.text(row: 0).contains("seeding the ledger"))
    }

    @Test(arguments: [
        (Size(120, 36), "looking at night-desk: waiting for risk.limits (4 s), positions (4 s)"),
        (Size(80, 24), "waiting for risk.limits (4 s), positions (4 s)"),
        (Size(40, 12), "waiting for risk.limits (4 s)"),
    ])
    func `whoever waits for the first look is told what the target has not answered`(size: Size, words: String) {
        var model = ConsoleModel(size: size)
        _ = model.update(.activity("looking at night-desk"), at: .seconds(1))
        _ = model.update(.looking(.asked(.capability(.riskLimits))), at: .seconds(2))
        _ = model.update(.looking(.asked(.capability(.positions))), at: .seconds(2))
        #expect(!model.frame(GlyphSet(isASCII: false)).grid.text.contains("waiting for risk"))
        _ = model.update(.tick, at: .seconds(6))
        let text = model.frame(GlyphSet(isASCII: false)).grid.text
        #expect(text.contains(words), "\(text)")
    }

    @Test(arguments: [
        (SampleRun.Stage.planned, " ◐ HOLD   0/12 checks · nothing red so far"),
        (.running, " ◐ HOLD   5/12 checks · nothing red so far"),
        (.firstRed, " ✘ NO-GO   6/12 checks · 1 failing · GO if: risk.limit.enforced clears and 6 more pass"),
        (
            .red,
            " ✘ NO-GO   12/12 checks · 2 failing · 1 unverified · GO if: risk.limit.enforced and 2 more clear, then 1 blocked"
        ),
        (.green, " ▲ GO WITH CONDITIONS   12/12 checks · 1 warning · GO if: risk.decision.latency clears"),
    ])
    func `the verdict line says what would turn it to go`(stage: SampleRun.Stage, line: String) {
        #expect(told(stage, Size(120, 36)).frame(GlyphSet(isASCII: false)).grid.text(row: 1) == line)
    }

    @Test func `evidence of the seen check is asked for once, and forgotten with it`() {
        var model = told(.red)
        #expect(press("\r", &model).count == 1)
        #expect(press("jjk2", &model).isEmpty)
        #expect(model.evidence == ["r1-6-1": .loading])
        _ = model.update(.evidenceLoaded(id: "r1-6-1", .failed("permission denied")), at: .seconds(1))
        #expect(model.frame(GlyphSet(isASCII: false)).grid.text.contains("cannot be read: permission denied"))
        press("\u{1B}", &model)
        #expect(model.evidence.isEmpty)
        _ = model.update(.evidenceLoaded(id: "r1-6-1", .text("late")), at: .seconds(1))
        #expect(model.evidence.isEmpty)
    }
}

struct DialogTests {
    private func running() -> ConsoleModel { SampleRun.model(.running, Size(80, 24)) }

    @Test func `nothing runs: q leaves at once, Ctrl-C too`() {
        for key in [Key.character("q"), .control("c")] {
            var model = SampleRun.model(.red, Size(80, 24))
            #expect(model.update(.key(key), at: .seconds(1)) == [.leave(.finished)])
        }
    }

    @Test func `something runs: q asks, and the first choice is to stay`() {
        var model = running()
        #expect(model.update(.key(.character("q")), at: .seconds(1)).isEmpty)
        #expect(model.dialog?.question == .quit)
        #expect(model.dialog?.isAffirmed == false)
        #expect(model.update(.key(.enter), at: .seconds(2)).isEmpty)
        #expect(model.dialog == nil)
        #expect(model.leaving == nil)
    }

    @Test func `the second choice cancels and leaves`() {
        var model = running()
        _ = model.update(.key(.character("q")), at: .seconds(1))
        _ = model.update(.key(.tab), at: .seconds(2))
        #expect(model.update(.key(.enter), at: .seconds(3)) == [.leave(.cancelFirst)])
    }

    @Test func `a run that ends under the question answers it: there is nothing left to cancel`() {
        var model = running()
        _ = model.update(.key(.character("q")), at: .seconds(1))
        _ = model.update(.engineEnded(nil), at: .seconds(2))
        #expect(model.dialog == nil && model.leaving == nil)
        #expect(model.notice?.text == "everything has finished meanwhile; q leaves")
        #expect(model.update(.key(.character("q")), at: .seconds(3)) == [.leave(.finished)])
    }

    @Test func `Ctrl-C three times: ask, cancel, kill, and none of them is deaf`() {
        var model = running()
        let now = Duration.seconds(1)
        #expect(model.update(.key(.control("c")), at: now).isEmpty)
        #expect(model.update(.key(.control("c")), at: now) == [.leave(.cancelFirst)])
        #expect(model.update(.key(.control("c")), at: now) == [.leave(.kill)])
    }

    @Test func `keys within 400 ms of a dangerous question are for what was there before`() {
        var model = running()
        _ = model.update(.key(.character("x")), at: .seconds(1))
        for milliseconds in [1001, 1200, 1399] {
            #expect(model.update(.key(.tab), at: .milliseconds(milliseconds)).isEmpty)
            #expect(model.update(.key(.enter), at: .milliseconds(milliseconds)).isEmpty)
            #expect(model.dialog?.isAffirmed == false)
        }
        _ = model.update(.key(.tab), at: .milliseconds(1400))
        #expect(model.update(.key(.enter), at: .milliseconds(1401)) == [.command(.cancel("smoke.marketdata.flowing"))])
    }

    @Test func `to cancel everything the word must be typed, Enter does nothing before, and a paste never`() {
        var model = running()
        func press(_ key: Key) -> [ConsoleEffect] { model.update(.key(key), at: .seconds(9)) }
        _ = model.update(.key(.character("X")), at: .seconds(1))
        #expect(press(.enter).isEmpty)
        #expect(press(.paste("cancel\r")).isEmpty)
        for letter in "cance" { #expect(press(.character(letter)).isEmpty) }
        #expect(press(.enter).isEmpty)
        #expect(model.dialog?.question == .cancelAll(typed: "cance"))
        #expect(press(.character("l")).isEmpty)
        #expect(press(.enter) == [.command(.cancelAll)])
        #expect(model.dialog == nil)
    }

    @Test func `a check that finishes while the question is open is not cancelled`() {
        var model = running()
        _ = model.update(.key(.character("x")), at: .seconds(1))
        _ = model.update(
            .events(Array(SampleRun.events(.red).dropFirst(SampleRun.events(.running).count))), at: .seconds(2))
        _ = model.update(.key(.tab), at: .seconds(3))
        #expect(model.update(.key(.enter), at: .seconds(4)).isEmpty)
        #expect(model.notice?.text == "smoke.marketdata.flowing has finished meanwhile")
    }

    @Test func `a signal leaves without a question`() {
        var model = running()
        #expect(model.update(.terminate(signal: 15), at: .seconds(1)) == [.leave(.cancelFirst)])
        #expect(model.update(.terminate(signal: 15), at: .seconds(1)).isEmpty)
        var idle = SampleRun.model(.red, Size(80, 24))
        #expect(idle.update(.terminate(signal: 1), at: .seconds(1)) == [.leave(.finished)])
    }

    @Test func `a paste does nothing outside of questions either`() {
        var model = SampleRun.model(.red, Size(80, 24))
        #expect(model.update(.key(.paste("R\rq")), at: .seconds(1)).isEmpty)
        #expect(model.dialog == nil)
        #expect(model.stage == .overview)
    }
}

struct CommandTableTests {
    @Test(arguments: Command.allCases)
    func `every command has one entry, a key and a sentence`(command: Command) {
        let entries = CommandTable.all.filter { $0.command == command }
        #expect(entries.count == 1)
        #expect(entries.first?.keys.isEmpty == false)
        #expect(entries.first?.help.hasSuffix(".") == true)
    }

    @Test(arguments: Stage.allCases)
    func `no key means two things in one view`(stage: Stage) {
        var seen: [Key: Command] = [:]
        for entry in CommandTable.all where entry.stages.contains(stage) {
            for key in entry.keys {
                #expect(seen[key] == nil, "\(key.text): \(entry.command) and \(String(describing: seen[key]))")
                seen[key] = entry.command
            }
        }
    }

    @Test func `nothing needs a key that terminals or people do not have`() {
        for entry in CommandTable.all {
            let usable = entry.keys.filter { key in
                switch key {
                case .function, .control("s"), .control("q"), .paste, .unknown: false
                default: true
                }
            }
            #expect(!usable.isEmpty, "\(entry.command)")
        }
    }
}
