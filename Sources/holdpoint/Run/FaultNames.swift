import PracticeDesk
import Readiness

/// Faults as they are given on the command line.
enum FaultNames {
    /// Holds names and magnitudes against what the desk knows.
    ///
    /// - Throws: `CommandFailure` (64) with the nearest name or the accepted magnitudes.
    static func check(_ texts: [String]) throws(CommandFailure) {
        for text in texts {
            do throws(FaultError) { _ = try Fault.parse(text) } catch { throw CommandFailure(.usage, "\(error)") }
        }
    }
}
