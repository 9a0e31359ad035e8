import Testing

/// Habits that the compiler and swift-format do not check.
struct DeclarationTests {
    @Test func `every package declaration has a doc comment`() {
        for source in Checkout.sources {
            for (index, line) in source.lines.enumerated() where line.declaresPackage {
                let before = source.lines[..<index].last { !$0.isOnlyAttributes }
                let isDocumented = before?.text.trimmed.hasPrefix("///") == true
                #expect(isDocumented, "\(source.place(line)): \(line.text.trimmed)")
            }
        }
    }

    @Test func `nothing runs on the main actor`() {
        // The real main thread belongs to the terminal or to dispatchMain: what waits for the main actor waits for ever.
        for source in Checkout.sources {
            for line in source.lines where line.code.contains("@MainActor") || line.code.contains("MainActor.") {
                Issue.record("\(source.place(line)): \(line.text.trimmed)")
            }
        }
    }

    @Test(arguments: ["@unchecked Sendable", "nonisolated(unsafe)"])
    func `what the compiler cannot check says why it is safe`(mark: String) {
        for source in Checkout.sources {
            for (index, line) in source.lines.enumerated() where line.code.contains(mark) {
                let around = source.lines[max(0, index - 1)...min(index + 1, source.lines.count - 1)]
                #expect(
                    around.contains { $0.text.contains("//") },
                    "\(source.place(line)): no comment beside \(mark)")
            }
        }
    }

    @Test func `no type is named as a module`() throws {
        let modules = Set(try Checkout.folders(in: "Sources"))
        let kinds: Set<Substring> = ["struct", "class", "enum", "actor", "protocol", "typealias"]
        for source in Checkout.sources {
            for line in source.lines {
                let words = line.words
                for (kind, name) in zip(words, words.dropFirst()) where kinds.contains(kind) {
                    let name = String(name.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
                    #expect(!modules.contains(name), "\(source.place(line)): \(name) hides the module")
                }
            }
        }
    }
}

extension SwiftSource.Line {
    /// Whether a declaration on this line is marked `package`.
    var declaresPackage: Bool {
        let modifiers: Set<Substring> = [
            "static", "class", "final", "override", "mutating", "nonmutating", "nonisolated", "convenience", "required",
            "indirect", "lazy", "weak", "unowned", "isolated", "distributed", "optional", "dynamic", "private(set)",
            "internal(set)", "fileprivate(set)", "nonisolated(unsafe)", "nonisolated(nonsending)", "borrowing",
            "consuming", "prefix", "postfix", "infix",
        ]
        let rest = words.drop { modifiers.contains($0) }
        return rest.first == "package" && rest.dropFirst().first != "import"
    }
}
