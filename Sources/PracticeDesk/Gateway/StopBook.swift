/// The stops of the desk: those that are looked at with each tick, and the newest of those that have ended.
struct StopBook: Sendable {
    /// How many may be active at once, so that no client can make a tick slow.
    static let activeBound = 1000
    private static let endedBound = 1000

    /// Armed, or triggered with the position not closed yet; oldest first.
    private(set) var active: [Stop] = []
    private var ended: [Stop] = []

    subscript(id: String) -> Stop? { active.first { $0.id == id } ?? ended.first { $0.id == id } }

    /// The active ones of a symbol, oldest first.
    func active(_ instrument: Instrument) -> [Stop] { active.filter { $0.instrument == instrument } }

    /// Every stop of an account that is remembered, newest first.
    func all(of account: Account) -> [Stop] {
        active.filter { $0.account == account }.reversed() + ended.filter { $0.account == account }.reversed()
    }

    /// Adds a stop or notes its new state. One that has ended stays as it is.
    mutating func update(_ stop: Stop) {
        guard let index = active.firstIndex(where: { $0.id == stop.id }) else {
            if stop.isActive { active.append(stop) }
            return
        }
        if stop.isActive {
            active[index] = stop
        } else {
            active.remove(at: index)
            if ended.count == Self.endedBound { ended.removeFirst() }
            ended.append(stop)
        }
    }
}
