import Readiness
import Testing

struct JSONPathTests {
    private static let text = #"{"a":{"b":[{"c":"1.50"},2]},"odd name":true,"x-y":null,"é":[1,2,3]}"#

    @Test(arguments: [
        ("$.a.b[0].c", SeenValue.text("1.50")), ("$.a.b[0]['c']", .text("1.50")), ("$.a.b[1]", .number("2")),
        ("$['odd name']", .flag(true)), ("$[\"odd name\"]", .flag(true)), ("$.x-y", .null), ("$.é[-1]", .number("3")),
        ("$.a.b[2]", .missing), ("$.a.c", .missing), ("$.a.b.c", .missing), ("$", .compound("an object")),
    ])
    func `a path leads to one value or to none`(_ path: String, _ seen: SeenValue) throws {
        let root = try JSONParser.parse(Array(Self.text.utf8))
        #expect(SeenValue(try JSONPath(parsing: path).value(in: root)) == seen)
    }

    @Test(arguments: [
        ("", 1), ("a.b", 1), ("$a", 2), ("$.", 3), ("$..a", 3), ("$.a[", 5), ("$.a[x]", 5), ("$.a[1", 6),
        ("$.a['x]", 5),
        ("$.a['x'", 8), ("$.*", 3), ("$.a[?(@.b)]", 5), ("$.a[1:2]", 5), ("$ .a", 2),
    ])
    func `what is no path is refused with its place`(_ text: String, _ column: Int) {
        do throws(JSONPath.Trouble) {
            _ = try JSONPath(parsing: text)
            Issue.record("\(text) was taken")
        } catch {
            #expect(error.column == column, "\(text): \(error)")
        }
    }

    @Test(arguments: [
        #"{"a":1,"a":2}"#, "[1,]", "01", "1.", "+1", "NaN", "\"\u{1}\"", #""\ud800""#, "{", "[1] x", "'a'", "",
        String(repeating: "[", count: 100_000),
    ])
    func `what is no strict JSON is refused`(_ text: String) {
        #expect(throws: JSONParser.Trouble.self) { _ = try JSONParser.parse(Array(text.utf8)) }
    }

    @Test(arguments: [("1e3", "1000"), ("1.5E-2", "0.015"), ("-2e+1", "-20"), ("7", "7"), ("0.10", "0.10")])
    func `a number with an exponent is exact`(_ text: String, _ value: DecimalValue) {
        #expect(DecimalValue(scientific: text) == value)
    }

    @Test(arguments: ["1e31", "1e", "e1", "1e++1", "1e1.5", "12abc", "0x10", ""])
    func `what is no number is none`(_ text: String) { #expect(DecimalValue(scientific: text) == nil) }
}
