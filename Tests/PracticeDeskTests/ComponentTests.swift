import Foundation
import PracticeDesk
import Testing

struct ComponentTests {
    private static let names: Set = [
        "market_data", "state_machine", "risk", "gateway", "repositories", "database_models",
    ]

    @Test(arguments: [[], ["feed-silent"], ["killswitch-engaged"], ["migration-pending"], ["database-missing"]])
    func `every part runs and goes on working, whatever else is broken`(faults: [String]) async throws {
        try await withDesk(faults: faults) { desk async throws in
            #expect(try await eventually { try await desk.componentStates() == ["running"] })
            let first = try await desk.componentEvents()
            #expect(Set(first.keys) == Self.names)
            #expect(try await desk.works(Self.names, since: first))
        }
    }

    @Test func `work is counted where it is done`() async throws {
        try await withDesk { desk async throws in
            let before = try await desk.componentEvents()
            for number in 0..<100 { _ = try await desk.submit(TestOrder(id: "hp-\(number)", quantity: "600.00")) }
            let after = try await desk.componentEvents()
            #expect((after["risk"] ?? 0) >= (before["risk"] ?? 0) + 100)
        }
    }

    @Test func `component-dead stops the state machine's count and nobody else's`() async throws {
        try await withDesk(faults: ["component-dead"]) { desk async throws in
            let first = try await desk.componentEvents()
            #expect(first["state_machine"] == 0)
            #expect(try await desk.works(Self.names.subtracting(["state_machine"]), since: first))
            #expect(try await desk.componentEvents()["state_machine"] == 0)
            _ = try await desk.faults.clear("component-dead")
            #expect(try await desk.works(["state_machine"], since: first))
            _ = try await desk.faults.set("component-dead")
            let still = try await desk.componentEvents()
            #expect(try await desk.works(Self.names.subtracting(["state_machine"]), since: still))
            #expect(try await desk.componentEvents()["state_machine"] == still["state_machine"])
        }
    }
}

extension TestDesk {
    fileprivate func componentEvents() async throws -> [String: Int64] {
        var events: [String: Int64] = [:]
        for component in try await get("/readyz/components").body["components"].items {
            let name = try #require(component["name"].text)
            let count: Int64 = try #require(component["events"].integer)
            events[name] = count
        }
        return events
    }

    fileprivate func componentStates() async throws -> Set<String> {
        Set(try await get("/readyz/components").body["components"].items.compactMap { $0["state"].text })
    }

    /// Looks until each of these parts has done more than it had.
    fileprivate func works(_ names: Set<String>, since before: [String: Int64]) async throws -> Bool {
        try await eventually {
            let now = try await componentEvents()
            return names.allSatisfy { (now[$0] ?? 0) > (before[$0] ?? .max) }
        }
    }
}
