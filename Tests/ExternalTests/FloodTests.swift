import FoundationEssentials
import Probes
import Readiness
import TestSupport
import Testing
import Validators

/// A child that says more than is judged.
@Suite(.timeLimit(.minutes(5)))
struct FloodTests {
    /// Registers nothing before a file is there: whoever judges is held up for as long.
    private struct HeldEffects: EffectRegistrar {
        let place: String

        func register(_ effect: EffectDescription) async throws(ProbeError) {
            while !FileManager.default.fileExists(atPath: place) {
                guard !Task.isCancelled else { throw .cancelled }
                await Task.yield()
            }
        }
    }

    @Test func `a child that floods waits to write while nobody judges, and nothing of it is lost`() async throws {
        let folder = try TemporaryFolder()
        let place = "\(folder.path)/told"
        // It tells how far it came before its output took nothing for a second; then it is listened to again.
        let body = """
            import select
            say('effect', id=ID, effect_id='o', description='a wait', undo={'command': ['true']}, **{'class': 'read'})
            told = False
            def tell(words):
                global told
                told = True
                with open('\(place).new', 'w') as file: file.write(words)
                os.rename('\(place).new', '\(place)')
            os.set_blocking(1, False)
            for i in range(50000):
                line = (json.dumps({'v': 1, 'kind': 'progress', 'id': ID, 'done': i}) + '\\n').encode()
                while True:
                    try:
                        os.write(1, line)
                        break
                    except BlockingIOError:
                        if not select.select([], [1], [], 1)[1] and not told: tell(str(i))
            if not told: tell('never')
            os.set_blocking(1, True)
            good()
            """
        let child = WrongChild(name: "flood", body: body, limit: .seconds(120), word: .pass, rule: "")
        let probe = try child.probe(in: folder)
        let description = try await probe.describe().value
        let check = ExternalCheck(try #require(description.checks.first), probe)
        let reporter = FakeReporter()
        var context = fakeContext()
        context.reporter = reporter
        context.effects = HeldEffects(place: place)
        let observation = try await check.collect(in: context)

        let told = String(decoding: try Data(contentsOf: URL(filePath: place)), as: UTF8.self)
        let count = try #require(Int(told), "its output took all that it said while nobody judged")
        // 1,024 lines, what one read brings, and what a pipe holds: some 3,000 of these lines.
        #expect(count < 20_000)
        #expect(reporter.all == (0..<50_000).map { "\($0) of 0 steps" })
        #expect(check.judge(observation, by: Criteria()).outcome(requiring: .observed).word == .pass)
    }
}
