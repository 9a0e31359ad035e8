/// How an answer of the contract is made out of a target's own: for each field a place in that answer or a constant.
///
///     identity:
///       answer:
///         build_id: $.build.number
///         environment: {constant: staging}
///     positions:
///       answer:
///         positions: {each: $.holdings, as: {symbol: $.name, quantity: $.units}}
package indirect enum AnswerTemplate: Sendable, Equatable {
    /// One field with what it is made of.
    package struct Field: Sendable, Equatable {
        /// The contract's name.
        package var name: String
        /// What it is made of.
        package var template: AnswerTemplate

        /// Pairs a name and a template.
        package init(_ name: String, _ template: AnswerTemplate) {
            self.name = name
            self.template = template
        }
    }

    /// What stands at a place of the target's answer; inside `each`, of the item.
    case path(JSONPath)
    /// A value that the profile states itself. Only for fields that say how another is to be read (`SurfaceField.stated`):
    /// what a check judges has to come from the target.
    case constant(String)
    /// One object for each item of a list.
    case each(JSONPath, [Field])
    /// An object.
    case object([Field])
}
