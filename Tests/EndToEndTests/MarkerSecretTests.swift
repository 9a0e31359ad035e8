import FoundationEssentials
import Testing

/// Secrets of a profile, driven through everything that Holdpoint writes, at a host that sends back what it is sent.
@Suite(.timeLimit(.minutes(5)))
struct MarkerSecretTests {
    /// With everything that a spelling changes.
    private static let token = #"hp/marker "token"+5e1f7a"#
    private static let password = "hp marker/pass+9c04d2"

    private static let ways: [(lines: String, secret: String)] = [
        ("bearer: env:HP_MARKER", token), ("bearer: file:secret", token), ("bearer: command:cat secret", token),
        ("basic: {user: desk, password: env:HP_PASSWORD}", password),
        ("header: {name: X-Api-Key, value: env:HP_MARKER}", token),
    ]

    @Test(arguments: ways)
    func `a secret is in no output, log, evidence, journal or error, however it is spelled`(
        lines: String, secret: String
    ) async throws {
        let program = try Program()
        let place = "\(program.state)/secret"
        try Data(secret.utf8).write(to: URL(filePath: place))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: place)
        let said = try await HostileHost.echoes.serving(
            in: program.state, with: "\n  authentication:\n    \(lines)\n"
        ) { profile in
            let outputs = ["plain", "json", "ndjson"].map { format in
                "\"$HP\" run --target '\(profile)' "
                    + (format == "plain" ? "--ui plain" : "--format \(format)")
            }
            let commands =
                outputs + [
                    "\"$HP\" recover", "\"$HP\" run --target '\(profile)' --check risk.limit.effective --ui plain",
                    "log=$(ls -d \"$XDG_STATE_HOME\"/holdpoint/runs/*/log.ndjson | head -1)",
                    "\"$HP\" replay \"$log\" --format ndjson", "\"$HP\" verify \"$log\"",
                ]
            let variables =
                "export HP_MARKER='\(Self.token)' HP_PASSWORD='\(Self.password)'"
            return try await program.shell((["exec 2>&1", variables] + commands).joined(separator: "\n"))
        }
        #expect(said.output.contains("smoke.health.ready"), "\(said.output)")
        // The host did answer with what it was sent: what is kept shows where it was taken out.
        #expect(said.output.contains("<secret>"), "\(said.output.prefix(2_000))")
        try FileManager.default.removeItem(atPath: place)
        var texts = ["the output": said.output]
        for path in try FileManager.default.subpathsOfDirectory(atPath: program.state) {
            let file = "\(program.state)/\(path)"
            var isFolder = false
            guard FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), !isFolder else { continue }
            texts[path] = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
        }
        #expect(texts.count > 5)
        for spelling in Self.spellings(of: secret) {
            for (name, text) in texts where text.contains(spelling) {
                Issue.record("\(name) holds a spelling of the secret: \(spelling)")
            }
        }
    }

    /// As it is, within JSON once and twice, within a URL, in base64 alone and behind a user's name.
    private static func spellings(of secret: String) -> Set<String> {
        func inJSON(_ text: String) -> String {
            text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        }
        let encoded = secret.utf8.map { byte in
            switch byte {
            case 48...57, 65...90, 97...122: String(UnicodeScalar(byte))
            default: "%" + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
        return [
            secret, inJSON(secret), inJSON(inJSON(secret)), encoded, Data(secret.utf8).base64EncodedString(),
            Data("desk:\(secret)".utf8).base64EncodedString(),
        ]
    }
}
