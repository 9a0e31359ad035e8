import Profile
import Testing

/// docs/guides/target-profile.md against the reader that it describes.
struct TargetProfileGuideTests {
    /// A fenced block of the page.
    private struct Block {
        var kind: Substring
        var text: String
    }

    private func blocks() throws -> [Block] {
        let page = try Checkout.text("docs/guides/target-profile.md").text
        var blocks: [Block] = []
        var open: (kind: Substring, lines: [Substring])?
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("```") else {
                open?.lines.append(line)
                continue
            }
            if let (kind, lines) = open {
                blocks.append(Block(kind: kind, text: lines.joined(separator: "\n") + "\n"))
                open = nil
            } else {
                open = (line.dropFirst(3), [])
            }
        }
        return blocks
    }

    /// An example shows one key; the three that every profile has stand before it.
    private func load(_ example: String) throws -> TargetProfileFile {
        let head = example.hasPrefix("version:") ? "" : "version: 1\nid: desk-staging\nenvironment: staging\n"
        return try TargetProfileFile.load(
            ConfigurationText(name: "holdpoint.yaml", text: head + example), folder: "/etc/desk", digest: lengthDigest)
    }

    @Test func `every example is read, its thresholds too`() throws {
        let examples = try blocks().filter { $0.kind == "yaml" }
        #expect(examples.count >= 12)
        for example in examples {
            #expect(throws: Never.self, "\(example.text)") {
                _ = try load(example.text).criteria(over: shippedCriteria())
            }
        }
    }

    @Test func `every example of an error gives the words that stand under it`() throws {
        let blocks = try blocks()
        var count = 0
        for (wrong, answer) in zip(blocks, blocks.dropFirst()) where wrong.kind == "yaml wrong" {
            count += 1
            let told = try problems { _ = try load(wrong.text) }.map(\.description)
            let lines = answer.text.split(separator: "\n").map(String.init)
            #expect(answer.kind == "text")
            #expect(told.count == lines.count, "\(told)")
            for (told, line) in zip(told, lines) {
                // A long list of accepted names is shortened on the page.
                let parts = line.split(separator: "…").map(String.init)
                #expect(told.hasPrefix(parts[0]) && told.hasSuffix(parts[parts.count - 1]), "\(told)")
            }
        }
        #expect(count >= 8)
    }

    @Test func `every key of the file has its place on the page`() throws {
        let page = try Checkout.text("docs/guides/target-profile.md").text
        var message = ""
        do { _ = try load("nothing: 1\n") } catch let error as ConfigurationError {
            message = error.problems.first?.accepted ?? ""
        }
        let keys = message.split(separator: ", ")
        #expect(keys.count > 10)
        for key in keys { #expect(page.contains("`\(key)`") || page.contains("`\(key)."), "\(key)") }
    }
}
