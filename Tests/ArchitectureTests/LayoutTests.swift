import Testing

/// Where things are.
struct LayoutTests {
    /// Files in Sources that are longer than most, each with why it is one idea all the same.
    static let longFiles: [String: String] = [:]

    private static let mostLines = 450

    @Test func `the top level is as the architecture fixes it`() throws {
        let fixed: Set = [
            "Package.swift", "Sources", "Tests", "themes", "config", "Makefile", "docs", "README.md", "LICENSE",
        ]
        let found = try Checkout.names(in: "").filter { !$0.hasPrefix(".") }
        // Package.resolved is made by the package manager and may be there or not.
        #expect(Set(found).subtracting(["Package.resolved"]).subtracting(fixed) == [])
        #expect(fixed.subtracting(found) == [])
        #expect(try Checkout.names(in: ".ci").contains("run"))
    }

    @Test func `a long file is one idea, and says so in the list`() {
        for source in Checkout.sources where source.lines.count > Self.mostLines {
            #expect(
                Self.longFiles[source.path] != nil,
                "\(source.path) has \(source.lines.count) lines: cut it where its second half has a name")
        }
    }

    @Test func `the list of long files names no file that is gone`() {
        let paths = Set(Checkout.sources.map(\.path))
        #expect(Self.longFiles.keys.filter { !paths.contains($0) } == [])
    }

    @Test func `every check is in the registry`() {
        let registry = Checkout.text("Sources/Validators/ValidatorRegistry.swift") ?? ""
        var checks = 0
        for source in Checkout.sources where source.module == "Validators" && !source.isMadeFromData {
            for line in source.lines {
                guard let name = line.checkName else { continue }
                checks += 1
                #expect(registry.contains("\(name)("), "\(source.place(line)): \(name) is registered nowhere")
            }
        }
        #expect(checks > 0 || registry.isEmpty)
    }

    @Test func `every folder of checks is a validator of the registry`() throws {
        let registry = (Checkout.text("Sources/Validators/ValidatorRegistry.swift") ?? "").lowercased()
        for folder in try Checkout.folders(in: "Sources/Validators") {
            // Folders without a check hold what several validators share.
            let holdsChecks = Checkout.sources.contains { source in
                source.path.hasPrefix("Sources/Validators/\(folder)/") && !source.isMadeFromData
                    && source.lines.contains { $0.checkName != nil }
            }
            guard holdsChecks else { continue }
            #expect(registry.contains("name: \"\(folder.lowercased())\""), "Sources/Validators/\(folder)")
        }
    }
}

extension SwiftSource {
    /// Whether its checks stand in a profile, or in another program, and not in the registry.
    var isMadeFromData: Bool {
        ["Sources/Validators/Declared/", "Sources/Validators/External/"].contains(where: path.hasPrefix)
    }
}

extension SwiftSource.Line {
    /// The name of the check that the line declares, or nil: `package struct QueryPlans: Check {`.
    var checkName: String? {
        let words = words
        guard let kind = words.firstIndex(of: "struct"), words.count > kind + 2, words[kind + 1].hasSuffix(":"),
            words[(kind + 2)...].contains(where: { $0 == "Check" || $0 == "Check," })
        else { return nil }
        return String(words[kind + 1].dropLast())
    }
}
