import ConsoleUI
import Readiness
import TestSupport
import Testing

/// What must hold for every view, whatever keys are pressed and whatever a target says.
struct ConsolePropertyTests {
    static let keys: [Key] = [
        .character("j"), .character("k"), .up, .down, .enter, .escape, .tab, .backTab, .character("]"), .character("["),
        .character("f"), .character("s"), .character("F"), .character("m"), .character("p"), .character("g"),
        .character("G"),
        .character("1"), .character("2"), .character("3"), .character("5"), .character("0"), .control("d"),
        .control("u"),
        .character("?"), .character("x"), .character("X"), .character("r"), .character("R"), .character("y"),
        .character(" "),
        .character("C"), .pageDown, .pageUp, .home, .end, .left, .right, .backspace, .paste("Rq\r"), .unknown,
        .control("l"),
        .character("q"), .character("h"), .character("l"), .character("t"), .character("e"), .character("u"),
        .character("a"),
    ]

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `the cursor stands on the focused row, the verdict on top, and no cell holds what a target could steer with`(
        seed: UInt64
    ) {
        var dice = Dice(seed: seed)
        let sizes = [
            Size(120, 36), Size(80, 24), Size(40, 12), Size(20, 4), Size(1, 1), Size(0, 0), Size(61, 17), Size(200, 50),
        ]
        var size = sizes.randomElement(using: &dice) ?? Size(80, 24)
        let stage = SampleRun.Stage.allCases.randomElement(using: &dice) ?? .red
        let isHostile = seed % 2 == 1
        let plain = SampleRun.events(stage)
        var model = ConsoleModel(size: size)
        var now = Duration.seconds(1)
        _ = model.update(.events(isHostile ? HostileText.poisoned(plain, seed: seed) : plain), at: now)
        // Some runs begin with a look at a target of somebody's own.
        if seed % 3 == 0 { _ = model.update(.preflight(SamplePreflight.preflight()), at: now) }
        _ = model.update(.faults(isHostile ? hostileFaults(&dice) : SampleRun.faults), at: now)
        for _ in 0..<40 {
            now += .milliseconds(Int.random(in: 1...900, using: &dice))
            let key = Self.keys.randomElement(using: &dice) ?? .down
            for effect in model.update(.key(key), at: now) {
                if case .loadEvidence(let piece) = effect {
                    _ = model.update(
                        .evidenceLoaded(
                            id: piece.id, .text(isHostile ? HostileText.make(&dice) : SampleRun.evidenceText)), at: now)
                }
            }
            if Int.random(in: 0..<12, using: &dice) == 0 {
                size = sizes.randomElement(using: &dice) ?? size
                _ = model.update(.resized(size), at: now)
            }
            let frame = model.frame(GlyphSet(isASCII: seed % 7 == 0))
            expectClean(frame.grid)
            expectCursor(frame, model)
            expectVerdict(frame, model)
            #expect(frame.title.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        }
    }

    private func hostileFaults(_ dice: inout Dice) -> FaultPanel {
        FaultPanel(
            home: HostileText.make(&dice), pid: 1,
            faults: (0..<5).map { _ in
                .init(
                    name: HostileText.make(&dice), sentence: HostileText.make(&dice),
                    magnitudeHint: HostileText.make(&dice), active: HostileText.make(&dice))
            })
    }

    private func expectCursor(_ frame: Frame, _ model: ConsoleModel) {
        let grid = frame.grid
        guard grid.size.columns > 0, grid.size.rows > 0 else { return }
        #expect((0..<grid.size.columns).contains(frame.cursor.x) && (0..<grid.size.rows).contains(frame.cursor.y))
        guard model.dialog == nil, Form(model.size) != .line else { return }
        let focused = (0..<grid.size.rows).filter { row in
            (0..<grid.size.columns).contains { grid[$0, row].layer == .focus }
        }
        #expect(focused.count <= 1)
        if let row = focused.first { #expect(frame.cursor.y == row) }
    }

    private func expectVerdict(_ frame: Frame, _ model: ConsoleModel) {
        guard frame.grid.size.columns >= 20, frame.grid.size.rows >= 4, model.dialog == nil else { return }
        let top = frame.grid.text(row: 0) + frame.grid.text(row: 1)
        #expect(top.contains(model.summary.decision.verdict.title.prefix(10)))
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `frozen events are not moved by anything that happens`(seed: UInt64) {
        var dice = Dice(seed: seed)
        let size = ConsoleSnapshotTests.sizes.randomElement(using: &dice) ?? Size(80, 24)
        var model = SampleRun.model(.firstRed, size)
        for key: Key in [.character("3")] + Array(repeating: .up, count: Int.random(in: 1...9, using: &dice)) {
            _ = model.update(.key(key), at: .seconds(2))
        }
        let layout = OverviewLayout(size, pane: .events)
        let rect = layout.rows(of: .events)
        let before = rows(model, rect)
        let later = SampleRun.events(.green).dropFirst(SampleRun.events(.firstRed).count)
        _ = model.update(.events(Array(later)), at: .seconds(9))
        #expect(rows(model, rect) == before)
        #expect(model.ticker.unseen > 0)
        _ = model.update(.key(.character("F")), at: .seconds(9))
        #expect(model.ticker.isFollowing)
    }

    private func rows(_ model: ConsoleModel, _ rect: Rect) -> [String] {
        let grid = model.frame(GlyphSet(isASCII: false)).grid
        return (rect.y..<rect.maxY).map { grid.text(row: $0) }
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `a chosen check stays chosen through filters, orders and everything that happens`(seed: UInt64) {
        var dice = Dice(seed: seed)
        var model = SampleRun.model(.running, Size(80, 24))
        _ = model.update(.key(.character("j")), at: .seconds(1))
        for _ in 0..<Int.random(in: 0...8, using: &dice) { _ = model.update(.key(.down), at: .seconds(1)) }
        let chosen = model.focusedCheck
        let all = SampleRun.events(.green)
        var told = SampleRun.events(.running).count
        for _ in 0..<40 {
            let step: [Key] = [.character("f"), .character("s"), .tab, .character("F")]
            if Bool.random(using: &dice), told < all.count {
                let count = min(all.count - told, Int.random(in: 1...9, using: &dice))
                _ = model.update(.events(Array(all[told..<told + count])), at: .seconds(2))
                told += count
            } else {
                _ = model.update(.key(step.randomElement(using: &dice) ?? .tab), at: .seconds(2))
            }
        }
        #expect(model.overview.check == chosen)
        while model.overview.filter != .all { _ = model.update(.key(.character("f")), at: .seconds(3)) }
        _ = model.update(.key(.character("2")), at: .seconds(3))
        #expect(model.focusedCheck == chosen)
    }
}
