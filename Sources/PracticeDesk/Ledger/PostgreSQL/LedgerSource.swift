import GRDB

/// The ledger's file as a source of rows for another engine. Only reads.
struct LedgerSource {
    /// The tables that hold books, parents first.
    static let books = ["orders", "fills", "positions", "cash"]

    /// How many bytes are handed over at once.
    private static let chunk = 256 << 10

    let path: String

    /// Copies every row of a table, column by column of the same name.
    ///
    /// - Returns: the columns that the other engine's table has not: a desk that was killed leaves those of a fault in
    ///   its file, and a server that starts anew has none of them.
    func copy(_ table: String, to client: PostgreSQLClient) throws -> [String] {
        var configuration = Configuration()
        // Not a connection that cannot write: one leaves the write-ahead log beside the file that it has made to read.
        configuration.label = "desk-ledger-source"
        configuration.busyMode = .timeout(5)
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let known = try client.columns(of: table)
            let leftOut = try queue.read { database in
                let all = try database.columns(in: table).map(\.name)
                let columns = all.filter(known.contains)
                let rows = try Row.fetchCursor(
                    database, sql: "SELECT \(columns.joined(separator: ", ")) FROM \(table)")
                try client.copy(into: table, columns) {
                    var lines: [UInt8] = []
                    lines.reserveCapacity(Self.chunk + 4096)
                    while lines.count < Self.chunk, let row = try rows.next() {
                        for index in columns.indices {
                            if index > 0 { lines.append(UInt8(ascii: "\t")) }
                            try Self.append(row, index, columns[index], &lines, table, path)
                        }
                        lines.append(UInt8(ascii: "\n"))
                    }
                    return lines.isEmpty ? nil : lines
                }
                return all.filter { !known.contains($0) }
            }
            try queue.close()
            return leftOut
        } catch let error as DatabaseError {
            throw HomeError.ledger(path: path, message: "\(error)", trouble: LedgerTrouble(error, path: path))
        }
    }

    private static func append(
        _ row: Row, _ index: Int, _ column: String, _ lines: inout [UInt8], _ table: String, _ path: String
    ) throws {
        switch (row[index] as DatabaseValue).storage {
        case .null: lines += Array(#"\N"#.utf8)
        case .int64(let number): lines += Array("\(number)".utf8)
        case .double(let number): lines += Array("\(number)".utf8)
        case .string(let text):
            for byte in text.utf8 {
                switch byte {
                case UInt8(ascii: "\\"): lines += Array(#"\\"#.utf8)
                case UInt8(ascii: "\t"): lines += Array(#"\t"#.utf8)
                case UInt8(ascii: "\n"): lines += Array(#"\n"#.utf8)
                case UInt8(ascii: "\r"): lines += Array(#"\r"#.utf8)
                default: lines.append(byte)
                }
            }
        case .blob(let bytes):
            throw HomeError.value(
                path: path, table: table, column: column, row: nil,
                message: "is \(bytes.count) bytes; accepted is a number or a text")
        }
    }
}
