package import FoundationEssentials
package import Readiness
import Synchronization

/// What accounts hold, in memory and in the ledger, as the fills of a venue have made it; and wrong in many ways.
package final class FakeBooks: PositionProbe {
    /// How it behaves.
    package struct Behaviour: Sendable {
        /// How many looks at positions it takes until a fill is in them.
        package var lag = 0
        /// How many reads of the ledger it takes until a fill is in it.
        package var ledgerLag = 0
        /// What is shown of an account instead; is told how many fills are in it.
        package var shows: @Sendable (AccountState, Int) -> AccountState = { state, _ in state }
        /// The rows that are kept of a fill instead of its own.
        package var keeps: @Sendable ([LedgerValue]) -> [[LedgerValue]] = { [$0] }
        /// The rows that the ledger keeps of an account's cash instead of its own; is told how many fills are in it.
        package var banks: @Sendable ([LedgerValue], Int) -> [[LedgerValue]] = { row, _ in [row] }
        /// Thrown by the look at positions with this number, from 1, and all later ones.
        package var failure: (at: Int, error: ProbeError)?
    }

    private struct Entry {
        var fill: DropCopy.Event
        var look: Int
        var read: Int
    }

    private struct State {
        var behaviour = Behaviour()
        var opening: [String: AccountState] = [:]
        var entries: [Entry] = []
        var asked: Set<String> = []
        var looks = 0
        var reads = 0
    }
    private let state = Mutex(State())

    /// Books of flat accounts with 100,000 USD each.
    package init() {}

    /// Changes how it behaves.
    package func change(_ change: (inout Behaviour) -> Void) { state.withLock { change(&$0.behaviour) } }

    /// Gives an account something to begin with.
    package func open(_ account: AccountState) { state.withLock { $0.opening[account.account] = account } }

    /// Takes a fill in.
    package func book(_ fill: DropCopy.Event) {
        state.withLock { $0.entries.append(Entry(fill: fill, look: $0.looks, read: $0.reads)) }
    }

    /// What an account holds of a symbol, whatever is shown of it.
    package func held(_ account: String, _ symbol: String) -> Decimal { holdings(of: account)[symbol] ?? 0 }

    /// What an account holds, whatever is shown of it.
    package func holdings(of account: String) -> [String: Decimal] {
        state.withLock { state in
            var held: [String: Decimal] = [:]
            for position in state.opening[account]?.positions ?? [] {
                held[position.symbol, default: 0] += position.quantity.decimal
            }
            for fill in state.entries.map(\.fill) where fill.account == account {
                let quantity = fill.quantity?.decimal ?? 0
                held[fill.symbol ?? "", default: 0] += fill.side == .buy ? quantity : -quantity
            }
            return held.filter { $0.value != 0 }
        }
    }

    /// What the account holds by the fills that are in by now.
    package func positions(of account: String) async throws(ProbeError) -> Answer<AccountState> {
        let (booked, fills, behaviour, failure) = state.withLock { state in
            state.looks += 1
            state.asked.insert(account)
            let opening = state.opening[account] ?? Self.flat(account)
            let fills = state.entries.filter {
                $0.fill.account == account && state.looks - $0.look > state.behaviour.lag
            }
            let booked = fills.reduce(opening) { Self.booked($1.fill, in: $0) }
            let failure = state.behaviour.failure.flatMap { state.looks >= $0.at ? $0.error : nil }
            return (booked, fills.count, state.behaviour, failure)
        }
        if let failure { throw failure }
        // Outside the lock: what is shown may depend on what else happens then.
        let shown = behaviour.shows(booked, fills)
        return Answer(shown, transcript: "GET positions of \(account): cash \(shown.cash)", elapsed: .milliseconds(1))
    }

    /// The rows of a client order id, in the columns and scales of `LedgerBooks.sample`.
    package func rows(of clientOrderID: String) -> [[LedgerValue]] {
        state.withLock { state in
            state.reads += 1
            return state.entries
                .filter {
                    $0.fill.clientOrderID == clientOrderID && state.reads - $0.read > state.behaviour.ledgerLag
                }
                .flatMap { state.behaviour.keeps(Self.row(of: $0.fill)) }
        }
    }

    /// `account, opening, balance` of the cash of every account that somebody asked about, by the fills that are in the
    /// ledger by now. The fills of these accounts are in no other statement, so the opening is what balances.
    package func cashRows() -> [[LedgerValue]] {
        state.withLock { state in
            state.asked.sorted().flatMap { account in
                let fills = state.entries.filter {
                    $0.fill.account == account && state.reads - $0.read >= state.behaviour.ledgerLag
                }
                let booked = fills.reduce(state.opening[account] ?? Self.flat(account)) { Self.booked($1.fill, in: $0) }
                let cash = Self.steps(booked.cash, scale: 6)
                return state.behaviour.banks([.text(account), cash, cash], fills.count)
            }
        }
    }

    private static func flat(_ account: String) -> AccountState {
        AccountState(
            account: account, positions: [], cash: "100000.00", realizedResult: "0.00", feesPaid: "0.00", openOrders: 0)
    }

    private static func row(of fill: DropCopy.Event) -> [LedgerValue] {
        [
            .text(fill.account ?? ""), .text(fill.symbol ?? ""), .text(fill.side?.rawValue ?? ""),
            steps(fill.quantity, scale: 2), steps(fill.price, scale: 4), steps(fill.fee, scale: 6),
            .text(fill.clientOrderID),
        ]
    }

    private static func steps(_ value: DecimalValue?, scale: Int) -> LedgerValue {
        let scaled = (value?.decimal ?? 0) * Decimal(sign: .plus, exponent: scale, significand: 1)
        return Int64(scaled.description).map(LedgerValue.integer) ?? .text(scaled.description)
    }

    /// The account after a fill: the average of what is held moves with what is added, the result with what is closed.
    private static func booked(_ fill: DropCopy.Event, in before: AccountState) -> AccountState {
        guard let symbol = fill.symbol, let quantity = fill.quantity?.decimal, let price = fill.price?.decimal else {
            return before
        }
        var after = before
        let signed = fill.side == .sell ? -quantity : quantity
        let fee = fill.fee?.decimal ?? 0
        let held = before.positions.first { $0.symbol == symbol }
        let (had, average) = (held?.quantity.decimal ?? 0, held?.averagePrice.decimal ?? 0)
        let now = had + signed
        var newAverage = average
        if had == 0 || (had > 0) == (signed > 0) {
            newAverage = (had * average + signed * price) / now
        } else {
            let closed = min(abs(had), abs(signed))
            let result = closed * (had > 0 ? price - average : average - price)
            after.realizedResult = DecimalValue(before.realizedResult.decimal + result)
            if abs(signed) > abs(had) { newAverage = price }
        }
        after.positions.removeAll { $0.symbol == symbol }
        if now != 0 {
            after.positions.append(
                .init(symbol: symbol, quantity: DecimalValue(now), averagePrice: DecimalValue(newAverage)))
        }
        after.cash = DecimalValue(before.cash.decimal - signed * price - fee)
        after.feesPaid = DecimalValue(before.feesPaid.decimal + fee)
        return after
    }
}
