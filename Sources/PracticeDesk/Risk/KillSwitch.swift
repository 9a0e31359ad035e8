import FoundationEssentials

/// Whether trading is stopped, since when and by whom; kept in the home, so that a restart does not release it.
struct KillSwitch: Codable, Hashable, Sendable {
    var engaged: Bool
    /// UTC, ISO 8601; nil while released.
    var since: String?
    var by: String?

    static let released = KillSwitch(engaged: false, since: nil, by: nil)
    static let fileName = "killswitch.json"

    /// Reads the state that an earlier process left.
    static func read(path: String) throws(HomeError) -> KillSwitch {
        let bytes = try HomeFiles.read(path, sizeBound: 4096)
        do {
            return try JSONDecoder().decode(KillSwitch.self, from: Data(bytes))
        } catch {
            throw .invalidFile(
                path: path, line: nil,
                message: "must be {\"engaged\":true|false,\"since\":TIME|null,\"by\":TEXT|null}")
        }
    }

    /// Writes the state for the next process, all or nothing.
    func write(path: String) throws(HomeError) {
        try HomeFiles.write(answer.encoded() + [UInt8(ascii: "\n")], to: path)
    }

    var answer: JSONValue {
        ["engaged": .bool(engaged), "since": .optional(since), "by": .optional(by)]
    }
}
