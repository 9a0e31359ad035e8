import FoundationEssentials
import Readiness

/// A query plan of PostgreSQL: `EXPLAIN (VERBOSE, FORMAT JSON)`.
///
/// These count as reading a whole table:
/// - `Seq Scan`, parallel or not: the table itself, whatever a filter throws away.
/// - `Index Scan` and `Index Only Scan` without a condition on the index: every row in the index's order; but not below
///   a `Limit`, which is how the server stops early, and where a plan cannot tell how far it goes.
struct ServerPlan {
    /// A table that is read whole.
    struct Reading: Equatable {
        var schema: String
        var table: String
        var step: String
    }

    /// Every step in the server's words, indented by depth.
    private(set) var steps: [String] = []
    private(set) var readings: [Reading] = []

    /// Takes what the server said.
    ///
    /// - Throws: `ProbeError` of nonsense for what is no plan.
    init(json: String) throws(ProbeError) {
        do {
            let plans = try JSONDecoder().decode([Wire].self, from: Data(json.utf8))
            for wire in plans { add(wire.plan, depth: 0, isBelowLimit: false) }
        } catch {
            throw ProbeError(.nonsense, at: .ledger, "the server's query plan is none")
        }
    }

    private mutating func add(_ node: Node, depth: Int, isBelowLimit: Bool) {
        let step = node.text
        steps.append(String(repeating: "  ", count: min(depth, 40)) + step)
        if let table = node.relation, node.readsWhole(isBelowLimit: isBelowLimit) {
            readings.append(Reading(schema: node.schema ?? "", table: table, step: step))
        }
        // What gathers everything before it goes on reads everything, however little is wanted of it.
        let gathers = ["Sort", "Incremental Sort", "Aggregate", "Hash", "HashAggregate", "WindowAgg", "SetOp"]
        let isBelow = node.type == "Limit" || isBelowLimit && !gathers.contains(node.type)
        for child in node.children ?? [] { add(child, depth: depth + 1, isBelowLimit: isBelow) }
    }

    private struct Wire: Decodable {
        var plan: Node

        enum CodingKeys: String, CodingKey { case plan = "Plan" }
    }

    private struct Node: Decodable {
        var type: String
        var relation: String?
        var schema: String?
        var alias: String?
        var index: String?
        var condition: String?
        var filter: String?
        var children: [Node]?

        enum CodingKeys: String, CodingKey {
            case type = "Node Type", relation = "Relation Name", schema = "Schema", alias = "Alias"
            case index = "Index Name", condition = "Index Cond", filter = "Filter", children = "Plans"
        }

        var text: String {
            var text = type
            if let index { text += " using \(index)" }
            if let relation { text += " on \(schema.map { $0 + "." } ?? "")\(relation)" }
            if let alias, alias != relation { text += " \(alias)" }
            if let condition { text += ", index condition \(condition)" }
            if let filter { text += ", filter \(filter)" }
            return SafeText.line(String(text.prefix(1000)))
        }

        func readsWhole(isBelowLimit: Bool) -> Bool {
            switch type {
            case "Seq Scan": true
            case "Index Scan", "Index Only Scan": condition == nil && !isBelowLimit
            default: false
            }
        }
    }
}
