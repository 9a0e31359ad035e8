import Foundation
import Glibc
import PracticeDesk
import Testing

struct ProcessAndLogTests {
    private func log(_ desk: TestDesk) throws -> String {
        try String(contentsOfFile: desk.record.log.path, encoding: .utf8)
    }

    private func mark(_ marker: String, _ desk: TestDesk) async throws -> TestDesk.Answer {
        try await desk.post("/readyz/logs/marker", "{\"marker\":\"\(marker)\"}")
    }

    @Test func `process tells what the kernel tells of it`() async throws {
        try await withDesk { desk async throws in
            let first = try await desk.get("/readyz/process").body
            #expect(
                first.keys == ["pid", "boot_id", "started_at", "resident_bytes", "open_descriptors", "threads"])
            #expect(first["pid"].integer == Int64(getpid()))
            #expect(first["started_at"].text == desk.record.startedAt)
            #expect(try #require(first["resident_bytes"].integer) > 1 << 20)
            #expect(try #require(first["threads"].integer) > 2)
            // The pool alone has eight files open.
            #expect(try #require(first["open_descriptors"].integer) > 8)
            #expect(try await desk.get("/readyz/process").body["boot_id"] == first["boot_id"])
            let beat = try await eventually { try log(desk).contains(first["boot_id"].text ?? "?") }
            #expect(beat, "the log names the same life")
        }
    }

    @Test func `a marker is found in the log that the desk names, as its own line`() async throws {
        try await withDesk { desk async throws in
            let told = try await desk.get("/readyz/logs").body
            #expect(
                told
                    == .object([
                        "path": .text(desk.home.path + "/desk.log"), "format": .text("json-lines"),
                        "lines_lost": .integer(0),
                    ]))
            let answer = try await mark("hp-1.A_b:c", desk)
            #expect(answer.status == 200)
            #expect(answer.body == .object(["accepted": .bool(true)]))
            let found = try await eventually {
                try log(desk).split(separator: "\n").contains { line in
                    let line = try JSONDecoder().decode(JSONNode.self, from: Data(line.utf8))
                    return line["event"].text == "marker" && line["marker"].text == "hp-1.A_b:c"
                }
            }
            #expect(found)
        }
    }

    @Test(arguments: [
        "{}", "{\"marker\":\"\"}", "{\"marker\":\"a b\"}", "{\"marker\":\"a\\nb\"}", "{\"marker\":7}", "[]", "", "é",
        "{\"marker\":\"\(String(repeating: "a", count: 129))\"}",
    ])
    func `what is no marker is refused`(body: String) async throws {
        try await withDesk { desk async throws in
            let answer = try await desk.post("/readyz/logs/marker", body)
            #expect(answer.status == 400)
            #expect(["invalid_marker", "malformed_json"].contains(answer.body["error"]["code"].text))
        }
    }

    @Test func `log-silent drops every line from then on, and the access log goes on`() async throws {
        try await withDesk { desk async throws in
            #expect(try await isLogged("before", desk))
            _ = try await desk.faults.set("log-silent")
            #expect(try await mark("during", desk).body["accepted"] == .bool(true))
            _ = try await desk.submit(TestOrder())
            _ = try await desk.faults.clear("log-silent")
            #expect(try await isLogged("after", desk))
            let all = try log(desk)
            #expect(!all.contains("during") && !all.contains("hp-1"))
            let asked = try String(contentsOfFile: desk.record.accessLog, encoding: .utf8)
            #expect(asked.contains("\"path\":\"/readyz/orders\""))
        }
    }

    /// Sends a marker and looks for it.
    private func isLogged(_ marker: String, _ desk: TestDesk) async throws -> Bool {
        _ = try await mark(marker, desk)
        return try await eventually { try log(desk).contains(marker) }
    }

    @Test func `clock-skew moves the clock that the desk tells, and no other time of it`() async throws {
        try await withDesk(faults: ["clock-skew=10s"]) { desk async throws in
            let before = Int64(Date().timeIntervalSince1970 * 1e9)
            let told = try #require(
                Int64(try await desk.get("/readyz").body["clock"]["now_ns"].text ?? ""))
            let after = Int64(Date().timeIntervalSince1970 * 1e9)
            // Bounds by the reader's own clock on both sides, as the check has them.
            #expect(told >= before - 1_000_000_000 + 10_000_000_000)
            #expect(told <= after + 1_000_000_000 + 10_000_000_000)
            let receipt = try await desk.submit(TestOrder())
            let received = try #require(Int64(receipt["stamps"]["received_ns"].text ?? ""))
            #expect(received < Int64(Date().timeIntervalSince1970 * 1e9) + 1_000_000_000)
            _ = try await desk.faults.clear("clock-skew")
            let healthy = try #require(
                Int64(try await desk.get("/readyz").body["clock"]["now_ns"].text ?? ""))
            #expect(healthy < told)
        }
    }
}
