/// A message of `holdpoint-validator/1` from a child to us. Unknown kinds and fields are passed over.
package enum ExternalMessage: Sendable, Equatable {
    /// Who it is and which checks it has.
    case describe(ExternalDescription)
    /// How far it is.
    case progress(done: Int, total: Int, unit: String)
    /// What it is about to change. It must wait for our `ack` before it does.
    case effect(ExternalEffect)
    /// A number.
    case measurement(ExternalMeasurement)
    /// A file in its evidence folder.
    case evidence(ExternalEvidence)
    /// A statement.
    case finding(ExternalFinding)
    /// How it says that the check ended.
    case result(ExternalResult)

    /// The most bytes of a line, its end apart.
    package static let lineCap = 1 << 20

    /// The most measurements, findings and pieces of evidence of one run, each, and the most texts of a list.
    package static let countCap = 1000

    /// Reads a line.
    ///
    /// - Parameter check: the check that was asked for; nil before one was. Every message but `describe` names its check.
    /// - Returns: nil for a kind that is not known.
    /// - Throws: the rule that the line breaks.
    package static func parse(_ line: [UInt8], of check: String?) throws(ExternalViolation) -> ExternalMessage? {
        guard line.count <= lineCap else { throw ExternalViolation(.lineTooLong, "a line of \(line.count) bytes") }
        guard String(validating: line, as: UTF8.self) != nil else {
            throw ExternalViolation(.notUTF8, "a line is not UTF-8")
        }
        let root: JSONValue
        do throws(JSONParser.Trouble) { root = try JSONParser.parse(line) } catch {
            throw ExternalViolation(.notJSON, "a line is not JSON: \(error)")
        }
        guard case .object = root else { throw ExternalViolation(.notJSON, "a line is \(root.kind), not an object") }
        let fields = ExternalFields(root)
        guard root["v"] == .number("1") else { throw ExternalViolation(.wrongVersion, "a message without \"v\":1") }
        let kind = try fields.text("kind")
        if kind == "describe" { return .describe(try ExternalDescription(fields)) }
        guard ["progress", "effect", "measurement", "evidence", "finding", "result"].contains(kind) else { return nil }
        let id = try fields.text("id")
        guard id == check else {
            throw ExternalViolation(
                .unknownID, "a message (\(kind)) of \(SafeText.line(String(id.prefix(100)))), which was not asked for")
        }
        switch kind {
        case "progress":
            return .progress(
                done: try fields.count("done"), total: try fields.optionalCount("total") ?? 0,
                unit: String(try fields.optionalText("unit")?.prefix(40) ?? "steps"))
        case "effect": return .effect(try ExternalEffect(fields))
        case "measurement": return .measurement(try ExternalMeasurement(fields))
        case "evidence": return .evidence(try ExternalEvidence(fields))
        case "finding": return .finding(try ExternalFinding(fields))
        default: return .result(try ExternalResult(fields))
        }
    }
}

/// The fields of a message, read strictly.
struct ExternalFields {
    let root: JSONValue

    init(_ root: JSONValue) { self.root = root }

    func text(_ name: String) throws(ExternalViolation) -> String {
        guard let text = try optionalText(name), !text.isEmpty else {
            throw ExternalViolation(.badField, "a message without \(name)")
        }
        return text
    }

    func optionalText(_ name: String) throws(ExternalViolation) -> String? {
        switch root[name] {
        case nil, .null: return nil
        case .text(let text): return text
        default: throw ExternalViolation(.badField, "\(name) is \(root[name]?.kind ?? ""), not a text")
        }
    }

    func count(_ name: String) throws(ExternalViolation) -> Int {
        guard let count = try optionalCount(name) else {
            throw ExternalViolation(.badField, "a message without \(name)")
        }
        return count
    }

    func optionalCount(_ name: String) throws(ExternalViolation) -> Int? {
        switch root[name] {
        case nil, .null: return nil
        case .number(let digits):
            if let count = Int(digits), (0...1_000_000_000).contains(count) { return count }
        default: break
        }
        throw ExternalViolation(.badField, "\(name) is no whole number from 0 on")
    }

    func choice<Value: RawRepresentable>(
        _ name: String, _ type: Value.Type
    ) throws(ExternalViolation) -> Value where Value.RawValue == String {
        let text = try text(name)
        guard let value = Value(rawValue: text) else {
            throw ExternalViolation(.badField, "\(name) is \(SafeText.line(String(text.prefix(60)))), which is none")
        }
        return value
    }

    func texts(_ name: String) throws(ExternalViolation) -> [String] {
        switch root[name] {
        case nil, .null: return []
        case .list(let items):
            // One that is dropped may be the one that counts.
            guard items.count <= ExternalMessage.countCap else {
                throw ExternalViolation(.tooMany, "\(name) holds \(items.count) texts")
            }
            var texts: [String] = []
            for item in items {
                guard case .text(let text) = item else {
                    throw ExternalViolation(.badField, "\(name) holds \(item.kind), not a text")
                }
                texts.append(text)
            }
            return texts
        default: throw ExternalViolation(.badField, "\(name) is no list")
        }
    }
}
