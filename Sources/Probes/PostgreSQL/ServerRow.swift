import CLibpq
import FoundationEssentials
import Readiness

/// One row of an answer, as long as it is looked at.
///
/// What the server says is the ledger's: nothing in it is taken for granted.
struct ServerRow {
    /// The most bytes that a text may have: 64 KiB.
    static let textCap = 64 << 10

    let result: OpaquePointer
    let row: CInt

    /// How many columns there are.
    var count: Int { Int(PQnfields(result)) }

    /// The name of a column, cut to 64 characters.
    func name(_ column: Int) -> String {
        PQfname(result, CInt(column)).map { SafeText.line(String(String(cString: $0).prefix(64))) } ?? "?"
    }

    /// The column of a name; nil without one.
    func column(named name: String) -> Int? {
        let place = PQfnumber(result, "\"\(name)\"")
        return place < 0 ? nil : Int(place)
    }

    /// A text, whatever its type; nil for NULL.
    ///
    /// - Throws: `ProbeError` of nonsense for more than 64 KiB and for what is not UTF-8.
    func optionalText(_ column: Int) throws(ProbeError) -> String? {
        let place = CInt(column)
        guard PQgetisnull(result, row, place) == 0, let start = PQgetvalue(result, row, place) else { return nil }
        let count = Int(PQgetlength(result, row, place))
        guard count <= Self.textCap else { throw nonsense(column, "holds a text of \(count) bytes") }
        let bytes = UnsafeRawBufferPointer(start: start, count: count)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw nonsense(column, "holds a text that is not UTF-8")
        }
        return text
    }

    /// A text that has to be there.
    func text(_ column: Int) throws(ProbeError) -> String {
        guard let text = try optionalText(column) else { throw nonsense(column, "holds nothing") }
        return text
    }

    /// A whole number; nil for NULL.
    func optionalInteger(_ column: Int) throws(ProbeError) -> Int64? {
        guard let text = try optionalText(column) else { return nil }
        guard let number = Int64(text) else { throw nonsense(column, "holds no whole number") }
        return number
    }

    /// A whole number that has to be there.
    func integer(_ column: Int) throws(ProbeError) -> Int64 {
        guard let number = try optionalInteger(column) else { throw nonsense(column, "holds nothing") }
        return number
    }

    /// A whole number that has to be there, as counts are.
    func number(_ column: Int) throws(ProbeError) -> Int { Int(clamping: try integer(column)) }

    /// Yes or no; NULL is no.
    func flag(_ column: Int) throws(ProbeError) -> Bool { try optionalText(column) == "t" }

    /// A list of names that the statement has put into JSON, so that no name can look like two.
    func names(_ column: Int) throws(ProbeError) -> [String] {
        guard let text = try optionalText(column) else { return [] }
        do {
            return try JSONDecoder().decode([String].self, from: Data(text.utf8))
        } catch {
            throw nonsense(column, "holds no list of names")
        }
    }

    /// A value by its type: whole numbers, binary floating point, truth as 1 or 0, and everything else as its text, of
    /// which `numeric` is one, digits and all.
    ///
    /// The sum of `bigint`s is a `numeric`: a statement of books in whole steps has to cast it back.
    func value(_ column: Int) throws(ProbeError) -> LedgerValue {
        // The numbers of built-in types are fixed (pg_type.dat).
        switch PQftype(result, CInt(column)) {
        case 20, 21, 23, 26: return try optionalInteger(column).map(LedgerValue.integer) ?? .null
        case 700, 701:
            guard let text = try optionalText(column) else { return .null }
            guard let number = Double(text) else { throw nonsense(column, "holds no number") }
            return .real(number)
        case 16: return try optionalText(column).map { .integer($0 == "t" ? 1 : 0) } ?? .null
        case 17 where PQgetisnull(result, row, CInt(column)) == 0: throw nonsense(column, "holds a blob")
        default: return try optionalText(column).map(LedgerValue.text) ?? .null
        }
    }

    private func nonsense(_ column: Int, _ complaint: String) -> ProbeError {
        ProbeError(.nonsense, at: .ledger, "the column \(name(column)) \(complaint)")
    }
}
