import PracticeDesk
import Testing

struct StrategyMachineTests {
    private let instrument = Instrument.all[2]
    private let second: Int64 = 1_000_000_000

    @discardableResult
    private func trade(_ machine: inout StrategyMachine, _ e4: Int64, at now: Int64) -> MomentumBreakout.Signal? {
        machine.take(.trade(instrument, last: Price(e4: e4), position: .zero, now: now))
    }

    private func warm() -> StrategyMachine {
        var machine = StrategyMachine()
        for step in 0..<MomentumBreakout.window { trade(&machine, 1_290_000, at: Int64(step)) }
        return machine
    }

    @Test func `it warms up, is ready, trades, and is ready again after a pause`() {
        var machine = StrategyMachine()
        #expect(machine.state == .idle)
        trade(&machine, 1_290_000, at: 0)
        #expect(machine.state == .warming)
        machine = warm()
        #expect(machine.state == .ready)
        #expect(trade(&machine, 1_291_000, at: second)?.side == .buy)
        #expect(machine.state == .trading)
        _ = machine.take(.clock(now: second + MomentumBreakout.pause - 1))
        #expect(machine.state == .trading)
        _ = machine.take(.clock(now: second + MomentumBreakout.pause))
        #expect(machine.state == .ready)
    }

    @Test func `halted it wants nothing, and resumes with nothing remembered`() {
        var machine = warm()
        _ = machine.take(.halt)
        #expect(machine.state == .halted)
        #expect(trade(&machine, 1_391_000, at: second) == nil)
        #expect(machine.state == .halted)
        _ = machine.take(.resume)
        #expect(machine.state == .warming)
        #expect(trade(&machine, 1_391_000, at: 2 * second) == nil, "it must warm up anew")
        _ = machine.take(.resume)
        #expect(machine.state == .warming)
    }

    @Test func `every event counts, also one that changes nothing`() {
        var machine = StrategyMachine()
        for event in [StrategyMachine.Event.clock(now: 0), .resume, .halt, .halt, .clock(now: 1)] {
            let signal = machine.take(event)
            #expect(signal == nil)
        }
        #expect(machine.events == 5)
        #expect(machine.state == .halted)
    }
}
