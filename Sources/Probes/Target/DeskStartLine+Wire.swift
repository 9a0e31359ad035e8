import FoundationEssentials
import Readiness

extension DeskStartLine {
    /// The record as it is spelled in JSON.
    struct Wire: Decodable {
        struct Log: Decodable {
            var path: String
            var format: String
        }

        struct Query: Decodable {
            var name: String
            var sql: String
            var parameters: [String]
        }

        struct Ledger: Decodable {
            struct Server: Decodable {
                var host: String
                var port: Int
                var database: String
                var user: String
                var password_file: String
            }

            var engine: String
            var path: String
            var server: Server?
            var migrations: String
            var expected_head: String
            var revision_table: String
            var large_table_rows: Int
            var critical_queries: [Query]
            var books: Books?
        }

        struct Books: Decodable {
            var fills: String
            var fills_of_order: String
            var positions: String
            var orders: String?
            var cash: String?
            var contradictions: String
            var quantity_scale: Int
            var price_scale: Int
            var money_scale: Int
        }

        struct Control: Decodable {
            var restart: [String]?
        }

        var event: String
        var desk: String
        var pid: Int32
        var pid_start_ticks: UInt64?
        var home: String
        var address: String
        var started_at: UTCInstant
        var instance: String
        var role: String
        var account_prefix: String
        var log: Log
        var access_log: String
        var tiers_file: String
        var ledger: Ledger
        var control: Control?
        var token: String?

        static func decoded(from bytes: [UInt8]) throws(ProbeError) -> Wire {
            do {
                return try JSONDecoder().decode(Wire.self, from: Data(bytes))
            } catch {
                // The field only: a decoding error may quote what it found, and a record holds a token.
                throw ProbeError(.nonsense, at: .surface, "the desk's record: \(WireTrouble.place(of: error))")
            }
        }
    }
}

extension DeskStartLine.Wire.Ledger {
    /// The server of a desk: on loopback, and with a password that lies in the desk's own home. A record names no other
    /// place that a password would be sent to.
    ///
    /// - Returns: nil for a ledger in a file.
    func place(in home: String) throws(ProbeError) -> LedgerServer? {
        func check(_ holds: Bool, _ complaint: String) throws(ProbeError) {
            guard holds else {
                throw ProbeError(.nonsense, at: .surface, "the desk's record: ledger.\(complaint)")
            }
        }
        guard engine == "postgresql" else { return nil }
        guard let server else {
            throw ProbeError(.nonsense, at: .surface, "the desk's record: ledger.server is missing")
        }
        let folder = home.hasSuffix("/") ? home : home + "/"
        let file = server.password_file
        try check(
            file.hasPrefix(folder) && file.utf8.count < 4096 && !file.utf8.contains(0)
                && !file.dropFirst(folder.count).contains("/"), "server.password_file is not a file of the home")
        try check((1...65_535).contains(server.port), "server.port is not a port")
        for (field, name) in [("database", server.database), ("user", server.user)] {
            try check(WireText.isName(name), "server.\(field) is not a name")
        }
        let place = LedgerServer(
            host: server.host, port: server.port, database: server.database, user: server.user,
            passwordName: SecretReference.file(file).description)
        try check(place.isLoopbackAddress, "server.host is not a loopback address")
        return place
    }
}

extension DeskStartLine.Wire.Books {
    /// The most that a statement may be long, in bytes.
    private static let statementCap = 16 * 1024

    /// Whether the statements can be run, and read only, is for the connection to find out.
    func books() throws(ProbeError) -> LedgerBooks {
        func check(_ holds: Bool, _ complaint: String) throws(ProbeError) {
            guard holds else {
                throw ProbeError(.nonsense, at: .surface, "the desk's record: ledger.books.\(complaint)")
            }
        }
        let statements: [(String, String?)] = [
            ("fills", fills), ("fills_of_order", fills_of_order), ("positions", positions),
            ("contradictions", contradictions), ("orders", orders), ("cash", cash),
        ]
        for case (let field, let text?) in statements {
            try check(
                text.utf8.contains { $0 > 32 } && text.utf8.count <= Self.statementCap, "\(field) is not a statement")
            try check(!text.utf8.contains(0), "\(field) holds a NUL")
        }
        try check(
            fills_of_order.contains("?") || fills_of_order.contains("$1"), "fills_of_order has no parameter")
        let scales = [
            ("quantity_scale", quantity_scale), ("price_scale", price_scale), ("money_scale", money_scale),
        ]
        for (field, scale) in scales { try check((0...18).contains(scale), "\(field) is not from 0 to 18") }
        return LedgerBooks(
            fills: fills, fillsOfOrder: fills_of_order, positions: positions, orders: orders, cash: cash,
            contradictions: contradictions, quantityScale: quantity_scale, priceScale: price_scale,
            moneyScale: money_scale)
    }
}
