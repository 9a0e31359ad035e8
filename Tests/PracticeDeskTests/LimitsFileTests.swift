import Foundation
import PracticeDesk
import Testing

struct LimitsFileTests {
    /// The shipped file, out of a fresh home.
    private func shipped() async throws -> String {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        return try String(contentsOfFile: home.path + "/limits.yaml", encoding: .utf8)
    }

    private func parse(_ text: String) throws -> RiskLimits {
        try LimitsFile.parse(Array(text.utf8), path: "/h/limits.yaml", faults: FaultBoard())
    }

    @Test func `the shipped file gives every limit with the line that it stands on`() async throws {
        let text = try await shipped()
        let limits = try parse(text)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for tier in Tier.allCases {
            for name in LimitName.allCases {
                let limit = try #require(limits.inForce(name, for: tier))
                let number = try #require(Int(limit.source.dropFirst("limits.yaml:".count)))
                #expect(lines[number - 1].contains("\(name.rawValue): \(limit.text)"))
            }
        }
        #expect(limits.inForce(.maxOrderQuantity, for: .hunter)?.text == "500.00")
        #expect(limits.inForce(.maxOrderNotional, for: .strategist)?.value == 250_000)
        let quarter = try #require(Decimal(string: "0.25"))
        let tenth = try #require(Decimal(string: "0.1"))
        #expect(
            limits.sizing == SizingPolicy(kellyFraction: quarter, kellyMaxFraction: tenth, kellyMinTrades: 30))
    }

    @Test(arguments: [
        ("max_order_quantity: 500.00", "max_order_quantiy: 500.00", ":20: tiers.hunter.max_order_quantiy is not known"),
        ("max_order_quantity: 500.00", "max_order_quantity: 500.005", ":20: tiers.hunter.max_order_quantity must be"),
        ("max_order_quantity: 500.00", "max_order_quantity: 5e2", ":20: tiers.hunter.max_order_quantity must be"),
        ("max_order_quantity: 500.00", "max_order_quantity: -1", "0.01 to 1000000.00"),
        ("max_order_quantity: 500.00", "max_order_quantity: 0", "0.01 to 1000000.00"),
        ("max_order_quantity: 500.00", "max_order_quantity: [500]", ":20: tiers.hunter.max_order_quantity must be"),
        ("max_open_orders: 10", "max_open_orders: 10.00", "a whole number from 1 to 1000"),
        ("    max_open_orders: 10\n", "", "tiers.hunter.max_open_orders is missing"),
        ("max_correlation: 0.80", "max_correlation: 1.01", "tiers.hunter.max_correlation must be"),
        ("    max_correlation: 0.80\n", "", "tiers.hunter.max_correlation is missing"),
        ("kelly_fraction: 0.25", "kelly_fraction: 1.5", ":38: sizing.kelly_fraction must be"),
        ("kelly_max_fraction: 0.10", "kelly_max_fraction: 0", "sizing.kelly_max_fraction must be"),
        ("kelly_min_trades: 30", "kelly_min_trades: 30.5", "sizing.kelly_min_trades must be a whole number"),
        ("kelly_min_trades", "kelly_min_trade", "did you mean kelly_min_trades?"),
        ("sizing:", "size:", "size is not known"),
        ("max_open_orders: 10", "max_open_orders: 10\n    max_open_orders: 11", "given twice"),
        ("  hunter:", "  hunte:", "did you mean hunter?"),
        ("schema: 1", "schema: 2", ":6: schema must be 1"),
        ("schema: 1", "schema: [", "is not YAML"),
        ("tiers:", "tires:", "did you mean tiers?"),
    ])
    func `what is wrong is named with file, line, key and what is accepted`(
        old: String, new: String, message: String
    ) async throws {
        let text = try await shipped()
        #expect(text.contains(old))
        let changed = text.replacingOccurrences(of: old, with: new)
        let error = try #require(throws: HomeError.self) { try parse(changed) }
        #expect("\(error)".contains(message), "\(error)")
        #expect("\(error)".hasPrefix("/h/limits.yaml"))
    }

    @Test(arguments: ["", "# nothing\n", "- a\n", "a"])
    func `a file of another kind is refused`(text: String) {
        #expect(throws: HomeError.self) { try parse(text) }
    }

    @Test func `a desk does not start on a wrong tier file`() async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        let path = home.path + "/limits.yaml"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try text.replacingOccurrences(of: "500.00", with: "many").write(toFile: path, atomically: true, encoding: .utf8)
        let error = await #expect(throws: HomeError.self) { try await DeskServer.start(home: home) }
        #expect("\(try #require(error))".hasPrefix("\(path):20: tiers.hunter.max_order_quantity must be"))
        // The refused start holds nothing: with the file right again the desk serves.
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try await serving(home) { desk async throws in #expect(try await desk.get("/readyz").status == 200) }
    }
}
