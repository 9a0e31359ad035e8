import Readiness

/// Takes every session that a pool has free, looks, gives all of them back, and sees that they came back; again and
/// again, so that nobody else waits for longer than one such cycle takes.
///
/// Others may use the pool meanwhile. What they hold is theirs: full use is every session in use by whomever, and only
/// what is in use under our names or under nobody's can be a session that was not given back.
struct PoolFilling: Sendable {
    /// What the sessions are held as begins with this.
    let prefix: String
    /// How full the pool was before.
    let before: PoolState
    /// What each check-out took inside the target, nanoseconds.
    private(set) var waits: [Int64] = []
    /// How often every session was in use.
    private(set) var fullLooks = 0
    /// The most that waited at full use.
    private(set) var mostWaiting = 0
    /// The most sessions by which the count in use was off the pool's size at full use, either way.
    private(set) var mostOff = 0
    /// Sessions in use when a check-out was refused, although there were more; nil if none was.
    private(set) var refusedAt: Int?
    /// Sessions that had been given back and stayed in use.
    private(set) var leaked = 0
    /// Sessions of which the target said on their return that we had not held them.
    private(set) var lost = 0
    /// Sessions that were had beyond the pool's size; 0: one more was asked for at full use, and refused; nil: neither was
    /// seen, because others gave one back just then.
    private(set) var beyond: Int?
    /// The newest exchange, for evidence.
    private(set) var transcript: String

    private let pool: any PoolProbe
    private let clock: any CheckClock
    private let unnamedBefore: Int
    private var held: [String] = []
    private var named = 0
    private var room: Int
    /// Surprises by others since the last session that was had.
    private var refills = 0

    private static let mostSessions = 10_000
    private static let mostRefills = 10
    private static let patience = (looks: 10, pause: Duration.milliseconds(100))

    /// Looks at the pool as it is. Takes nothing yet.
    init(_ pool: any PoolProbe, prefix: String, clock: any CheckClock) async throws(ProbeError) {
        self.pool = pool
        self.prefix = prefix
        self.clock = clock
        var answer = try await Self.look(pool)
        // A pool in full use by others may be so for a moment.
        for _ in 1..<Self.patience.looks where answer.value.free == 0 {
            try await clock.sleep(for: Self.patience.pause)
            answer = try await Self.look(pool)
        }
        before = answer.value
        transcript = answer.transcript
        room = answer.value.free
        unnamedBefore = answer.value.inUse - (try await pool.holders().value.count { !$0.hasPrefix(prefix) })
    }

    /// Checks one session out; at full use gives back everything first.
    ///
    /// - Returns: what the check-out took from our side; nil when there is nothing more to be learned.
    mutating func checkOut() async throws(ProbeError) -> Duration? {
        while refusedAt == nil, leaked == 0, beyond ?? 0 == 0, refills <= Self.mostRefills {
            if room == 0 {
                guard before.free > 0, try await turn() else { return nil }
                continue
            }
            named += 1
            let answer = try await pool.checkOut(as: "\(prefix)\(named)")
            transcript = answer.transcript
            guard answer.value.waitedNanoseconds >= 0 else {
                throw ProbeError(.nonsense, at: .surface, "a session was waited for less than no time")
            }
            if answer.value.isHeld {
                held.append("\(prefix)\(named)")
                waits.append(answer.value.waitedNanoseconds)
                room -= 1
                refills = 0
                return answer.elapsed
            }
            let now = try await Self.look(pool).value
            if now.free > 0 {
                refusedAt = now.inUse
            } else {
                refills += 1
                beyond = beyond ?? 0
            }
            // Somebody else took what was free a moment ago: then this is full use.
            room = 0
        }
        return nil
    }

    /// Fills the pool once more, where it has not been full, and gives everything back.
    mutating func finish(filling: Bool) async throws(ProbeError) {
        if filling {
            while room > 0, try await checkOut() != nil {}
        }
        guard !held.isEmpty else { return }
        if filling, refusedAt == nil { try await lookAtFullUse() }
        try await giveBack()
        _ = try await settle()
    }

    /// Looks at the full pool, gives everything back, and waits for it to be free.
    private mutating func turn() async throws(ProbeError) -> Bool {
        let now = try await Self.look(pool).value
        // Others have given something back: there is more to take.
        if now.free > 0, now.inUse >= held.count, refills < Self.mostRefills {
            refills += 1
            room = now.free
            return true
        }
        note(now)
        try await tryBeyond()
        try await giveBack()
        return try await settle()
    }

    private mutating func lookAtFullUse() async throws(ProbeError) {
        note(try await Self.look(pool).value)
        try await tryBeyond()
    }

    /// Asks once for a session more than there are: a pool that has a bound refuses it. Until it does, whoever else asks
    /// waits as well, so it is not asked for again.
    private mutating func tryBeyond() async throws(ProbeError) {
        guard beyond == nil else { return }
        named += 1
        let answer = try await pool.checkOut(as: "\(prefix)\(named)")
        transcript = answer.transcript
        guard answer.value.isHeld else {
            beyond = 0
            return
        }
        held.append("\(prefix)\(named)")
        // What we hold is certain, whatever the pool says of itself; of others only it can tell.
        var inUse = held.count
        if inUse <= before.size {
            let others = try await pool.holders().value.count { !$0.hasPrefix(prefix) }
            inUse = max(inUse + others, try await Self.look(pool).value.inUse)
        }
        if inUse > before.size { beyond = inUse - before.size }
    }

    private mutating func note(_ now: PoolState) {
        fullLooks += 1
        mostWaiting = max(mostWaiting, now.waiting)
        mostOff = max(mostOff, abs(now.size - now.inUse))
    }

    private mutating func giveBack() async throws(ProbeError) {
        for holder in held {
            let answer = try await pool.giveBack(holder)
            transcript = answer.transcript
            if !answer.value { lost += 1 }
        }
        held = []
    }

    /// Waits until as many are in use as before, those of others by name apart.
    ///
    /// - Returns: whether there is room for another cycle.
    private mutating func settle() async throws(ProbeError) -> Bool {
        var least = Int.max
        for look in 0..<Self.patience.looks {
            if look > 0 { try await clock.sleep(for: Self.patience.pause) }
            let now = try await Self.look(pool)
            let others = try await pool.holders().value.count { !$0.hasPrefix(prefix) }
            transcript = now.transcript
            least = min(least, max(0, now.value.inUse - others - unnamedBefore))
            room = now.value.free
            if least == 0, room > 0 { return true }
        }
        leaked = least
        return false
    }

    private static func look(_ pool: any PoolProbe) async throws(ProbeError) -> Answer<PoolState> {
        let answer = try await pool.pool()
        let state = answer.value
        guard (1...mostSessions).contains(state.size), state.inUse >= 0, state.waiting >= 0 else {
            throw ProbeError(
                .nonsense, at: .surface,
                "a pool of \(state.size) sessions, \(state.inUse) in use, \(state.waiting) waiting")
        }
        return answer
    }
}

extension PoolState {
    /// Sessions that nobody has.
    fileprivate var free: Int { max(0, size - inUse) }
}
