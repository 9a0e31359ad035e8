import Readiness
import TestSupport
import Validators

extension FakeTarget {
    /// Takes back what checks registered, newest first, as the engine does.
    func undo() async throws(ProbeError) {
        try await effects.undoAll(through: TargetCompensator(probes, clock: clock))
    }

    /// What an account holds of a symbol.
    func held(_ symbol: String, on account: String = "READY-SNIPER") -> DecimalValue {
        DecimalValue(books.held(account, symbol))
    }
}
