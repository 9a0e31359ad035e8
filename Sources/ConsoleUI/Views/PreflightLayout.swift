/// Where the parts of the pre-flight are.
package struct PreflightLayout: Sendable, Equatable {
    /// The rung.
    package var form: Form
    /// Verdict, path and clock.
    package var verdict: Rect
    /// Target, build, what proves paper, and how much is chosen.
    package var facts: Rect
    /// The checks with their border, if it has one.
    package var list: Rect
    /// What there is to say about the check under the cursor.
    package var explanation: Rect
    /// Keys, or the message to the operator.
    package var footer: Rect

    /// Lays out a size.
    package init(_ size: Size) {
        form = Form(size)
        var rest = Rect(size)
        let none = Rect(x: 0, y: 0, width: 0, height: 0)
        (facts, list, explanation, footer) = (none, none, none, none)
        guard form != .line else {
            verdict = rest
            return
        }
        verdict = rest.cutTop(1)
        footer = rest.cutBottom(1)
        switch form {
        case .wide, .normal, .narrow: facts = rest.cutTop(size.rows < 20 ? 4 : 5)
        case .mini, .line: facts = rest.cutTop(size.rows < 10 ? 1 : 2)
        }
        explanation = rest.cutBottom(form == .mini && size.rows < 10 ? 1 : 3)
        list = rest
    }

    /// Whether the list has a border.
    package var isBoxed: Bool { form != .mini && form != .line }

    /// The rows of the list.
    package var rows: Rect { isBoxed ? list.inside : list }
}
