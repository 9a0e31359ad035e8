import FoundationEssentials

/// Says what is wrong with a JSON text, without quoting its values.
enum WireTrouble {
    static func place(of error: any Error) -> String {
        guard let error = error as? DecodingError else { return "not JSON" }
        switch error {
        case .keyNotFound(let key, let context): return "no \(path(context.codingPath + [key]))"
        case .valueNotFound(_, let context): return "\(path(context.codingPath)) is null"
        case .typeMismatch(let type, let context): return "\(path(context.codingPath)) is not \(name(of: type))"
        case .dataCorrupted(let context):
            return context.codingPath.isEmpty
                ? "not JSON, or a number out of range" : "\(path(context.codingPath)) has a value of the wrong form"
        @unknown default: return "wrong shape"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        var text = ""
        for key in keys.prefix(8) {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + String(key.stringValue.prefix(64))
            }
        }
        return text.isEmpty ? "the whole" : text
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "text"
        case is Bool.Type: "true or false"
        case is any FixedWidthInteger.Type: "a whole number"
        case is [String: Any].Type: "an object"
        case is [Any].Type: "a list"
        default: "of the expected kind"
        }
    }
}
