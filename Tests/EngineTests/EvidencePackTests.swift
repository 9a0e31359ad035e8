import Engine
import FoundationEssentials
import Readiness
import Testing

struct EvidencePackTests {
    private func folder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        let path = FileManager.default.temporaryDirectory.path + "/holdpoint-pack-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(path)
    }

    private func keep(_ text: String, in store: EvidenceStore) async throws -> Evidence {
        try await store.keep(text, id: "e", kind: .observation, mediaType: "text/plain", grade: .observed)
    }

    @Test func `small pieces are packed once there are many, and each is read again and held against its digest`()
        async throws
    {
        try await folder { folder in
            let store = EvidenceStore(folder: folder, clock: SystemClock(), looseFiles: 2)
            let texts = (0..<40).map { "piece \($0) " + String(repeating: "x", count: $0) }
            var kept: [Evidence] = []
            for text in texts { kept.append(try await keep(text, in: store)) }
            #expect(kept.count { $0.path.hasPrefix("evidence/pack@") } == 38)
            #expect(kept[2].path == "evidence/pack@0" && kept[3].path == "evidence/pack@\(kept[2].size)")
            // The same bytes lie there once.
            #expect(try await keep(texts[7], in: store).path == kept[7].path)
            let reader = EvidenceReader(folder: folder)
            for (text, evidence) in zip(texts, kept) {
                #expect(try reader.bytes(of: evidence) == Array(text.utf8))
            }
            // What is large has a file of its own for good.
            let large = try await keep(String(repeating: "y", count: 9000), in: store)
            #expect(!large.path.contains("pack"))
            #expect(try reader.bytes(of: large).count == 9000)
        }
    }

    @Test func `a piece that was changed, cut off or is said to lie elsewhere is no evidence`() async throws {
        try await folder { folder in
            let store = EvidenceStore(folder: folder, clock: SystemClock(), looseFiles: 1)
            // The folder is made with the first file.
            _ = try await keep("loose", in: store)
            let first = try await keep("first", in: store)
            let second = try await keep("second", in: store)
            let reader = EvidenceReader(folder: folder)
            var moved = second
            for path in ["evidence/pack@1", "evidence/pack@99", first.path] {
                moved.path = path
                #expect(throws: EvidenceTrouble.self, "\(path)") { _ = try reader.bytes(of: moved) }
            }
            for path in ["evidence/pack@-1", "evidence/pack@05", "evidence/pack@", "evidence/pack@0/../../x"] {
                moved.path = path
                do throws(EvidenceTrouble) {
                    _ = try reader.bytes(of: moved)
                    Issue.record("\(path) was read")
                } catch { #expect(error.why == "that is not where evidence is kept") }
            }
            let pack = URL(filePath: "\(folder)/evidence/pack")
            try Data("firstsecon".utf8).write(to: pack)
            #expect(try reader.bytes(of: first) == Array("first".utf8))
            #expect(throws: EvidenceTrouble.self) { _ = try reader.bytes(of: second) }
            try Data("fxrstsecond".utf8).write(to: pack)
            #expect(throws: EvidenceTrouble.self) { _ = try reader.bytes(of: first) }
            #expect(try reader.bytes(of: second) == Array("second".utf8))
        }
    }

    @Test func `many at once lie in the pack whole`() async throws {
        try await folder { folder in
            let store = EvidenceStore(folder: folder, clock: SystemClock(), looseFiles: 1)
            _ = try await keep("loose", in: store)
            let kept = try await withThrowingTaskGroup(of: (Int, Evidence).self) { group in
                for number in 0..<200 {
                    group.addTask { (number, try await keep("piece \(number)", in: store)) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let reader = EvidenceReader(folder: folder)
            for (number, evidence) in kept {
                #expect(try reader.bytes(of: evidence) == Array("piece \(number)".utf8))
            }
        }
    }
}
