package import Readiness

/// Asks a target for each capability of the readiness surface, as the checks do, and says what it met.
///
/// Only what changes nothing is asked: no order, no marker in a log, no session of a pool. First everything is asked once,
/// several at a time, so that a target that is silent costs a few limits and not twenty; then what answered is timed, one
/// question after the other, so that no time is that of a crowd.
package struct CapabilityReading: Sendable {
    /// The reads of which the median is told, where the target is quick enough for them.
    package static let reads = 5
    /// Questions that are asked at once: fewer than there are connections, so that none waits behind another's silence.
    static let width = DeskTarget.connections - 2
    /// How long the reads of one capability may take together before fewer of them have to do.
    package static let patience = Duration.seconds(1)

    private typealias Read = @Sendable () async throws(ProbeError) -> Duration

    private let probes: TargetProbes
    private let profile: TargetProfile
    private let account: String
    private let tier: String
    private let tell: @Sendable (LookStep) -> Void

    /// Looks with a target's probes.
    ///
    /// - Parameters:
    ///   - profile: says how each is asked, and what else it offers.
    ///   - tier: the one whose readiness account is asked for.
    ///   - tell: told of each question when it is asked and when it is settled, on any thread; must not block.
    package init(
        _ probes: TargetProbes, profile: TargetProfile, tier: String,
        telling tell: @escaping @Sendable (LookStep) -> Void = { _ in }
    ) {
        self.probes = probes
        self.profile = profile
        self.tier = tier
        self.tell = tell
        account = probes.accounts.account(of: tier)
    }

    /// One report for each capability, in the order of `Capability`, and then for each part.
    ///
    /// - Parameter waiting: the checks that need each.
    /// - Throws: only that it was cancelled.
    package func reports(
        waiting: [CapabilityReport.Subject: [CheckID]]
    ) async throws(ProbeError) -> [CapabilityReport] {
        let found = await discovery()
        let symbol = await market()
        let first = await together(symbol)
        var reports: [CapabilityReport] = []
        for capability in Capability.allCases {
            guard !Task.isCancelled else { throw .cancelled }
            var finding = first[capability] ?? writing(capability, found)
            if case .answers(let once, _) = finding, let read = read(capability, symbol) {
                finding = await timed(told(.capability(capability), read), after: once)
            }
            reports.append(
                CapabilityReport(
                    .capability(capability), question: question(capability), finding,
                    isListed: isListed(capability, found),
                    notes: capability == .discovery ? readyNote(found) : versionNote(capability, found),
                    waiting: waiting[.capability(capability)] ?? []))
        }
        for part in ObservedPart.allCases {
            let finding = await timed(told(.part(part), read(part)), after: .zero)
            guard !Task.isCancelled else { throw .cancelled }
            reports.append(
                CapabilityReport(
                    .part(part), question: question(part), finding, waiting: waiting[.part(part)] ?? []))
        }
        return reports
    }

    // MARK: - What answers

    /// The same question, told of while it is under way.
    private func told(_ subject: CapabilityReport.Subject, _ read: @escaping Read) -> Read {
        let tell = tell
        return { () async throws(ProbeError) in
            tell(.asked(subject))
            defer { tell(.settled(subject)) }
            return try await read()
        }
    }

    private func discovery() async -> Result<ReadinessAnswer, ProbeError> {
        tell(.asked(.capability(.discovery)))
        defer { tell(.settled(.capability(.discovery))) }
        do throws(ProbeError) { return .success(try await probes.discovery.readiness().value) } catch {
            return .failure(error)
        }
    }

    /// A symbol with its price, for the questions that need one.
    private func market() async -> SymbolState? {
        tell(.asked(.capability(.marketData)))
        defer { tell(.settled(.capability(.marketData))) }
        // Why it cannot be had stands in the report of the market data itself.
        do throws(ProbeError) { return try await probes.market.snapshot().value.first } catch { return nil }
    }

    private func together(_ symbol: SymbolState?) async -> [Capability: CapabilityReport.Finding] {
        await withTaskGroup(of: (Capability, CapabilityReport.Finding).self) { group in
            var findings: [Capability: CapabilityReport.Finding] = [:]
            var underWay = 0
            for capability in Capability.allCases {
                guard let question = read(capability, symbol) else { continue }
                let read = told(.capability(capability), question)
                if underWay == Self.width, let (done, finding) = await group.next() {
                    findings[done] = finding
                    underWay -= 1
                }
                group.addTask {
                    // Settled before the pair is made: the compiler (6.3, -O) loses a value beside an await that throws.
                    let finding: CapabilityReport.Finding
                    do throws(ProbeError) {
                        let elapsed = try await read()
                        finding = .answers(median: elapsed, reads: 1)
                    } catch {
                        finding = .trouble(error)
                    }
                    return (capability, finding)
                }
                underWay += 1
            }
            for await (capability, finding) in group { findings[capability] = finding }
            return findings
        }
    }

    private func timed(_ read: Read, after once: Duration) async -> CapabilityReport.Finding {
        var times: [Duration] = []
        var spent = Duration.zero
        repeat {
            do throws(ProbeError) {
                let elapsed = try await read()
                times.append(elapsed)
                spent += elapsed
            } catch {
                return .trouble(error)
            }
        } while times.count < Self.reads && spent < Self.patience
        return .answers(median: times.sorted()[times.count / 2], reads: times.count)
    }

    /// How a capability is read; nil for one that is only written to, or that cannot be asked without a symbol.
    private func read(_ capability: Capability, _ symbol: SymbolState?) -> Read? {
        let (probes, account) = (self.probes, self.account)
        switch capability {
        case .discovery: return { () async throws(ProbeError) in try await probes.discovery.readiness().elapsed }
        case .identity: return { () async throws(ProbeError) in try await probes.discovery.identity().elapsed }
        case .riskLimits: return { () async throws(ProbeError) in try await probes.risk.limits().elapsed }
        case .orderList:
            return { () async throws(ProbeError) in try await probes.orders.working(account: account).elapsed }
        case .dropCopy: return { () async throws(ProbeError) in try await Self.timedDropCopy(probes) }
        case .positions:
            return { () async throws(ProbeError) in try await probes.positions.positions(of: account).elapsed }
        case .marketData: return { () async throws(ProbeError) in try await probes.market.snapshot().elapsed }
        case .killSwitch: return { () async throws(ProbeError) in try await probes.killSwitch.state().elapsed }
        case .stops: return { () async throws(ProbeError) in try await probes.stops.stops(of: account).elapsed }
        case .components: return { () async throws(ProbeError) in try await probes.components.components().elapsed }
        case .logs: return { () async throws(ProbeError) in try await probes.log.describeLog().elapsed }
        case .process: return { () async throws(ProbeError) in try await probes.control.process().elapsed }
        case .pool: return { () async throws(ProbeError) in try await probes.pool.pool().elapsed }
        case .ledger: return { () async throws(ProbeError) in try await Self.timedConnection(probes) }
        case .riskEvaluate, .riskSize, .riskCorrelation: return decision(capability, symbol)
        case .orderSubmit, .orderCancel, .marketDataInject, .control: return nil
        }
    }

    /// Questions that change nothing and need something to ask about.
    private func decision(_ capability: Capability, _ symbol: SymbolState?) -> Read? {
        let (probes, tier, account) = (self.probes, self.tier, self.account)
        if capability == .riskCorrelation {
            // Twenty returns each, the fewest that there is a coefficient for.
            let held = (0..<20).map { $0 % 2 == 0 ? "0.01" : "-0.02" }
            let wanted = (0..<20).map { $0 % 3 == 0 ? "0.02" : "-0.01" }
            let request = CorrelationRequest(tier: tier, held: held, wanted: wanted)
            return { () async throws(ProbeError) in try await probes.correlation.correlate(request).elapsed }
        }
        guard let symbol else { return nil }
        if capability == .riskSize {
            let request = SizeRequest(
                tier: tier, symbol: symbol.symbol, winProbability: "0.55", odds: "1.5", trades: 120,
                capital: "100000.00", price: symbol.last.description)
            return { () async throws(ProbeError) in try await probes.sizing.size(request).elapsed }
        }
        let order = OrderRequest(
            clientOrderID: "hp-look-1", account: account, symbol: symbol.symbol, side: .buy, quantity: symbol.lot,
            price: symbol.bid)
        return { () async throws(ProbeError) in try await probes.risk.evaluate(order).elapsed }
    }

    private static func timedDropCopy(_ probes: TargetProbes) async throws(ProbeError) -> Duration {
        let started = ContinuousClock.now
        _ = try await probes.orders.dropCopy(after: nil)
        return ContinuousClock.now - started
    }

    private static func timedConnection(_ probes: TargetProbes) async throws(ProbeError) -> Duration {
        let ledger = try await probes.ledger.describe().value
        let started = ContinuousClock.now
        let connection = try await probes.ledger.connect(ledger)
        let elapsed = ContinuousClock.now - started
        await connection.close()
        return elapsed
    }

    // MARK: - What is not tried

    /// What is known of a capability that was not asked.
    private func writing(
        _ capability: Capability, _ found: Result<ReadinessAnswer, ProbeError>
    ) -> CapabilityReport.Finding {
        switch capability {
        case .riskEvaluate, .riskSize: return .untried("marketdata gives no symbol and price to ask about")
        case .control where profile.isPracticeDesk || profile.restart != nil:
            return .untried("it restarts the target")
        case .control:
            return .trouble(
                ProbeError(
                    .notOffered, at: .surface, "the profile names no command that restarts it (control.restart:)"))
        default: break
        }
        let isBound = profile.bindings.keys.contains { SurfaceOperation.named($0)?.capability == capability }
        if isBound { return .untried("the profile binds it; it changes the target") }
        switch found {
        case .failure(let error): return .trouble(error)
        case .success(let answer) where answer.capabilities.contains(capability.rawValue):
            return .untried("\(question(.discovery)) lists it; it changes the target")
        case .success:
            return .unlisted(
                "\(question(.discovery)) does not list \(capability.rawValue), and it cannot be tried without changing "
                    + "the target")
        }
    }

    private func isListed(_ capability: Capability, _ found: Result<ReadinessAnswer, ProbeError>) -> Bool? {
        guard ![.discovery, .ledger, .control].contains(capability), case .success(let answer) = found else {
            return nil
        }
        return answer.capabilities.contains(capability.rawValue)
    }

    private func versionNote(_ capability: Capability, _ found: Result<ReadinessAnswer, ProbeError>) -> [String] {
        guard case .success(let answer) = found else { return [] }
        let others = answer.capabilities.filter { $0.hasPrefix("\(capability.rawValue)@") }
        return others.map {
            "\(question(.discovery)) lists \(SafeText.line(String($0.prefix(80)))), a version we do not speak"
        }
    }

    private func readyNote(_ found: Result<ReadinessAnswer, ProbeError>) -> [String] {
        guard case .success(let answer) = found, !answer.isReady else { return [] }
        let why = answer.reason.map { ": " + SafeText.line(String($0.prefix(200))) } ?? ""
        return ["it says that it is not ready\(why)"]
    }

    // MARK: - Parts

    private func read(_ part: ObservedPart) -> Read {
        let probes = probes
        switch part {
        case .clock:
            // Two questions, of which the second is the measurement: timed as a whole.
            return { () async throws(ProbeError) in
                let started = ContinuousClock.now
                _ = try await probes.clock.clock()
                return ContinuousClock.now - started
            }
        case .instances: return { () async throws(ProbeError) in try await probes.instances.instances().elapsed }
        case .storage: return { () async throws(ProbeError) in try await probes.storage.volumes().elapsed }
        }
    }

    private func question(_ part: ObservedPart) -> String {
        switch part {
        case .clock: "clock in the answer to \(question(.discovery))"
        case .instances:
            profile.instances.isEmpty ? "instances in the answer to \(question(.discovery))" : "the profile's instances"
        case .storage: "the file systems that it writes to"
        }
    }

    // MARK: -

    /// The reading operation of a capability, as it is asked.
    private func question(_ capability: Capability) -> String {
        switch capability {
        case .ledger: return "a read-only connection"
        case .control: return profile.restart?.joined(separator: " ") ?? "restart"
        default: break
        }
        let own = SurfaceOperation.all.filter { $0.capability == capability }
        guard let operation = own.first(where: { $0.effect == .read && $0.name != "logs.marker" }) ?? own.first else {
            return capability.rawValue
        }
        switch profile.bindings[operation.name]?.source {
        case .http(let method, let target, _)?: return "\(method) \(target)"
        case .command(let words)?: return words.joined(separator: " ")
        case .file(let path)?: return path
        case .sql?: return "a statement on the ledger"
        case nil: return "\(operation.method) \(operation.path)"
        }
    }
}
