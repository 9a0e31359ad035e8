import Testing

/// The reader that the other tests rely on.
struct SwiftSourceTests {
    private func code(_ text: String) -> [String] {
        SwiftSource(path: "Sources/M/F.swift", text: text).lines.map(\.code)
    }

    @Test func `comments and the contents of literals are no code`() {
        let text = """
            let a = "import X // no" // import Y
            /* import Z /* nested */
            import Q */ let b = 1
            let c = #"a " b \\(no)"# + d
            """
        #expect(code(text) == ["let a =  ", "", " let b = 1", "let c =  + d"])
    }

    @Test func `interpolations are code, and quotation marks inside them do not end the literal`() {
        #expect(code(#"f("x \(g("y", h ? "(" : ")")) z") + i"#) == ["f(g(, h ?  : )) + i"])
        #expect(code("let s = \"\\\\\" + t") == ["let s =  + t"])
        #expect(code("a\n\"\"\"\nimport X\n\"\"\"\nb").map { String($0.trimmed) } == ["a", "", "", "", "b"])
    }

    @Test(arguments: [
        ("import A", "A"), ("package import A", "A"), ("@testable import A", "A"), ("import struct A.B", "A"),
        ("@_spi(X, Y) internal import class A.B.C // D", "A"), ("  import A", "A"),
    ])
    func `an import line names its module`(line: String, module: String) {
        #expect(SwiftSource(path: "", text: line).lines[0].importedModule == module)
    }

    @Test(arguments: [
        ("package struct A {", true), ("    @Test(1, (2)) static package let a = 1", true), ("package import A", false),
        ("nonisolated(unsafe) package var a", true), ("// package func a()", false), ("let package = 1", false),
        ("private(set) package var a = 1", true), ("package.targets", false), ("    package init() {}", true),
    ])
    func `a declaration marked package is recognised`(line: String, isOne: Bool) {
        #expect(SwiftSource(path: "", text: line).lines[0].declaresPackage == isOne)
    }

    @Test(arguments: [
        ("package struct QueryPlans: Check {", "QueryPlans"), ("struct A: Sendable, Check {", "A"),
        ("struct A: CheckSet {", nil), ("extension A: Check {", nil), ("struct Check: Sendable {", nil),
    ])
    func `a check is recognised`(line: String, name: String?) {
        #expect(SwiftSource(path: "", text: line).lines[0].checkName == name)
    }

    @Test func `attributes on lines of their own are recognised`() {
        let lines = SwiftSource(path: "", text: "@A(b: (1), c)\n  @D @E\n@A func f()\nfunc g()").lines
        #expect(lines.map(\.isOnlyAttributes) == [true, true, false, false])
    }

    @Test(arguments: ["let importA = 1", "// import A", "\"import A\"", "func import A()", ""])
    func `other lines import nothing`(line: String) {
        #expect(SwiftSource(path: "", text: line).lines[0].importedModule == nil)
    }
}
