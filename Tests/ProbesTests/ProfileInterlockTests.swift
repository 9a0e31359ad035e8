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

    @Test func `a target that does not answer is declared, not proven`() async {
        let (proof, _) = await ProfileInterlock(environment: .staging, paper: Self.venue) {
            () async throws(ProbeError) in
            throw ProbeError(.unreachable, at: .surface, "connection refused")
        }.prove()
        #expect(proof == .declared)
    }
}
