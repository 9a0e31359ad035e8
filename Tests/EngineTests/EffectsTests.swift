import Engine
import FoundationEssentials
import Glibc
import Readiness
import Synchronization
import Testing

struct EffectsTests {
    /// Changes the target as often as named, then ends as told.
    private func changing(_ id: CheckID, _ names: [String], then end: ProbeError? = nil) -> ScriptedCheck {
        ScriptedCheck.running(id, effects: .writePaper) { (context) async throws(ProbeError) in
            for name in names { try await context.effects.register(.order(name)) }
            if let end { throw end }
            let evidence = try await context.evidence.record("x", as: .orderTrace, grade: .exercised)
            return .init(value: 1, evidence: evidence)
        }
    }

    @Test func `a check that is not permitted ends with what to do about that`() async throws {
        let mend = Remediation(summary: "prove paper", cause: "no venue", steps: [], verify: ["test.a.change"])
        let run = try TestRun(
            [changing("test.a.change", ["a"])], interlock: OpenInterlock(answer: .refused("no venue"), mend: mend))
        let summary = try await run.finish()
        #expect(summary["test.a.change"]?.reason == "not_permitted")
        #expect(summary["test.a.change"]?.result?.remediation == mend)
        #expect(run.compensator.performed.isEmpty)
    }

    @Test func `what a check changed is undone on every way out, newest first`() async throws {
        let run = try TestRun(
            [
                changing("test.a.pass", ["a1", "a2", "a3"]),
                changing("test.b.lost", ["b"], then: ProbeError(.nonsense, at: .surface, "html")),
                changing("test.c.ours", ["c"], then: ProbeError(ourSide: "no memory")),
            ], width: 1)
        let summary = try await run.finish()
        #expect(run.compensator.performed == ["a3", "a2", "a1", "b", "c", "c"].map(Compensation.order))
        #expect(summary.openEffects.isEmpty && summary.failedUndos.isEmpty)
        #expect(summary["test.b.lost"]?.reason == "bad_answer")
        #expect(summary["test.c.ours"]?.outcome == .error)
        #expect(try LogVerifier.verify(path: run.log.path).summary == summary)
        #expect(try UndoJournal.pending(at: run.journalPath).entries.isEmpty)
    }

    @Test
    func `trap 30: an undo that fails is a no-go that says the target is left disturbed, and recover finishes it`()
        async throws
    {
        let isBroken = Mutex(true)
        let compensator = RecordingCompensator { (compensation) async throws(ProbeError) in
            if compensation == .order("bad"), isBroken.withLock({ $0 }) {
                throw ProbeError(.unreachable, at: .surface, "refused")
            }
        }
        let run = try TestRun([changing("test.a.change", ["bad", "good"])], compensator: compensator)
        let summary = try await run.finish()
        // The check itself is green: what it left behind is not made up for by that.
        #expect(summary["test.a.change"]?.outcome == .pass)
        #expect(summary.decision.verdict == .noGo)
        let reason = VerdictReason(
            .targetDisturbed, "test.a.change",
            detail: "order of bad; to do: cancel every working order of READY-TEST whose client id begins with bad; "
                + "it failed: surface: refused")
        #expect(summary.decision.reasons == [reason])
        // The check need not turn green: it is.
        #expect(summary.blockers.isEmpty)
        #expect(try LogVerifier.verify(path: run.log.path).summary.decision.reasons == [reason])
        #expect(summary.failedUndos.map(\.detail) == ["surface: refused"])
        let left = try UndoJournal.pending(at: run.journalPath)
        #expect(left.entries.map(\.effect.undo) == [.order("bad")])
        isBroken.withLock { $0 = false }
        let report = try await UndoJournal.recover(run.journalPath, with: compensator, clock: SystemClock())
        #expect(report.done.map(\.entry.effect.undo) == [.order("bad")])
        #expect(try UndoJournal.pending(at: run.journalPath).entries.isEmpty)
    }

