import Engine
import FoundationEssentials
import Readiness
import Testing

/// What is written by hand is what the encoder gives, whatever the text.
struct PayloadWriterTests {
    private static let texts = [
        "it holds", "", "a/b", "quote \" and \\", "line\nbreak\ttab", "\u{0}\u{1B}[2J\u{7F}", "ü € 𝄞",
        "\u{2028}\u{202E}",
        "<&>'", "~ !#[]^`{|}",
    ]

    private func check(_ body: EventBody) throws {
        let event = ValidationEvent(
            run: "RUN", sequence: 1, time: UTCInstant(microseconds: 0), monotonic: 0, check: "test.a.one", round: 1,
            body: body)
        var writer = LogLineWriter()
        let line = String(decoding: writer.bytes(of: event), as: UTF8.self)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let payload = String(decoding: try encoder.encode(body.payload), as: UTF8.self)
        #expect(line.contains(#","payload":\#(payload),"prev":"#), "\(line)")
    }

    @Test(arguments: texts) func `an end is written as the encoder would`(text: String) throws {
        for outcome in Outcome.Word.allCases {
            try check(
                .checkFinished(
                    CheckFinished(outcome: outcome, message: text, grade: .exercised, attempts: 2, durationMs: -1)))
        }
        try check(
            .checkFinished(
                CheckFinished(
                    outcome: .blocked, reason: text, message: "m", grade: .none, attempts: 0, durationMs: .max,
                    observation: text, blockedBy: "test.a.b", rootCause: "test.c.d")))
        try check(
            .checkFinished(
                CheckFinished(
                    outcome: .fail, message: text, grade: .none, attempts: 1, durationMs: 1,
                    remediation: Remediation(summary: text, cause: text, steps: [], verify: ["test.a.b"]))))
    }

    @Test(arguments: texts) func `evidence is written as the encoder would`(text: String) throws {
        try check(
            .checkEvidence(
                Evidence(
                    id: text, kind: .httpExchange, provenance: .live, grade: .confirmed,
                    collectedAt: UTCInstant(microseconds: 1_800_000_000_123_456), mediaType: text, sha256: text,
                    size: .max, path: text)))
    }

    @Test func `what has nothing to tell is written as the encoder would`() throws {
        try check(.checkQueued)
        try check(.checkStarted(CheckStarted(attempt: 12)))
    }
}
