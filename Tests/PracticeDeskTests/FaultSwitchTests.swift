import Foundation
import PracticeDesk
import Testing

struct FaultSwitchTests {
    @Test(arguments: [("GET", "/desk/faults"), ("PUT", "/desk/faults/not-ready"), ("DELETE", "/desk/faults/not-ready")])
    func `the switch needs the token`(method: String, path: String) async throws {
        try await withDesk { desk async throws in
            let token = try #require(desk.record.token)
            for wrong in [nil, "", String(token.dropLast()), token.uppercased() + "x"] {
                let answer = try await desk.call(method, path, "{}", token: wrong)
                #expect(answer.status == 401)
                #expect(answer.body["faults"] == .null)
            }
            #expect(try await desk.get("/readyz").status == 200)
            #expect(try await desk.call(method, path, "{}", token: token).status == 200)
        }
    }

    @Test func `an unknown name is answered with the nearest known one`() async throws {
        try await withDesk { desk async throws in
            let error = await #expect(throws: FaultSwitchError.self) { try await desk.faults.set("slow-rsk") }
            #expect("\(try #require(error))".contains("did you mean slow-risk?"))
            await #expect(throws: FaultSwitchError.self) { try await desk.faults.clear("../x y") }
        }
    }

    @Test(arguments: [
        ("slow-risk", "0ms"), ("slow-risk", "11s"), ("slow-risk", "40"), ("slow-risk", "x"), ("slow-risk", "-1ms"),
        ("limit-off-by-one", "0"), ("limit-off-by-one", "1.5"), ("limit-off-by-one", "100001"), ("risk-off", "1"),
    ])
    func `a magnitude out of form or range is refused with what is accepted`(name: String, magnitude: String)
        async throws
    {
        let error = #expect(throws: FaultError.self) { try Fault.parse("\(name)=\(magnitude)") }
        #expect("\(try #require(error))".contains("takes"))
        try await withDesk { desk async throws in
            await #expect(throws: FaultSwitchError.self) { try await desk.faults.set(name, magnitude: magnitude) }
            #expect(try await desk.faults.list().allSatisfy { !$0.active })
        }
    }

    @Test func `magnitudes have defaults, and setting again changes them`() async throws {
        try await withDesk { desk async throws in
            func magnitude() async throws -> String? {
                try await desk.faults.list().first { $0.name == "slow-risk" }?.magnitude
            }
            _ = try await desk.faults.set("slow-risk")
            #expect(try await magnitude() == "25ms")
            _ = try await desk.faults.set("slow-risk", magnitude: "1.5s")
            #expect(try await magnitude() == "1500ms")
            _ = try await desk.faults.clear("slow-risk")
            #expect(try await magnitude() == nil)
        }
    }

    @Test func `no other answer names a fault that is set`() async throws {
        // Those that leave the answers as they are; that the others show is what they are for.
        let set = ["risk-off", "slow-risk=1ms", "limit-off-by-one", "deny-after-send", "not-ready", "limit-not-loaded"]
        try await withDesk(faults: set) { desk async throws in
            var said = ""
            for target in [
                "/readyz", "/readyz/identity", "/readyz/risk/limits", "/readyz/marketdata", "/readyz/killswitch", "/x",
            ] {
                said += try await desk.raw("GET \(target) HTTP/1.1\r\nconnection: close\r\n\r\n")
            }
            said += try await desk.raw(
                "POST /readyz/orders HTTP/1.1\r\nconnection: close\r\ncontent-length: \(TestOrder().json.utf8.count)\r\n\r\n\(TestOrder().json)"
            )
            said += desk.record.startLine + (try String(contentsOfFile: desk.home.path + "/desk.json", encoding: .utf8))
            said += try String(contentsOfFile: desk.home.path + "/desk.log", encoding: .utf8)
            for fault in Fault.allCases { #expect(!said.contains(fault.rawValue), "\(fault)") }
        }
    }

    @Test func `every fault has a sentence and default within what it takes`() throws {
        for fault in Fault.allCases {
            #expect(fault.sentence.hasSuffix("."))
            #expect(try Fault.parse(fault.rawValue).magnitude == fault.defaultMagnitude)
            if let text = fault.defaultMagnitude.text { #expect(try fault.magnitude(text) == fault.defaultMagnitude) }
        }
    }
}
