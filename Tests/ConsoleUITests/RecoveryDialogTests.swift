import ConsoleUI
import Readiness
import TestSupport
import Testing

struct RecoveryDialogTests {
    private func asked(_ size: Size = Size(40, 12)) -> ConsoleModel {
        var model = ConsoleModel(size: size)
        _ = model.update(.recoverable(ConsoleSnapshotTests.recovery), at: .seconds(1))
        return model
    }

    private func press(_ keys: [Key], _ model: inout ConsoleModel) -> [ConsoleEffect] {
        keys.flatMap { model.update(.key($0), at: .seconds(9)) }
    }

    private func text(_ model: ConsoleModel) -> String { model.frame(GlyphSet(isASCII: false)).grid.text }

    @Test func `on a small screen the text scrolls, and the answers stay in sight`() {
        var model = asked()
        #expect(text(model).contains("2 runs were killed"))
        #expect(!text(model).contains("back to 0.01"))
        #expect(text(model).contains("more"))
        var seen = text(model)
        for _ in 0..<20 {
            #expect(press([.character("j")], &model).isEmpty)
            #expect(text(model).contains("> Quit     Leave it     Take it back"))
            seen += text(model)
        }
        for words in ["give the feed back", "release the kill switch", "cancel every working", "back to 0.01"] {
            #expect(seen.contains(words), "\(words)")
        }
        // Beyond the end there is nothing to scroll back over.
        #expect(press([.up], &model).isEmpty)
        #expect(!text(model).contains("BTC-USD back to 0.01") || text(model).contains("▼ 1 more"))
        #expect(press([.home], &model).isEmpty)
        #expect(text(model).contains("2 runs were killed"))
        #expect(press([.end], &model).isEmpty)
        #expect(!text(model).contains("2 runs were killed"))
    }

    @Test(arguments: [Key.escape, .enter, .control("c")])
    func `no way out begins a run: it leaves, and what was left stays`(key: Key) {
        var model = asked()
        #expect(press([key], &model) == [.leave(.finished)])
        #expect(model.dialog == nil)
    }

    @Test(arguments: [
        ([Key.tab, .enter], ConsoleEffect.recover(isWanted: false)),
        ([.tab, .tab, .enter], .recover(isWanted: true)), ([.left, .enter], .recover(isWanted: true)),
        ([.tab, .tab, .tab, .tab, .enter], .recover(isWanted: false)),
    ])
    func `a run begins only by an answer that was chosen`(keys: [Key], effect: ConsoleEffect) {
        var model = asked()
        #expect(press(keys, &model) == [effect])
        #expect(model.dialog == nil)
    }

    @Test func `it comes by itself, so what is pressed in its first moment is not an answer, and n is none`() {
        var model = asked(Size(120, 36))
        for key in [Key.enter, .escape, .tab] { #expect(model.update(.key(key), at: .milliseconds(1399)).isEmpty) }
        #expect(press([.character("n")], &model).isEmpty)
        #expect(model.dialog != nil)
    }

    @Test(arguments: [
        (1, 0, 1, "1 run was killed and left the target changed"),
        (3, 0, 1, "3 runs were killed and left the target changed"),
        (0, 1, 1, "1 run ended with a change that could not be taken back"),
        (0, 2, 5, "2 runs ended with changes that could not be taken back"),
        (2, 1, 4, "2 runs were killed, and 1 run ended with changes that could not be taken back"),
    ])
    func `runs that were killed and runs that could not take something back are told apart`(
        killed: Int, ended: Int, changes: Int, sentence: String
    ) {
        let changes = (0..<changes).map { "change \($0)" }
        #expect(RecoveryOffer(killed: killed, ended: ended, compensations: changes).sentence == sentence)
    }

    @Test func `Ctrl-C twice says at once what goes on, and goes on saying it`() {
        var model = SampleRun.model(.running, Size(80, 24))
        _ = press([.control("c"), .control("c")], &model)
        #expect(text(model).contains("stopping, undoing changes… Ctrl-C again to leave at once"))
        _ = press([.character("j")], &model)
        #expect(text(model).contains("stopping, undoing changes… Ctrl-C again to leave at once"))
    }
}
