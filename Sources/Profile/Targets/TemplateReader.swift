import Readiness

/// Reads `answer`: for each field of the contract a place in the target's own answer, or a constant.
struct TemplateReader {
    let operation: SurfaceOperation

    /// The template, or nil after stating why there is none.
    func answer(_ value: KeyValueTree, in section: Section) -> AnswerTemplate? {
        if case .scalar(let text, _, _) = value { return path(text, "answer", value, section).map { .path($0) } }
        return fields(operation.answer, "answer", value, in: section).map { .object($0) }
    }

    private func fields(
        _ known: [SurfaceField], _ key: String, _ value: KeyValueTree, in section: Section
    ) -> [AnswerTemplate.Field]? {
        let names = known.map(\.name)
        guard let map = section.section(key, value, keys: names) else { return nil }
        map.refuseKeys(except: names)
        for field in known where !field.isOptional && map[field.name] == nil {
            _ = map.required(field.name, accepted: Self.accepted(field.kind))
        }
        return map.entries.compactMap { entry in
            guard let field = known.first(where: { $0.name == entry.key }) else { return nil }
            return template(field, entry.value, in: map).map { AnswerTemplate.Field(field.name, $0) }
        }
    }

    private func template(_ field: SurfaceField, _ value: KeyValueTree, in map: Section) -> AnswerTemplate? {
        switch value {
        case .scalar(let text, _, _): return path(text, field.name, value, map).map { .path($0) }
        case .list:
            map.wrongType(field.name, value, accepted: Self.accepted(field.kind))
            return nil
        case .map(let entries, _):
            if entries.contains(where: { $0.key == "constant" }) { return constant(field, value, in: map) }
            switch field.kind {
            case .list(let inner): return each(inner, field, value, in: map)
            case .object(let inner): return fields(inner, field.name, value, in: map).map { .object($0) }
            default:
                map.wrongType(field.name, value, accepted: Self.accepted(field.kind))
                return nil
            }
        }
    }

    private func constant(_ field: SurfaceField, _ value: KeyValueTree, in map: Section) -> AnswerTemplate? {
        guard let section = map.section(field.name, value, keys: ["constant"]) else { return nil }
        section.refuseKeys(except: ["constant"])
        guard SurfaceField.stated.contains(field.name) else {
            map.problem(
                field.name, value, "is stated by the profile, and has to come from the target",
                accepted: JSONPath.accepted)
            return nil
        }
        switch field.kind {
        case .list, .object, .texts, .named:
            map.problem(field.name, value, "is a constant", accepted: Self.accepted(field.kind))
            return nil
        default:
            return section.required("constant", accepted: "a value")
                .flatMap { section.text("constant", $0, accepted: "a value") }
                .map { .constant($0) }
        }
    }

    private func each(
        _ inner: [SurfaceField], _ field: SurfaceField, _ value: KeyValueTree, in map: Section
    ) -> AnswerTemplate? {
        let keys = ["each", "as"]
        guard let section = map.section(field.name, value, keys: keys) else { return nil }
        section.refuseKeys(except: keys)
        let list = section.required("each", accepted: JSONPath.accepted).flatMap { value -> JSONPath? in
            guard case .scalar(let text, _, _) = value else {
                section.wrongType("each", value, accepted: JSONPath.accepted)
                return nil
            }
            return path(text, "each", value, section)
        }
        let made = section.required(
            "as", accepted: "a map with the keys \(inner.map(\.name).joined(separator: ", "))"
        )
        .flatMap { self.fields(inner, "as", $0, in: section) }
        guard let list, let made else { return nil }
        return .each(list, made)
    }

    private func path(_ text: String, _ key: String, _ value: KeyValueTree, _ section: Section) -> JSONPath? {
        do throws(JSONPath.Trouble) {
            return try JSONPath(parsing: text)
        } catch {
            section.problem(
                key, value, "is \(quoted(text)): \(error)", accepted: "\(JSONPath.accepted), or {constant: VALUE}")
            return nil
        }
    }

    private static func accepted(_ kind: SurfaceField.Kind) -> String {
        switch kind {
        case .list(let fields):
            "\(JSONPath.accepted), or {each: PATH, as: {\(fields.map(\.name).joined(separator: ", "))}}"
        case .object(let fields):
            "\(JSONPath.accepted), or a map with the keys \(fields.map(\.name).joined(separator: ", "))"
        case .texts, .named: JSONPath.accepted
        default: "\(JSONPath.accepted), or {constant: VALUE}"
        }
    }
}
