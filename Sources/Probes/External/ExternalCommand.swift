import Readiness

/// How a validator in another language is started, and what it gets.
package struct ExternalCommand: Sendable, Equatable {
    /// `argv`; the program as an absolute path or a bare name.
    package var arguments: [String]
    /// Absolute. Default `/`.
    package var folder: String
    /// Variables beside the fixed list; no secrets.
    package var environment: [String: String]
    /// Variables whose values are secrets, by the secrets' names in the profile: the only way to hand it any.
    package var secretEnvironment: [String: String]
    /// What the profile tells its checks, as text.
    package var parameters: [String: String]
    /// What it may know of the target: no secrets.
    package var target: [String: String]

    /// Describes a start.
    package init(
        _ arguments: [String], in folder: String = "/", environment: [String: String] = [:],
        secretEnvironment: [String: String] = [:], parameters: [String: String] = [:], target: [String: String] = [:]
    ) {
        self.arguments = arguments
        self.folder = folder
        self.environment = environment
        self.secretEnvironment = secretEnvironment
        self.parameters = parameters
        self.target = target
    }

    /// As a person would type it.
    package var line: String { CommandRequest(arguments).line }
}

extension JSONValue {
    /// An object of texts, names sorted.
    static func texts(_ texts: [String: String]) -> JSONValue {
        .object(texts.sorted { $0.key < $1.key }.map { Field($0.key, .text($0.value)) })
    }

    /// A message of ours.
    static func message(_ kind: String, _ fields: [Field] = []) -> JSONValue {
        .object([Field("v", .number("1")), Field("kind", .text(kind))] + fields)
    }
}
