/// A change on the target that could not be taken back, and the check that made it.
package struct Disturbance: Sendable, Equatable {
    /// Who made the change; nil where the log does not say.
    package var check: CheckID?
    /// The change, with why it could not be taken back.
    package var effect: EffectRecord

    /// States it; see the properties.
    package init(check: CheckID?, effect: EffectRecord) {
        self.check = check
        self.effect = effect
    }

    /// What is left on the target, what takes it back, and why that did not work. May hold text of the target: sanitise
    /// before showing.
    package var sentence: String {
        let why = effect.detail.map { "; it failed: \($0)" } ?? ""
        return "\(effect.description); to do: \(effect.compensation)\(why)"
    }

    /// The same as a reason of a verdict.
    package var reason: VerdictReason { VerdictReason(.targetDisturbed, check, detail: sentence) }
}
