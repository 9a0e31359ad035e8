/// What keeps the ledger of a serving desk.
package enum LedgerEngine: String, CaseIterable, Codable, Hashable, Sendable {
    /// The file in the home.
    case sqlite
    /// A server that the desk starts for itself and that ends with it, filled from the file in the home.
    case postgresql

    /// The `n`th parameter of a statement, from 1.
    func parameter(_ number: Int) -> String {
        switch self {
        case .sqlite: "?\(number)"
        case .postgresql: "$\(number)"
        }
    }

    /// The parameters of a statement that takes so many.
    func parameters(_ count: Int) -> String { (1...count).map(parameter).joined(separator: ", ") }

    /// The type of a column for whole numbers of 64 bits.
    var wholeNumber: String {
        switch self {
        case .sqlite: "INTEGER"
        case .postgresql: "BIGINT"
        }
    }

    /// The type of a column that the engine fills with the next number.
    var rowNumber: String {
        switch self {
        case .sqlite: "INTEGER"
        case .postgresql: "BIGSERIAL"
        }
    }

    /// The type of a column for binary floating point.
    var floatingPoint: String {
        switch self {
        case .sqlite: "REAL"
        case .postgresql: "DOUBLE PRECISION"
        }
    }

    /// A whole number of 64 bits, of a sum of such: what PostgreSQL sums up has more.
    func whole(_ sum: String) -> String {
        switch self {
        case .sqlite: sum
        case .postgresql: "\(sum)::bigint"
        }
    }
}
