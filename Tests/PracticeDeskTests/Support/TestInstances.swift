import Foundation
import PracticeDesk

/// Serves primary and standby of one home while a test runs.
func withBoth(
    faults: [String] = [], _ body: (_ primary: TestDesk, _ standby: TestDesk) async throws -> Void
) async throws {
    let home = try await TestFolder.home()
    defer { try? FileManager.default.removeItem(atPath: home.path) }
    try await serving(home, faults: faults) { primary async throws in
        let options = DeskOptions(role: .standby, faults: try faults.map { try Fault.parse($0) })
        let server = try await DeskServer.start(home: home, options: options)
        do {
            try await body(primary, TestDesk(server: server, home: home))
        } catch {
            try await server.stop()
            throw error
        }
        try await server.stop()
    }
}

extension TestDesk {
    /// What the desk lists as living, by role.
    func instances() async throws -> [String] {
        try await get("/readyz").body["instances"].items.compactMap { $0["role"].text }
    }
}
