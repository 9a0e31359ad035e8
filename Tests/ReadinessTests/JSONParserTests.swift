import Readiness
import Testing

struct JSONParserTests {
    private func parsed(_ text: String) throws -> JSONValue { try JSONParser.parse(Array(text.utf8)) }

    @Test func `a text becomes values, and numbers keep their digits`() throws {
        let value = try parsed(#" {"a": [1.50, -0, 1e3, true, null], "b": {"c": "x\né😀"}} "#)
        #expect(value["a"] == .list([.number("1.50"), .number("-0"), .number("1e3"), .flag(true), .null]))
        #expect(value["b"]?["c"] == .text("x\né😀"))
    }

    @Test(arguments: [
        "", " ", "{", "[1", "[1,]", "{\"a\"}", "{\"a\":1,}", "{'a':1}", "tru", "01", "-", "1.", ".5", "1e", "+1", "NaN",
        "\"\\x\"", "\"\\u12g4\"", "\"\\ud83d\"", "\"\\ud83dx\"", "\"\\udc00\"", "\"a", "\"\u{1}\"", "1 2", "[1] x",
        "<html>", "{\"a\":1,\"a\":2}",
    ])
    func `what is not JSON is refused`(text: String) {
        #expect(throws: JSONParser.Trouble.self) { try parsed(text) }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        #expect(throws: JSONParser.Trouble.self) { try JSONParser.parse([0x22, 0xff, 0x22]) }
    }

    @Test func `nesting ends before the stack does`() throws {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONParser.Trouble(offset: 64, message: "nested deeper than 64 levels")) { try parsed(deep) }
        _ = try parsed(String(repeating: "[", count: 63) + String(repeating: "]", count: 63))
    }

    @Test func `what was read is written again the same`() throws {
        let text = #"{"a":[1.50,"q\"\\\n\u0001é"],"b":{},"c":[],"d":false}"#
        #expect(try parsed(text).json == text)
    }
}
