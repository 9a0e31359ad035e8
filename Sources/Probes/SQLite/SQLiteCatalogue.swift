import GRDB
import GRDBSQLite
import Readiness

/// Asks the catalogue of an open SQLite database how columns and indexes are compared.
struct SQLiteCatalogue {
    let database: Database

    /// The collation that a column was declared with, `BINARY` where with none; nil where there is no such column.
    ///
    /// No pragma tells it: only this function of the library does.
    func collation(of column: String, in table: String) throws -> String? {
        var name: UnsafePointer<CChar>?
        let code = sqlite3_table_column_metadata(
            database.sqliteConnection, "main", table, column, nil, &name, nil, nil, nil)
        // SQLITE_ERROR is a table or column that is not there, or a view.
        guard code == SQLITE_OK else {
            if code == SQLITE_ERROR { return nil }
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: "reading a column's collation")
        }
        return name.map { String(cString: $0) }
    }

    /// The collations of an index's columns, in their order; the row id that ends each entry is not among them.
    func collations(ofIndex name: String) throws -> [String] {
        try String.fetchAll(
            database, sql: "SELECT coalesce(coll, '') FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno",
            arguments: [name])
    }

    /// The collations of the columns that a reference points to; nil where one of them is not there.
    ///
    /// SQLite compares a child's value by its parent's collation when it looks for the children of a row.
    ///
    /// - Parameter named: the parent's columns in the order of the reference's; nil for those of its primary key.
    func parentCollations(of key: LedgerSchema.ForeignKey, named: [String?]) throws -> [String]? {
        var columns = named.compactMap(\.self)
        if columns.isEmpty {
            columns = try String.fetchAll(
                database, sql: "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk",
                arguments: [key.parent])
        }
        guard columns.count == key.columns.count else { return nil }
        var collations: [String] = []
        for column in columns {
            guard let collation = try collation(of: column, in: key.parent) else { return nil }
            collations.append(collation)
        }
        return collations
    }
}
