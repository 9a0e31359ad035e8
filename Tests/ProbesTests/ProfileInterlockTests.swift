import Probes
import Readiness
import Testing

struct ProfileInterlockTests {
    private static let venue = PaperDeclaration(
        venue: .binance, address: "https://testnet.binance.vision", account: "T-1")

    private func proof(
        _ environment: TargetEnvironment = .staging, _ paper: PaperDeclaration? = venue, says: String = "staging",
        account: String = "T-1"
    ) async -> PaperProof {
        await ProfileInterlock(environment: environment, paper: paper) { () async throws(ProbeError) in
            TargetIdentity(
                commit: "", dirty: false, configurationDigest: "", environment: says, account: account, instance: "i")
        }.prove().0
    }

    @Test func `paper is proven where venue, environment and account agree`() async {
        #expect(await proof() == .proven)
    }

    @Test func `production is never proven, whatever else agrees`() async {
        #expect(await proof(.production, says: "production") == .unknown)
    }

    @Test func `a target that says another environment or account is not proven`() async {
        #expect(await proof(says: "production") == .unknown)
        #expect(await proof(account: "T-2") == .unknown)
    }

    @Test func `without a venue, a paper side or an account nothing is proven`() async {
        #expect(await proof(.staging, nil) == .unknown)
        #expect(
            await proof(.staging, PaperDeclaration(venue: .binance, address: "https://api.binance.com")) == .unknown)
        #expect(
            await proof(.staging, PaperDeclaration(venue: .binance, address: "https://testnet.binance.vision"))
                == .unknown)
    }

    @Test func `a live venue is refused before the target is asked`() async {
        let live = PaperDeclaration(venue: .binance, address: "https://api.binance.com", account: "T-1")
        let (proof, _) = await ProfileInterlock(environment: .staging, paper: live) { () async throws(ProbeError) in
            Issue.record("it was asked")
            throw ProbeError.cancelled
        }.prove()
        #expect(proof == .unknown)
    }

    @Test(arguments: [
        (CapabilityBinding.Source.command(["echo", "{}"]), "a command"), (.file("identity.json"), "a file"),
        (.sql("SELECT 'staging'", columns: ["environment"]), "a statement"),
    ])
    func `what the profile's author can write himself is not the target's own word`(
        source: CapabilityBinding.Source, words: String
    ) async {
        let binding = CapabilityBinding(
            operation: "identity", source: source, location: SourceLocation(file: "t.yaml", line: 7))
        let (proof, detail) = await ProfileInterlock(environment: .staging, paper: Self.venue, binding: binding) {
            () async throws(ProbeError) in
            TargetIdentity(
                commit: "", dirty: false, configurationDigest: "", environment: "staging", account: "T-1", instance: "i"
            )
        }.prove()
        #expect(proof == .unknown)
        #expect(detail.contains("identity is bound to \(words) (t.yaml:7)"), "\(detail)")
    }

    @Test func `a target that says so over HTTP at a place of its own proves paper`() async {
        let binding = CapabilityBinding(
            operation: "identity", source: .http(method: "GET", target: "/about", body: nil),
            location: SourceLocation(file: "t.yaml", line: 7))
        let (proof, _) = await ProfileInterlock(environment: .staging, paper: Self.venue, binding: binding) {
            () async throws(ProbeError) in
            TargetIdentity(
                commit: "", dirty: false, configurationDigest: "", environment: "staging", account: "T-1", instance: "i"
            )
        }.prove()
        #expect(proof == .proven)
    }

    @Test func `a service's interlock knows what its identity is bound to`() async throws {
        var profile = TargetProfile(
            id: "t", environment: .staging, path: "/t/t.yaml", folder: "/",
            source: SourceLocation(file: "t.yaml", line: 1))
        profile.paper = Self.venue
        let told = #"""
            {"build_id":"b","config_sha256":"c","environment":"staging","account_id":"T-1","instance":"i"}
            """#
        profile.bindings["identity"] = CapabilityBinding(
            operation: "identity", source: .command(["printf", "%s", told]), limit: .seconds(30),
            location: SourceLocation(file: "t.yaml", line: 7))
        let target = try await ServiceTarget.connect(
            profile, runbook: ProfileRunbook.commands(for: profile), environment: { _ in nil })
        // The identity is there, and agrees.
        #expect(try await target.probes.discovery.identity().value.account == "T-1")
        #expect(await target.interlock.prove().0 == .unknown)
        await target.close()
    }

    @Test func `a target that does not answer is declared, not proven`() async {
        let (proof, _) = await ProfileInterlock(environment: .staging, paper: Self.venue) {
            () async throws(ProbeError) in
            throw ProbeError(.unreachable, at: .surface, "connection refused")
        }.prove()
        #expect(proof == .declared)
    }
}
