package import Readiness

/// The lines of a look at a target that takes its time, for somebody who watches a terminal: what has not answered yet.
///
/// A line each two seconds and none before the first second, however many questions there are: a target that is quick
/// or silent is not worth a page.
package struct LookLines: Sendable {
    /// How long a line stands for what follows.
    package static let interval = Duration.seconds(2)
    /// The cells of a line, on a terminal of the usual width.
    private static let width = 80

    private let target: String
    private var progress = LookProgress()
    private var toldAt: Duration?

    /// Begins with nothing asked.
    package init(target: String) { self.target = SafeText.line(target) }

    /// Takes a step into account.
    package mutating func take(_ step: LookStep, at now: Duration) { progress.take(step, at: now) }

    /// What is to be said now; nil for nothing. Asked several times a second.
    package mutating func line(at now: Duration) -> String? {
        if let toldAt, now - toldAt < Self.interval { return nil }
        let begin = "looking at \(target): "
        guard let sentence = progress.sentence(at: now, within: Self.width - begin.count) else { return nil }
        toldAt = now
        return begin + sentence
    }
}
