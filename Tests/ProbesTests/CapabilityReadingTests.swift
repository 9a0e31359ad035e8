import Probes
import Readiness
import Synchronization
import Testing

/// What a look before a run says of a target: each row of the table "what the probe met" in words of its own.
@Suite(.timeLimit(.minutes(2)))
struct CapabilityReadingTests {
    private static let discovery =
        #"{"ready": true, "reason": null, "capabilities": {"identity": "1", "order.submit": "1", "pool": "2"}}"#

    private func reports(
        _ reply: @escaping @Sendable (HostileServer.Request) async -> HostileServer.Reply
    ) async throws -> (reports: [CapabilityReport.Subject: CapabilityReport], asked: [HostileServer.Request]) {
        try await HostileServer.serving(reply) { server in
            var profile = TargetProfile(
                id: "t", environment: .staging, path: "/t.yaml", folder: "/",
                source: SourceLocation(file: "t.yaml", line: 0))
            profile.access = TargetAccess(place: .address(server.address), limit: .seconds(15))
            let target = try await ServiceTarget.connect(
                profile, runbook: ProfileRunbook.commands(for: profile), environment: { _ in nil })
            let reading = CapabilityReading(target.probes, profile: profile, tier: "hunter")
            let reports = try await reading.reports(waiting: [.capability(.riskLimits): ["risk.limit.effective"]])
            await target.close()
            return (Dictionary(uniqueKeysWithValues: reports.map { ($0.subject, $0) }), server.requests)
        }
    }

    @Test func `each row is told in its own words, and what is missing is told apart from what is broken`() async throws
    {
        let (found, _) = try await reports { request in
            switch String(request.path.prefix { $0 != "?" }) {
            case "/readyz": .answer(200, Self.discovery)
            case "/readyz/risk/limits": .answer(401, "{}")
            case "/readyz/killswitch": .answer(200, "<html>hello</html>", type: "text/html")
            case "/readyz/marketdata": .silence
            case "/readyz/components": .reset
            case "/readyz/pool": .answer(302, "", headers: ["Location: /elsewhere"])
            case "/readyz/process": .answer(500, "{}")
            case "/dropcopy": .answer(200, #"{"events": [], "last": 3}"#)
            default: .answer(404, #"{"error": {"code": "not_found", "message": "no"}}"#)
            }
        }
        func expect(_ capability: Capability, _ state: String, _ words: String) {
            let report = found[.capability(capability)]
            #expect(report?.state == state, "\(capability): \(report?.detail ?? "")")
            #expect(report?.detail.contains(words) == true, "\(capability): \(report?.detail ?? "")")
        }
        expect(.discovery, "answers", "median of 5 reads")
        expect(.dropCopy, "answers", "median of 5 reads")
        expect(.identity, "missing", "404 not_found")
        expect(.riskLimits, "unauthorised", "401")
        expect(.killSwitch, "bad_answer", "not JSON")
        expect(.marketData, "unreachable", "within 15")
        expect(.components, "unreachable", "re")
        expect(.pool, "bad_answer", "a redirect")
        expect(.process, "bad_answer", "500")
        expect(.orderSubmit, "not_tried", "GET /readyz lists it")
        expect(.orderCancel, "not_listed", "does not list order.cancel")
        expect(.control, "missing", "control.restart")
        expect(.ledger, "missing", "ledger:")
        expect(.riskEvaluate, "not_tried", "no symbol")
        #expect(found[.capability(.identity)]?.isListed == true && found[.capability(.orderCancel)]?.isListed == false)
        #expect(found[.capability(.pool)]?.notes.first?.contains("pool@2") == true)
        #expect(found[.part(.clock)]?.state == "bad_answer" && found[.part(.instances)]?.state == "bad_answer")
        #expect(found[.part(.storage)]?.state == "missing")
        #expect(found[.capability(.riskLimits)]?.waiting == ["risk.limit.effective"])
    }

    @Test func `a question is told of before it is answered, and is settled in the end, whatever comes of it`()
        async throws
    {
        let progress = Mutex(LookProgress())
        // What was waited for when the target was asked for its kill switch.
        let seen = Mutex<Set<CapabilityReport.Subject>>([])
        let asked = Mutex<Set<CapabilityReport.Subject>>([])
        _ = try await HostileServer.serving { request in
            switch String(request.path.prefix { $0 != "?" }) {
            case "/readyz": return .answer(200, Self.discovery)
            case "/readyz/killswitch":
                let waiting = progress.withLock { $0.waiting.map(\.subject) }
                seen.withLock { $0.formUnion(waiting) }
                return .answer(200, "<html>hello</html>", type: "text/html")
            default: return .answer(404, "{}")
            }
        } _: { server in
            var profile = TargetProfile(
                id: "t", environment: .staging, path: "/t.yaml", folder: "/",
                source: SourceLocation(file: "t.yaml", line: 0))
            profile.access = TargetAccess(place: .address(server.address), limit: .seconds(15))
            let target = try await ServiceTarget.connect(
                profile, runbook: ProfileRunbook.commands(for: profile), environment: { _ in nil })
            let reading = CapabilityReading(target.probes, profile: profile, tier: "hunter") { step in
                progress.withLock { $0.take(step, at: .zero) }
                if case .asked(let subject) = step { asked.withLock { _ = $0.insert(subject) } }
            }
            let reports = try await reading.reports(waiting: [:])
            await target.close()
            return reports
        }
        #expect(seen.withLock { $0.contains(.capability(.killSwitch)) })
        #expect(progress.withLock { $0.waiting.isEmpty })
        let all = asked.withLock { $0 }
        for subject: CapabilityReport.Subject in [
            .capability(.discovery), .capability(.identity), .capability(.ledger), .capability(.pool), .part(.clock),
            .part(.storage),
        ] { #expect(all.contains(subject), "\(subject.name)") }
        // What would change the target is not asked.
        #expect(!all.contains(.capability(.orderSubmit)) && !all.contains(.capability(.control)))
    }

    @Test func `nothing that changes a target is asked`() async throws {
        let (_, asked) = try await reports { request in
            request.path == "/readyz" ? .answer(200, Self.discovery) : .answer(404, "{}")
        }
        for request in asked {
            let path = String(request.path.prefix { $0 != "?" })
            let operation = try #require(SurfaceOperation.matching(request.method, path))
            #expect(operation.effect <= .read && operation.name != "logs.marker", "\(operation.name)")
        }
        #expect(asked.count > 10)
    }

    @Test func `a port where nobody listens is refused, for everything that is asked there`() async throws {
        let closed = try ClosedPort()
        var profile = TargetProfile(
            id: "t", environment: .staging, path: "/t.yaml", folder: "/",
            source: SourceLocation(file: "t.yaml", line: 0))
        profile.access = TargetAccess(place: .address(closed.address))
        let target = try await ServiceTarget.connect(
            profile, runbook: ProfileRunbook.commands(for: profile), environment: { _ in nil })
        let reports = try await CapabilityReading(target.probes, profile: profile, tier: "hunter").reports(waiting: [:])
        await target.close()
        let apart: Set<Capability> = [.control, .ledger, .riskEvaluate, .riskSize]
        for report in reports {
            guard let capability = report.capability, !apart.contains(capability) else { continue }
            let words = "connection refused by \(closed.address.dropFirst(7))"
            #expect(report.state == "unreachable" && report.detail == words, "\(report)")
        }
    }
}