    @Test func `trap 35: a body that ignores being asked to stop is left behind, and what it changed is undone`()
        async throws
    {
        let clock = ManualClock()
        let release = Mutex<CheckedContinuation<Void, Never>?>(nil)
        let late = Mutex<ProbeError?>(nil)
        let run = try TestRun(
            [
                ScriptedCheck.running(
                    "test.a.stuck", effects: .writePaper, hardLimit: .seconds(1), grace: .seconds(1)
                ) { (context) async throws(ProbeError) in
                    try await context.effects.register(.order("early"))
                    await withCheckedContinuation { continuation in release.withLock { $0 = continuation } }
                    // Long after it was given up it wants to change more: it must not.
                    do throws(ProbeError) { try await context.effects.register(.order("late")) } catch {
                        late.withLock { $0 = error }
                        throw error
                    }
                    return .init(value: 1)
                }
            ], clock: clock)
        async let ended = run.finish()
        while release.withLock({ $0 == nil }) { await Task.yield() }
        while await run.engineIsOpen(clock, step: .milliseconds(500)) {}
        let summary = try await ended
        #expect(summary["test.a.stuck"]?.outcome == .error)
        #expect(summary["test.a.stuck"]?.reason == "checker_timeout")
        #expect(summary["test.a.stuck"]?.result?.attempts == 1)
        #expect(run.compensator.performed == [.order("early")])
        #expect(summary.openEffects.isEmpty)
        release.withLock { $0 }?.resume()
        while late.withLock({ $0 == nil }) { await Task.yield() }
        #expect(late.withLock { $0 } == .cancelled)
        #expect(try UndoJournal.pending(at: run.journalPath).entries.isEmpty)
        #expect(try LogVerifier.verify(path: run.log.path).summary == summary)
    }

    @Test func `an undo that hangs is given up, and those after it have their turn`() async throws {
        let clock = ManualClock()
        let release = Mutex<CheckedContinuation<Void, Never>?>(nil)
        let compensator = RecordingCompensator { (compensation) async throws(ProbeError) in
            guard compensation == .order("hangs") else { return }
            await withCheckedContinuation { continuation in release.withLock { $0 = continuation } }
        }
        let run = try TestRun([changing("test.a.b", ["fine", "hangs"])], clock: clock, compensator: compensator)
        async let ended = run.finish()
        while release.withLock({ $0 == nil }) { await Task.yield() }
        while await run.engineIsOpen(clock, step: .milliseconds(500)) {}
        let summary = try await ended
        #expect(run.compensator.performed == [.order("hangs"), .order("fine")])
        #expect(summary.failedUndos.map(\.undo) == [.order("hangs")])
        #expect(summary.failedUndos.first?.detail?.contains("it took longer than") == true)
        release.withLock { $0 }?.resume()
    }

    @Test func `a full disk lets no change happen: the check ends as our error`() async throws {
        let went = Mutex(false)
        let run = try TestRun(
            [
                ScriptedCheck.running("test.a.change", effects: .writePaper) { (context) async throws(ProbeError) in
                    try await context.effects.register(.order("x"))
                    went.withLock { $0 = true }
                    return .init(value: 1)
                }
            ],
            journalWrite: JournalWrite { file, bytes in
                // The header fits, of the line behind it a part.
                let room = 200 - Int(lseek(file, 0, SEEK_END))
                guard room > 0 else {
                    errno = ENOSPC
                    return -1
                }
                return write(file, bytes.baseAddress, min(room, bytes.count))
            })
        let summary = try await run.finish()
        #expect(!went.withLock { $0 })
        #expect(summary["test.a.change"]?.outcome == .error)
        #expect(summary["test.a.change"]?.reason == "tool")
        #expect(summary.openEffects.isEmpty)
        #expect(try UndoJournal.pending(at: run.journalPath).entries.isEmpty)
        #expect(try LogVerifier.verify(path: run.log.path).summary == summary)
    }

    @Test func `a change is in the journal before the check goes on`() async throws {
        let seen = Mutex<[String]>([])
        let folder = Mutex("")
        let run = try TestRun([
            ScriptedCheck.running("test.a.change", effects: .writePaper) { (context) async throws(ProbeError) in
                try await context.effects.register(.order("x"))
                let path = folder.withLock { $0 }
                do throws(UndoJournalError) {
                    let pending = try UndoJournal.pending(at: path)
                    seen.withLock { $0 = pending.entries.map(\.effect.description) }
                } catch { throw ProbeError(ourSide: error.description) }
                if !UndoJournal.isLive(path) { throw ProbeError(ourSide: "the journal is not locked") }
                let evidence = try await context.evidence.record("x", as: .orderTrace, grade: .exercised)
                return .init(value: 1, evidence: evidence)
            }
        ])
        folder.withLock { $0 = run.journalPath }
        #expect(try await run.finish()["test.a.change"]?.outcome == .pass)
        #expect(seen.withLock { $0 } == ["order of x"])
        #expect(!UndoJournal.isLive(run.journalPath))
    }

    @Test func `a run that changes nothing leaves no journal`() async throws {
        let run = try TestRun([ScriptedCheck.valued("test.a.one")])
        _ = try await run.finish()
        #expect(access(run.journalPath, F_OK) != 0)
        #expect(!UndoJournal.isLive(run.journalPath))
    }
}
