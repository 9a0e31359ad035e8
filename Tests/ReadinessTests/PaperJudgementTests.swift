import Readiness
import Testing

struct PaperJudgementTests {
    private enum Side: Equatable { case paper, live, unknown }

    private func side(_ venue: PaperDeclaration.Venue, _ address: String, _ account: String? = nil) -> Side {
        switch PaperJudgement(PaperDeclaration(venue: venue, address: address, account: account)) {
        case .paper: .paper
        case .live: .live
        case .unknown: .unknown
        }
    }

    @Test func `only a listed paper host is paper`() {
        #expect(side(.binance, "https://testnet.binance.vision/api") == .paper)
        #expect(side(.binance, "wss://STREAM.testnet.binance.vision:9443/ws") == .paper)
        #expect(side(.binance, "https://testnet.binance.vision.") == .paper)
        #expect(side(.bybit, "https://api-testnet.bybit.com") == .paper)
        #expect(side(.alpaca, "https://paper-api.alpaca.markets") == .paper)
    }

    @Test func `every other host in a venue's domain is live`() {
        #expect(side(.binance, "https://api.binance.com") == .live)
        #expect(side(.binance, "https://data-api.binance.vision") == .live)
        #expect(side(.alpaca, "https://api.alpaca.markets") == .live)
        #expect(side(.bybit, "https://testnet.binance.vision") == .live)
    }

    @Test(arguments: [
        "https://testnet.binance.vision.evil.example", "https://evil-testnet.binance.vision.example",
        "https://testnet-binance.vision", "https://api.binance.com@testnet.binance.vision", "testnet.binance.vision",
        "https://testnet.binance.vision:0", "", "https://",
    ])
    func `a host that only looks like paper is not`(address: String) {
        #expect(side(.binance, address) != .paper)
    }

    @Test func `interactive brokers needs the paper account and the paper port`() {
        #expect(side(.interactiveBrokers, "127.0.0.1:7497", "DU123") == .paper)
        #expect(side(.interactiveBrokers, "127.0.0.1:4002", "DU123") == .paper)
        #expect(side(.interactiveBrokers, "127.0.0.1:7497") == .unknown)
        #expect(side(.interactiveBrokers, "127.0.0.1:7499", "DU123") == .unknown)
        #expect(side(.interactiveBrokers, "127.0.0.1:7497", "U123") == .live)
        #expect(side(.interactiveBrokers, "127.0.0.1:4001", "DU123") == .live)
    }

    @Test func `a venue of one's own is paper on loopback only`() {
        #expect(side(.own, "http://127.0.0.1:9000") == .paper)
        #expect(side(.own, "http://localhost:9000") == .unknown)
        #expect(side(.own, "http://127.0.0.010:9000") == .unknown)
        #expect(side(.own, "http://10.0.0.1:9000") == .unknown)
    }
}
