import Readiness
import Testing

struct DeclaredTests {
    private static let place = SourceLocation(file: "acme.yaml", line: 7)

    private static func check(_ id: CheckID) -> DeclaredCheck {
        DeclaredCheck(
            id: id, title: "t", question: "q?", severity: .high,
            subject: .port(PortRequirement(host: "127.0.0.1", port: 1)), mend: .init(summary: "mend"), source: place)
    }

    @Test func `ids belong to the profile's validator, once, and to no other`() throws {
        func make(_ name: String, _ ids: [CheckID]) throws(DeclaredValidator.Trouble) -> DeclaredValidator {
            try DeclaredValidator(
                name: name, title: "", checks: ids.map(Self.check), besides: ["risk.limit.enforced"] as [CheckID])
        }
        #expect(try make("acme", ["acme.a.b", "acme.a.c"]).checks.count == 2)
        #expect(throws: DeclaredValidator.Trouble.builtInName("risk")) { _ = try make("risk", ["risk.a.b"]) }
        #expect(throws: DeclaredValidator.Trouble.badName("Acme x")) { _ = try make("Acme x", []) }
        #expect(throws: DeclaredValidator.Trouble.foreignID("other.a.b", Self.place)) {
            _ = try make("acme", ["other.a.b"])
        }
        #expect(throws: DeclaredValidator.Trouble.duplicate("acme.a.b", Self.place)) {
            _ = try make("acme", ["acme.a.b", "acme.a.b"])
        }
        #expect(throws: DeclaredValidator.Trouble.builtInID("risk.limit.enforced", Self.place)) {
            _ = try make("acme", ["risk.limit.enforced"])
        }
    }

    @Test func `a text is held against all that is asked of it`() throws {
        let pattern = try #require(LinePattern("^backup .* ok$"))
        let wanted = TextRequirement(contains: ["ok"], lacks: ["FAILED"], matches: [pattern])
        #expect(wanted.misses(in: "one\nbackup 7 ok\n").isEmpty)
        #expect(
            wanted.misses(in: "backup ok: FAILED") == [
                "holds \"FAILED\"", "has no line that matches \"^backup .* ok$\"",
            ])
        #expect(wanted.misses(in: "").count == 2)
        #expect(LinePattern("(") == nil)
        #expect(TextRequirement().isEmpty)
    }
}
