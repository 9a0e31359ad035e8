/// Which columns are for money or quantity, by the words of their names.
///
/// Only whole words count, between underscores, other signs, and where capitals begin: `fee_usd`, `feeUsd`, `avgPx` and
/// `FEE` have the word, `coffee` and `paramount` do not. `total_count` and `cost_ms` have a word of money too, and are
/// numbers of something else: what a name **ends** in says what the number is. So a name that ends in a word for a
/// count, a time, or a name of something is no column for money, whatever stands before. The list of those is short on
/// purpose: a share (`fee_pct`) or a rate is what money is computed from, and stays in.
struct MoneyWords: Sendable {
    private let words: Set<String>

    /// - Parameter words: in small letters or not.
    init(_ words: [String]) { self.words = Set(words.map { $0.lowercased() }) }

    /// Whether a column of that name is one.
    func isMoney(_ name: String) -> Bool {
        let own = Self.words(of: name)
        guard let last = own.last, !Self.otherKinds.contains(last) || words.contains(last) else { return false }
        return own.contains(where: isOne)
    }

    /// A word itself, its plural by an s (`fees`), or one with a number behind it (`price2`).
    private func isOne(_ word: String) -> Bool {
        if words.contains(word) { return true }
        if word.last == "s", words.contains(String(word.dropLast())) { return true }
        let letters = word.prefix { !$0.isNumber }
        return letters.count < word.count && word.dropFirst(letters.count).allSatisfy(\.isNumber)
            && words.contains(String(letters))
    }

    /// The words of a name in small letters. A capital begins one after a small letter or a digit, and the last of
    /// several does before a small letter: `USDAmount` is `usd` and `amount`.
    static func words(of name: String) -> [String] {
        var words: [String] = []
        var word = ""
        let letters = Array(name)
        for (place, letter) in letters.enumerated() {
            guard letter.isLetter || letter.isNumber else {
                words.append(word)
                word = ""
                continue
            }
            if letter.isUppercase, place > 0 {
                let next = place + 1 < letters.count ? letters[place + 1] : nil
                if !letters[place - 1].isUppercase || next?.isLowercase == true {
                    words.append(word)
                    word = ""
                }
            }
            word += letter.lowercased()
        }
        return (words + [word]).filter { !$0.isEmpty }
    }

    /// Ends of a name that make it a count, a time, or a name. `us` is not among them: it is microseconds to some and
    /// dollars to others.
    private static let otherKinds: Set<String> = [
        "count", "counts", "rows", "id", "ids", "uuid", "key", "hash", "code", "name", "currency", "ccy", "type",
        "kind",
        "unit", "units", "status", "source", "mode", "method", "at", "date", "day", "days", "time", "timestamp", "ts",
        "ms",
        "ns", "sec", "secs", "second", "seconds", "minutes", "hours",
    ]
}
