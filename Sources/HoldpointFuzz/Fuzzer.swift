/// Something that is fed with nonsense for a while.
protocol Fuzzer {
    /// `config`, `surface`, `keys`.
    static var name: String { get }

    /// Feeds one input made from the dice.
    ///
    /// - Throws: `FuzzFailure` when what must hold did not.
    func round(_ dice: inout Dice) async throws
}

/// What must hold did not. The seed of the round is told beside it.
struct FuzzFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
