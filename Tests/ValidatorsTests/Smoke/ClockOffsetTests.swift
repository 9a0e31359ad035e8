import Readiness
import TestSupport
import Testing
import Validators

struct ClockOffsetTests {
    private let target = FakeTarget()

    private func trial(_ readings: FakeTargetClock.Reading...) async -> CheckTrial {
        target.targetClock.show(readings)
        return await target.run(ClockOffset(target.probes))
    }

    /// Judged from built readings alone.
    private func judge(_ readings: [ClockReading]) async throws -> Judgement {
        let check = ClockOffset(target.probes)
        var seen = try await check.collect(in: target.context())
        seen.readings = readings
        return check.judge(seen, by: target.criteria.criteria)
    }

    @Test func `a right clock passes after fifteen readings, and its offset is told`() async {
        let trial = await trial(.init(offset: .microseconds(100)))
        #expect(trial.outcome.word == .pass)
        #expect(target.targetClock.looks == 15)
        #expect(trial.measurement("clock_ahead")?.value == "0.1")
        #expect(trial.measurement("clock_doubt")?.value == "0.2")
        #expect(trial.measurement("clock_offset_certain")?.value == "0")
        #expect(trial.measurement("clock_offset_certain")?.n == 15)
    }

    @Test func `thorough takes more readings`() async {
        _ = await target.run(ClockOffset(target.probes), mode: .thorough)
        #expect(target.targetClock.looks == 101)
    }

    // The way there and back leaves 0.2 ms open.
    @Test(arguments: [
        (Duration.microseconds(20_200), Outcome.Word.pass), (.microseconds(20_201), .warn),
        (.microseconds(100_200), .warn), (.microseconds(100_201), .fail), (.microseconds(-20_200), .pass),
        (.microseconds(-20_201), .warn), (.microseconds(-100_200), .warn), (.microseconds(-100_201), .fail),
    ])
    func `the bounds are exact on both sides, and either way`(offset: Duration, word: Outcome.Word) async {
        let trial = await trial(.init(offset: offset))
        #expect(trial.outcome.word == word)
        #expect(trial.kinds == (word == .pass ? [] : ["clock-differs"]))
    }

    @Test func `a miss says by how much, and which way`() async {
        let ahead = await trial(.init(offset: .seconds(30)))
        #expect(ahead.outcome == .fail(.criterion))
        #expect(ahead.sentence.contains("30.0 s ahead of ours"))
        let behind = await trial(.init(offset: .milliseconds(-500)))
        #expect(behind.sentence.contains("500 ms behind ours"))
        #expect(behind.measurement("clock_behind")?.value == "500")
    }

    @Test func `the reading with the shortest way is believed, however wrong the others look`() async {
        let slow = FakeTargetClock.Reading(offset: .zero, there: .milliseconds(400), back: .zero)
        let trial = await trial(slow, slow, .init(offset: .milliseconds(1)), slow)
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("clock_ahead")?.value == "1")
    }

    @Test func `a way that leaves the offset open withholds no pass`() async {
        // 60 ms as it looks, 50 of them are open.
        let trial = await trial(.init(offset: .milliseconds(10), there: .milliseconds(100), back: .zero))
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("clock_offset_certain")?.value == "10")
    }

    @Test(arguments: [(100, Outcome.Word.pass), (101, .unverified)])
    func `where even the best reading leaves more open than the limit, nothing is proven`(
        milliseconds: Int, word: Outcome.Word
    ) async {
        let way = Duration.milliseconds(milliseconds)
        #expect(await trial(.init(offset: .zero, there: way, back: way)).outcome.word == word)
    }

    @Test func `a miss beyond all doubt is one, however long the way`() async {
        let way = Duration.seconds(1)
        #expect(await trial(.init(offset: .seconds(3), there: way, back: way)).outcome == .fail(.criterion))
    }

    @Test func `a clock that stands is found, though it was right once`() async throws {
        let base: Int64 = 1_700_000_000_000_000_000
        let judgement = try await judge([
            ClockReading(target: base, before: base, after: base + 1000),
            ClockReading(target: base, before: base + 5_000_000, after: base + 5_001_000),
        ])
        #expect(judgement.findings.map(\.kind) == ["clock-stands"])
        #expect(judgement.outcome(requiring: .observed) == .fail(.finding("clock-stands")))
    }

    @Test func `a reading during which our own clock was set back is not used`() async throws {
        let base: Int64 = 1_700_000_000_000_000_000
        let broken = ClockReading(target: base, before: base, after: base - 3_600_000_000_000)
        #expect(try await judge([broken]).outcome(requiring: .observed) == .unverified(.noSamples))
        let sound = ClockReading(target: base, before: base, after: base + 1000)
        #expect(try await judge([broken, sound]).outcome(requiring: .observed).word == .pass)
    }

    @Test(arguments: [Int64.min, .max])
    func `a clock beyond all years is a miss and no crash`(time: Int64) async throws {
        let base: Int64 = 1_700_000_000_000_000_000
        let judgement = try await judge([ClockReading(target: time, before: base, after: base + 1000)])
        #expect(judgement.outcome(requiring: .observed) == .fail(.criterion))
    }

    @Test(arguments: [
        (ProbeError.Meeting.unreachable, Outcome.unverified(.targetUnreachable)),
        (.notOffered, .unverified(.hookMissing)), (.nonsense, .unverified(.badAnswer)), (.ourSide, .error(.tool)),
    ])
    func `a clock that stops answering leaves it unverified`(met: ProbeError.Meeting, outcome: Outcome) async {
        let error = met == .ourSide ? ProbeError(ourSide: "bug") : ProbeError(met, at: .surface, "no")
        target.targetClock.fail(error, at: 7)
        #expect(await target.run(ClockOffset(target.probes)).outcome == outcome)
    }

    @Test func `a cancelled body is cancelled`() async {
        let check = ClockOffset(target.probes)
        let task = Task { [target] in
            withUnsafeCurrentTask { $0?.cancel() }
            return await target.run(check)
        }
        #expect(await task.value.outcome == .cancelled)
        #expect(target.targetClock.looks == 1)
    }
}
