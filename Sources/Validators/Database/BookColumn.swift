import Readiness

/// A column of numbers of the books, and of which type its values were.
///
/// SQLite keeps whatever it is given: a text in a column that is declared `INTEGER` stays a text. Whole numbers are
/// counted in steps and text in units, so a column of both has no one meaning.
struct BookColumn: Sendable {
    enum Name: Int, CaseIterable, Sendable {
        case fillQuantity, fillPrice, fillFee, positionQuantity, opening, balance, orderQuantity, orderFilled

        /// In words, for a finding.
        var words: String {
            switch self {
            case .fillQuantity, .positionQuantity, .orderQuantity: "quantity"
            case .fillPrice: "price"
            case .fillFee: "fee"
            case .opening: "opening"
            case .balance: "balance"
            case .orderFilled: "filled quantity"
            }
        }
    }

    /// How many values of a type are known by name.
    private static let mostNamed = 50

    private var wholeNumbers = 0
    private var texts = 0
    private var namedWholeNumbers: [String] = []
    private var namedTexts: [String] = []

    /// Notes a value's type.
    mutating func note(_ value: LedgerValue, _ subject: @autoclosure () -> String) {
        if case .integer = value {
            wholeNumbers += 1
            if namedWholeNumbers.count < Self.mostNamed { namedWholeNumbers.append(subject()) }
        } else {
            texts += 1
            if namedTexts.count < Self.mostNamed { namedTexts.append(subject()) }
        }
    }

    /// The values that are not of the type that most of the column is of, the first of them; none in a column of one.
    var odd: [(subject: String, words: String)] {
        guard wholeNumbers > 0, texts > 0 else { return [] }
        return texts <= wholeNumbers
            ? namedTexts.map { ($0, "is text in a column of whole numbers") }
            : namedWholeNumbers.map { ($0, "is a whole number in a column of text") }
    }
}
