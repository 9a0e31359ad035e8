import Profile
import Readiness
import Testing

struct LimitsFileTests {
    private static let name = "config/limits/genesis-tiers.yaml"

    private func messages(_ text: String) throws -> [String] {
        try problems { _ = try LimitsFile.load(ConfigurationText(name: "l.yaml", text: text), digest: lengthDigest) }
            .map(\.description)
    }

    @Test func `the shipped limits are read to the last digit, each with its own line`() throws {
        let text = try Checkout.text(Self.name)
        let file = try LimitsFile.load(text, digest: lengthDigest)
        #expect(file.digest == "\(text.bytes.count) bytes")
        #expect(
            file.limits.map { "\($0.scope) \($0.name) \($0.threshold.value)" } == [
                "sniper max_order_quantity 100.00", "sniper max_order_notional 10000.00",
                "sniper price_collar_percent 4.00", "sniper max_position_quantity 200.00", "sniper max_open_orders 5",
                "sniper max_correlation 0.70",
                "hunter max_order_quantity 500.00", "hunter max_order_notional 50000.00",
                "hunter price_collar_percent 5.00", "hunter max_position_quantity 1000.00", "hunter max_open_orders 10",
                "hunter max_correlation 0.80",
                "strategist max_order_quantity 2500.00", "strategist max_order_notional 250000.00",
                "strategist price_collar_percent 6.00", "strategist max_position_quantity 5000.00",
                "strategist max_open_orders 20", "strategist max_correlation 0.85",
            ])
        let lines = text.text.split(separator: "\n", omittingEmptySubsequences: false)
        for limit in file.limits {
            #expect(limit.threshold.source.file == Self.name)
            let line = lines[limit.threshold.source.line - 1]
            #expect(line == "    \(limit.name): \(limit.threshold.value)")
        }
        #expect(Set(file.limits.map(\.threshold.source.line)).count == file.limits.count)
    }

    @Test func `each wrong value is reported with its line, its path and what is accepted`() throws {
        let text = try Checkout.text(Self.name).text
        var changed = text.changing("max_order_quantity: 100.00", to: "max_order_quantity: 1e2")
        changed = changed.changing("max_order_notional: 10000.00", to: "max_order_notional: \"10000.00\"")
        changed = changed.changing("price_collar_percent: 4.00", to: "price_collar_percent: 400")
        changed = changed.changing("max_position_quantity: 200.00", to: "max_position_quantity: -200.00")
        changed = changed.changing("max_open_orders: 5", to: "max_open_orders: 5.0")
        changed = changed.changing("max_order_quantity: 500.00", to: "max_ordr_quantity: 500.00")
        changed = changed.changing("  strategist:", to: "  strategists:")
        let first = text.line(of: "max_order_quantity: 100.00")
        let hunter = text.line(of: "max_order_quantity: 500.00")
        let names =
            "max_order_quantity, max_order_notional, price_collar_percent, max_position_quantity, max_open_orders, "
            + "max_correlation"
        let quantity = "a decimal number from 0.00000001 to 1000000000 (units)"
        let found = try messages(changed)
        #expect(
            found == [
                "l.yaml:\(text.line(of: "  sniper:")): tiers.strategist: is missing;"
                    + " accepted: a map with the keys \(names)",
                "l.yaml:\(first): tiers.sniper.max_order_quantity: is '1e2'; accepted: \(quantity)",
                "l.yaml:\(first + 1): tiers.sniper.max_order_notional: is text: write 10000.00 without quotation marks;"
                    + " accepted: a decimal number from 0.01 to 1000000000000 (USD)",
                "l.yaml:\(first + 2): tiers.sniper.price_collar_percent: is 400, out of range;"
                    + " accepted: a decimal number from 0.01 to 100 (percent)",
                "l.yaml:\(first + 3): tiers.sniper.max_position_quantity: is -200.00, out of range;"
                    + " accepted: \(quantity)",
                "l.yaml:\(first + 4): tiers.sniper.max_open_orders: is 5.0, not a whole number;"
                    + " accepted: a whole number from 1 to 1000000 (orders)",
                "l.yaml:\(hunter): tiers.hunter.max_ordr_quantity: is not a known key; accepted: \(names);"
                    + " did you mean max_order_quantity?",
                "l.yaml:\(hunter): tiers.hunter.max_order_quantity: is missing; accepted: \(quantity)",
                "l.yaml:\(text.line(of: "  strategist:")): tiers.strategists: is not a known key;"
                    + " accepted: sniper, hunter, strategist; did you mean strategist?",
            ])
    }

    @Test func `a limit left out of the file is refused`() throws {
        let text = try Checkout.text(Self.name).text.changing("    max_open_orders: 10\n", to: "")
        let found = try messages(text)
        #expect(found.count == 1)
        #expect(found.first?.contains("tiers.hunter.max_open_orders: is missing") == true)
    }
}
