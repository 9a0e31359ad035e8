import Foundation
import PracticeDesk
import Testing

/// Whatever is sent, the answer is a 4xx or a closed connection, and the desk goes on serving.
struct HostileHTTPTests {
    private static let cases: [(String, String, Set<Int>)] = [
        ("garbage", "\u{0}\u{1}\u{2}garbage\r\n\r\n", [400]),
        ("no HTTP", "HELLO\r\n\r\n", [400]),
        ("header too large", "GET /readyz HTTP/1.1\r\nx: \(String(repeating: "a", count: 20_000))\r\n\r\n", [431]),
        ("headers too many", "GET /readyz HTTP/1.1\r\n\(String(repeating: "x: y\r\n", count: 500))\r\n", [431]),
        ("target too long", "GET /\(String(repeating: "a", count: 40_000)) HTTP/1.1\r\n\r\n", [431]),
        ("target without end", "GET /\(String(repeating: "a", count: 400_000))", [431, 0]),
        ("body announced too large", "POST /readyz/orders HTTP/1.1\r\ncontent-length: 65537\r\n\r\n", [413]),
        (
            "body sent too large",
            "POST /readyz/orders HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"
                + String(repeating: "4000\r\n\(String(repeating: "a", count: 0x4000))\r\n", count: 8), [413]
        ),
        ("negative length", "POST /readyz/orders HTTP/1.1\r\ncontent-length: -1\r\n\r\n", [400]),
        ("two lengths", "POST /readyz/orders HTTP/1.1\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}", [400]),
        (
            "deep JSON",
            "POST /readyz/orders HTTP/1.1\r\nconnection: close\r\ncontent-length: 60000\r\n\r\n"
                + String(repeating: "[", count: 60_000), [400]
        ),
    ]

    @Test(arguments: cases.indices)
    func `malformed or oversized input is refused and the desk serves on`(index: Int) async throws {
        let (name, input, statuses) = Self.cases[index]
        try await withDesk { desk async throws in
            let text = try await desk.raw(input)
            let status = text.isEmpty ? 0 : Int(text.split(separator: " ")[1])
            #expect(statuses.contains(status ?? -1), "\(name): \(text.prefix(80))")
            #expect(try await desk.get("/readyz").status == 200)
        }
    }

    @Test(arguments: ["GET /readyz HTTP/1.1\r\nhost", "POST /readyz/orders HTTP/1.1\r\ncontent-length: 10\r\n\r\nab"])
    func `a request that is never completed is given up`(input: String) async throws {
        try await withDesk { desk async throws in
            // `raw` throws if the desk does not close within half a minute.
            let text = try await desk.raw(input)
            #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 408"))
            #expect(try await desk.get("/readyz").status == 200)
        }
    }

    @Test func `pipelined requests are answered in order, also slow ones and before garbage`() async throws {
        try await withDesk(faults: ["slow-risk=20ms"]) { desk async throws in
            let order = TestOrder().json
            let slow = "POST /readyz/risk/evaluate HTTP/1.1\r\ncontent-length: \(order.utf8.count)\r\n\r\n\(order)"
            let text = try await desk.raw(
                slow + "GET /readyz HTTP/1.1\r\n\r\n" + slow + "GET /x HTTP/1.1\r\n\r\nGARBAGE\r\n\r\n")
            let kinds = text.matches(of: /"decision"|"ready"|"not_found"|"malformed_http"/).map { String($0.output) }
            #expect(kinds == [#""decision""#, #""ready""#, #""decision""#, #""not_found""#, #""malformed_http""#])
        }
    }

    @Test func `nothing is answered after a request that closes the connection`() async throws {
        try await withDesk { desk async throws in
            let text = try await desk.raw(
                "GET /x HTTP/1.1\r\nconnection: close\r\n\r\nGET /readyz HTTP/1.1\r\n\r\nGARBAGE\r\n\r\n")
            #expect(text.matches(of: /HTTP\/1.1 \d+/).map { String($0.output) } == ["HTTP/1.1 404"])
            #expect(try await desk.get("/readyz").status == 200)
        }
    }

    @Test func `a client that has closed its side still gets its answer`() async throws {
        try await withDesk(faults: ["slow-risk=50ms"]) { desk async throws in
            let order = TestOrder().json
            let slow = "POST /readyz/risk/evaluate HTTP/1.1\r\ncontent-length: \(order.utf8.count)\r\n\r\n\(order)"
            #expect(try await desk.raw(slow, endSending: true).contains(#""decision":"accept""#))
            #expect(try await desk.raw("GET /readyz HTTP/1.1\r\n\r\n", endSending: true).hasPrefix("HTTP/1.1 200"))
            let half = try await desk.raw("GET /readyz HT", endSending: true)
            #expect(half.isEmpty || half.hasPrefix("HTTP/1.1 400"))
            #expect(try await desk.get("/readyz").status == 200)
        }
    }

    @Test func `connections beyond the bound are closed, and give way again`() async throws {
        try await withDesk { desk async throws in
            let port = desk.port
            let refused = try await blocking {
                let clients = try (0..<300).map { _ in try RawClient(port: port) }
                defer { for client in clients { client.close() } }
                // Those beyond the bound end without an answer; the first ones are served.
                let late = try clients.suffix(40).map { client in
                    client.send("GET /readyz HTTP/1.1\r\nconnection: close\r\n\r\n")
                    return try client.readToEnd()
                }
                clients[0].send("GET /readyz HTTP/1.1\r\nconnection: close\r\n\r\n")
                #expect(try clients[0].readToEnd().hasPrefix("HTTP/1.1 200"))
                return late.filter(\.isEmpty).count
            }
            #expect(refused == 40)
            #expect(try await eventually { (try? await desk.get("/readyz").status) == 200 })
        }
    }

    @Test func `nothing is left open after hostile clients have gone`() async throws {
        try await withDesk { desk async throws in
            for (_, input, _) in Self.cases { _ = try await desk.raw(input) }
            let port = desk.port
            // The desk's own side of connections to its port, as the kernel lists them.
            let gone = try await eventually {
                let table = try String(contentsOfFile: "/proc/self/net/tcp", encoding: .utf8)
                let local = "0100007F:" + String(port, radix: 16, uppercase: true)
                return !table.split(separator: "\n").contains { line in
                    let fields = line.split(separator: " ")
                    // 01 is established, 08 waits for us to close.
                    return fields.count > 3 && fields[1] == local && ["01", "08"].contains(fields[3])
                }
            }
            #expect(gone)
        }
    }
}
