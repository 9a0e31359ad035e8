package import Readiness

/// Takes back what checks have changed on a target, through the probes into it. The engine uses it after each check, and
/// `holdpoint recover` after a run that was killed.
///
/// Each compensation is idempotent: it may run when the change never happened, and again when it was taken back. It ends
/// only when the target itself shows that nothing is left. In which order several run is the caller's: newest first.
package struct TargetCompensator: Compensator {
    private let probes: TargetProbes
    private let clock: any CheckClock
    private let commands: (any CommandProbe)?

    /// Works through these probes, and waits by that clock.
    ///
    /// - Parameter commands: runs what external validators named; nil where there are none.
    package init(_ probes: TargetProbes, clock: any CheckClock, commands: (any CommandProbe)? = nil) {
        self.probes = probes
        self.clock = clock
        self.commands = commands
    }

    /// Takes a change back and makes certain of it.
    ///
    /// - Throws: `ProbeError` of the probe that failed, or of nonsense where the target shows that something is left.
    package func perform(_ compensation: Compensation) async throws(ProbeError) {
        switch compensation {
        case .cancelOrders(let account, let prefix):
            try await OrderCancellation(probes.orders, clock: clock).cancelAll(of: account, beginning: prefix)
        case .restorePosition(let account, let symbol, let quantity, let mark):
            try await PositionRestoration(probes, clock: clock)
                .restore(symbol, of: account, to: quantity, since: mark)
        case .disarmStops(let account, let symbol): try await disarmStops(of: account, in: symbol)
        case .restoreFeed: try await restoreFeed()
        case .releaseKillSwitch: try await releaseKillSwitch()
        case .returnSessions(let prefix): try await returnSessions(beginning: prefix)
        case .command(let words, let folder, let secrets): try await run(words, in: folder, secrets)
        }
    }

    private func disarmStops(of account: String, in symbol: String) async throws(ProbeError) {
        func armed() async throws(ProbeError) -> [StopState] {
            try await probes.stops.stops(of: account).value.filter { $0.symbol == symbol && $0.status == .armed }
        }
        var trouble: ProbeError?
        for stop in try await armed() {
            do throws(ProbeError) { _ = try await probes.stops.disarm(stopID: stop.stopID) } catch { trouble = error }
        }
        guard let left = try await armed().first else { return }
        throw trouble
            ?? ProbeError(.nonsense, at: .surface, "stop \(left.stopID) on \(account) is still armed in \(symbol)")
    }

    /// Restored is a feed in which every symbol ticks.
    private func restoreFeed() async throws(ProbeError) {
        let silent = try await FeedRecovery(probes, clock: clock).restore()
        guard silent.isEmpty else {
            throw ProbeError(
                .nonsense, at: .surface,
                "the feed was given back, but does not tick: \(silent.joined(separator: ", ").shortened())")
        }
    }

    /// Runs what an external validator named. Only its exit code tells: what it says is its own.
    private func run(_ words: [String], in folder: String, _ secrets: [String: String]) async throws(ProbeError) {
        guard let commands else { throw ProbeError(ourSide: "there is nothing that runs commands here") }
        let line = words.map(ShellWord.quoted).joined(separator: " ").shortened()
        let answer = try await commands.run(
            CommandRequirement(
                words, in: folder, secretEnvironment: secrets, form: .stated(exitCode: 0, text: TextRequirement()),
                limit: .seconds(6)))
        guard answer.value.exitCode == 0 else {
            let end = answer.value.exitCode.map { "with exit code \($0)" } ?? "by a signal"
            throw ProbeError(.nonsense, elsewhere: "\(line) ended \(end)")
        }
    }

    /// Releases what was engaged by a check of ours. Somebody else's reason to stop trading is not ours to end.
    private func releaseKillSwitch() async throws(ProbeError) {
        let state = try await probes.killSwitch.state().value
        guard state.isEngaged else { return }
        if let by = state.by, !KillSwitchHolder.isOurs(by) {
            throw ProbeError(
                .nonsense, at: .surface,
                "the kill switch is engaged by \(by.shortened()), not by a check: it was left as it is")
        }
        _ = try await probes.killSwitch.set(engaged: false, by: KillSwitchHolder.undo)
        guard try await !probes.killSwitch.state().value.isEngaged else {
            throw ProbeError(.nonsense, at: .surface, "the kill switch is still engaged after its release")
        }
    }

    /// A second of looks: four times as long as a request waits for a session.
    private static let sessionLooks = 10

    private func returnSessions(beginning prefix: String) async throws(ProbeError) {
        func held() async throws(ProbeError) -> [String] {
            try await probes.pool.holders().value.filter { $0.hasPrefix(prefix) }
        }
        var trouble: ProbeError?
        var names = try await held()
        // More than once: a request that a killed run left waiting for a session may get one between our looks.
        for look in 0..<Self.sessionLooks where !names.isEmpty {
            if look > 0 { try await clock.sleep(for: .milliseconds(100)) }
            trouble = nil
            for holder in names {
                do throws(ProbeError) { _ = try await probes.pool.giveBack(holder) } catch { trouble = error }
            }
            names = try await held()
        }
        guard let left = names.first else { return }
        throw trouble ?? ProbeError(.nonsense, at: .surface, "a session of the pool is still held as \(left)")
    }
}

/// Under which names checks engage and release the kill switch.
enum KillSwitchHolder {
    private static let prefix = "holdpoint"
    /// Who releases it after a check.
    static let undo = prefix

    /// Who engages it in an attempt of a check.
    static func check(_ token: String) -> String { "\(prefix) \(token)" }

    /// Whether a name is one of ours.
    static func isOurs(_ name: String) -> Bool { name.hasPrefix(prefix) }
}
