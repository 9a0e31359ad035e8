import Foundation
import PracticeDesk
import Testing

/// Lines that are lost are counted, and the next line that the file takes tells of them.
struct LineBufferTests {
    /// A file that takes so many bytes and refuses what is more.
    private struct Sink {
        var room = Int.max
        var lines: [String] = []

        /// Writes a batch as the file of lines does: whole lines stay.
        mutating func drain(_ buffer: inout LineBuffer) {
            guard let batch = buffer.take({ Array("lost \($0)".utf8) }) else { return }
            var written = min(room, batch.bytes.count)
            while written > 0, batch.bytes[written - 1] != UInt8(ascii: "\n") { written -= 1 }
            room -= written
            lines += String(decoding: batch.bytes[..<written], as: UTF8.self).split(separator: "\n").map(String.init)
            buffer.note(batch, written: written)
        }
    }

    private func add(_ texts: String..., to buffer: inout LineBuffer) {
        for text in texts { buffer.add(Array(text.utf8)) }
    }

    @Test func `a sink that refuses loses lines, and the next line says how many`() {
        var buffer = LineBuffer(bound: 1000)
        var sink = Sink()
        add("one", "two", to: &buffer)
        sink.drain(&buffer)
        #expect(buffer.lost == 0)
        sink.room = 0
        add("three", to: &buffer)
        sink.drain(&buffer)
        add("four", "five", to: &buffer)
        sink.drain(&buffer)
        #expect(buffer.lost == 3)
        sink.room = .max
        sink.drain(&buffer)
        #expect(sink.lines == ["one", "two"], "nothing to write, nothing to tell")
        add("six", to: &buffer)
        sink.drain(&buffer)
        add("seven", to: &buffer)
        sink.drain(&buffer)
        #expect(sink.lines == ["one", "two", "lost 3", "six", "seven"], "told once")
        #expect(buffer.lost == 3, "the sum stays")
    }

    @Test func `a line of which a part fits is lost, those before it are not`() {
        var buffer = LineBuffer(bound: 1000)
        var sink = Sink(room: 6)
        add("one", "two", "three", to: &buffer)
        sink.drain(&buffer)
        #expect(sink.lines == ["one"])
        #expect(buffer.lost == 2)
        // Room for the line that tells, and not for what follows it.
        sink.room = 8
        add("four", to: &buffer)
        sink.drain(&buffer)
        #expect(sink.lines == ["one", "lost 2"])
        #expect(buffer.lost == 3)
        // Not even room for the line that tells: it stays to be told, and is no lost line itself.
        sink.room = 3
        add("five", to: &buffer)
        sink.drain(&buffer)
        #expect(buffer.lost == 4)
        sink.room = .max
        add("six", to: &buffer)
        sink.drain(&buffer)
        #expect(sink.lines == ["one", "lost 2", "lost 2", "six"])
    }

    @Test func `beyond its bound lines are lost, too`() {
        var buffer = LineBuffer(bound: 5)
        var sink = Sink()
        add("123456", "x", "y", to: &buffer)
        #expect(buffer.lost == 2)
        sink.drain(&buffer)
        add("z", to: &buffer)
        sink.drain(&buffer)
        #expect(sink.lines == ["lost 2", "123456", "z"])
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `whatever the sink takes, each line is there or counted, and each that is counted is told`(seed: UInt64) {
        var state = seed
        func pick(_ bound: UInt64) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % bound)
        }
        var buffer = LineBuffer(bound: 60)
        var sink = Sink()
        var added = 0
        for _ in 0..<2000 {
            for _ in 0..<pick(12) {
                added += 1
                buffer.add(Array("line \(added)".utf8))
            }
            sink.room = pick(3) == 0 ? .max : pick(80)
            sink.drain(&buffer)
        }
        sink.room = .max
        buffer.add(Array("line last".utf8))
        sink.drain(&buffer)
        let told = sink.lines.filter { $0.hasPrefix("lost ") }.compactMap { Int64($0.dropFirst(5)) }.reduce(0, +)
        #expect(told == buffer.lost)
        #expect(Int64(sink.lines.count { $0.hasPrefix("line ") }) + buffer.lost == Int64(added + 1))
        #expect(buffer.lost > 100)
    }

    @Test func `a desk whose log cannot be written says how many lines are lost, and serves`() async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        // Takes everything that is opened and nothing that is written: no space left.
        try FileManager.default.createSymbolicLink(
            atPath: home.path + "/desk.log", withDestinationPath: "/dev/full")
        try await serving(home) { desk async throws in
            func lost() async throws -> Int64 {
                try #require(try await desk.get("/readyz/logs").body["lines_lost"].integer)
            }
            #expect(try await eventually { try await lost() > 0 })
            let before = try await lost()
            for number in 1...5 {
                let answer = try await desk.post("/readyz/logs/marker", "{\"marker\":\"hp-\(number)\"}")
                #expect(answer.status == 200)
            }
            #expect(try await eventually { try await lost() >= before + 5 })
            #expect(try await desk.get("/readyz").status == 200)
        }
    }
}
