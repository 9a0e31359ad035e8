import FoundationEssentials
import Glibc
import Probes
import Readiness

/// Every probe of the surface against a target that answers damaged: each brings a value back, or says that it is the
/// target's trouble, in its time. Trouble of ours is what is looked for.
struct SurfaceFuzzer: Fuzzer {
    static let name = "surface"

    private let desk: HostileDesk
    private let target: DeskTarget

    /// How long the surface may be silent here: most of the fuzzing is not waiting.
    private static let silence = Duration.milliseconds(150)
    /// What a question may take in all: the slowest asks for many pages, each with the limit above.
    private static let limit = Duration.seconds(20)
    /// Memory that must never be needed, bytes.
    private static let memory = 600 << 20

    /// Runs a body with a hostile desk that lives as long.
    static func with(_ body: (SurfaceFuzzer) async throws -> Void) async throws {
        let desk = HostileDesk()
        let address = try await desk.listen()
        let home = "\(FileManager.default.temporaryDirectory.path)/holdpoint-fuzz-\(getpid())"
        try FileManager.default.createDirectory(
            atPath: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let path = TargetRecord.path(in: home)
        try Data(record(home: home, address: address).utf8).write(to: URL(filePath: path))
        guard chmod(path, 0o600) == 0 else { throw FuzzFailure("cannot protect \(path)") }
        let target = DeskTarget.connect(
            record: try TargetRecord.read(home: home), digest: { "\($0.count)" }, limit: silence, ledgerLimit: silence)
        let fuzzer = SurfaceFuzzer(desk: desk, target: target)
        let result: Result<Void, any Error>
        do { result = .success(try await body(fuzzer)) } catch { result = .failure(error) }
        await target.close()
        try await desk.close()
        try FileManager.default.removeItem(atPath: home)
        try result.get()
    }

    func round(_ dice: inout Dice) async throws {
        desk.reseed(dice.next())
        let clock = ContinuousClock()
        for question in Self.questions.shuffled(using: &dice).prefix(6) {
            let began = clock.now
            do throws(ProbeError) { try await question.ask(target.probes) } catch {
                guard error.fault == .target else { throw FuzzFailure("\(question.name): became ours: \(error)") }
                let words = error.description
                guard words.utf8.count < 4096 else { throw FuzzFailure("\(question.name): \(words.utf8.count) bytes") }
                guard !words.contains(Self.token) else { throw FuzzFailure("\(question.name): the token is told") }
            }
            let took = clock.now - began
            if took > Self.limit { throw FuzzFailure("\(question.name) took \(took)") }
        }
        let resident = Self.residentBytes()
        if resident > Self.memory { throw FuzzFailure("\(resident >> 20) MiB are resident") }
    }

    private struct Question: Sendable {
        var name: String
        var ask: @Sendable (TargetProbes) async throws(ProbeError) -> Void

        init<Value>(_ name: String, _ ask: @escaping @Sendable (TargetProbes) async throws(ProbeError) -> Value) {
            self.name = name
            self.ask = { probes throws(ProbeError) in _ = try await ask(probes) }
        }
    }

    private static let account = "READY-HUNTER"
    private static let order = OrderRequest(
        clientOrderID: "hp-1", account: account, symbol: "SOL-USD", side: .buy, quantity: "1.00", price: "125.00")

    private static let questions: [Question] = [
        Question("readiness") { p throws(ProbeError) in try await p.discovery.readiness() },
        Question("identity") { p throws(ProbeError) in try await p.discovery.identity() },
        Question("limits") { p throws(ProbeError) in try await p.risk.limits() },
        Question("evaluate") { p throws(ProbeError) in try await p.risk.evaluate(order) },
        Question("submit") { p throws(ProbeError) in try await p.orders.submit(order) },
        Question("cancel") { p throws(ProbeError) in try await p.orders.cancel(orderID: "o-1") },
        Question("working") { p throws(ProbeError) in try await p.orders.working(account: account) },
        Question("drop copy") { p throws(ProbeError) in try await p.orders.dropCopy(after: 3) },
        Question("market data") { p throws(ProbeError) in try await p.market.snapshot() },
        Question("kill switch") { p throws(ProbeError) in try await p.killSwitch.state() },
        Question("engage") { p throws(ProbeError) in try await p.killSwitch.set(engaged: true, by: "fuzz") },
        Question("clock") { p throws(ProbeError) in try await p.clock.clock() },
        Question("instances") { p throws(ProbeError) in try await p.instances.instances() },
        Question("log") { p throws(ProbeError) in try await p.log.describeLog() },
        Question("mark") { p throws(ProbeError) in try await p.log.mark("hp-1") },
        Question("components") { p throws(ProbeError) in try await p.components.components() },
        Question("positions") { p throws(ProbeError) in try await p.positions.positions(of: account) },
        Question("size") { p throws(ProbeError) in
            try await p.sizing.size(
                SizeRequest(
                    tier: "hunter", symbol: "SOL-USD", winProbability: "0.5", odds: "2", trades: 100, capital: "1000",
                    price: "125"))
        },
        Question("correlation") { p throws(ProbeError) in
            try await p.correlation.correlate(CorrelationRequest(tier: "hunter", held: ["0.1"], wanted: ["0.1"]))
        },
        Question("cut") { p throws(ProbeError) in try await p.feed.cut(["SOL-USD"]) },
        Question("restore") { p throws(ProbeError) in try await p.feed.restore() },
        Question("stops") { p throws(ProbeError) in try await p.stops.stops(of: account) },
        Question("arm") { p throws(ProbeError) in
            try await p.stops.arm(account: account, symbol: "SOL-USD", stopPrice: "120.00")
        },
        Question("pool") { p throws(ProbeError) in try await p.pool.pool() },
        Question("check out") { p throws(ProbeError) in try await p.pool.checkOut(as: "hp-1") },
        Question("burst") { p throws(ProbeError) in try await p.burst.submitTogether([order]) },
        Question("process") { p throws(ProbeError) in try await p.control.process() },
    ]

    private static let token = "0123456789abcdef0123456789abcdef"

    private static func record(home: String, address: String) -> String {
        """
        {"event":"serving","desk":"holdpoint-practice-desk","pid":\(getpid()),"pid_start_ticks":1,"home":"\(home)",
         "address":"\(address)","started_at":"2026-01-02T03:04:05.678Z","instance":"desk-1","role":"primary",
         "account_prefix":"READY-","log":{"path":"\(home)/desk.log","format":"json-lines"},
         "access_log":"\(home)/access.log","tiers_file":"\(home)/limits.yaml",
         "ledger":{"engine":"sqlite","path":"\(home)/ledger.sqlite","role":"reader","migrations":"\(home)/migrations",
          "expected_head":"0003","revision_table":"schema_revision","large_table_rows":10000,"critical_queries":[]},
         "token":"\(token)"}
        """
    }

    private static func residentBytes() -> Int {
        // proc(5): the second number of statm is resident pages.
        guard let data = FileManager.default.contents(atPath: "/proc/self/statm") else { return 0 }
        let fields = String(decoding: data, as: UTF8.self).split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(getpagesize()) : 0
    }
}
