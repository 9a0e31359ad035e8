/// What a declared type of a column makes of a number.
enum ColumnType {
    /// Whether an engine keeps values of a type as binary floating point.
    ///
    /// SQLite goes by parts of the name, in a fixed order (sqlite.org/datatype3.html, 3.1): one with INT in it is whole
    /// numbers, even `FLOATING POINT`; one of text is text; then REAL, FLOA and DOUB are floating. Others go by the name.
    static func isFloat(_ declared: String, engine: String) -> Bool {
        let type = declared.uppercased()
        if engine == "sqlite" {
            let isOther = ["INT", "CHAR", "CLOB", "TEXT", "BLOB"].contains(where: type.contains)
            return !isOther && ["REAL", "FLOA", "DOUB"].contains(where: type.contains)
        }
        // `double precision`, `float8`, `float(53)`, `real[]`.
        let word = type.prefix { $0.isLetter }
        return ["REAL", "FLOAT", "DOUBLE"].contains(word)
    }

    /// Whether a type promises numbers, by parts of its name that all engines have in common. One of text does not,
    /// nor does a column without a type.
    static func isNumeric(_ declared: String) -> Bool {
        let type = declared.uppercased()
        guard !["CHAR", "CLOB", "TEXT", "BLOB", "STRING"].contains(where: type.contains) else { return false }
        return ["INT", "NUM", "DEC", "REAL", "FLOA", "DOUB", "MONEY"].contains(where: type.contains)
    }
}
