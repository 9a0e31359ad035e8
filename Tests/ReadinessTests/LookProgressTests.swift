import Readiness
import Testing

struct LookProgressTests {
    private static let limits = CapabilityReport.Subject.capability(.riskLimits)
    private static let positions = CapabilityReport.Subject.capability(.positions)
    private static let storage = CapabilityReport.Subject.part(.storage)

    /// Three questions, a second after the other.
    private static let three: LookProgress = {
        var progress = LookProgress()
        progress.take(.asked(limits), at: .seconds(10))
        progress.take(.asked(positions), at: .seconds(11))
        progress.take(.asked(storage), at: .seconds(12))
        return progress
    }()

    @Test func `what is waited for is told with how long, the longest first, once it has taken a second`() {
        #expect(Self.three.sentence(at: .milliseconds(10_999), within: 80) == nil)
        #expect(Self.three.sentence(at: .seconds(11), within: 80) == "waiting for risk.limits (1 s)")
        #expect(
            Self.three.sentence(at: .milliseconds(13_900), within: 80)
                == "waiting for risk.limits (3 s), positions (2 s), storage (1 s)")
    }

    @Test(arguments: [
        (61, "waiting for risk.limits (3 s), positions (2 s), storage (1 s)"),
        (60, "waiting for risk.limits (3 s), positions (2 s) and 1 more"),
        (44, "waiting for risk.limits (3 s) and 2 more"),
        (10, "waiting for risk.limits (3 s) and 2 more"),
    ])
    func `as many names are told as fit, one at least, and the rest is counted`(cells: Int, text: String) {
        #expect(Self.three.sentence(at: .seconds(13), within: cells) == text)
    }

    @Test func `what is settled is waited for no longer, and asked again it is waited for anew`() {
        var progress = Self.three
        progress.take(.settled(Self.limits), at: .seconds(13))
        progress.take(.settled(Self.storage), at: .seconds(13))
        #expect(progress.sentence(at: .seconds(14), within: 80) == "waiting for positions (3 s)")
        progress.take(.asked(Self.limits), at: .seconds(20))
        #expect(progress.time(of: Self.limits, at: .milliseconds(20_500)) == nil)
        #expect(progress.time(of: Self.limits, at: .seconds(22)) == .seconds(2))
        progress.take(.settled(Self.limits), at: .seconds(23))
        progress.take(.settled(Self.positions), at: .seconds(23))
        #expect(progress == LookProgress())
    }
}
