import FoundationEssentials
import Readiness

/// A position as the drop copy has it: what was held at a mark, and every fill in it since. What a target tells of a
/// position is held against it, because a fill that its books lost is a position that nobody sees.
///
/// Not every mark can be read on from: another life of the target begins its drop copy anew, and a copy keeps no more than
/// its newest messages. Then there is nothing to hold against, and what the target tells is all there is.
struct CopiedPosition: Sendable {
    private let symbol: String
    private let account: String
    private var reader: DropCopyReader
    /// What was held at the mark, with every fill that has been read since.
    private(set) var quantity: Decimal

    /// Where the drop copy is now, and in which life.
    static func mark(_ probes: TargetProbes) async throws(ProbeError) -> DropCopyMark {
        let life = try await Self.life(of: probes)
        return DropCopyMark(sequence: try await probes.orders.dropCopy(after: nil).value.last, bootID: life)
    }

    /// Begins at the mark. Reads nothing yet.
    ///
    /// - Returns: nil where the drop copy does not reach back to the mark.
    init?(
        of symbol: String, on account: String, holding before: Decimal, since mark: DropCopyMark, _ probes: TargetProbes
    ) async throws(ProbeError) {
        let life = try await Self.life(of: probes)
        if let then = mark.bootID, let life, then != life { return nil }
        let last = try await probes.orders.dropCopy(after: nil).value.last
        guard last >= mark.sequence, last - mark.sequence <= Self.kept else { return nil }
        self.symbol = symbol
        self.account = account
        quantity = before
        reader = DropCopyReader(beginningAfter: mark.sequence, orders: probes.orders)
    }

    /// Reads on.
    ///
    /// - Throws: `ProbeError` of nonsense where messages are missing, or a fill does not say whose it is, of what, which
    ///   way and how much: the position cannot be told then.
    mutating func read() async throws(ProbeError) {
        try await reader.read()
        guard reader.isGapless else {
            throw ProbeError(
                .nonsense, at: .surface,
                "the drop copy has gaps: what the fills on \(account) have left in \(symbol) cannot be told")
        }
        for fill in reader.drain() where fill.kind == .fill {
            if let whose = fill.account, whose != account { continue }
            if let what = fill.symbol, what != symbol { continue }
            guard fill.account != nil, fill.symbol != nil, let side = fill.side, let quantity = fill.quantity else {
                throw ProbeError(
                    .nonsense, at: .surface,
                    "the drop copy tells a fill of \(fill.clientOrderID.shortened()) without account, symbol, side or "
                        + "quantity: what is left of \(symbol) on \(account) cannot be told")
            }
            self.quantity += side.signed(quantity.decimal)
        }
    }

    /// Which life answers; nil where the target does not tell.
    private static func life(of probes: TargetProbes) async throws(ProbeError) -> String? {
        do throws(ProbeError) { return try await probes.control.process().value.bootID } catch {
            // Without it the sequence numbers have to do; only our own trouble is trouble here.
            guard error.fault == .target else { throw error }
            return nil
        }
    }

    /// Messages that a drop copy has to keep, by the contract of the surface.
    private static let kept: Int64 = 100_000
}
