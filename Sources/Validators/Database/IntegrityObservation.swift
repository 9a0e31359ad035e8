package import Readiness

extension IntegrityConsistent {
    /// What was found.
    package struct Observation: Codable, Sendable {
        /// A holding whose fills and position are not the same.
        package struct Difference: Codable, Sendable {
            /// Whose.
            package var account: String
            /// Of what.
            package var symbol: String
            /// Buys less sells; nil for no fill at all.
            package var byFills: DecimalValue?
            /// What the position says; nil for no position at all.
            package var byPosition: DecimalValue?
        }

        /// An account whose cash is not what its fills make of it.
        package struct CashDifference: Codable, Sendable {
            /// Whose.
            package var account: String
            /// What it began with; nil for no row of cash at all.
            package var opening: DecimalValue?
            /// The opening, less purchases and fees, plus sales; nil without an opening.
            package var byFills: DecimalValue?
            /// What the row says; nil for no row of cash at all.
            package var byBalance: DecimalValue?
        }

        /// An order that contradicts itself or its fills.
        package struct Contradiction: Codable, Sendable, Equatable {
            /// How; the kind of the finding about it. An order has one, the first that holds.
            package enum Kind: String, Codable, Sendable {
                /// More was filled than was asked for, by its own word or by its fills.
                case overfilled
                /// It is filled, and has no fill.
                case filledWithoutFills = "filled-without-fills"
                /// What it says was filled is not what its fills add up to.
                case filledDiffers = "filled-differs"
                /// It is filled, and word and fills agree on less than was asked for.
                case filledInPart = "filled-in-part"
                /// It works, and nothing of it is left to fill.
                case workingThoughFilled = "working-though-filled"
                /// It was cancelled, and nothing of it was left to cancel.
                case cancelledThoughFilled = "cancelled-though-filled"
                /// It was rejected or denied, and has fills.
                case refusedWithFills = "refused-with-fills"
                /// Its status is none that an order has.
                case unknownStatus = "unknown-status"
            }

            /// How.
            package var kind: Kind
            /// The order, at most 200 characters of its id.
            package var orderID: String
            /// What it says that it is, at most 40 characters.
            package var status: String
            /// How much was ordered.
            package var ordered: DecimalValue
            /// How much the order says was filled.
            package var filled: DecimalValue
            /// How much its fills add up to.
            package var byFills: DecimalValue
        }

        /// What cannot be what it has to be: a text where a number belongs, a row that stands there twice.
        package struct Malformed: Codable, Sendable, Equatable {
            /// Where it stands, in words.
            package var subject: String
            /// What is wrong with it, to follow the subject in a sentence.
            package var words: String
        }

        /// Where the target says that its ledger is, and how its books are read.
        package var ledger: LedgerDescription
        /// What the engine complains of, the first of it.
        package var damage: [String]
        /// All that the engine complains of.
        package var damageCount: Int
        /// Rows that refer to nothing, in every look; at most 100.
        package var orphans: [OrphanRow] = []
        /// What was malformed in every look, the first of it.
        package var malformed: [Malformed] = []
        /// All that was malformed in every look.
        package var malformedCount = 0
        /// Holdings that differ in every look, the first of them.
        package var differences: [Difference] = []
        /// All that differ in every look.
        package var differenceCount = 0
        /// Accounts whose cash differs in every look, the first of them.
        package var cashDifferences: [CashDifference] = []
        /// All whose cash differs in every look.
        package var cashDifferenceCount = 0
        /// Orders that contradict themselves in every look, the first of them.
        package var contradictions: [Contradiction] = []
        /// All that do in every look.
        package var contradictionCount = 0
        /// Fills that are not of their orders in every look, the first of them.
        package var strays: [StrayFill] = []
        /// All that are not in every look.
        package var strayCount = 0
        /// Fills that were added up.
        package var fills = 0
        /// Holdings that were compared.
        package var holdings = 0
        /// Orders that were compared.
        package var orders = 0
        /// Accounts whose cash was compared.
        package var accounts = 0
        /// How many looks were taken; none at a damaged file.
        package var looks = 0
        /// All looks.
        package var evidence: Evidence

        /// States what the engine complains of, and nothing of the books yet.
        init(_ ledger: LedgerDescription, damage: [String], evidence: Evidence) {
            self.ledger = ledger
            self.damage = Array(damage.prefix(WrongBooks.mostKept))
            damageCount = damage.count
            self.evidence = evidence
        }

        /// Whether there was something to add up, or a reason not to try.
        var hasBooks: Bool { fills > 0 || damageCount > 0 || malformedCount > 0 }

        /// Takes what was wrong in every look.
        mutating func note(_ wrong: WrongBooks, _ books: LedgerBooks, looks: Int) {
            let most = WrongBooks.mostKept
            orphans = wrong.orphans
            malformed = wrong.malformed.prefix(most).map(wrong.malformedValue)
            malformedCount = wrong.malformed.count
            differences = wrong.differing.prefix(most).map { wrong.difference(of: $0, books) }
            differenceCount = wrong.differing.count
            cashDifferences = wrong.differingCash.prefix(most).map(wrong.cashDifference)
            cashDifferenceCount = wrong.differingCash.count
            contradictions = wrong.contradictory.prefix(most).compactMap { wrong.contradiction(of: $0, books) }
            contradictionCount = wrong.contradictory.count
            strays = Array(wrong.strays.prefix(most))
            strayCount = wrong.strays.count
            fills = wrong.look.fills
            holdings = wrong.look.holdings
            orders = wrong.look.orders.count
            accounts = wrong.look.cash.count
            self.looks = looks
        }

        /// Statements that show what was found.
        func looking(by books: LedgerBooks) -> [Remediation.Step] {
            var steps: [Remediation.Step] = []
            func add(_ text: String, _ sql: String) { steps.append(.init(text, command: ledger.command(sql))) }
            if damageCount > 0 { add("See all that the engine complains of.", "PRAGMA integrity_check;") }
            if !orphans.isEmpty { add("See every row that refers to nothing.", "PRAGMA foreign_key_check;") }
            // Not offered: then nothing but damage was looked for.
            guard let statement = try? BookStatement(of: books).text else { return steps }
            if let first = differences.first {
                let whose = "account = \(first.account.sqlText) AND symbol = \(first.symbol.sqlText)"
                add(
                    "See what \(first.account.shortened(to: 60)) holds in \(first.symbol.shortened(to: 60)) by its fills "
                        + "and by its position.",
                    "SELECT book, side, count(*), sum(quantity) FROM (\(statement)\n) "
                        + "WHERE \(whose) AND book IN ('fill', 'position') GROUP BY book, side")
            }
            if let first = cashDifferences.first {
                add(
                    "See the cash of \(first.account.shortened(to: 60)), and what its fills come to: quantity times price, "
                        + "and fees, in the ledger's own steps.",
                    "SELECT book, side, sum(first * quantity), sum(second), max(first) FROM (\(statement)\n) "
                        + "WHERE account = \(first.account.sqlText) AND book IN ('fill', 'cash') GROUP BY book, side")
            }
            if let first = contradictions.first?.orderID ?? strays.first?.orderID {
                add(
                    "See order \(first.shortened(to: 60)) and its fills.",
                    "SELECT book, account, symbol, side, order_id, status, quantity, first FROM (\(statement)\n) "
                        + "WHERE order_id = \(first.sqlText)")
            }
            if malformedCount > 0 {
                add(
                    "See every row with a value that is neither a whole number nor nothing.",
                    "SELECT * FROM (\(statement)\n) WHERE typeof(quantity) NOT IN ('integer', 'null') "
                        + "OR typeof(first) NOT IN ('integer', 'null') OR typeof(second) NOT IN ('integer', 'null')")
            }
            return steps
        }
    }
}
