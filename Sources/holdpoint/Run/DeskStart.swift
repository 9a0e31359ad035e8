import FoundationEssentials
import Readiness

/// What a desk says first: its start line, or why it does not start.
enum DeskStart: Sendable, Equatable {
    case serving
    /// Its own reasons, made fit for a terminal.
    case refused(String)
    /// It ended without a word that is one of these.
    case silent

    /// Reads the first line of its standard output.
    init(_ line: String) {
        struct Wire: Decodable {
            struct Reason: Decodable { var message: String }
            var event: String
            var reasons: [Reason]?
        }
        // Anything else than one of the two lines is no start.
        guard let wire = try? JSONDecoder().decode(Wire.self, from: Data(line.utf8)) else {
            self = .silent
            return
        }
        switch (wire.event, wire.reasons) {
        case ("serving", _): self = .serving
        case ("not_started", let reasons?) where !reasons.isEmpty:
            self = .refused(reasons.map { SafeText.line($0.message) }.joined(separator: "; "))
        default: self = .silent
        }
    }

    /// Why it did not start, where it said so.
    var reason: String? { if case .refused(let reason) = self { reason } else { nil } }
}
