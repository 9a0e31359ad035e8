import Readiness
import TestSupport
import Testing
import Validators

struct MigrationRevisionTests {
    private func python(_ text: String) throws(MigrationRevision.Unreadable) -> MigrationRevision {
        try MigrationRevision(reading: MigrationFile("a.py", text))
    }

    private func sql(_ text: String) throws(MigrationRevision.Unreadable) -> MigrationRevision {
        try MigrationRevision(reading: MigrationFile("a.sql", text))
    }

    // MARK: - Alembic

    @Test func `Alembic's own template is read, with the lines of both names`() throws {
        let revision = try MigrationRevision(reading: .alembic("b1", revises: "'a1'"))
        #expect(revision.id == "b1")
        #expect(revision.parents == ["a1"])
        #expect(revision.location.description == "/desk home/migrations/b1_step.py:14")
        #expect(revision.parentsLocation.line == 15)
    }

    @Test(arguments: [
        ("None", []), ("'a'", ["a"]), ("\"a\"", ["a"]), ("'''a'''", ["a"]), ("\"\"\"a\"\"\"", ["a"]), ("u'a'", ["a"]),
        ("r'a'", ["a"]), ("('a')", ["a"]), ("('a',)", ["a"]), ("('a', 'b')", ["a", "b"]), ("['a']", ["a"]),
        ("['a', \"b\",]", ["a", "b"]), ("{'a', 'b'}", ["a", "b"]), ("'a', 'b'", ["a", "b"]), ("'a',", ["a"]),
        ("()", []), ("(None)", []), ("'a' 'b'", ["ab"]), ("'a'  # and why", ["a"]), ("\\\n    'a'", ["a"]),
        ("(\n    'a',  # first\n    # 'x',\n    'b',\n)", ["a", "b"]), ("'a'; branch_labels = None", ["a"]),
    ])
    func `a literal of parents is read as Python reads it`(literal: String, parents: [String]) throws {
        #expect(try python("revision = 'r'\ndown_revision = \(literal)\n").parents == parents)
        #expect(try python("revision = 'r'\r\ndown_revision: Union[str, None] = \(literal)\r\n").parents == parents)
    }

    @Test(arguments: [
        "f'a'", "b'a'", "f\"{x}\"", "'a' + 'b'", "parent()", "parent", "'a' if x else 'b'", "tuple(['a'])",
        "('a', None)",
        "[['a']]", "(('a'))", "{}", "{'a': 'b'}", "3", "", "''", "'a b'", "'\\x61'", "'a\\nb'", "'''a\nb'''", "('a'",
        "'a", "'''a", "= 'a'", "x = 'a'", "('a', *more)",
    ])
    func `parents that only running would tell make the file unreadable`(literal: String) {
        #expect(throws: MigrationRevision.Unreadable.self) {
            try python("revision = 'r'\ndown_revision = \(literal)\n")
        }
    }

    @Test(arguments: [
        "if x:\n    revision = 'b'", "if x: revision = 'b'", "revision = 'b'", "revision += 'b'",
        "revision, x = 'b', 1", "(revision, x) = 'b', 1", "x = revision = 'b'", "for revision in x: pass",
        "from x import revision", "del revision", "(revision := 'b')", "def revision(): pass", "try:\n  revision = 'b'",
        "x = 1; revision = 'b'",
    ])
    func `a second value, or one under a condition, makes the file unreadable`(other: String) {
        #expect(throws: MigrationRevision.Unreadable.self) {
            try python("revision = 'r'\ndown_revision = None\n\(other)\n")
        }
    }

    @Test(arguments: [
        "def upgrade():\n    revision = 'b'", "class C:\n    down_revision = 'b'", "x.revision = 'b'",
        "print(revision)", "x = revision", "f(revision='b')", "\"\"\"\nrevision = 'b'\n\"\"\"",
        "'''revision = 'b'\n'''", "# revision = 'b'", "my_revision = 'b'", "revision_id = 'b'", "revision: str",
        "def f(\nrevision='b'): pass", "async def f():\n  revision = 'b'", "if revision == 'r': pass",
        "x = {'revision': 'b'}", "\u{0C}x = 1",
    ])
    func `what only looks like the name is not it`(other: String) throws {
        for text in [
            "revision = 'r'\ndown_revision = 'a'\n\(other)\n", "\(other)\nrevision = 'r'\ndown_revision = 'a'",
        ] {
            let revision = try python(text)
            #expect(revision.id == "r")
            #expect(revision.parents == ["a"])
        }
    }

    @Test(arguments: ["", "x = 1", "revision = 'r'", "down_revision = None", "revision = None\ndown_revision = None"])
    func `a Python file that does not say both is unreadable`(text: String) {
        #expect(throws: MigrationRevision.Unreadable.self) { try python(text) }
    }

    @Test func `a file that was cut off behind both names is read, one that is too short for that is not`() throws {
        let head = "revision = 'r'\ndown_revision = None\n'''"
        #expect(throws: MigrationRevision.Unreadable.self) { try python(head) }
        #expect(try python(head + String(repeating: "x", count: 65_536 - head.utf8.count)).id == "r")
        // A reader that stops before a character of four bytes may have stopped four bytes before the end.
        #expect(try python(head + String(repeating: "x", count: 65_532 - head.utf8.count)).id == "r")
        #expect(throws: MigrationRevision.Unreadable.self) {
            try python(head + String(repeating: "x", count: 65_531 - head.utf8.count))
        }
    }

    @Test func `brackets without end cost no more than their length`() {
        #expect(throws: MigrationRevision.Unreadable.self) {
            try python("revision = 'r'\ndown_revision = \(String(repeating: "(", count: 60_000))")
        }
    }

    // MARK: - SQL

    @Test(arguments: [
        ("none", []), ("0002", ["0002"]), ("0002, 0003", ["0002", "0003"]), ("  0002\t", ["0002"]),
    ])
    func `the two comments that an SQL file begins with are read`(parents: String, expected: [String]) throws {
        let revision = try sql("\n-- Why.\n--revision:0004 \n-- revises: \(parents)\r\nCREATE TABLE t (a);\n")
        #expect(revision.id == "0004")
        #expect(revision.parents == expected)
        #expect(revision.idLine == 3)
        #expect(revision.parentsLine == 4)
    }

    @Test(arguments: [
        "", "-- revision: 1", "-- revises: none", "-- revision:\n-- revises: none", "-- revision: 1\n-- revises:",
        "-- revision: 1\n-- revises: 2,", "-- revision: 1\n-- revises: none, 2", "-- revision: a b\n-- revises: none",
        "SELECT 1;\n-- revision: 1\n-- revises: none", "-- revision: 1\n-- revision: 2\n-- revises: none",
        "/* -- revision: 1\n-- revises: none */", "-- Revision: 1\n-- Revises: none",
    ])
    func `an SQL file without exactly one of each is unreadable`(text: String) {
        #expect(throws: MigrationRevision.Unreadable.self) { try sql(text) }
    }

    @Test func `a file of another kind is unreadable`() {
        #expect(throws: MigrationRevision.Unreadable.self) {
            try MigrationRevision(reading: MigrationFile("a.txt", "-- revision: 1\n-- revises: none"))
        }
    }
}
