import Readiness
import Testing

struct JSONPathTests {
    private static let answer = #"{"build": {"no": "7"}, "rows": [{"odd name": 1}, {"odd name": 2}], "x": null}"#

    @Test(arguments: [
        ("$.build.no", JSONValue.text("7")), ("$['build']['no']", .text("7")), ("$.rows[0]['odd name']", .number("1")),
        ("$.rows[-1][\"odd name\"]", .number("2")), ("$.x", .null),
    ])
    func `a path leads to one value`(path: String, value: JSONValue) throws {
        let root = try JSONParser.parse(Array(Self.answer.utf8))
        #expect(try JSONPath(parsing: path).value(in: root) == value)
    }

    @Test(arguments: ["$.nothing", "$.build[0]", "$.rows.no", "$.rows[2]", "$.rows[-3]", "$.build.no.more"])
    func `a path that leads nowhere leads to nothing`(path: String) throws {
        let root = try JSONParser.parse(Array(Self.answer.utf8))
        #expect(try JSONPath(parsing: path).value(in: root) == nil)
    }

    @Test(arguments: [
        ("", 1), ("build", 1), ("$build", 2), ("$.", 3), ("$..a", 3), ("$[", 3), ("$[a]", 3), ("$['a]", 3), ("$[0", 4),
        ("$.a[*]", 5), ("$.a[1:2]", 5), ("$.a[?(@.b)]", 5),
    ])
    func `what is no plain path is refused with its place`(path: String, column: Int) {
        let trouble = #expect(throws: JSONPath.Trouble.self) { try JSONPath(parsing: path) }
        #expect(trouble?.column == column)
    }
}
