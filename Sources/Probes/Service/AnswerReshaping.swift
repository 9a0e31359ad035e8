import Readiness

/// Turns a target's own answer into the contract's, by the template of its profile.
///
/// Strict in both directions: a place that is not there, or a value that is not of the field's kind, makes the answer
/// nonsense, and the complaint names the place. Nothing is rounded: a number's digits are taken as they are.
struct AnswerReshaping {
    /// Why an answer does not fit.
    struct Misfit: Error, Equatable {
        /// A lower-case fragment that names field and place; holds no text of the answer.
        var complaint: String
    }

    /// The most items of one list.
    static let listCap = WireText.listCap

    /// The contract's answer.
    static func reshape(
        _ root: JSONValue, by template: AnswerTemplate, as fields: [SurfaceField]
    ) throws(Misfit) -> JSONValue {
        switch template {
        case .path(let path):
            guard let value = path.value(in: root) else { throw Misfit(complaint: "there is nothing at \(path)") }
            return try object(value, fields, at: "\(path)")
        case .object(let made): return try object(made, fields, in: root)
        case .constant, .each: throw Misfit(complaint: "the template is neither a path nor a map")
        }
    }

    private static func object(
        _ made: [AnswerTemplate.Field], _ fields: [SurfaceField], in root: JSONValue
    ) throws(Misfit) -> JSONValue {
        var result: [JSONValue.Field] = []
        for field in fields {
            guard let template = made.first(where: { $0.name == field.name })?.template,
                let value = try value(field, template, in: root)
            else { continue }
            result.append(JSONValue.Field(field.name, value))
        }
        return .object(result)
    }

    /// - Returns: nil for an optional field that the answer does not hold.
    private static func value(
        _ field: SurfaceField, _ template: AnswerTemplate, in root: JSONValue
    ) throws(Misfit) -> JSONValue? {
        switch template {
        case .constant(let text): return try fitted(.text(text), field, at: "the profile's constant")
        case .path(let path):
            guard let value = path.value(in: root), field.isOptional == false || value != .null else {
                if field.isOptional { return nil }
                throw Misfit(complaint: "\(field.name): there is nothing at \(path)")
            }
            return try fitted(value, field, at: "\(path)")
        case .object(let made):
            guard case .object(let inner) = field.kind else { throw Misfit(complaint: "\(field.name) is no object") }
            return try object(made, inner, in: root)
        case .each(let path, let made):
            guard case .list(let inner) = field.kind else { throw Misfit(complaint: "\(field.name) is no list") }
            var items: [JSONValue] = []
            for item in try list(path.value(in: root), field, at: "\(path)") {
                items.append(try object(made, inner, in: item))
            }
            return .list(items)
        }
    }

    private static func list(
        _ value: JSONValue?, _ field: SurfaceField, at place: String
    ) throws(Misfit) -> [JSONValue] {
        guard case .list(let items)? = value else { throw misfit(field, value, "a list", place) }
        guard items.count <= listCap else { throw Misfit(complaint: "\(field.name): more than \(listCap) items") }
        return items
    }

    /// A value that is spelled as the contract spells its fields, whatever more it holds.
    private static func object(
        _ value: JSONValue, _ fields: [SurfaceField], at place: String
    ) throws(Misfit) -> JSONValue {
        guard case .object = value else { throw Misfit(complaint: "\(place) is \(value.kind), not an object") }
        var result: [JSONValue.Field] = []
        for field in fields {
            let held = value[field.name]
            if held == nil || held == .null {
                guard field.isOptional else { throw Misfit(complaint: "\(field.name): it is not in \(place)") }
                continue
            }
            if let held {
                result.append(JSONValue.Field(field.name, try fitted(held, field, at: "\(place).\(field.name)")))
            }
        }
        return .object(result)
    }

    /// A value as the contract spells its kind.
    private static func fitted(
        _ value: JSONValue, _ field: SurfaceField, at place: String
    ) throws(Misfit) -> JSONValue {
        switch (field.kind, value) {
        case (.text, .text), (.flag, .flag): return value
        // An id is often a number.
        case (.text, .number(let digits)): return .text(digits)
        case (.flag, .text("true")): return .flag(true)
        case (.flag, .text("false")): return .flag(false)
        case (.decimal, .number(let digits)), (.decimal, .text(let digits)):
            guard DecimalValue(parsing: digits) != nil else { throw misfit(field, value, "a plain decimal", place) }
            return .text(digits)
        case (.whole, .number(let digits)), (.whole, .text(let digits)):
            guard Int64(digits) != nil else { throw misfit(field, value, "a whole number", place) }
            return .number(digits)
        case (.wholeText, .number(let digits)), (.wholeText, .text(let digits)):
            guard Int64(digits) != nil else { throw misfit(field, value, "a whole number", place) }
            return .text(digits)
        case (.texts, .list(let items)):
            for item in items { guard case .text = item else { throw misfit(field, item, "a text", place) } }
            return value
        case (.named, .object(let fields)):
            for inner in fields {
                guard case .text = inner.value else { throw misfit(field, inner.value, "a text", place) }
            }
            return value
        case (.object(let inner), .object): return try object(value, inner, at: place)
        case (.list(let inner), .list):
            var items: [JSONValue] = []
            for item in try list(value, field, at: place) { items.append(try object(item, inner, at: place)) }
            return .list(items)
        default: throw misfit(field, value, words(field.kind), place)
        }
    }

    private static func misfit(
        _ field: SurfaceField, _ value: JSONValue?, _ wanted: String, _ place: String
    ) -> Misfit {
        Misfit(complaint: "\(field.name): \(place) is \(value?.kind ?? "not there"), not \(wanted)")
    }

    private static func words(_ kind: SurfaceField.Kind) -> String {
        switch kind {
        case .text: "a text"
        case .decimal: "a plain decimal"
        case .whole, .wholeText: "a whole number"
        case .flag: "true or false"
        case .list: "a list"
        case .object, .named: "an object"
        case .texts: "a list of texts"
        }
    }
}
