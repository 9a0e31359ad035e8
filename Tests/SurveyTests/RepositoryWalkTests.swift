import Glibc
import Readiness
import Survey
import Testing

struct RepositoryWalkTests {
    @Test func `upper folders come first, in the order of names, and twice the same`() throws {
        let files = [
            "z/a.env": "DB_NAME=one\n", "a/b/c.env": "DB_NAME=two\n", "b.env": "DB_NAME=three\n",
            "a.env": "DB_NAME=four\n",
        ]
        let repository = try Repository(files)
        let survey = try repository.survey()
        #expect(survey.sightings.map(\.location.file) == ["a.env", "b.env", "z/a.env", "a/b/c.env"])
        #expect(try repository.survey() == survey)
    }

    @Test func `no link is followed, not even one within the repository`() throws {
        let outside = try Repository(["secret.env": "DB_NAME=outside\n", "in/deep.env": "DB_NAME=outside\n"])
        let repository = try Repository(["real.env": "DB_NAME=inside\n"])
        for (to, name) in [
            ("\(outside.path)/secret.env", "link.env"), ("\(outside.path)/in", "folder"), ("real.env", "other.env"),
            ("..", "up"), (".", "loop"),
        ] { try #require(symlink(to, "\(repository.path)/\(name)") == 0) }
        let survey = try repository.survey()
        #expect(survey.sightings.map(\.location.file) == ["real.env"])
        #expect(survey.notes.contains("5 symbolic links were not followed"))
    }

    @Test func `what is no regular file is not opened`() throws {
        let repository = try Repository(["a.env": "DB_NAME=a\n"])
        try #require(mkfifo("\(repository.path)/b.env", 0o600) == 0)
        #expect(try repository.survey().sightings.count == 1)
    }

    @Test func `bounds end the look and say so`() throws {
        var files: [String: String] = [:]
        for number in 0..<30 { files["f\(number).env"] = "DB_NAME=n\(number)\n" }
        files["a/b/c/d/deep.env"] = "DB_NAME=deep\n"
        let repository = try Repository(files)
        var bounds = RepositoryWalk.Bounds()
        bounds.files = 10
        var survey = try repository.survey(within: bounds)
        #expect(survey.filesRead == 10)
        #expect(survey.notes == ["there are more than 10 files to read: the rest was not looked at"])
        bounds = .init()
        bounds.depth = 2
        survey = try repository.survey(within: bounds)
        #expect(survey.filesRead == 30)
        #expect(survey.notes == ["folders more than 2 deep were not looked into"])
        bounds = .init()
        bounds.names = 5
        #expect(try repository.survey(within: bounds).notes.first?.hasPrefix("there are more than 5 names") == true)
        bounds = .init()
        bounds.bytes = 40
        #expect(try repository.survey(within: bounds).filesRead < 30)
    }

    @Test func `a long file is read at its beginning, and a binary one not at all`() throws {
        let padding = String(repeating: "# x\n", count: 100)
        let repository = try Repository([
            "long.env": "DB_NAME=a\n\(padding)DATABASE_URL=postgres://u@h/late\n", "binary.env": "DB_NAME=b\n\0",
        ])
        var bounds = RepositoryWalk.Bounds()
        bounds.bytesOfAFile = 100
        let survey = try repository.survey(within: bounds)
        #expect(survey.sightings.map(\.location.file) == ["long.env"])
        #expect(survey.notes == ["1 files are longer than 100 bytes: only their beginning was read"])
    }

    @Test func `names that are not UTF-8 are passed over and counted`() throws {
        let repository = try Repository(["a.env": "DB_NAME=a\n"])
        let name: [CChar] =
            Array("\(repository.path)/b".utf8CString.dropLast()) + [CChar(bitPattern: 0xff), 46, 101, 110, 118, 0]
        let file = open(name, O_WRONLY | O_CREAT, 0o644)
        try #require(file >= 0)
        close(file)
        #expect(try repository.survey().notes == ["1 names that are not UTF-8 were passed over"])
    }

    @Test func `folders of others' code and of tests are passed over`() throws {
        let repository = try Repository([
            "node_modules/x/a.env": "DB_NAME=a\n", ".git/b.env": "DB_NAME=b\n", "tests/c.env": "DB_NAME=c\n",
            "venv/d.env": "DB_NAME=d\n", ".devcontainer/e.env": "DB_NAME=e\n",
        ])
        #expect(try repository.survey().sightings.map(\.location.file) == [".devcontainer/e.env"])
    }

    @Test func `a folder that is not there is trouble`() {
        #expect(throws: RepositoryWalk.Trouble.self) { _ = try RepositoryWalk.survey("/nowhere/at/all") }
    }
}
